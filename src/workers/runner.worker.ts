// A simulator worker: one pair at a time, on the module that the page compiled.

import * as Comlink from 'comlink';
import { rowAdapters } from '../adapters/pre-run/row-results';
import { ADAPTERS, withArrivals } from '../adapters/registry';
import { simulatorInfo } from '../adapters/simulator-info';
import type { Adapter, AdapterContext, AdapterOptions } from '../adapters/adapter';
import { fail, ok, type Result } from '../base/result';
import { calibratedAdapter } from '../calibration/calibrated-adapter';
import { loadCatalog } from '../catalog/load-catalog';
import type { Catalog } from '../catalog/catalog';
import type { Proposal } from '../sources/pre-run/associate';
import { runPair } from '../validation/run-pairs';
import type { SystemsFolder } from '../sources/perf-tables/systems-folder';
import { Breather, ThrottledProgress } from './slices';
import { keptFolder, type KeptTables } from './kept-tables';
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

  async plan(experiments, options, preRun) {
    const context = prepared;
    if (context === undefined) return fail(NOT_SET_UP.problem);
    const adapters = adaptersFor(options, preRun);
    return ok({
      simulators: adapters.map(simulatorInfo),
      eligibility: experiments.map((experiment) =>
        adapters.map((adapter) => adapter.canRun(experiment, { catalog: context.catalog, options, preRun })),
      ),
    });
  },

  async run({ experiment, simulator, options, preRun, tables }, onProgress) {
    const assigned = preRun === undefined ? [] : [preRun];
    const adapter = adaptersFor(options, assigned).find(({ name }) => name === simulator);
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
      preRun: assigned,
      ...(tables === undefined ? {} : { systems: openedTables(tables) }),
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

/** One folder object while the tables stay the same, so that they are parsed once a worker. */
let opened: { readonly print: string; readonly folder: SystemsFolder } | undefined;

function openedTables(tables: KeptTables): SystemsFolder {
  if (opened?.print !== tables.print) opened = { print: tables.print, folder: keptFolder(tables) };
  return opened.folder;
}

/** The registry's simulators, the reader's calibrated servers, then what occurs in imported rows only. */
function adaptersFor(
  { arrivals, calibratedServers = [] }: AdapterOptions,
  preRun: readonly Proposal[],
): readonly Adapter[] {
  const own = [...withArrivals(ADAPTERS, arrivals), ...calibratedServers.map(calibratedAdapter)];
  const namesOf = (list: readonly Adapter[]): string[] => list.map(({ name }) => name);
  const [importing, computed] = [own.filter(isImporting), own.filter((adapter) => !isImporting(adapter))];
  return [...own, ...rowAdapters(preRun, namesOf(computed), namesOf(importing))];
}

const isImporting = ({ isImported }: Adapter): boolean => isImported === true;

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
