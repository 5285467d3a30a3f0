// The simulate worker: one scenario at a time, from settings to figures and the text that the reference prints.

import * as Comlink from 'comlink';
import { fail, ok, type Result } from '../base/result';
import { fingerprintOf } from '../base/fingerprint';
import type { Catalog } from '../catalog/catalog';
import { loadCatalog } from '../catalog/load-catalog';
import { openRandomDoor } from '../engine/random-door';
import type { SimulationHooks } from '../engine/simulate';
import { simulateClassic } from '../engine/simulate-classic';
import { simulateCluster } from '../engine/simulate-cluster';
import { clusterReportText } from '../report/cluster-sections';
import { classicRun, fleetRun } from '../report/simulated-run';
import { fitnessOf } from '../report/run-fitness';
import { classicText } from '../report/classic-output';
import { generateClassicRequests, parseClassicGenerator } from '../workload/classic-generator';
import { workloadHash } from '../domain/run-hashes';
import type { SimulatedRun } from '../domain/simulated-run';
import { measureScenario } from './measure-scenario';
import { readLoadFiles } from './load-workload';
import { prepareFleet, resolveScenario } from './prepare-fleet';
import type { FleetScenario, Scenario, SimulateApi } from './simulate-protocol';
import { writeRunFile } from './run-files';
import { Breather, ThrottledProgress } from './slices';
import { SpanRecorder, StoredRuns, traced } from './stored-runs';

interface Opened {
  readonly module: WebAssembly.Module;
  readonly catalog: Catalog;
}

let opened: Opened | undefined;
let isCancelled = false;
const runs = new StoredRuns();
const breather = new Breather();

async function runFleet(
  wasm: WebAssembly.Module,
  tables: Catalog,
  scenario: FleetScenario,
  hooks: SimulationHooks,
): Promise<Result<SimulatedRun>> {
  const fleet = await prepareFleet(wasm, tables, scenario);
  if (!fleet.ok) return fleet;
  const { cluster, instance, workload, isReplay, summarizesTrace, basis, warnings } = fleet.value;
  const asked = workloadHash(workload);
  const start = performance.now();
  const recorder = new SpanRecorder(cluster, instance);
  const recorded = traced(cluster, workload.requests.count);
  const result = await simulateCluster(wasm, recorded, instance, workload, {
    ...hooks,
    onSpans: recorder.sink,
  });
  if (!result.ok) return result;
  const fitness = fitnessOf(result.value, scenario.fitnessWeights);
  if (!fitness.ok) return fitness;
  const text = clusterReportText(result.value, {
    priorityPolicy: instance.priorityPolicy,
    configuredInstances: cluster.instances,
    isReplay,
    summarizeTrace: summarizesTrace,
    ...(fitness.value === undefined ? {} : { fitness: fitness.value }),
  });
  const elapsedMs = performance.now() - start;
  const detail = runs.add({
    cluster: recorded,
    instance,
    workload,
    result: result.value,
    recorder,
    again: async (watch) => {
      const same = await prepareFleet(wasm, tables, scenario);
      return same.ok
        ? simulateCluster(wasm, cluster, same.value.instance, same.value.workload, {
            watch,
            breathe: () => breather.breathe(),
          })
        : same;
    },
  });
  const shown = { text, warnings, workloadHash: asked, elapsedMs };
  return ok(fleetRun(result.value, basis === undefined ? shown : { ...shown, basis }, detail));
}

async function runClassic(
  wasm: WebAssembly.Module,
  scenario: Extract<Scenario, { kind: 'classic' }>,
): Promise<Result<SimulatedRun>> {
  const generator = parseClassicGenerator(scenario.generator, 'requestgenconfig.yaml');
  if (!generator.ok) return generator;
  const start = performance.now();
  const requests = generateClassicRequests(generator.value, scenario.config.horizonUs, openRandomDoor(wasm));
  if (!requests.ok) return requests;
  const result = await simulateClassic(wasm, scenario.config, requests.value, { stepLog: false });
  if (!result.ok) return result;
  const elapsedMs = performance.now() - start;
  const text = classicText(result.value, generator.value.rateRps, elapsedMs / 1000);
  return ok(
    classicRun(result.value, requests.value.count, {
      text,
      warnings: [],
      workloadHash: fingerprintOf(requests.value),
      elapsedMs,
    }),
  );
}

/** Work on an opened worker, with progress, a way to stop it, and whatever it throws told as a problem. */
async function simulated<T>(
  onProgress: (done: number, total: number | undefined) => void,
  work: (opened: Opened, hooks: SimulationHooks) => Promise<Result<T>>,
): Promise<Result<T>> {
  const progress = new ThrottledProgress(onProgress);
  const breather = new Breather();
  try {
    if (opened === undefined) throw new Error('The worker was asked before it was opened.');
    isCancelled = false;
    return await work(opened, {
      onProgress: (done, total) => progress.report(done, total),
      isCancelled: () => isCancelled,
      breathe: () => breather.breathe(),
    });
  } catch (error) {
    // Out of memory and defects of ours: told to the page as a problem, so that it stays usable.
    return fail({
      code: 'engine-trap',
      message: `The simulation stopped unexpectedly (${error instanceof Error ? error.message : String(error)}).`,
    });
  } finally {
    progress.close();
  }
}

const transferred = <T extends object>(answer: T, columns: readonly ArrayBufferView[]): T =>
  Comlink.transfer(
    answer,
    columns.map(({ buffer }) => buffer),
  );

const api: SimulateApi = {
  async open({ wasm, catalogTexts }) {
    const loaded = loadCatalog(catalogTexts);
    if (!loaded.ok) return loaded;
    const catalog = loaded.value;
    opened = { module: wasm, catalog };
    return ok({
      models: [...catalog.models.keys()].sort(),
      gpus: [...catalog.gpus.keys()].sort(),
      workloads: [...catalog.presets.keys()],
    });
  },

  async check(scenario) {
    if (opened === undefined || scenario.kind === 'classic') return ok(undefined);
    const run = resolveScenario(opened.catalog, scenario);
    if (!run.ok) return run;
    const { instance, kvSource } = run.value;
    return ok({
      totalKvBlocks: instance.totalKvBlocks,
      kvSource: kvSource.kind,
      maxModelLen: instance.maxModelLen,
      hardware: instance.latency.gpu?.name ?? '',
      tp: instance.latency.tp,
    });
  },

  async readLoad(input) {
    try {
      return await readLoadFiles(input);
    } catch (error) {
      // Out of memory, or a file that vanished while it was read.
      const reason = error instanceof Error ? error.message : String(error);
      return fail({ code: 'unreadable-file', message: `${input.name} could not be read (${reason}).` });
    }
  },

  run: (scenario, onProgress) =>
    simulated(onProgress, (opened, hooks) =>
      scenario.kind === 'classic'
        ? runClassic(opened.module, scenario)
        : runFleet(opened.module, opened.catalog, scenario, hooks),
    ),

  write: (job, onProgress) =>
    simulated(onProgress, (ready, hooks) => writeRunFile(ready.module, ready.catalog, job, hooks)),

  async measure(job, onProgress) {
    const figures = await simulated(onProgress, (opened, hooks) =>
      measureScenario(opened.module, opened.catalog, job, hooks),
    );
    return figures.ok ? figures : fail({ problem: figures.error });
  },

  async lanes(key, instance, window) {
    const answer = await runs.lanes(key, instance, window);
    if (answer === undefined) return undefined;
    const { waiting, running, kvUse } = answer.lanes;
    const columns = [waiting, running, kvUse].flatMap(({ least, greatest }) => [least, greatest]);
    return transferred(answer, [...columns, answer.preemptions, answer.arrivals]);
  },

  async strips(key, window, most) {
    const answer = await runs.strips(key, window, most);
    if (answer === undefined) return undefined;
    return transferred(
      answer,
      answer.strips.flatMap(({ peak, preemptions }) => [peak, preemptions]),
    );
  },

  async regrets(key, window) {
    const answer = await runs.regrets(key, window);
    return answer && transferred(answer, [answer.greatest, answer.meanSoFar]);
  },

  decisions: (key, aroundUs, rows) => runs.decisions(key, aroundUs, rows),
  requests: (key, query, from, count) => runs.requests(key, query, from, count),
  story: (key, row) => runs.story(key, row),
  targetShares: (key, question) => runs.targetShares(key, question),
  keepOnly: (keys) => runs.keepOnly(keys),

  cancel() {
    isCancelled = true;
    return Promise.resolve();
  },
};

Comlink.expose(api);
