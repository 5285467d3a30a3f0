// A simulator worker: one pair at a time, on the module that the page compiled.

import * as Comlink from 'comlink';
import { ADAPTERS } from '../adapters/registry';
import type { Adapter, AdapterContext, AdapterOptions } from '../adapters/adapter';
import { fail, ok, type Result } from '../base/result';
import { calibratedAdapter } from '../calibration/calibrated-adapter';
import { loadCatalog } from '../catalog/load-catalog';
import type { Catalog } from '../catalog/catalog';
import { runPair } from '../validation/run-pairs';
import { Breather, ThrottledProgress } from './slices';
import type { PairFailure, RunnerApi } from './protocol';

interface Prepared {
  readonly wasm: WebAssembly.Module;
  readonly catalog: Catalog;
}

let prepared: Prepared | undefined;
let isCancelled = false;

const NOT_SET_UP: PairFailure = {
  problem: { code: 'engine-trap', message: 'The worker was asked to run before it was set up.' },
};

const api: RunnerApi = {
  async setUp({ wasm, catalogTexts }) {
    const catalog = loadCatalog(catalogTexts);
    if (!catalog.ok) return catalog;
    prepared = { wasm, catalog: catalog.value };
    return ok(undefined);
  },

  async plan(experiments, options) {
    const context = prepared;
    if (context === undefined) return fail(NOT_SET_UP.problem);
    const adapters = adaptersFor(options);
    return ok({
      simulators: adapters.map(({ name, label }) => ({ name, label })),
      eligibility: experiments.map((experiment) =>
        adapters.map((adapter) => adapter.canRun(experiment, { catalog: context.catalog, options })),
      ),
    });
  },

  async run({ experiment, simulator, options }, onProgress) {
    const adapter = adaptersFor(options).find(({ name }) => name === simulator);
    if (prepared === undefined) return fail(NOT_SET_UP);
    if (adapter === undefined)
      return fail({
        problem: { code: 'unknown-name', message: `There is no simulator named ${simulator}.` },
      });
    isCancelled = false;
    const progress = new ThrottledProgress(onProgress);
    const breather = new Breather();
    const context: AdapterContext = {
      ...prepared,
      options,
      onProgress: (done, total) => progress.report(done, total),
      isCancelled: () => isCancelled,
      breathe: () => breather.breathe(),
    };
    try {
      return withFailure(await runPair({ experiment, adapter }, context, () => performance.now() / 1000));
    } catch (error) {
      // Expected failures are values; what is thrown is a trap of the module or a defect of ours.
      return fail(describeThrown(error));
    } finally {
      progress.close();
    }
  },

  async cancel() {
    isCancelled = true;
  },
};

/** The registry's simulators, then the reader's calibrated servers. */
const adaptersFor = ({ calibratedServers = [] }: AdapterOptions): readonly Adapter[] => [
  ...ADAPTERS,
  ...calibratedServers.map(calibratedAdapter),
];

const withFailure = <T>(result: Result<T>): Result<T, PairFailure> =>
  result.ok ? result : fail({ problem: result.error });

function describeThrown(error: unknown): PairFailure {
  const message = error instanceof Error ? error.message : String(error);
  const isMemory = error instanceof RangeError && /memory|allocation|array length/i.test(message);
  return {
    problem: isMemory
      ? { code: 'out-of-memory', message: `This browser tab ran out of memory (${message}).` }
      : { code: 'engine-trap', message: `The simulator stopped unexpectedly (${message}).` },
    ...(error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}),
  };
}

Comlink.expose(api);
