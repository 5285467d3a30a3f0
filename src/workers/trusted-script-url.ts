// The one place that may name a script by its address: the page's Trusted Types list this policy, and it accepts workers from
// blob: addresses and the page's own service worker, nothing else.

const POLICY_NAME = 'plumbline-worker';
/** Relative to the page; the build writes it there. */
export const SERVICE_WORKER = './service-worker.js';

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

const policy = globalThis.window?.trustedTypes?.createPolicy(POLICY_NAME, { createScriptURL: accepted });

/** Throws for any other address. Browsers without Trusted Types take the plain one. */
export const trustedScriptUrl = (url: string): string =>
  policy ? policy.createScriptURL(url) : accepted(url);

function accepted(url: string): string {
  if (url.startsWith('blob:') || url === SERVICE_WORKER) return url;
  throw new Error(`A worker must start from a blob: address, not ${url}`);
}
