// Keeps a copy of the page's own files, so that it opens without network after the first visit. The build hands in the list of
// files with their hashes: exactly these are fetched, once a version, and nothing else is ever stored here, least of all what
// a reader opens (that never passes through a request). A version is taken whole or not at all, waits until the page asks for
// it, and takes the older one away when no other tab needs it. Not bound by the page's policy, which is why it is this small.

declare global {
  /** Path relative to the page → subresource integrity; '' is the page itself (scripts/offline-copy.mjs). */
  const __OFFLINE_FILES__: Readonly<Record<string, string>>;
  /** Hash over that list. */
  const __OFFLINE_VERSION__: string;
}

export {};

interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends WaitingEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
/** The part of ServiceWorkerGlobalScope that is used; the DOM's types do not know it. */
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void>; matchAll(options: object): Promise<readonly unknown[]> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: WaitingEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}
const worker = globalThis as unknown as Scope;

/** Other pages of the same origin keep caches too; ours are told apart by where the page lies. */
const FAMILY = `plumbline ${worker.registration.scope} `;
const NAME = FAMILY + __OFFLINE_VERSION__;
const PAGE = new URL(worker.registration.scope);

worker.addEventListener('install', (event) => event.waitUntil(fill()));
worker.addEventListener('activate', (event) =>
  event.waitUntil(worker.clients.claim().then(dropOlderVersions)),
);
worker.addEventListener('message', ({ data }) => {
  if (data === 'use this version') void worker.skipWaiting();
});
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const isOurs = url.origin === PAGE.origin && url.pathname.startsWith(PAGE.pathname);
  if (!isOurs || event.request.method !== 'GET') return;
  event.respondWith(answer(event.request, url));
  if (event.request.mode === 'navigate') event.waitUntil(dropOlderVersions());
});

async function fill(): Promise<void> {
  try {
    const cache = await caches.open(NAME);
    await Promise.all(
      Object.entries(__OFFLINE_FILES__).map(async ([path, integrity]) => {
        const url = new URL(path, PAGE);
        // Files in assets/ carry a hash of their content in the name: what an earlier version fetched is the same.
        const known = path.startsWith('assets/') ? await caches.match(url) : undefined;
        await cache.put(url, known ?? (await fetched(url, integrity)));
      }),
    );
  } catch (error) {
    await caches.delete(NAME);
    throw error;
  }
}

/** Fails on any other content than the build's: a half-updated host gives the old version or the new one, never a mixture. */
async function fetched(url: URL, integrity: string): Promise<Response> {
  const response = await fetch(url, { integrity, cache: 'no-cache', credentials: 'same-origin' });
  if (response.ok) return response;
  throw new Error(`${url.pathname}: ${response.status} ${response.statusText}`);
}

/** From this version's copy, else from an older one that a tab may still show, else from the host. */
async function answer(request: Request, url: URL): Promise<Response> {
  const path = url.pathname.slice(PAGE.pathname.length);
  const isPage = path === '' || path === 'index.html';
  const key = isPage ? PAGE : new URL(url.pathname, PAGE);
  const own = await (await caches.open(NAME)).match(key);
  return own ?? (await caches.match(key)) ?? fetch(request);
}

async function dropOlderVersions(): Promise<void> {
  const tabs = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (tabs.length > 1) return;
  const older = (await caches.keys()).filter((name) => name.startsWith(FAMILY) && name !== NAME);
  await Promise.all(older.map((name) => caches.delete(name)));
}
