// Every way known to us by which a script can make a browser speak to another site, tried from inside a page or a worker. One
// function without outer names, because it is sent into the realm as text.

/** How each way ended as far as the script could see: nothing thrown, refused, or no such thing in this realm. */
export type Outcome = 'tried' | 'refused' | 'absent';

/** Each attempt asks for `origin/realm/way`. */
export async function tryWaysOut({
  origin,
  realm,
}: {
  readonly origin: string;
  readonly realm: string;
}): Promise<Record<string, Outcome>> {
  type Policy = { createScriptURL(url: string): string };
  type Factory = { createPolicy(name: string, rules: Policy): Policy };
  let policy: Policy | undefined;
  const page = typeof document === 'undefined' ? undefined : document;
  const put = <T extends HTMLElement>(element: T, set: (element: T) => void): void => {
    set(element);
    page?.body.append(element);
  };
  const inPage = (act: (page: Document) => void): (() => void) | undefined =>
    page === undefined ? undefined : () => act(page);
  const address = (way: string): string => `${origin}/${realm}/${encodeURIComponent(way)}`;

  const nested = (text: string, type: WorkerType): void => {
    const blob = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    // An attacker in a worker may still make the policy of that name, once; in the page it is taken.
    policy ??= (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy('plumbline-worker', {
      createScriptURL: (script) => script,
    });
    void new Worker(policy?.createScriptURL(blob) ?? blob, { type });
  };

  const ways: Record<string, ((url: string) => unknown) | undefined> = {
    fetch: (url) => fetch(url, { method: 'POST', mode: 'no-cors', body: 'numbers' }),
    'fetch that outlives its page': (url) => fetch(url, { mode: 'no-cors', keepalive: true }),
    XMLHttpRequest: (url) => {
      const request = new XMLHttpRequest();
      request.open('POST', url);
      request.send('numbers');
    },
    'synchronous XMLHttpRequest': (url) => {
      const request = new XMLHttpRequest();
      request.open('GET', url, false);
      request.send();
    },
    WebSocket: (url) => void new WebSocket(url.replace('http', 'ws')),
    EventSource: (url) => void new EventSource(url),
    WebTransport: (url) => new WebTransport(url.replace('http:', 'https:')).ready,
    beacon: 'sendBeacon' in navigator ? (url) => navigator.sendBeacon(url, 'numbers') : undefined,
    'Cache.add': (url) => caches.open('ways-out').then((cache) => cache.add(url)),
    import: (url) => import(/* @vite-ignore */ url),
    importScripts: page ? undefined : (url) => importScripts(url),
    font: (url) => new FontFace('ways out', `url("${url}")`).load(),
    'nested worker': (url) => nested(`fetch(${JSON.stringify(url)}, { mode: 'no-cors' })`, 'classic'),
    'nested worker of modules': (url) => nested(`import ${JSON.stringify(url)}`, 'module'),
  };
  const elements: Record<string, (page: Document, url: string) => void> = {
    script: (page, url) => put(page.createElement('script'), (script) => (script.src = url)),
    image: (page, url) => put(page.createElement('img'), (image) => (image.src = url)),
    'style sheet': (page, url) =>
      put(page.createElement('link'), (link) => Object.assign(link, { rel: 'stylesheet', href: url })),
    'CSS url()': (page, url) =>
      put(page.createElement('div'), ({ style }) => {
        style.height = style.width = '9px';
        style.backgroundImage = `url("${url}")`;
      }),
    prefetch: (page, url) =>
      put(page.createElement('link'), (link) => Object.assign(link, { rel: 'prefetch', href: url })),
    frame: (page, url) => put(page.createElement('iframe'), (frame) => (frame.src = url)),
    object: (page, url) => put(page.createElement('object'), (object) => (object.data = url)),
    video: (page, url) => put(page.createElement('video'), (video) => (video.src = url)),
    form: (page, url) => {
      put(page.createElement('iframe'), (frame) => (frame.name = 'answer'));
      put(page.createElement('form'), (form) => {
        Object.assign(form, { action: url, method: 'post', target: 'answer' });
        setTimeout(() => form.submit());
      });
    },
    'ping of a link': (page, url) =>
      put(page.createElement('a'), (link) => {
        Object.assign(link, { href: '#ways-out', ping: url });
        setTimeout(() => link.click());
      }),
  };
  const outcomes: Record<string, Outcome> = {};
  const attempts = [
    ...Object.entries(ways),
    ...Object.entries(elements).map(
      ([way, act]) => [way, inPage((page) => act(page, address(way)))] as const,
    ),
  ];
  for (const [way, act] of attempts) {
    outcomes[way] = act === undefined ? 'absent' : 'tried';
    try {
      const answer = act?.(address(way));
      if (answer instanceof Promise) answer.catch(() => (outcomes[way] = 'refused'));
    } catch (error) {
      outcomes[way] = error instanceof ReferenceError ? 'absent' : 'refused';
    }
  }
  // Those that end later have ended by then, and what was to arrive has arrived (the control shows it).
  await new Promise((resolve) => setTimeout(resolve, 2000));
  return outcomes;
}
