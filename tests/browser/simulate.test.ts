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

test('the scorer experiment shows in two clicks what a stale signal costs', async ({ page }) => {
  await page.goto('./#/simulate');
  await page.getByLabel('Preset').selectOption('scorer-kv-utilization');
  await page.getByRole('button', { name: 'Run both and compare' }).click();
  const difference = page.locator('.difference');
  await expect(difference).toContainText('Scorers queue-depth:1→kv-utilization:1', { timeout: 30_000 });
  const [, times = '', after = '', before = ''] =
    /TTFT p99 is ([\d.]+) times that of A: ([\d\s]+) against ([\d\s]+) ms\./u.exec(
      (await difference.textContent()) ?? '',
    ) ?? [];
  const number = (text: string): number => Number(text.replace(/\s/gu, ''));
  expect(number(times)).toBeCloseTo(number(after) / number(before), 1);
  expect(number(times)).toBeGreaterThan(3);
  expect(number(times)).toBeLessThan(4);
  await expect(page.getByRole('group', { name: 'Runs' })).toContainText('pinned');
});

test('a wrong field says what is expected, and nothing runs', async ({ page }) => {
  await page.goto('./#/simulate');
  await page.getByLabel('Instances', { exact: true }).fill('0');
  await expect(page.getByText('Instances: found “0”, expected a whole number from 1 to 256.')).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The simulation did not run.');
});
