// The main journey on the built page: folder in, plan, run, verdict; stop, reload, resume; and the ways it can go wrong.

import { readFileSync } from 'node:fs';
import {
  expect,
  expectAccessible,
  measurements,
  openByInput,
  openByPicker,
  test,
  writeFolder,
} from './support';

test('a folder by the file input, to its verdict and its files', async ({ page }, info) => {
  const files = measurements(4);
  files['3-made-tp2/profile.yaml'] = '{"load": {}}';
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), files));

  await expect(page.getByRole('heading', { name: '3 of 4 experiments are ready.' })).toBeVisible();
  await expect(page.getByText('1 left out.')).toBeVisible();
  await expect(page.locator('tr.left-out')).toContainText('load.stages');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Open the plan' }).click();
  await expect(page.getByRole('heading', { name: /pairs can run\.$/ })).toBeVisible();
  await expectAccessible(page);
  await page
    .getByRole('button', { name: /— model/ })
    .first()
    .hover();
  await expect(page.getByRole('tooltip')).toContainText('cannot run experiment');

  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await expect(page.getByRole('heading', { name: /^All \d+ runs are finished\.$/ })).toBeVisible();
  await page.getByRole('link', { name: 'Open the verdict' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('the measured end-to-end latency');
  await expectAccessible(page);

  for (const [label, name, start] of [
    [
      'error_records.csv',
      'error_records.csv',
      'simulator,experiment_folder,model,workload,stage_index,metric_name',
    ],
    ['runtime.csv', 'runtime.csv', 'simulator,experiment_folder,model,workload,wall_clock_seconds'],
    ['Tables as text', 'tables.txt', '=== MAPE by Simulator ==='],
    ['Tables as Markdown', 'verdict.md', '# '],
  ] as const) {
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: label }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(name);
    expect(readFileSync(await download.path(), 'utf8').startsWith(start)).toBe(true);
  }
});

test('choices live in the address and Back undoes them', async ({ page }, info) => {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), measurements(3)));
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await page.getByRole('link', { name: 'Open the verdict' }).click();
  const rows = page.getByRole('group', { name: 'Rows' });
  await rows.getByRole('button', { name: 'Summaries' }).click();
  await page.getByRole('group', { name: 'Group by' }).getByRole('button', { name: 'Workload' }).click();
  expect(new URL(page.url()).hash).toBe('#/validate/verdict?rows=summaries&by=workload');
  await page.goBack();
  await page.goBack();
  await expect(rows.getByRole('button', { name: 'All rows' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('heading', { name: 'Experiment 1', exact: true })).toBeVisible();
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { name: 'Experiment 2', exact: true })).toBeVisible();
  expect(new URL(page.url()).hash).toContain('exp=2');
  expect(page.url()).not.toContain('made-tp');
});

test('a directory handle by the picker, remembered and opened again', async ({ page }) => {
  await page.goto('./');
  await openByPicker(page, measurements(2), 'lab-runs');
  await expect(page.getByRole('heading', { name: 'All 2 experiments are ready.' })).toBeVisible();
  await page.goto('./#/validate');
  await page.getByRole('button', { name: 'lab-runs', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'All 2 experiments are ready.' })).toBeVisible();
});

test('names with markup are text', async ({ page }, info) => {
  const files = measurements(1);
  const name = '1-<img src=x onerror=alert(1)>';
  const renamed = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path.replace('1-made-tp4', name), text]),
  );
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), renamed));
  await expect(page.getByRole('rowheader', { name })).toBeVisible();
  await expect(page.locator('main img')).toHaveCount(0);
});

test('a folder without experiments says what was looked for', async ({ page }, info) => {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), { 'notes.txt': 'hello' }));
  await expect(page.getByText('Manifest not found')).toBeVisible();
  await expectAccessible(page);
});
