// What a finished run shows: timelines with one cursor, distributions, decisions, requests and their lives; and that none of it
// keeps the page from answering, with 64 instances and with 200,000 requests.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { longestTaskMs } from './longest-task';
import { expect, expectAccessible, test } from './support';

interface Fleet {
  readonly instances: number;
  readonly requests: number;
  readonly rate: number;
  readonly kvBlocks?: number;
}

async function run(page: Page, { instances, requests, rate, kvBlocks }: Fleet): Promise<void> {
  await page.getByRole('textbox', { name: 'Instances', exact: true }).fill(String(instances));
  await page.getByRole('textbox', { name: 'Requests', exact: true }).fill(String(requests));
  await page.getByRole('textbox', { name: /^Rate/ }).fill(String(rate));
  if (kvBlocks !== undefined) await page.getByRole('textbox', { name: /^KV blocks/ }).fill(String(kvBlocks));
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
}

/** Few blocks, many requests: they wait and are preempted. */
const TIGHT: Fleet = { instances: 3, requests: 400, rate: 60, kvBlocks: 700 };

const timelines = (page: Page) => page.getByRole('region', { name: 'What happened', exact: true });
const cursor = (page: Page) => page.getByRole('slider', { name: 'Time cursor of the timelines' });
const reading = (page: Page) => timelines(page).locator('[aria-live=polite]');

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);
}

test('the timelines answer to the keyboard: cursor, zoom, table, file', async ({ page }) => {
  await page.goto('./#/simulate');
  await run(page, TIGHT);
  await expect(timelines(page).getByRole('img', { name: /^Timelines from 0/ })).toBeVisible({
    timeout: 30_000,
  });
  await expect(reading(page)).toHaveText(/^at \d+\.\d+ s: .* waiting, .* running, KV .* %/);
  await expect(reading(page)).toHaveText(/running, KV (9\d|100)/);

  await cursor(page).focus();
  await page.keyboard.press('Home');
  await expect(reading(page)).toHaveText(/^at 0\.0+ s/);
  await page.keyboard.press('Shift+ArrowRight');
  await expect(reading(page)).not.toHaveText(/^at 0\.0+ s/);
  await page.keyboard.press('+');
  await expect(timelines(page).getByRole('button', { name: 'Whole run' })).toBeVisible();
  await page.keyboard.press('0');
  await expect(timelines(page).getByRole('button', { name: 'Whole run' })).toHaveCount(0);

  await page.keyboard.press('t');
  const table = page.getByRole('region', { name: 'Timelines as a table' });
  await expect(table.getByRole('row')).toHaveCount(25);
  await timelines(page).getByRole('button', { name: 'Chart' }).press('t');
  await expect(cursor(page)).toBeVisible();

  await cursor(page).press('e');
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^CSV/ }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  const [head = '', ...lines] = text.trim().split('\n');
  const preemptions = lines.reduce((sum, line) => sum + Number(line.split(',').at(-1)), 0);
  expect(head).toContain('kv_use_max');
  // The file's columns hold every preemption that the strip of key figures tells.
  const told = page.getByLabel('Key figures').locator('div', { hasText: 'Preemptions' }).locator('.value');
  expect(preemptions).toBe(Number((await told.textContent())?.replace(/\D/gu, '')));
  expect(preemptions).toBeGreaterThan(0);
});

test('a brush zooms, a double click shows the whole run, an instance shows its own lanes', async ({
  page,
}) => {
  await page.goto('./#/simulate');
  await run(page, TIGHT);
  await expect(cursor(page)).toBeVisible({ timeout: 30_000 });
  await cursor(page).scrollIntoViewIfNeeded();
  const box = await cursor(page).boundingBox();
  if (box === null) throw new Error('The timelines are not on screen.');
  const y = box.y + 60;
  await page.mouse.move(box.x + box.width * 0.4, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, y, { steps: 4 });
  await page.mouse.up();
  await expect(timelines(page).getByRole('button', { name: 'Whole run' })).toBeVisible();
  await page.mouse.dblclick(box.x + box.width * 0.5, y);
  await expect(timelines(page).getByRole('button', { name: 'Whole run' })).toHaveCount(0);

  await expect(timelines(page).getByText('KV by instance, % used')).toBeVisible();
  await page
    .getByRole('region', { name: 'Figures by instance' })
    .getByRole('button', { name: 'instance_1' })
    .click();
  await expect(timelines(page).getByRole('button', { name: '1', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(timelines(page).getByText('KV by instance, % used')).toHaveCount(0);
});

test('a target tells the share within it, and moves by keyboard', async ({ page }) => {
  await page.goto('./#/simulate');
  await run(page, TIGHT);
  const target = page.getByRole('slider', { name: 'Target for TTFT' });
  await expect(target).toHaveAttribute('aria-valuetext', /ms: \d+(\.\d)? %/, { timeout: 30_000 });
  const before = await target.getAttribute('aria-valuetext');
  await target.focus();
  for (let press = 0; press < 12; press++) await page.keyboard.press('Shift+ArrowLeft');
  await expect(target).not.toHaveAttribute('aria-valuetext', before ?? '');
  await page.getByRole('button', { name: 'E2E', exact: true }).click();
  await expect(page.getByRole('slider', { name: 'Target for E2E' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Percentiles of E2E' }).getByRole('row')).toHaveCount(2);
});

test('decisions at the cursor tell alternatives and regret; requests sort, filter and tell their life', async ({
  page,
}) => {
  await page.goto('./#/simulate');
  await run(page, TIGHT);
  const decisions = page.getByRole('region', { name: 'Decisions at the cursor' });
  await expect(decisions.getByRole('row')).toHaveCount(9, { timeout: 30_000 });
  await cursor(page).focus();
  await page.keyboard.press('Home');
  await expect(decisions.getByRole('rowheader', { name: 'request_0', exact: true })).toBeVisible();
  await expect(decisions.getByRole('row', { name: /request_0 / })).toContainText(
    /instance_\d .*instance_\d /,
  );

  const requests = page.getByRole('region', { name: 'Requests, one a row' });
  await requests.getByRole('button', { name: /^TTFT, ms/ }).click();
  await expect(requests.getByRole('columnheader', { name: /^TTFT/ })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  const ttft = async (row: number) =>
    Number(
      (
        await requests.locator('tbody tr:not(.space)').nth(row).locator('td.num').nth(4).textContent()
      )?.replace(/\s/gu, ''),
    );
  expect(await ttft(0)).toBeGreaterThanOrEqual(await ttft(1));
  await page.getByLabel('Instance', { exact: true }).selectOption('instance_2');
  await expect(requests.locator('tbody tr:not(.space) td:nth-child(3)').first()).toHaveText('instance_2');

  await requests
    .getByRole('button', { name: /^request_/ })
    .first()
    .click();
  const life = page.getByRole('img', { name: /^request_\d+, completed:/ });
  await expect(life).toBeVisible();
  await expect(life).toHaveAttribute('aria-label', /waiting .* ms; prefill .* chunk.*decoding .* tokens/);
});

for (const theme of ['light', 'dark'] as const) {
  test(`accessible in ${theme}, and no sideways scroll on a phone`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await page.goto('./#/simulate');
    await run(page, TIGHT);
    const requests = page.getByRole('region', { name: 'Requests, one a row' });
    await requests
      .getByRole('button', { name: /^request_/ })
      .first()
      .click({ timeout: 30_000 });
    await expect(page.getByRole('img', { name: /^request_\d+, completed:/ })).toBeVisible();
    await expectAccessible(page);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await expect(timelines(page).getByText('Waiting, requests')).toBeVisible();
      await expectNoSidewaysScroll(page);
    }
    await expectAccessible(page);
  });
}

/** Moves over the timelines, comes closer and asks for every instance. */
async function scrub(page: Page): Promise<void> {
  await cursor(page).scrollIntoViewIfNeeded();
  const box = await cursor(page).boundingBox();
  if (box === null) throw new Error('The timelines are not on screen.');
  for (let step = 0; step <= 60; step++)
    await page.mouse.move(box.x + 160 + ((box.width - 180) * step) / 60, box.y + 80);
  await page.keyboard.down('Control');
  for (let step = 0; step < 12; step++) await page.mouse.wheel(0, -120);
  await page.keyboard.up('Control');
  // A brush over what is left, and the lanes of it.
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 80, { steps: 8 });
  await page.mouse.up();
  await expect(timelines(page).getByRole('button', { name: 'Whole run' })).toBeVisible();
  await timelines(page).getByRole('button', { name: 'Show all 64' }).click();
  await expect(timelines(page).getByRole('button', { name: 'Show fewer instances' })).toBeVisible();
}

test('64 instances and 33 600 requests: no task over 50 ms while it runs and while one scrubs', async ({
  page,
  browser,
}) => {
  test.setTimeout(180_000);
  // What the page itself needs shows in each of three attempts; what a busy machine adds does not.
  let least = Infinity;
  for (let tries = 0; tries < 3 && least > 50; tries++) {
    await page.goto('./#/simulate');
    await page.reload();
    await expect(page.getByRole('textbox', { name: 'Instances', exact: true })).toBeVisible();
    const longest = await longestTaskMs(browser, page, async () => {
      await run(page, { instances: 64, requests: 33_600, rate: 320 });
      await expect(page.getByLabel('Key figures')).toContainText(/33\s?600/u, { timeout: 60_000 });
      await expect(timelines(page).getByRole('button', { name: 'Show all 64' })).toBeVisible();
      await scrub(page);
    });
    least = Math.min(least, longest);
  }
  test.info().annotations.push({ type: 'longest task', description: `${least.toFixed(1)} ms of CPU` });
  expect(least).toBeLessThanOrEqual(50);
});

test('64 instances and 200 000 requests complete, and the last of them can be seen', async ({ page }) => {
  await page.goto('./#/simulate');
  await run(page, { instances: 64, requests: 200_000, rate: 320 });
  await expect(page.getByLabel('Key figures')).toContainText(/200\s?000/u, { timeout: 80_000 });
  await expect(page.getByLabel('Key figures')).toContainText('all completed');
  await expect(reading(page)).toHaveText(/ running, KV /);
  await page.getByRole('button', { name: /^Next 100/ }).click();
  const requests = page.getByRole('region', { name: 'Requests, one a row' });
  await requests.evaluate((list) => (list.scrollTop = list.scrollHeight));
  await expect(requests.getByRole('button', { name: 'request_199999' })).toBeVisible();
});
