// A run that does not go through in one piece: stopped, reloaded, crashed. What was finished is never lost.

import { expect, expectAccessible, measurements, openByInput, test, writeFolder } from './support';
import type { Page, TestInfo } from '@playwright/test';

/** Long enough that there is a middle: six experiments of 6 000 requests. */
async function startLongRun(page: Page, info: TestInfo): Promise<void> {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), measurements(6, 1500)));
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/^[1-9]\d* of \d+ runs are finished,/);
}

const finished = async (page: Page): Promise<number> =>
  Number(/^\d+/.exec((await page.getByRole('heading', { level: 1 }).textContent()) ?? '')?.[0] ?? NaN);

test('stop answers within 100 ms, keeps what is finished, and resumes', async ({ page }, info) => {
  await startLongRun(page, info);
  const ms = await page.evaluate(async () => {
    const stop = document.querySelector<HTMLButtonElement>('button[aria-label="Stop the run"]');
    const before = performance.now();
    stop?.click();
    while (document.querySelector('button[aria-label="Stop the run"]'))
      await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - before;
  });
  expect(ms).toBeLessThan(100);
  await expect(page.getByText('Stopped.')).toBeVisible();
  const kept = await finished(page);
  expect(kept).toBeGreaterThan(0);
  // Nothing goes on behind the reader's back.
  await page.waitForTimeout(500);
  expect(await finished(page)).toBe(kept);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/^All \d+ runs/, { timeout: 60_000 });
});

test('a reload in the middle restores finished runs and resumes with the rest', async ({ page }, info) => {
  await startLongRun(page, info);
  await page.reload();
  const restored = page.getByText(/Restored \d+ of \d+ runs from this device\./);
  await expect(restored).toBeVisible();
  const [, done = '0', total = '0'] =
    /Restored (\d+) of (\d+)/.exec((await restored.textContent()) ?? '') ?? [];
  expect(Number(done)).toBeGreaterThan(0);
  expect(Number(done)).toBeLessThan(Number(total));
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`All ${total} runs are finished.`, {
    timeout: 60_000,
  });
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`All ${total} runs are finished.`);
});

test('a worker that dies is replaced, its run reported, the others go on', async ({
  page,
  watched,
}, info) => {
  await startLongRun(page, info);
  await page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error('made to fail');
    });
  });
  await expect(page.getByText('The simulator stopped unexpectedly.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('runs are finished; 1 failed.', {
    timeout: 60_000,
  });
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/^All \d+ runs/);
  // The browser itself reports the error that this test threw.
  expect(watched.complaints.splice(0).every((text) => text.includes('made to fail'))).toBe(true);
});

test('keys and palette reach what the mouse reaches', async ({ page }, info) => {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), measurements(2)));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('ready');
  await page.keyboard.press('2');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('can run');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/^All \d+ runs/);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search or command' }).fill('verdict');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('latency');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Next experiment');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('d');
  await expect(page.locator('html')).toHaveAttribute('data-theme', /dark|light/);
});
