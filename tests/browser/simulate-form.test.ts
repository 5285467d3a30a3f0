// The configuration of Simulate: form and YAML as one document, links, specifications from Convert, and the sheet of small screens.

import { expect, expectAccessible, test } from './support';

const yaml = 'Configuration as YAML. Escape, then Tab, leaves the field.';

test('form and YAML are one document; a mistake names its line and holds the form', async ({ page }) => {
  await page.goto('./#/simulate');
  await expect(page.getByText('all completed')).toBeVisible({ timeout: 30_000 });
  await page.getByLabel('Tensor parallelism, GPUs').fill('3');
  await expect(page.getByText('TP 3 does not divide 40 attention heads. Use 1, 2, 4 or 8.')).toBeVisible();
  await page.getByLabel('Tensor parallelism, GPUs').fill('2');
  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  const text = page.getByLabel(yaml);
  await expect(text).toHaveValue(/^tp: 2$/m);
  await expectAccessible(page);
  await text.fill('model: qwen/qwen3-14b # mine\nrouting-polcy: weighted\n');
  await expect(page.getByText('Did you mean `routing-policy`?')).toBeVisible();
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await expect(page.getByText('The YAML has a mistake in line 2.')).toBeVisible();
  await expect(page.getByLabel('Instances', { exact: true })).not.toBeEditable();
  await page.getByRole('button', { name: 'Open the YAML' }).click();
  await text.fill('model: qwen/qwen3-14b # mine\nhardware: H100\ntp: 1\nrate: 4\n');
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await page.getByLabel('Instances', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  await expect(text).toHaveValue(
    'model: qwen/qwen3-14b # mine\nhardware: H100\ntp: 1\nnum-instances: 2\nrate: 4\n',
  );
});

test('what was run is in the address and comes back from it', async ({ page }) => {
  await page.goto('./#/simulate');
  await expect(page.getByText('all completed')).toBeVisible({ timeout: 30_000 });
  await page.getByLabel('Instances', { exact: true }).fill('3');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: 'Model and hardware' }).click();
  await page.keyboard.press('r');
  await expect(page.getByRole('region', { name: 'Printed metrics' })).toContainText('instance_2');
  const address = page.url();
  expect(address).toContain('c=1.');
  await page.goto('about:blank');
  await page.goto(address);
  await expect(page.getByLabel('Instances', { exact: true })).toHaveValue('3');
});

test('a specification goes from Convert to Simulate', async ({ page }) => {
  await page.goto('./#/convert');
  await page.getByLabel('Files to convert').setInputFiles({
    name: 'load.yaml',
    mimeType: 'application/yaml',
    buffer: Buffer.from(
      'version: "2"\nseed: 1\nnum_requests: 40\naggregate_rate: 4\nclients:\n  - id: a # kept\n    rate_fraction: 1\n    arrival: {process: constant}\n    input_distribution: {type: constant, params: {value: 64}}\n    output_distribution: {type: constant, params: {value: 8}}\n',
    ),
  });
  await page.getByRole('button', { name: 'Open in Simulate' }).click();
  await expect(page.getByRole('textbox', { name: 'Specification' })).toHaveValue(/id: a # kept/);
});

test('a small screen opens the form as a sheet', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('./#/simulate');
  await expect(page.getByText('all completed')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: /^Configure/ }).click();
  const sheet = page.getByRole('dialog', { name: 'Configuration' });
  await expect(sheet.getByRole('button', { name: 'Run', exact: true })).toBeInViewport();
  await expectAccessible(page);
  // The other view is no run, and the sheet stays.
  await sheet.getByRole('button', { name: 'YAML', exact: true }).click();
  await sheet.getByRole('button', { name: 'Form', exact: true }).click();
  await sheet.getByLabel('Instances', { exact: true }).fill('2');
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByRole('region', { name: 'Printed metrics' })).toContainText('instance_1');
});
