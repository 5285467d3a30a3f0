// The page stays responsive: no task of its main thread takes more than 50 ms of CPU while it reads and runs.

import type { Browser, Page } from '@playwright/test';
import { strToU8, zipSync } from 'fflate';
import { demoToVerdict, exportFigure } from './journeys';
import { longestTaskMs } from './longest-task';
import { dragFile, expect, measurements, test } from './support';

const LIMIT_MS = 50;

/** What the page itself needs shows in each of three attempts; what a busy machine adds does not. */
async function leastOfThree(
  browser: Browser,
  address: string | undefined,
  /** Makes ready what is no work of the page; what it gives is watched. */
  prepare: (page: Page) => Promise<() => Promise<void>>,
): Promise<number> {
  let least = Infinity;
  for (let tries = 0; tries < 3 && least > LIMIT_MS; tries += 1) {
    // Nothing kept from the attempt before.
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address ?? '');
    await expect(page.getByRole('button', { name: 'Choose folder' })).toBeVisible();
    const work = await prepare(page);
    least = Math.min(least, await longestTaskMs(browser, page, work));
    await context.close();
  }
  test.info().annotations.push({ type: 'longest task', description: `${least.toFixed(1)} ms of CPU` });
  return least;
}

test('the demo runs to its verdict and figures in tasks of at most 50 ms', async ({ browser, baseURL }) => {
  test.setTimeout(240_000);
  const longest = await leastOfThree(browser, baseURL, (page) =>
    Promise.resolve(async () => {
      await demoToVerdict(page);
      await exportFigure(page);
    }),
  );
  expect(longest).toBeLessThanOrEqual(LIMIT_MS);
});

/** In one file: the browser itself is busy for longer when it lists a folder of thousands. */
const packed = (count: number): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries(measurements(count, 10)).map(([path, text]) => [path, strToU8(text)] as const),
    ),
    { level: 1 },
  );

test('five hundred experiments are read, run, judged and kept in tasks of at most 50 ms', async ({
  browser,
  baseURL,
}) => {
  test.setTimeout(400_000);
  const zip = packed(500);
  const longest = await leastOfThree(browser, baseURL, async (page) => {
    const drop = await dragFile(page, 'many.zip', zip);
    return async () => {
      await drop();
      await page.getByRole('button', { name: 'Open the plan' }).click({ timeout: 60_000 });
      await expect(page.getByRole('heading', { level: 1 })).toContainText('can run');
      // Closed groups are opened, and still only rows near the window are there.
      for (const group of await page.locator('tr.group button').all()) await group.click();
      await page.mouse.wheel(0, 100_000);
      await expect(page.getByRole('rowheader', { name: '498' })).toBeVisible();
      expect(await page.locator('tr.pair-row').count()).toBeLessThan(120);
      await page.getByRole('button', { name: /^Run \d+$/ }).click();
      await expect(page.getByRole('button', { name: /^Run again/ })).toBeVisible({ timeout: 120_000 });
      await page.getByRole('link', { name: 'Open the verdict' }).click();
      await expect(page.getByRole('heading', { name: /experiments\.$/, level: 1 })).toBeVisible();
      await page.getByRole('button', { name: 'Median' }).click();
      await expect(page.getByRole('heading', { name: /median error/, level: 1 })).toBeVisible();
      await page.keyboard.press('j');
      await page.keyboard.press('m');
      await expect(page.getByRole('img', { name: /^TTFT mean: predicted/ })).toBeVisible();
      await page.getByRole('link', { name: /^Quality/ }).click();
      await expect(
        page
          .getByRole('table', { name: /interval/ })
          .getByRole('cell')
          .first(),
      ).toBeVisible();
      await exportFigure(page);
      await page.goto(page.url().replace(/#.*/, '#/validate/verdict'));
      await page.reload();
      await expect(page.getByRole('heading', { name: /experiments\.$/, level: 1 })).toBeVisible();
      await expect(page.getByRole('img', { name: /^E2E mean: predicted/ })).toBeVisible();
    };
  });
  expect(longest).toBeLessThanOrEqual(LIMIT_MS);
});
