// What leaves the page: charts by key, the report that opens without a network, the bundle, and marked parts of a verdict.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { dropFile, expect, expectAccessible, measurements, openByInput, test, writeFolder } from './support';

async function verdictOf(page: Page, root: string): Promise<void> {
  await page.goto('./');
  await openByInput(page, writeFolder(root, measurements(4)));
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await expect(page.getByRole('button', { name: /^Run again/ })).toBeVisible();
  await page.getByRole('link', { name: 'Open the verdict' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('the measured end-to-end latency');
}

/** Presses or clicks, and what the browser then saved. */
async function saved(page: Page, act: () => Promise<void>): Promise<{ name: string; bytes: Uint8Array }> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

const item = (page: Page, name: string | RegExp) => page.getByRole('menuitem', { name });

test('T and E act on the chart that has the focus', async ({ page }, info) => {
  await verdictOf(page, info.outputPath('data'));
  const plot = page.getByRole('img', { name: /^E2E mean: predicted divided by measured/ });
  await plot.focus();
  await page.keyboard.press('t');
  const table = page.getByRole('table', { name: 'E2E mean, predicted ÷ measured' });
  await expect(table).toContainText('Llama-2-70b-hf');
  await expectAccessible(page);
  await page.keyboard.press('t');
  await expect(plot).toBeVisible();

  await plot.focus();
  await page.keyboard.press('e');
  await expect(item(page, 'Values as CSV')).toBeFocused();
  const csv = await saved(page, () => page.keyboard.press('Enter'));
  expect(csv.name).toBe('against-the-line-e2e_mean.csv');
  expect(strFromU8(csv.bytes)).toMatch(/^Experiment,Model,Workload,"Measured, ms",/);
  expect(strFromU8(csv.bytes).split('\r\n')).toHaveLength(6);
  await plot.focus();
  await page.keyboard.press('e');
  const svg = strFromU8((await saved(page, () => item(page, 'Picture as SVG').click())).bytes);
  expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
  // Neither the theme's properties nor the page's classes are needed to draw it.
  expect(svg).not.toMatch(/var\(--|class=/);
  await plot.focus();
  await page.keyboard.press('e');
  const png = await saved(page, () => item(page, 'Picture as PNG').click());
  expect([...png.bytes.subarray(1, 4)]).toEqual([...'PNG'].map((letter) => letter.charCodeAt(0)));

  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect(keys).toContainText('Table or picture of the focused chart');
  await expect(keys).toContainText('Export the focused chart');
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: /^Figures/ }).click();
  const picture = page.getByRole('region', { name: 'Figure 1 at true size' });
  await picture.focus();
  const figure = await saved(page, () => page.keyboard.press('e'));
  expect(figure.name).toBe('fig1_model_sensitivity.svg');
  await page.keyboard.press('t');
  await expect(page.getByRole('table', { name: 'Values of Figure 1' })).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  expect((await saved(page, () => page.keyboard.press('e'))).name).toBe('figures.zip');
});

test('the report opens without a network, and a part of the verdict is marked as one', async ({
  page,
  browser,
}, info) => {
  await verdictOf(page, info.outputPath('data'));
  const report = await saved(page, async () => {
    await page.getByRole('button', { name: 'Export' }).first().click();
    await item(page, 'Report (HTML)').click();
  });
  expect(report.name).toBe('plumbline-report.html');
  const file = join(mkdtempSync(join(tmpdir(), 'report-')), report.name);
  writeFileSync(file, report.bytes);
  const context = await browser.newContext({ offline: true });
  const offline = await context.newPage();
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  await offline.goto(`file://${file}`);
  await expect(offline.getByRole('heading', { level: 1 })).toContainText('the measured end-to-end latency');
  await expect(offline.getByRole('cell', { name: 'EMPIRICAL without measured tables' })).toBeVisible();
  const images = offline.locator('figure img');
  expect(await images.count()).toBeGreaterThan(0);
  for (const image of await images.all())
    expect(
      await image.evaluate((each: HTMLImageElement) => each.complete && each.naturalWidth),
    ).toBeGreaterThan(0);
  expect(asked.filter((url) => !url.startsWith('data:') && url !== `file://${file}`)).toEqual([]);
  await context.close();

  // Simulators differ in what they can run here, so the common experiments are offered.
  await page
    .getByRole('button', { name: /^Compare on the/ })
    .first()
    .click();
  await expect(page).toHaveURL(/common=/);
  await expect(page.getByText(/^Showing \d experiments?: those that every/)).toBeVisible();
  const shown = Number(/\d+/.exec(await page.getByText(/^Showing \d/).innerText())?.[0]);
  expect(shown).toBeLessThan(4);
  await expect(
    page.getByRole('img', { name: new RegExp(`measured for ${shown} experiments`) }),
  ).toBeVisible();
  const errors = await saved(page, async () => {
    await page.getByRole('button', { name: 'Export' }).first().click();
    await item(page, 'error_records.csv').click();
  });
  expect(errors.name).toBe(`error_records-${shown}-experiments.csv`);
  const folders = new Set(
    strFromU8(errors.bytes)
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[1]),
  );
  expect(folders.size).toBe(shown);
  const latex = await saved(page, async () => {
    await page.getByRole('button', { name: 'Export' }).first().click();
    await item(page, 'Tables as LaTeX').click();
  });
  expect(latex.name).toBe(`tables-${shown}-experiments.tex`);
  expect(strFromU8(latex.bytes)).toMatch(/^% .*error on[^]*\\begin\{tabular\}\{lr+\}/);
  await page.getByRole('button', { name: 'Export' }).first().click();
  await item(page, 'Copy the LaTeX tables').click();
  await expect(page.getByText('The LaTeX tables are on the clipboard.')).toBeVisible();
  const bundle = await saved(page, async () => {
    await page.getByRole('button', { name: 'Export' }).first().click();
    await item(page, 'Result bundle (zip)').click();
  });
  const files = unzipSync(bundle.bytes);
  const manifest = JSON.parse(strFromU8(files['manifest.json'] ?? new Uint8Array())) as {
    format: string;
    experiments: unknown[];
    remarks: string[];
  };
  expect(manifest.format).toBe('plumbline-results');
  expect(manifest.experiments).toHaveLength(shown);
  expect(manifest.remarks[0]).toContain(`Only ${shown} experiment`);
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(page.getByRole('button', { name: /^Compare on the/ }).first()).toBeVisible();

  // The whole bundle opens as the project that it was, elsewhere and without its measurements.
  const headline = await page.getByRole('heading', { level: 1 }).innerText();
  const errorTable = page.getByRole('region', { name: 'Error by simulator' });
  const cells = await errorTable.getByRole('cell').allInnerTexts();
  const whole = await saved(page, async () => {
    await page.getByRole('button', { name: 'Export' }).first().click();
    await item(page, 'Result bundle (zip)').click();
  });
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(page.url().replace(/#.*/, ''));
  // Only then does the page take drops.
  await expect(elsewhere.getByRole('button', { name: 'Choose folder' })).toBeVisible();
  await dropFile(elsewhere, 'results.zip', whole.bytes);
  await expect(elsewhere.getByRole('heading', { level: 1 })).toHaveText(headline);
  const notice = elsewhere.getByText('Opened from the result bundle results.zip.');
  await expect(notice).toBeVisible();
  const reopened = elsewhere.getByRole('region', { name: 'Error by simulator' });
  expect(await reopened.getByRole('cell').allInnerTexts()).toEqual(cells);
  await expectAccessible(elsewhere);
  await elsewhere.reload();
  await expect(elsewhere.getByRole('heading', { level: 1 })).toHaveText(headline);
  await expect(notice).toBeVisible();
  const altered = { ...unzipSync(whole.bytes), 'runtime.csv': strToU8('nothing') };
  await dropFile(elsewhere, 'altered.zip', zipSync(altered));
  await expect(elsewhere.getByText('runtime.csv was changed after the bundle was written.')).toBeVisible();
  await elsewhere.context().close();
});
