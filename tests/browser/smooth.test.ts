// The page stays responsive: no task of its main thread takes more than 50 ms of CPU while it reads and runs.

import type { Browser, Page } from '@playwright/test';
import { strToU8, zipSync } from 'fflate';
import { demoToVerdict, exportFigure } from './journeys';
import { longestTasksMs, type Part } from './longest-task';
import { dragFile, expect, measurements, test } from './support';

const LIMIT_MS = 50;

/**
 * What the page itself needs for a part of the work shows in each of three attempts; what a busy machine adds, to one part or another,
 * does not: the longest task of each part counts as in the attempt in which it was shortest.
 */
async function leastOfThree(
  browser: Browser,
  address: string | undefined,
  /** Makes ready what is no work of the page; what it gives is watched. */
  prepare: (page: Page) => Promise<(part: Part) => Promise<void>>,
): Promise<number> {
  const least = new Map<string, number>();
  const longest = (): number => Math.max(...least.values());
  for (let tries = 0; tries < 3 && (tries === 0 || longest() > LIMIT_MS); tries += 1) {
    // Nothing kept from the attempt before.
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address ?? '');
    await expect(page.getByRole('button', { name: 'Choose folder' })).toBeVisible();
    const work = await prepare(page);
    for (const [part, ms] of await longestTasksMs(browser, page, work))
      least.set(part, Math.min(least.get(part) ?? Infinity, ms));
    await context.close();
  }
  const parts = [...least].map(([part, ms]) => `${part} ${ms.toFixed(1)}`).join(', ');
  test.info().annotations.push({ type: 'longest tasks, ms of CPU', description: parts });
  return longest();
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
    return async (part) => {
      await drop();
      await page.getByRole('button', { name: 'Open the plan' }).click({ timeout: 60_000 });
      await expect(page.getByRole('heading', { level: 1 })).toContainText('can run');
      await part('groups');
      // Closed groups are opened, and still only rows near the window are there.
      for (const group of await page.locator('tr.group button').all()) await group.click();
      await page.mouse.wheel(0, 100_000);
      await expect(page.getByRole('rowheader', { name: '498' })).toBeVisible();
      expect(await page.locator('tr.pair-row').count()).toBeLessThan(120);
      await part('run');
      await page.getByRole('button', { name: /^Run \d+$/ }).click();
      await expect(page.getByRole('button', { name: /^Run again/ })).toBeVisible({ timeout: 120_000 });
      await part('verdict');
      await page.getByRole('link', { name: 'Open the verdict' }).click();
      await expect(page.getByRole('heading', { name: /experiments\.$/, level: 1 })).toBeVisible();
      await part('median');
      await page.getByRole('button', { name: 'Median' }).click();
      await expect(page.getByRole('heading', { name: /median error/, level: 1 })).toBeVisible();
      await part('keys');
      await page.keyboard.press('j');
      await page.keyboard.press('m');
      await expect(page.getByRole('img', { name: /^TTFT mean: predicted/ })).toBeVisible();
      await part('quality');
      await page.getByRole('link', { name: /^Quality/ }).click();
      await expect(
        page
          .getByRole('table', { name: /interval/ })
          .getByRole('cell')
          .first(),
      ).toBeVisible();
      await part('figure');
      await exportFigure(page);
      await part('reload');
      await page.goto(page.url().replace(/#.*/, '#/validate/verdict'));
      await page.reload();
      await expect(page.getByRole('heading', { name: /experiments\.$/, level: 1 })).toBeVisible();
      await expect(page.getByRole('img', { name: /^E2E mean: predicted/ })).toBeVisible();
    };
  });
  expect(longest).toBeLessThanOrEqual(LIMIT_MS);
});
