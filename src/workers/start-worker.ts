// Starts a worker from the text of its own file, by a blob: URL. A worker loaded by a network URL is not bound by the page's
// <meta> policy (measured in Chromium 156: it could reach another origin); one from a blob: inherits it. The text is a module of
// the page (scripts/worker-text.mjs), one classic script without imports.

import { trustedScriptUrl } from './trusted-script-url';

/** Makes starters for one worker file: the text is loaded once, each call starts a fresh worker. */
export function workerStarter(
  load: () => Promise<{ readonly default: string }>,
  name: string,
): () => Promise<Worker> {
  return async () => {
    const { default: text } = await load();
    // The development server gives the address of modules with imports, which only work from there; no policy applies.
    if (import.meta.env.DEV) return new Worker(text, { type: 'module', name });
    const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    try {
      return new Worker(trustedScriptUrl(address), { name });
    } finally {
      // The browser has taken the address by then; keeping it would keep the text.
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    }
  };
}
