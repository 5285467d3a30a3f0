// The hostile corpus through the built page: after each case the page still answers, nothing was thrown or logged, and
// `Object.prototype` is as it was, in the page and in every worker.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page, Worker } from '@playwright/test';
import type { Door, HostileCase } from '../hostile/case';
import { CORPUS } from '../hostile/corpus';
import { expect, test } from './support';

const casesOf = (...doors: readonly Door[]): readonly HostileCase[] =>
  CORPUS.filter(({ door, isSlow }) => doors.includes(door) && isSlow !== true);

const ownKeys = (): string => Object.getOwnPropertyNames(Object.prototype).sort().join();

/** Undefined for a worker that ends while it is asked. */
const keysOfWorker = (worker: Worker): Promise<string | undefined> =>
  worker.evaluate(ownKeys).catch(() => undefined);

/** Waits in the page until its text says something, or stops saying it; a frame at a time, since there are hundreds of cases. */
const settled = (page: Page, has: string, not: string, told?: RegExp): Promise<string | undefined> =>
  page.evaluate(
    async ([wanted, unwanted, source, flags]) => {
      const pattern = source === '' ? undefined : new RegExp(source, flags);
      for (const end = performance.now() + 20_000; performance.now() < end;) {
        const text = document.body.innerText;
        const isThere = text.includes(wanted) && (unwanted === '' || !text.includes(unwanted));
        if (isThere && (pattern?.test(text) ?? true)) return undefined;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return document.body.innerText;
    },
    [has, not, told?.source ?? '', told?.flags ?? ''] as const,
  );

class Watch {
  private constructor(
    private readonly page: Page,
    private readonly clean: string,
  ) {}

  static async begin(page: Page): Promise<Watch> {
    return new Watch(page, await page.evaluate(ownKeys));
  }

  /** A key is answered, no worker has died, and nothing reached a prototype. */
  async after(name: string): Promise<void> {
    const { page, clean } = this;
    const theme = await page.evaluate(() => document.documentElement.dataset['theme']);
    await page.keyboard.press('d');
    const [changed, keys, text] = await page.evaluate(() => [
      document.documentElement.dataset['theme'],
      Object.getOwnPropertyNames(Object.prototype).sort().join(),
      document.body.innerText,
    ]);
    expect(changed, `${name}: the theme key`).not.toBe(theme);
    expect(keys, name).toBe(clean);
    expect(text, name).not.toContain('stopped unexpectedly');
    for (const own of await Promise.all(page.workers().map(keysOfWorker)))
      expect(own ?? clean, name).toBe(clean);
  }
}

// Recorded steps would cost more time than the cases.
test.use({ trace: 'off' });

let root = '';
test.beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'hostile-'))));
test.afterAll(() => rmSync(root, { recursive: true }));

function folderOf(name: string, files: HostileCase['files']): string {
  const folder = join(root, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const show = (name: string, started: number): void => {
  if (process.env['SHOW']) console.log(`${name}: ${Date.now() - started} ms`);
};

test('folders of measurements, results and tables on Validate', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto('./');
  const watch = await Watch.begin(page);
  const input = page.getByLabel('Folder of measurements');
  for (const [index, { name, files, told }] of casesOf('measurements').entries()) {
    const started = Date.now();
    const folder = `case-${index}-`;
    await input.setInputFiles(folderOf(folder, files));
    const text = await settled(page, folder, `Reading ${folder}`, told === 'read' ? undefined : told);
    expect(text, name).toBeUndefined();
    await watch.after(name);
    show(name, started);
  }
  // Added to the open folder, taken for measurements or refused: what each reader says of them is held elsewhere.
  for (const [index, { name, files }] of casesOf('results', 'tables', 'records').entries()) {
    const started = Date.now();
    await input.setInputFiles(folderOf(`added-${index}-`, files));
    expect(await settled(page, '', 'Looking into'), name).toBeUndefined();
    await watch.after(name);
    show(name, started);
  }
});

test('loads and replay results on Convert', async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto('./#/convert');
  const watch = await Watch.begin(page);
  const give = async ({ name, files, told }: HostileCase): Promise<void> => {
    const started = Date.now();
    await page.getByLabel('Files to convert').setInputFiles(
      Object.entries(files).map(([path, content]) => ({
        name: path,
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(content),
      })),
    );
    const text = await settled(page, '', 'Reading ', told === 'read' ? undefined : told);
    expect(text, name).toBeUndefined();
    await watch.after(name);
    show(name, started);
  };
  for (const each of casesOf('load')) await give(each);
  await page.goto('./#/convert/judge');
  for (const each of casesOf('judge')) await give(each);
});

test('links on Simulate', async ({ page }) => {
  await page.goto('./#/catalogue');
  const watch = await Watch.begin(page);
  for (const { name, files, told } of casesOf('link')) {
    const started = Date.now();
    const [link = ''] = Object.values(files);
    await page.evaluate((hash) => (location.hash = hash), `#/simulate?c=${String(link)}`);
    const isSaid = told !== 'read' && /damaged|newer/.test(told.source) && link !== '';
    const text = await settled(page, 'Workload', '', isSaid ? told : undefined);
    expect(text, name).toBeUndefined();
    await watch.after(name);
    await page.evaluate(() => (location.hash = '#/catalogue'));
    show(name, started);
  }
});
