// Files that were delivered with the page: the module, compiled once for everybody, and the catalogue's tables.

import { fail, ok, type Result } from '../base/result';
import type { Problem } from '../base/problem';
import type { RunnerSetup } from '../workers/protocol';
import wasmUrl from '../../build/plumbline.wasm?url&no-inline';

let loading: Promise<RunnerSetup> | undefined;

/** What every worker that computes needs; loaded once, a failure is tried again the next time. */
export function loadSetup(host: Window): Promise<RunnerSetup> {
  loading ??= fetchSetup(host).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function fetchSetup(host: Window): Promise<RunnerSetup> {
  const [wasm, gpus, models, coefficients, workloads] = await Promise.all([
    compile(wasmUrl),
    tableText(host, 'gpus'),
    tableText(host, 'models'),
    tableText(host, 'coefficients'),
    tableText(host, 'workloads'),
  ]);
  return { wasm, catalogTexts: { gpus, models, coefficients, workloads } };
}

/** Streams where the host sends the right type, else from the bytes. */
async function compile(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  if (response.headers.get('content-type') === 'application/wasm')
    return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

async function tableText(host: Window, name: string): Promise<string> {
  const text = await ownText(host, `hardware/${name}.yaml`);
  if (!text.ok) throw new Error(text.error.message);
  return text.value;
}

/** A text file that was delivered with the page. */
export const ownText = (host: Window, path: string): Promise<Result<string>> =>
  ownFile(host, path, (response) => response.text());

/** A binary one. */
export const ownBytes = (host: Window, path: string): Promise<Result<Uint8Array>> =>
  ownFile(host, path, async (response) => new Uint8Array(await response.arrayBuffer()));

async function ownFile<T>(
  host: Window,
  path: string,
  read: (response: Response) => Promise<T>,
): Promise<Result<T>> {
  try {
    const response = await host.fetch(new URL(path, host.document.baseURI));
    if (response.ok) return ok(await read(response));
    return fail(notLoaded(`${path}: ${response.status} ${response.statusText}`));
  } catch (error) {
    return fail(notLoaded(error));
  }
}

export const notLoaded = (error: unknown): Problem => ({
  code: 'missing-file',
  message: `A file of the page could not be loaded (${error instanceof Error ? error.message : String(error)}). Check the connection to this page’s own host and reload.`,
});

/** Calls at most once; a failure is tried again the next time. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
