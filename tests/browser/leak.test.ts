// Nothing gets out: every way in ways-out.ts is tried by code inside the built page and inside each kind of worker that it has
// started, against a second origin that counts what arrives. A page without the policy shows that the same attempts do arrive.

import { readdirSync, readFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page, Worker } from '@playwright/test';
import { convert, demoToVerdict, openPlace, simulate } from './journeys';
import { StaticHost } from './static-host';
import { expect, test, writeFolder } from './support';
import { tryWaysOut, type Outcome } from './ways-out';

/** Each file in src/workers that is a worker, by the name that its starter gives it. */
function workerNames(): Map<string, string> {
  const folder = 'src/workers';
  const names = new Map<string, string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('-client.ts'))) {
    const text = readFileSync(`${folder}/${file}`, 'utf8');
    for (const [, worker = '', name = ''] of text.matchAll(
      /workerStarter\(\s*\(\) => import\('\.\/([\w-]+)\.worker\?worker-text'\),\s*'([^']+)'/g,
    ))
      names.set(worker, name);
  }
  const files = readdirSync(folder).flatMap((name) => /^([\w-]+)\.worker\.ts$/.exec(name)?.[1] ?? []);
  expect([...names.keys()].sort()).toEqual(files.sort());
  return names;
}

/** A second origin. Hears requests of any method, upgrades to sockets, and datagrams to the same port (WebTransport). */
async function listen() {
  const arrivals: string[] = [];
  let bytes = 0;
  const server = createServer((request, response) => {
    arrivals.push(decodeURIComponent(request.url ?? ''));
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/plain' }).end();
  });
  server.on('upgrade', (request, socket) => {
    arrivals.push(decodeURIComponent(request.url ?? ''));
    socket.destroy();
  });
  server.on('connection', (socket) => socket.on('data', (chunk) => (bytes += chunk.length)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const datagrams = createSocket('udp4');
  datagrams.on('message', () => arrivals.push('a datagram'));
  await new Promise<void>((resolve) => datagrams.bind(port, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${port}`,
    arrivals,
    bytes: () => bytes,
    stop: () => {
      server.closeAllConnections();
      server.close();
      datagrams.close();
    },
  };
}

/** The workers of the page by their names. */
async function workersOf(page: Page): Promise<Map<string, Worker>> {
  const found = new Map<string, Worker>();
  for (const worker of page.workers()) found.set(await worker.evaluate(() => self.name), worker);
  return found;
}

const arrivedFrom = (realm: string, arrivals: readonly string[]): string[] =>
  [
    ...new Set(
      arrivals.filter((path) => path.startsWith(`/${realm}/`)).map((path) => path.slice(realm.length + 2)),
    ),
  ].sort();

const present = (outcomes: Readonly<Record<string, Outcome>>): string[] =>
  Object.keys(outcomes)
    .filter((way) => outcomes[way] !== 'absent')
    .sort();

const without = (way: string, ways: readonly string[]): string[] => ways.filter((other) => other !== way);

/** What a worker has of them. */
const IN_WORKERS = [
  'Cache.add',
  'EventSource',
  'WebSocket',
  'WebTransport',
  'XMLHttpRequest',
  'fetch',
  'fetch that outlives its page',
  'font',
  'import',
  'importScripts',
  'nested worker',
  'nested worker of modules',
  'synchronous XMLHttpRequest',
];

/** And a page. */
const IN_PAGES = [
  ...without('importScripts', IN_WORKERS),
  'CSS url()',
  'beacon',
  'form',
  'frame',
  'image',
  'object',
  'ping of a link',
  'prefetch',
  'script',
  'style sheet',
  'video',
].sort();

test('nothing arrives from the page or from any of its workers', async ({ page, watched }) => {
  test.setTimeout(180_000);
  const other = await listen();
  // Ended workers could not be asked; kept alive they are the very workers that the page has used.
  await page.addInitScript(() => {
    Worker.prototype.terminate = () => undefined;
  });
  await page.goto('./');
  await demoToVerdict(page);
  await page.getByRole('link', { name: 'Calibrate' }).click();
  await page.getByRole('button', { name: /^Fit and predict/ }).click({ timeout: 20_000 });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Held-out error', { timeout: 30_000 });
  await page.getByRole('link', { name: 'Quality' }).click();
  await simulate(page);
  await convert(page);
  await openPlace(page, 'Catalogue');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(watched.complaints).toEqual([]);

  const names = [...workerNames().values()];
  await expect
    .poll(async () => [...(await workersOf(page)).keys()].sort())
    .toEqual(expect.arrayContaining(names));
  const workers = await workersOf(page);
  const outcomes = await Promise.all([
    page.evaluate(tryWaysOut, { origin: other.origin, realm: 'page' }),
    ...[...workers].map(([name, worker]) =>
      worker.evaluate(tryWaysOut, { origin: other.origin, realm: name }),
    ),
  ]);
  const [ofPage, ...ofWorkers] = outcomes;
  expect(present(ofPage)).toEqual(IN_PAGES);
  for (const ofWorker of ofWorkers) expect(present(ofWorker)).toEqual(IN_WORKERS);
  expect(other.arrivals).toEqual([]);
  // Before it refuses a frame or a form, Chromium opens a connection in advance; it says nothing on it (docs/privacy.md).
  expect(other.bytes()).toBe(0);
  // The browser reports what it refused, and the attempts are not the page's doing.
  watched.hosts.add(new URL(other.origin).host);
  watched.complaints.splice(0);
  other.stop();
});

test('the same attempts do arrive where no policy stands in the way', async ({ page, watched }, info) => {
  const other = await listen();
  watched.hosts.add(new URL(other.origin).host);
  // Really served: to a page made up by the test, Chromium refuses this machine's addresses for reasons of its own.
  const root = writeFolder(info.outputPath('page'), {
    'index.html': '<!doctype html><title>No policy</title><link rel="icon" href="data:," /><body></body>',
  });
  const host = await StaticHost.start(root, '/');
  watched.hosts.add(new URL(host.url).host);
  await page.goto(host.url);
  await page.evaluate(() => {
    const blob = URL.createObjectURL(new Blob([''], { type: 'text/javascript' }));
    Object.assign(window, { kept: new Worker(blob, { name: 'control' }) });
  });
  await expect.poll(() => page.workers().length).toBe(1);
  const [inPage, inWorker] = await Promise.all([
    page.evaluate(tryWaysOut, { origin: other.origin, realm: 'page' }),
    page.workers()[0]!.evaluate(tryWaysOut, { origin: other.origin, realm: 'control' }),
  ]);
  expect(present(inPage)).toEqual(IN_PAGES);
  expect(present(inWorker)).toEqual(IN_WORKERS);
  // WebTransport's datagrams carry no readable path.
  expect(arrivedFrom('page', other.arrivals)).toEqual(without('WebTransport', IN_PAGES));
  expect(arrivedFrom('control', other.arrivals)).toEqual(without('WebTransport', IN_WORKERS));
  expect(other.bytes()).toBeGreaterThan(0);
  expect(other.arrivals.filter((path) => path === 'a datagram').length).toBeGreaterThan(0);
  watched.complaints.splice(0);
  other.stop();
  await host.stop();
});
