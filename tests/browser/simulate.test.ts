// The Simulate place: presets, the form's messages, figures and printed text.

import { expect, expectAccessible, test } from './support';

test('a preset runs to figures and the printed text; the founding run comes out digit for digit', async ({
  page,
}) => {
  await page.goto('./#/simulate');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(
    'What would the reference simulator say?',
  );
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const latencies = page.getByRole('region', { name: 'Latencies' });
  await expect(latencies.getByRole('row', { name: /^TTFT/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('region', { name: 'Printed metrics' })).toContainText(
    '"completed_requests": 500',
  );
  await expectAccessible(page);

  await page.getByLabel('Preset').selectOption('founding-readme');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const printed = page.getByRole('region', { name: 'Printed metrics' });
  await expect(printed).toContainText('Completed Requests   : 1284', { timeout: 30_000 });
  await expect(printed).toContainText('Mean E2E(ms)     : 30550.837');
  await expect(printed).toContainText('P99 E2E(ms)      : 74076.961');
  await expectAccessible(page);
});

test('the scorer experiment shows what a stale signal costs', async ({ page }) => {
  await page.goto('./#/simulate');
  const p99 = async (preset: string) => {
    await page.getByLabel('Preset').selectOption(preset);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const label = await page.getByLabel('Preset').locator('option:checked').textContent();
    await expect(page.getByRole('heading', { level: 2, name: label ?? '' })).toBeVisible({ timeout: 30_000 });
    const cells = page
      .getByRole('region', { name: 'Latencies' })
      .getByRole('row', { name: /^TTFT/ })
      .getByRole('cell');
    return Number((await cells.last().textContent())?.replace(/\s/gu, ''));
  };
  const fresh = await p99('scorer-queue-depth');
  const stale = await p99('scorer-kv-utilization');
  expect(stale / fresh).toBeGreaterThan(3);
  expect(stale / fresh).toBeLessThan(4);
});

test('a wrong field says what is expected, and nothing runs', async ({ page }) => {
  await page.goto('./#/simulate');
  await page.getByLabel('Instances', { exact: true }).fill('0');
  await expect(page.getByText('Instances: found “0”, expected a whole number from 1 to 256.')).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The simulation did not run.');
});
