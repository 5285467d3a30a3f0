// The copy of the page's own files that lets it open without network, and newer versions of it. Kept by a service worker
// (src/workers/service-worker.ts), where the browser has them; without, the page works the same while there is a network.

import { SERVICE_WORKER, trustedScriptUrl } from '../../workers/trusted-script-url';

export type OfflineCopy =
  | { readonly kind: 'absent'; readonly why: string }
  | { readonly kind: 'fetching' }
  | { readonly kind: 'ready' };

const KEY = 'plumbline.offline';

export class OfflineUse {
  #host: Window;
  #storage: Storage | undefined;
  #copy = $state.raw<OfflineCopy>({ kind: 'fetching' });
  #newer = $state.raw<ServiceWorker | undefined>();

  constructor(host: Window, storage: Storage | undefined) {
    this.#host = host;
    this.#storage = storage;
    const why = this.#refusal() ?? (this.isWanted ? undefined : SWITCHED_OFF);
    if (why !== undefined) this.#copy = { kind: 'absent', why };
    // The first view comes first: the copy is several times its size.
    else if (host.document.readyState === 'complete') void this.#fetchCopy();
    else host.addEventListener('load', () => void this.#fetchCopy(), { once: true });
  }

  get copy(): OfflineCopy {
    return this.#copy;
  }

  /** A newer version of the page has arrived and waits. */
  get hasNewer(): boolean {
    return this.#newer !== undefined;
  }

  /** Whether this browser keeps pages from here at all. */
  get isPossible(): boolean {
    return this.#refusal() === undefined;
  }

  /** Whether the reader wants a copy. */
  get isWanted(): boolean {
    return this.#storage?.getItem(KEY) !== 'off';
  }

  /** Loads the page again in its newer version. */
  takeNewer(): void {
    const { serviceWorker } = this.#host.navigator;
    serviceWorker.addEventListener('controllerchange', () => this.#host.location.reload(), { once: true });
    this.#newer?.postMessage('use this version');
  }

  async want(isWanted: boolean): Promise<void> {
    if (isWanted) {
      this.#storage?.removeItem(KEY);
      await this.#fetchCopy();
    } else {
      this.#storage?.setItem(KEY, 'off');
      await this.remove();
      this.#copy = { kind: 'absent', why: SWITCHED_OFF };
    }
  }

  /** Takes the copy away; the next visit makes it again unless it is not wanted. */
  async remove(): Promise<void> {
    if (this.#copy.kind === 'absent') return;
    const { navigator, caches } = this.#host as Window & typeof globalThis;
    const registration = await navigator.serviceWorker.getRegistration();
    if (!registration) return;
    await registration.unregister();
    const ours = (await caches.keys()).filter((name) => name.startsWith(`plumbline ${registration.scope} `));
    await Promise.all(ours.map((name) => caches.delete(name)));
    this.#newer = undefined;
    this.#copy = { kind: 'absent', why: 'It was deleted. The next visit makes it again.' };
  }

  #refusal(): string | undefined {
    const { navigator, isSecureContext } = this.#host;
    if (import.meta.env.DEV) return 'The development server changes files too often to keep them.';
    if (import.meta.env.MODE === 'single-file') return 'It is one file, which needs no network.';
    if (!isSecureContext) return 'Browsers keep pages only when they come over HTTPS.';
    if (!('serviceWorker' in navigator)) return 'This browser, or this private window, does not keep pages.';
    return undefined;
  }

  async #fetchCopy(): Promise<void> {
    this.#copy = { kind: 'fetching' };
    const { serviceWorker } = this.#host.navigator;
    try {
      const registration = await serviceWorker.register(trustedScriptUrl(SERVICE_WORKER));
      // Without a controller it is the first version, which is not news.
      const lookFor = (arriving: ServiceWorker | null): void => {
        const check = (): void => {
          if (arriving?.state === 'installed' && serviceWorker.controller) this.#newer = arriving;
          if (arriving?.state === 'redundant' && this.#copy.kind === 'fetching')
            this.#copy = {
              kind: 'absent',
              why: 'The files could not all be fetched. The next visit tries again.',
            };
        };
        arriving?.addEventListener('statechange', check);
        check();
      };
      lookFor(registration.waiting ?? registration.installing);
      registration.addEventListener('updatefound', () => lookFor(registration.installing));
      await serviceWorker.ready;
      this.#copy = { kind: 'ready' };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#copy = { kind: 'absent', why: `The browser refused (${detail}).` };
    }
  }
}

const SWITCHED_OFF = 'It is switched off.';
