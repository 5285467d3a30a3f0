// Files that were delivered with the page: the engine, compiled once for everybody, the catalogue's tables, the demonstration.
// Each arrives as a module of the page: the policy then need not allow connections at all (`connect-src 'none'`), and a build
// into a single file holds them too.

import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import type { RunnerSetup } from '../workers/protocol';

const TEXTS = import.meta.glob<string>(['../../public/hardware/*.yaml', '../../public/demo/*.json'], {
  query: '?raw',
  import: 'default',
});
/** As data: addresses. */
const BYTES = import.meta.glob<string>('../../public/demo/*.bin', {
  query: '?url&inline',
  import: 'default',
});

/** What every worker that computes needs; loaded once, a failure is tried again the next time. */
export const loadSetup: () => Promise<RunnerSetup> = once(async () => {
  const [{ default: engine }, gpus, models, coefficients, workloads] = await Promise.all([
    import('../../build/plumbline.wasm?url&inline'),
    tableText('gpus'),
    tableText('models'),
    tableText('coefficients'),
    tableText('workloads'),
  ]);
  const wasm = await WebAssembly.compile(bytesOf(engine));
  return { wasm, catalogTexts: { gpus, models, coefficients, workloads } };
});

async function tableText(name: string): Promise<string> {
  const text = await ownText(`hardware/${name}.yaml`);
  if (!text.ok) throw new Error(text.error.message);
  return text.value;
}

/** A text file of public/. */
export const ownText = (path: string): Promise<Result<string>> => ownFile(TEXTS, path);

/** A binary one. */
export async function ownBytes(path: string): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const address = await ownFile(BYTES, path);
  return address.ok ? ok(bytesOf(address.value)) : address;
}

async function ownFile(
  files: Readonly<Record<string, () => Promise<string>>>,
  path: string,
): Promise<Result<string>> {
  const load = files[`../../public/${path}`];
  if (!load) return fail(notLoaded(`${path} is not part of this page`));
  try {
    return ok(await load());
  } catch (error) {
    return fail(notLoaded(error));
  }
}

/** The content of a `data:…;base64,…` address. */
export function bytesOf(dataUrl: string): Uint8Array<ArrayBuffer> {
  const binary = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
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
