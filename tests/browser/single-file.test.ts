// The page as one file, opened from a disk: every place works, and there is not one request.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { convert, demoToVerdict, exportFigure, openPlace, simulate } from './journeys';
import { expect, expectAccessible, test } from './support';

const FILE = resolve('dist/plumbline.html');
const address = pathToFileURL(FILE).href;

test('the page in one file runs the demo, draws, simulates and converts, with 0 requests', async ({
  page,
  watched,
}) => {
  watched.hosts.add('');
  await page.goto(address);
  await demoToVerdict(page);
  await expectAccessible(page);
  expect(await exportFigure(page)).toContain("@font-face{font-family:'STIX Two Text'");
  const files = page.getByRole('group', { name: 'Files of Figure 5' });
  for (const kind of ['PDF', 'PNG']) {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      files.getByRole('button', { name: kind, exact: true }).click(),
    ]);
    expect(statSync(await file.path()).size).toBeGreaterThan(10_000);
  }
  await page.getByRole('link', { name: 'Calibrate' }).click();
  await page.getByRole('button', { name: /^Fit and predict/ }).click({ timeout: 20_000 });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Held-out error', { timeout: 30_000 });
  await page.getByRole('link', { name: 'Quality' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await simulate(page);
  expect((await convert(page)).trim().split('\n')).toHaveLength(41);
  await openPlace(page, 'Catalogue');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

  await page.getByRole('button', { name: 'Local only' }).click();
  const drawer = page.getByRole('dialog', { name: 'Stored on this device' });
  await expect(drawer).toContainText('It is one file, which needs no network.');
  await expect(drawer.getByRole('row', { name: 'a file (this page)' })).toContainText('0');
  await expectAccessible(page);

  // What was run is there again.
  await page.goto(`${address}#/validate/verdict`);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('to the measured end-to-end latency');

  const requests = new Set(
    watched.requests.map((url) => url.split('#')[0]).filter((url) => !/^(blob|data):/.test(url!)),
  );
  expect([...requests]).toEqual([address]);
  expect(watched.copied).toEqual([]);
});

test('it is one file of moderate size whose policy names its script by hash', async ({
  page,
  watched,
}, info) => {
  watched.hosts.add('');
  const megabytes = statSync(FILE).size / 1e6;
  info.annotations.push({ type: 'size', description: `${megabytes.toFixed(2)} MB` });
  expect(megabytes).toBeLessThan(5);
  await page.goto(address);
  const policy = await page.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
  expect(policy).toMatch(/script-src 'sha256-[^']+' 'wasm-unsafe-eval';/);
  expect(policy).toContain("connect-src 'none'");
  expect(policy).not.toContain("'self'");
  // Nothing of the page is outside of it.
  expect(
    await page
      .locator('[src], link[href]')
      .evaluateAll((all) =>
        all.map((element) => element.getAttribute('src') ?? element.getAttribute('href')),
      ),
  ).toEqual([expect.stringMatching(/^data:image\/svg\+xml/)]);
});
