// The Figures tab on the built page: from the two CSV files alone to pictures, choices in the address, and files.

import { readFileSync } from 'node:fs';
import { errorRecordsCsv, runtimeCsv } from '../../src/report/record-csv';
import type { ErrorRecord, RuntimeRecord } from '../../src/domain/prediction';
import { FIGURE_ERRORS, FIGURE_RUNTIMES } from '../support/figure-rows';
import { expect, expectAccessible, test } from './support';
import type { Page } from '@playwright/test';

const ERRORS = FIGURE_ERRORS.map(
  (row) => ({ predicted: 1, actual: 1, mpe: 0, absoluteError: 0, ...row }) as ErrorRecord,
);
const CSV_FILES = [
  { name: 'error_records.csv', mimeType: 'text/csv', buffer: Buffer.from(errorRecordsCsv(ERRORS)) },
  {
    name: 'runtime.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(runtimeCsv(FIGURE_RUNTIMES as RuntimeRecord[])),
  },
];

async function openCsv(page: Page): Promise<void> {
  await page.getByLabel('error_records.csv and runtime.csv', { exact: true }).setInputFiles(CSV_FILES);
  await expect(page.getByRole('button', { name: 'Download all' })).toBeEnabled();
}

test('two CSV files alone become figures and files', async ({ page }) => {
  await page.goto('./#/validate/figures');
  await expect(page.getByRole('heading', { name: 'No results to draw yet.' })).toBeVisible();
  await expectAccessible(page);
  await openCsv(page);
  await expectAccessible(page);

  const picture = page.getByRole('img', { name: /^Prediction Error Across Model Architectures/ });
  await expect(picture).toBeVisible();
  // 7 × 2.7 in at 96 px an inch, and really decoded.
  expect(
    await picture.evaluate((image: HTMLImageElement) => [image.width, image.height, image.naturalWidth]),
  ).toEqual([672, 259, 672]);

  const files = page.getByRole('group', { name: 'Files of Figure 1' });
  const download = async (name: string): Promise<Buffer> => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      files.getByRole('button', { name, exact: true }).click(),
    ]);
    return readFileSync(await file.path());
  };
  const svg = (await download('SVG')).toString('utf8');
  expect(svg).toContain("@font-face{font-family:'STIX Two Text'");
  expect(svg).toContain('>Ll-3.1-8B</text>');
  const pdf = (await download('PDF')).toString('latin1');
  expect(pdf).toContain('/FontFile2');
  const png = await download('PNG');
  // Width in IHDR: 7 in × 300 dpi; pHYs: 11 811 pixels a metre.
  expect(png.readUInt32BE(16)).toBe(2100);
  expect(png.readUInt32BE(41)).toBe(11_811);

  const [zip] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download all' }).click(),
  ]);
  expect(zip.suggestedFilename()).toBe('figures.zip');
  await page.getByRole('button', { name: 'Show the values' }).first().click();
  await expect(page.getByRole('table', { name: 'Values of Figure 1' })).toContainText('Ll-3.1-8B');
  await expect(page.getByLabel('LaTeX source of table 1')).toContainText('\\begin{tabular}{lrr}');
});

test('choices live in the address and change the pictures', async ({ page }) => {
  await page.goto('./#/validate/figures');
  await openCsv(page);
  await page.getByRole('group', { name: 'Width' }).getByRole('button', { name: '3.3 in' }).click();
  await page.getByRole('checkbox', { name: 'Vidur' }).uncheck();
  await expect(page.getByRole('button', { name: 'Download all' })).toBeEnabled();
  expect(new URL(page.url()).hash).toBe('#/validate/figures?width=3.3in&hide=vidur');
  const picture = page.getByRole('img', { name: /^Prediction Error Across Model Architectures/ });
  await expect(picture).toHaveAttribute('width', '317');
  await page.getByRole('button', { name: 'Show the values' }).first().click();
  const values = page.getByRole('table', { name: 'Values of Figure 1' });
  await expect(values).toContainText('LLMServingSim');
  await expect(values).not.toContainText('Vidur');
  await page.getByRole('button', { name: 'Show the picture' }).click();
  await page.getByRole('group', { name: 'Look' }).getByRole('button', { name: 'As published' }).click();
  await expect(page.getByRole('img', { name: /\(All Simulators\)/ })).toBeVisible();
});

test('a file that is not one says what is missing', async ({ page }) => {
  await page.goto('./#/validate/figures');
  const input = page.getByLabel('error_records.csv and runtime.csv', { exact: true });
  await input.setInputFiles([{ name: 'notes.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') }]);
  await expect(page.getByRole('alert')).toContainText('No error_records.csv among notes.csv.');
  await input.setInputFiles([
    { name: 'error_records.csv', mimeType: 'text/csv', buffer: Buffer.from('simulator,mape\nx,1\n') },
  ]);
  await expect(page.getByRole('alert')).toContainText('lacks the columns experiment_folder, model');
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 390])
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 }, hasTouch: width < 640 });
      test('figures by keyboard, nothing wider than the screen', async ({ page }, info) => {
        await page.goto('./#/validate/figures');
        await openCsv(page);
        await page.screenshot({ path: info.outputPath('figures.png'), fullPage: true });
        // The light theme is looked at above.
        if (colorScheme === 'dark' && width > 640) await expectAccessible(page);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        await page.getByRole('button', { name: 'SVG', exact: true }).first().focus();
        const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
        expect(file.suggestedFilename()).toBe('fig1_model_sensitivity.svg');
      });
    });
