// What a stranger does first: open the page, press "Try the demo", read the verdict. For real, nothing prepared.

import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from './support';

async function errorRecords(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'error_records.csv' }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

test('the demo runs to its verdict, which opens by itself; Back returns', async ({ page, watched }) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Try the demo' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('runs are finished');
  await expect(page).toHaveURL(/#\/validate\/verdict$/, { timeout: 80_000 });
  const headline = page.getByRole('heading', { level: 1 });
  await expect(headline).toContainText(/comes? (closest|equally close) to the measured end-to-end latency/);
  await expectAccessible(page);

  // The sentence's number is the table's cell: the lowest E2E mean among the ranked.
  const percent = /: ([\d.]+)\u00a0%/.exec((await headline.textContent()) ?? '')?.[1];
  const table = page.getByRole('region', { name: 'Table of errors by simulator' });
  await expect(table.locator('tbody tr').first()).toContainText(percent ?? 'no number');
  await expect(page.getByText('9 of 9 experiments')).toBeVisible();

  // Every stage of an experiment, predicted beside measured.
  const detail = page.getByRole('region', { name: 'Measured and predicted latencies' });
  await expect(detail).toContainText('Stage 0');
  await expect(detail).toContainText('All stages');

  // Run again: the same bytes.
  const before = await errorRecords(page);
  await page.getByRole('button', { name: /^Run again/ }).click();
  await expect(headline).toContainText('So far');
  await expect(headline).not.toContainText('So far', { timeout: 80_000 });
  expect(await errorRecords(page)).toBe(before);

  // The chosen experiment is a configuration of Simulate.
  await page.getByRole('button', { name: 'Open in Simulate' }).click();
  await expect(page.getByRole('textbox', { name: 'Specification' })).toHaveValue(/^inference_perf:/);
  await expect(page.getByLabel('Key figures')).toContainText('all completed', { timeout: 30_000 });

  await page.goto('./#/validate');
  await expect(page.getByRole('button', { name: 'Try the demo' })).toBeVisible();
  expect(watched.requests.length).toBeGreaterThan(5);
});
