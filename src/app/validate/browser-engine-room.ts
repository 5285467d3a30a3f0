// The engine room of the real page: files of our own by fetch, the module compiled once, workers from blob: URLs.

import { fail, ok, type Result } from '../../base/result';
import type { Problem } from '../../base/problem';
import { WorkerPool } from '../../workers/pool';
import type { RunnerSetup } from '../../workers/protocol';
import { readInWorker } from '../../workers/reader-client';
import { runnerStarter, type RunnerWorker } from '../../workers/runner-client';
import wasmUrl from '../../../build/plumbline.wasm?url&no-inline';
import type { EngineRoom } from './engine-room';

declare global {
  /** Set by the build: hash over everything that turns inputs into numbers (vite.config.ts). */
  const __MODEL_VERSION__: string;
}

export function browserEngineRoom(host: Window): EngineRoom {
  const setUp = once(() => loadSetup(host));
  const start = runnerStarter(setUp);
  const workerCount = Math.max(1, (host.navigator.hardwareConcurrency || 2) - 1);
  const pool = new WorkerPool(workerCount, start);
  const planner = once(start);

  return {
    workerCount,
    modelVersion: __MODEL_VERSION__,
    read: readInWorker,
    async plan(experiments, options) {
      let worker: RunnerWorker;
      try {
        worker = await planner();
      } catch (error) {
        return fail(notLoaded(error));
      }
      return worker.plan(experiments, options);
    },
    run: (jobs, hooks, signal) => pool.run(jobs, hooks, signal),
  };
}

async function loadSetup(host: Window): Promise<RunnerSetup> {
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

/** A file that was delivered with the page. */
async function ownText(host: Window, path: string): Promise<Result<string>> {
  try {
    const response = await host.fetch(new URL(path, host.document.baseURI));
    if (response.ok) return ok(await response.text());
    return fail(notLoaded(`${path}: ${response.status} ${response.statusText}`));
  } catch (error) {
    return fail(notLoaded(error));
  }
}

const notLoaded = (error: unknown): Problem => ({
  code: 'missing-file',
  message: `A file of the page could not be loaded (${error instanceof Error ? error.message : String(error)}). Check the connection to this page’s own host and reload.`,
});

/** Calls at most once; a failure is tried again the next time. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
