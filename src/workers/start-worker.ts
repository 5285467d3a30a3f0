// Starts a worker from the text of its own file, by a blob: URL. A worker loaded by a network URL is not bound by the page's
// <meta> policy (measured in Chromium 156: it could reach another origin); one from a blob: inherits it. The built worker is
// one classic script without imports, so its text is all there is.

/** The one policy that may name a script for a worker; the page's CSP lists it. */
const POLICY_NAME = 'plumbline-worker';

interface ScriptPolicy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}
declare global {
  interface Window {
    readonly trustedTypes?: PolicyFactory;
  }
}

let policy: ScriptPolicy | undefined;

/** Browsers without Trusted Types take the plain address. */
function trusted(url: string): string {
  if (!url.startsWith('blob:')) throw new Error(`A worker must start from a blob: address, not ${url}`);
  policy ??= window.trustedTypes?.createPolicy(POLICY_NAME, { createScriptURL: (address) => address });
  return policy ? policy.createScriptURL(url) : url;
}

/** Makes starters for one worker file: the text is fetched once, each call starts a fresh worker. */
export function workerStarter(url: string, name: string): () => Promise<Worker> {
  let text: Promise<string> | undefined;
  return async () => {
    // The development server sends modules with imports, which only work from their own address; no policy applies there.
    if (import.meta.env.DEV) return new Worker(url, { type: 'module', name });
    text ??= fetch(url).then((response) => {
      if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
      return response.text();
    });
    const address = URL.createObjectURL(new Blob([await text], { type: 'text/javascript' }));
    try {
      return new Worker(trusted(address), { name });
    } finally {
      // The browser has taken the address by then; keeping it would keep the text.
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    }
  };
}
