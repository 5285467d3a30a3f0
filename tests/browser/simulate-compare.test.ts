// Runs side by side and sweeps in the Simulate place.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from './support';

const run = (page: Page) => page.getByRole('button', { name: 'Run', exact: true });
const chips = (page: Page) => page.getByRole('group', { name: 'Runs' });

async function firstRun(page: Page) {
  await page.goto('./#/simulate');
  await run(page).click();
  await expect(chips(page)).toBeVisible({ timeout: 30_000 });
}

test('pins a run, tells what differs, compares by keyboard, renames, removes and takes that back', async ({
  page,
}) => {
  await firstRun(page);
  const pin = chips(page).getByRole('button', { name: 'Pin' });
  await pin.focus();
  await page.keyboard.press('Enter');
  await expect(chips(page)).toContainText('The next run stands beside it.');

  await page.getByLabel('Instances', { exact: true }).fill('2');
  await page.getByLabel('Routing', { exact: true }).selectOption('least-loaded');
  await page.getByLabel('Instances', { exact: true }).press('Enter');
  await expect(page.getByText('B against A')).toBeVisible({ timeout: 30_000 });
  const difference = page.locator('.difference');
  await expect(difference).toContainText('Instances 1→2');
  await expect(difference).toContainText('Routing round-robin→least-loaded');
  await expect(chips(page)).toContainText('against');
  await expectAccessible(page);

  await page
    .getByRole('navigation', { name: 'Parts of Simulate' })
    .getByRole('link', { name: /^Compare/ })
    .press('Enter');
  await expect(page).toHaveURL(/#\/simulate\/compare$/);
  const table = page.getByRole('region', { name: 'Metrics by run' });
  await expect(table.getByRole('row', { name: /^TTFT mean/ })).toContainText('%');
  await expect(table.getByRole('row', { name: /^Completed/ })).toContainText('500');
  await expectAccessible(page);

  await chips(page).getByRole('button', { name: 'Run B' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Rename' }).press('Enter');
  await page.getByLabel('Name of run B').fill('two servers');
  await page.keyboard.press('Enter');
  await expect(table).toContainText('two servers');

  await chips(page).getByRole('button', { name: 'Run A' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Remove' }).press('Enter');
  await expect(page.getByText('Nothing to compare yet.')).toBeVisible();
  await chips(page).getByRole('button', { name: 'Undo' }).press('Enter');
  await expect(table).toContainText('two servers');

  // The pinned run still knows its settings.
  await chips(page).getByRole('button', { name: 'Run A' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Load into the form' }).press('Enter');
  await expect(page.getByLabel('Instances', { exact: true })).toHaveValue('1');
});

test('says when requests differ, and which settings had no effect', async ({ page }) => {
  await firstRun(page);
  await chips(page).getByRole('button', { name: 'Pin' }).click();
  await page.getByLabel('Batch slots').fill('255');
  await run(page).click();
  await expect(page.getByText('A and B have equal results: Batch slots had no effect.')).toBeVisible({
    timeout: 30_000,
  });
  await page.getByLabel('Seed', { exact: true }).fill('7');
  await run(page).click();
  await expect(
    page.getByText('A and B served different requests; latencies are not comparable one to one.'),
  ).toBeVisible({ timeout: 30_000 });
});

test('sweeps two parameters, answers the SLO, keeps the result, and loads a cell', async ({ page }) => {
  await page.goto('./#/simulate/sweep');
  await page.getByLabel('Requests', { exact: true }).fill('100');
  await page.getByLabel('Values of Rate').fill('4, 16');
  await page.getByRole('button', { name: '+ Second parameter' }).click();
  await page.getByLabel('Values of Instances').fill('0, 1');
  await expect(
    page.getByText('Instances: found “0”, expected a whole number from 1 to 256.').first(),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: /^Run/, exact: false }).last()).toBeDisabled();
  await page.getByLabel('Values of Instances').fill('1, 2, 3');
  await expect(page.getByText(/^6 runs on/)).toBeVisible();
  await page.getByRole('button', { name: 'Run 6' }).click();
  const map = page.getByRole('region', { name: /^TTFT p99, ms, by Rate and Instances/ });
  await expect(map.getByRole('button', { name: /^\D*\d/ })).toHaveCount(6, { timeout: 30_000 });
  await expect(page.getByText(/meets it with the fewest GPUs \(1\)/)).toBeVisible();
  await expect(page.getByText(/6 of 6 meet it\./)).toBeVisible();
  await page.getByLabel('Limit of TTFT in ms').fill('1');
  await expect(page.getByText(/^None of 6 meets it; the nearest is Rate/)).toBeVisible();
  await page.getByLabel('Limit of TTFT in ms').fill('500');
  await expectAccessible(page);

  // One stop of the Tab key; arrows move.
  await map.locator('button[tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const detail = page.getByRole('group', { name: 'Rate 16, Instances 3' });
  await expect(detail).toContainText('Completed share');
  await expectAccessible(page);

  await page.getByLabel('Metric').selectOption('within');
  await expect(page.getByRole('region', { name: /^Share within the SLO, %/ })).toContainText('100');

  await page.getByRole('link', { name: 'Catalogue' }).first().click();
  await page.getByRole('link', { name: 'Simulate' }).first().click();
  await page
    .getByRole('navigation', { name: 'Parts of Simulate' })
    .getByRole('link', { name: 'Sweep' })
    .click();
  await expect(detail).toBeVisible();

  const csv = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save', exact: true }).first().click();
  await page.getByRole('menuitem', { name: /^CSV/ }).click();
  expect((await csv).suggestedFilename()).toBe('sweep.csv');

  await detail.getByRole('button', { name: 'Load into the form' }).click();
  await expect(page.getByLabel('Instances', { exact: true })).toHaveValue('3');
  await expect(page.getByLabel('Rate, requests/s')).toHaveValue('16');
  await detail.getByRole('button', { name: 'Run and pin' }).click();
  await expect(chips(page)).toContainText('pinned', { timeout: 30_000 });
});

test('a stopped sweep keeps what is finished and goes on', async ({ page }) => {
  await page.goto('./#/simulate/sweep');
  await page.getByLabel('Requests', { exact: true }).fill('400000');
  await page.getByLabel('Values of Rate').fill('10..60 by 10');
  await page.getByRole('button', { name: 'Run 6' }).click();
  await expect(page.getByText(/^[1-5] of 6 runs/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByText(/^Stopped\. [1-5] of 6 runs are finished and kept\./)).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText(/6 runs on/)).toBeVisible({ timeout: 60_000 });
});

test('a cell that fails says why, and the others go on', async ({ page }) => {
  await page.goto('./#/simulate/sweep');
  await page.getByLabel('Requests', { exact: true }).fill('50');
  await page.getByRole('combobox', { name: 'Parameter' }).selectOption('tp');
  await page.getByLabel('Values of Tensor parallelism').fill('1, 3, 2');
  await page.getByRole('button', { name: 'Run 3' }).click();
  const table = page.getByRole('region', { name: 'Figures by Tensor parallelism' });
  await expect(table.getByRole('row', { name: /^3/ })).toContainText('failed', { timeout: 30_000 });
  await expect(table.getByRole('row', { name: /^2/ })).toContainText('100', { timeout: 30_000 });
  await table.getByRole('button', { name: '3', exact: true }).click();
  await expect(page.getByRole('group', { name: 'Tensor parallelism 3' })).toContainText('3');
  await expect(page.getByRole('button', { name: 'Try 1 failed again' })).toBeVisible();
  await expectAccessible(page);
});

/** Chooses an entry of the Export menu and reads what was saved. */
async function exported(page: Page, label: string): Promise<{ name: string; text: string }> {
  const download = page.waitForEvent('download', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Export', exact: true }).first().click();
  await page.getByRole('menuitem', { name: label }).click();
  const file = await download;
  const path = await file.path();
  return { name: file.suggestedFilename(), text: readFileSync(path, 'utf8') };
}

test('exports are the files that the command writes, and a run file opens again', async ({ page }) => {
  await page.goto('./#/simulate');
  await page.getByLabel('Instances', { exact: true }).fill('2');
  await page.getByLabel('Requests', { exact: true }).fill('80');
  await run(page).click();
  const printed = page.getByRole('region', { name: 'Printed metrics' });
  await expect(printed).toBeVisible({ timeout: 30_000 });

  const flags =
    '--model qwen/qwen3-14b --hardware H100 --tp 1 --latency-model trained-physics --num-instances 2 --rate 5 --num-requests 80 --seed 42';
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-export-'));
  const at = (name: string) => join(folder, name);
  const stdout = execFileSync(
    process.execPath,
    [
      ...['dist/headless/plumbline.mjs', 'run', ...flags.split(' ')],
      ...['--metrics-path', at('metrics.json'), '--results-path', at('results.json')],
      ...['--decisions-path', at('decisions.csv'), '--chrome-trace-path', at('trace.json')],
    ],
    { encoding: 'utf8' },
  );
  expect(await exported(page, 'Printed text')).toEqual({ name: 'simulation.txt', text: stdout });
  expect(await printed.textContent()).toBe(stdout);
  for (const [label, name] of [
    ['Metrics (JSON)', 'metrics.json'],
    ['Results by request (JSON)', 'results.json'],
    ['Decisions (CSV)', 'decisions.csv'],
    ['Chrome trace (JSON)', 'trace.json'],
  ] as const) {
    expect(await exported(page, label)).toEqual({ name, text: readFileSync(at(name), 'utf8') });
  }
  rmSync(folder, { recursive: true });
  const rows = (await exported(page, 'Requests (CSV)')).text.trimEnd().split('\r\n');
  expect(rows).toHaveLength(81);
  await page.getByRole('button', { name: 'Export', exact: true }).first().click();
  await expect(page.getByRole('menuitem', { name: 'Steps (CSV)' })).toBeDisabled();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  const saved = await exported(page, 'Run file settings');
  expect(saved.name).toBe('run.plumbline.json');
  const open = (text: string) =>
    page
      .getByLabel('Run file')
      .setInputFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await page.getByLabel('Instances', { exact: true }).fill('3');
  await open(saved.text);
  await expect(page.getByText('The result is the one in mine.json, request by request.')).toBeVisible({
    timeout: 30_000,
  });
  await expect(page.getByLabel('Instances', { exact: true })).toHaveValue('2');
  await open(saved.text.replace(/"resultHash": "\w+"/, '"resultHash": "0"'));
  await expect(page.getByText('The same requests came to another result.')).toBeVisible({ timeout: 30_000 });
  await open('{"format": "other"}');
  await expect(page.getByRole('alert')).toContainText('mine.json is not a saved run');
  await expectAccessible(page);
});
