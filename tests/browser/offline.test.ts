// Without network: after the first visit everything works with the host stopped; a newer version arrives whole or not at all,
// and waits until the reader takes it. The host is a plain one, under a sub-path.

import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { convert, demoToVerdict, exportFigure, simulate, waitForOfflineCopy } from './journeys';
import { StaticHost } from './static-host';
import { expect, expectAccessible, test } from './support';

const PATH = '/people/somebody/plumbline/';

/** What the browser keeps of ours: name of the cache → number of files. */
const copies = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(async () => {
    const sizes: Record<string, number> = {};
    for (const name of await caches.keys()) sizes[name] = (await (await caches.open(name)).keys()).length;
    return sizes;
  });

test('the whole journey with the host stopped, reload included', async ({ page, context, watched }) => {
  const host = await StaticHost.start('dist/page', PATH);
  watched.hosts.add(new URL(host.url).host);
  await page.goto(host.url);
  await waitForOfflineCopy(page);
  await host.stop();
  await context.setOffline(true);

  await demoToVerdict(page);
  expect(await exportFigure(page)).toContain("@font-face{font-family:'STIX Two Text'");
  await simulate(page);
  expect((await convert(page)).trim().split('\n')).toHaveLength(41);

  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const fresh = await context.newPage();
  await fresh.goto(host.url);
  await expect(fresh.getByText(/Demo is open: (\d+) of \1 runs are finished\./)).toBeVisible();
  await demoToVerdict(fresh);
});

test('a newer version waits for the reader, half of one is not taken', async ({ page, watched }, info) => {
  const [first, half, second] = ['first', 'half', 'second'].map((name) => info.outputPath(name));
  for (const root of [first, half, second]) cpSync('dist/page', root!, { recursive: true });
  for (const root of [half, second]) makeNewer(root!);
  // The host was updated only in part: the new list, the old page.
  cpSync(join(first!, 'index.html'), join(half!, 'index.html'));

  const host = await StaticHost.start(first!, PATH);
  watched.hosts.add(new URL(host.url).host);
  await page.goto(host.url);
  await waitForOfflineCopy(page);
  const before = await copies(page);
  expect(Object.keys(before)).toHaveLength(1);

  host.root = half!;
  await page.reload();
  const outcome = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const arriving = registration?.installing ?? (await registration?.update())?.installing;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (arriving?.state === 'redundant') resolve();
      };
      arriving?.addEventListener('statechange', look);
      look();
    });
    return arriving?.state;
  });
  expect(outcome).toBe('redundant');
  await expect(page.getByText('A new version is ready.')).toHaveCount(0);
  expect(await copies(page)).toEqual(before);
  // Chromium says on the console what the integrity check refused.
  expect(watched.complaints.splice(0).every((text) => text.includes('integrity'))).toBe(true);

  host.root = second!;
  await page.reload();
  await expect(page.getByText('A new version is ready.')).toBeVisible();
  await expectAccessible(page);
  expect(await page.locator('meta[name=newer]').count()).toBe(0);
  await page.getByRole('button', { name: 'Reload', exact: true }).click();
  await expect(page.locator('meta[name=newer]')).toHaveCount(1);
  await expect(page.getByText('A new version is ready.')).toHaveCount(0);
  await expect.poll(async () => Object.keys(await copies(page)).length).toBe(1);
  expect(Object.keys(await copies(page))).not.toEqual(Object.keys(before));
  await host.stop();
});

/** As if the build had run again after a change of the page. */
function makeNewer(root: string): void {
  const page = readFileSync(join(root, 'index.html'), 'utf8');
  const newer = page.replace('<title>', '<meta name="newer" content="yes" /><title>');
  writeFileSync(join(root, 'index.html'), newer);
  const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
  const worker = join(root, 'service-worker.js');
  const text = readFileSync(worker, 'utf8');
  expect(text).toContain(hash(page));
  writeFileSync(worker, text.replace(hash(page), hash(newer)).replace(/`[0-9a-f]{12}`/, '`123456789abc`'));
}
