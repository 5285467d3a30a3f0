// What people do on the page, for tests that ask whether it works somewhere: without network, from a file, under watch.

import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';

/** From the page as it opens to the demo's verdict. */
export async function demoToVerdict(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try the demo' }).click();
  await expect(page).toHaveURL(/#\/validate\/verdict$/, { timeout: 60_000 });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('to the measured end-to-end latency');
}

/** From a verdict to a downloaded figure, whose text is given back. */
export async function exportFigure(page: Page): Promise<string> {
  await page.getByRole('link', { name: /^Figures/ }).click();
  await expect(page.getByRole('button', { name: 'Download all' })).toBeEnabled({ timeout: 30_000 });
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('group', { name: 'Files of Figure 5' })
      .getByRole('button', { name: 'SVG', exact: true })
      .click(),
  ]);
  return readFileSync(await file.path(), 'utf8');
}

/** Runs the simulation that the place proposes. */
export async function simulate(page: Page): Promise<void> {
  await openPlace(page, 'Simulate');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('"completed_requests": 500')).toBeAttached({ timeout: 30_000 });
}

const SPEC = `version: "2"
seed: 7
num_requests: 40
aggregate_rate: 20
clients:
  - id: chat
    rate_fraction: 1
    arrival: {process: poisson}
    input_distribution: {type: constant, params: {value: 300}}
    output_distribution: {type: constant, params: {value: 64}}
`;

/** Turns a specification into a trace and gives back its rows. */
export async function convert(page: Page): Promise<string> {
  await openPlace(page, 'Convert');
  await page
    .getByLabel('Files to convert')
    .setInputFiles({ name: 'load.yaml', mimeType: 'text/yaml', buffer: Buffer.from(SPEC) });
  await page.getByRole('radio', { name: /^TraceV2/ }).check();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download trace_data.csv' }).click(),
  ]);
  return readFileSync(await file.path(), 'utf8');
}

export const openPlace = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).first().click();

/** Opens what is stored and waits until the page's own files are on the device. */
export async function waitForOfflineCopy(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Local only' }).click();
  await expect(page.getByText('on this device: the page opens without network')).toBeVisible({
    timeout: 30_000,
  });
  await page.keyboard.press('Escape');
}
