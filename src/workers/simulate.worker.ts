// The simulate worker: one scenario at a time, from settings to figures and the text that the reference prints.

import * as Comlink from 'comlink';
import { fail, ok, type Result } from '../base/result';
import type { Catalog } from '../catalog/catalog';
import { loadCatalog } from '../catalog/load-catalog';
import { openRandomDoor } from '../engine/random-door';
import { simulateClassic } from '../engine/simulate-classic';
import { simulateCluster } from '../engine/simulate-cluster';
import { clusterReportText } from '../report/cluster-sections';
import { classicRun, fleetRun } from '../report/simulated-run';
import { classicText } from '../report/classic-output';
import { generateClassicRequests, parseClassicGenerator } from '../workload/classic-generator';
import type { SimulatedRun } from '../domain/simulated-run';
import { prepareFleet } from './prepare-fleet';
import type { Scenario, SimulateApi } from './simulate-protocol';
import { Breather, ThrottledProgress } from './slices';

let module: WebAssembly.Module | undefined;
let catalog: Catalog | undefined;
let isCancelled = false;

type Hooks = Parameters<typeof simulateCluster>[4];

async function runFleet(
  wasm: WebAssembly.Module,
  tables: Catalog,
  scenario: Extract<Scenario, { kind: 'fleet' }>,
  hooks: Hooks,
): Promise<Result<SimulatedRun>> {
  const fleet = prepareFleet(wasm, tables, scenario);
  if (!fleet.ok) return fleet;
  const { cluster, instance, workload, priorityPolicy, warnings } = fleet.value;
  const start = performance.now();
  const result = await simulateCluster(wasm, cluster, instance, workload, hooks);
  if (!result.ok) return result;
  const text = clusterReportText(result.value, {
    priorityPolicy,
    configuredInstances: scenario.instances,
    isReplay: false,
    summarizeTrace: false,
  });
  return ok(fleetRun(result.value, { text, warnings, elapsedMs: performance.now() - start }));
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
  return ok(classicRun(result.value, requests.value.count, { text, warnings: [], elapsedMs }));
}

const api: SimulateApi = {
  async open({ wasm, catalogTexts }) {
    module = wasm;
    const loaded = loadCatalog(catalogTexts);
    if (!loaded.ok) return loaded;
    catalog = loaded.value;
    return ok({ models: [...catalog.models.keys()].sort(), gpus: [...catalog.gpus.keys()].sort() });
  },

  async run(scenario, onProgress) {
    const progress = new ThrottledProgress(onProgress);
    try {
      if (module === undefined || catalog === undefined)
        throw new Error('The worker was asked before it was opened.');
      isCancelled = false;
      if (scenario.kind === 'classic') return await runClassic(module, scenario);
      const breather = new Breather();
      return await runFleet(module, catalog, scenario, {
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
  },

  cancel() {
    isCancelled = true;
    return Promise.resolve();
  },
};

Comlink.expose(api);
