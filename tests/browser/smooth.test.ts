// The page stays responsive: no task of its main thread takes more than 50 ms of CPU while it reads and runs.

import type { Browser, Page } from '@playwright/test';
import { demoToVerdict, exportFigure } from './journeys';
import { longestTaskMs } from './longest-task';
import { expect, measurements, openByInput, test, writeFolder } from './support';

const LIMIT_MS = 50;

/** What the page itself needs shows in each of three attempts; what a busy machine adds does not. */
async function leastOfThree(
  browser: Browser,
  address: string | undefined,
  work: (page: Page) => Promise<void>,
): Promise<number> {
  let least = Infinity;
  for (let tries = 0; tries < 3 && least > LIMIT_MS; tries += 1) {
    // Nothing kept from the attempt before.
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address ?? '');
    await expect(page.getByRole('button', { name: 'Choose folder' })).toBeVisible();
    least = Math.min(least, await longestTaskMs(browser, page, () => work(page)));
    await context.close();
  }
  test.info().annotations.push({ type: 'longest task', description: `${least.toFixed(1)} ms of CPU` });
  return least;
}

test('the demo runs to its verdict and figures in tasks of at most 50 ms', async ({ browser, baseURL }) => {
  test.setTimeout(240_000);
  const longest = await leastOfThree(browser, baseURL, async (page) => {
    await demoToVerdict(page);
    await exportFigure(page);
  });
  expect(longest).toBeLessThanOrEqual(LIMIT_MS);
});

test('forty experiments are read and planned in tasks of at most 50 ms', async ({
  browser,
  baseURL,
}, info) => {
  test.setTimeout(240_000);
  const folder = writeFolder(info.outputPath('data'), measurements(40));
  const longest = await leastOfThree(browser, baseURL, async (page) => {
    await openByInput(page, folder);
    await page.getByRole('button', { name: 'Open the plan' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('can run');
  });
  expect(longest).toBeLessThanOrEqual(LIMIT_MS);
});
