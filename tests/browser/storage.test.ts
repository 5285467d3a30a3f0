// What the page keeps on the device: only what was opened and run, all of it listed, each of it deletable, nothing when keeping
// is off, and no harm where the browser keeps nothing.

import type { Page, TestInfo } from '@playwright/test';
import { openPlace, waitForOfflineCopy } from './journeys';
import { expect, expectAccessible, measurements, openByInput, test, writeFolder } from './support';

async function runTwo(page: Page, info: TestInfo): Promise<void> {
  await page.goto('./');
  await openByInput(page, writeFolder(info.outputPath('data'), measurements(2)));
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page.getByRole('button', { name: /^Run \d+$/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/^All \d+ runs/);
}

async function openDrawer(page: Page) {
  await page.getByRole('button', { name: 'Local only' }).click();
  return page.getByRole('dialog', { name: 'Stored on this device' });
}

/** Number of values in each of the page's databases that has any. */
const stored = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(async () => {
    const counts: Record<string, number> = {};
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const opened = indexedDB.open(name);
      await new Promise((resolve) => (opened.onsuccess = resolve));
      const asked = opened.result.transaction('values').objectStore('values').count();
      await new Promise((resolve) => (asked.onsuccess = resolve));
      opened.result.close();
      if (asked.result > 0) counts[name] = asked.result;
    }
    return counts;
  });

test('looking around stores nothing', async ({ page }) => {
  await page.goto('./');
  for (const place of ['Simulate', 'Convert', 'Catalogue', 'Validate']) {
    await openPlace(page, place);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  expect(await stored(page)).toEqual({});
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([
    0,
    0,
    '',
  ]);
  const drawer = await openDrawer(page);
  await expect(drawer).toContainText('Nothing is stored.');
  await expectAccessible(page);
});

test('each thing is listed with its size and can be deleted, and put back', async ({ page }, info) => {
  await runTwo(page, info);
  const drawer = await openDrawer(page);
  const runs = drawer.getByRole('row', { name: /^Finished runs \(\d+\)/ });
  await expect(runs).toContainText(/\d+(\.\d+)? kB/);
  await expect(drawer.getByRole('row', { name: /^Open project/ })).toBeVisible();
  const before = (await stored(page))['plumbline-pairs'] ?? 0;
  expect(before).toBeGreaterThan(2);

  await runs.getByRole('button', { name: /^Finished runs/ }).click();
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'Delete 1-made-tp4' }).click();
  await expect(drawer.getByText('1-made-tp4 is deleted.')).toBeVisible();
  const after = (await stored(page))['plumbline-pairs'] ?? 0;
  expect(after).toBeGreaterThan(0);
  expect(after).toBeLessThan(before);
  await drawer.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => (await stored(page))['plumbline-pairs']).toBe(before);

  await drawer.getByRole('button', { name: 'Delete Finished runs' }).click();
  await expect(runs).toHaveCount(0);
  expect((await stored(page))['plumbline-pairs']).toBeUndefined();
});

test('the drawer says what was asked of the network, how to check it, and deletes everything', async ({
  page,
}, info) => {
  await runTwo(page, info);
  await waitForOfflineCopy(page);
  const drawer = await openDrawer(page);
  await expect(drawer).toContainText('No request went to another origin.');
  await drawer.getByText('How to check this yourself').click();
  await expect(drawer.getByRole('listitem')).toHaveCount(4);
  await expect(drawer).toContainText(/Plumbline \d+\.\d+\.\d+\+[0-9a-f]{12}/);
  await expectAccessible(page);

  await drawer.getByRole('button', { name: 'Delete everything …' }).click();
  await expect(drawer).toContainText('open project: parsed measurements; finished runs');
  await drawer.getByRole('button', { name: 'Delete all of it' }).click();
  await expect(drawer).toContainText('Nothing is stored any more.');
  expect(await stored(page)).toEqual({});
  const rest = () =>
    page.evaluate(async () => [
      localStorage.length,
      (await caches.keys()).length,
      (await navigator.serviceWorker.getRegistrations()).length,
    ]);
  expect(await rest()).toEqual([0, 0, 0]);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Choose folder' })).toBeVisible();
});

test('with keeping off nothing is kept, and no copy of the page where it is not wanted', async ({
  page,
}, info) => {
  await page.goto('./');
  await waitForOfflineCopy(page);
  const drawer = await openDrawer(page);
  await drawer.getByRole('checkbox', { name: /^Keep finished work/ }).uncheck();
  await drawer.getByRole('checkbox', { name: /^Keep a copy of the page/ }).uncheck();
  await expect(drawer).toContainText('It is switched off.');
  await page.keyboard.press('Escape');
  await runTwo(page, info);
  expect(await stored(page)).toEqual({});
  expect(await page.evaluate(async () => (await caches.keys()).length)).toBe(0);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Choose folder' })).toBeVisible();
});

test('where the browser keeps nothing, the page works and says so', async ({ page }, info) => {
  // As private windows of several browsers do.
  await page.addInitScript(() => {
    const refuse = (): never => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    Object.defineProperty(window, 'localStorage', { get: refuse });
    Object.defineProperty(IDBFactory.prototype, 'open', { value: refuse });
    Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
  });
  await runTwo(page, info);
  await expect(page.getByText('Results cannot be stored here.')).toBeVisible();
  await expectAccessible(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export bundle' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('plumbline-results.zip');
  const drawer = await openDrawer(page);
  await expect(drawer).toContainText('does not keep pages');
  await expect(drawer).toContainText('The operation is insecure.');
  await expectAccessible(page);
});
