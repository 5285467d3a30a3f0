// What `npm run bench` measures: kernel (the module only) and end to end (columns in, result out), medians after warm-up.

import { loadCatalog, type CatalogTexts } from '../src/catalog/load-catalog';
import { SCORER_PROFILES, type ClusterConfig } from '../src/domain/cluster-config';
import { ENGINE_DEFAULTS, type EngineConfig } from '../src/domain/run-config';
import type { Aggregate } from '../src/domain/run-result';
import type { Workload } from '../src/domain/workload';
import { FleetSimulation } from '../src/engine/fleet-simulation';
import { Simulation } from '../src/engine/simulation';
import { fleetOf } from './fleets';
import { benchModel, BENCH_MODELS, type BenchModel } from './models';
import { yardstick, type Shape } from './workloads';

export { BENCH_MODELS };

interface BenchCase {
  readonly shape: Shape;
  readonly config: Partial<EngineConfig>;
  readonly about: string;
  /** Absent: one instance. */
  readonly fleet?: ClusterConfig;
}

const RATES = [8, 20] as const;
const W: Shape = { requests: 16_800, rates: RATES, sharedTokens: 0, groups: 1 };
const SHARED = { sharedTokens: 512, groups: 9 };
/** 64 times the rates of W. */
const FLEET: Shape = { requests: 33_600, rates: [512, 1280], sharedTokens: 0, groups: 1 };
const GROUPS = { sharedTokens: 512, groups: 64 };

export const CASES: Readonly<Record<string, BenchCase>> = {
  W: { about: '16,800 requests, 10,000 KV blocks', shape: W, config: { totalKvBlocks: 10_000 } },
  'W-shared': {
    about: 'W with 512 shared tokens, 4,000 blocks',
    shape: { ...W, sharedTokens: 512 },
    config: { totalKvBlocks: 4_000 },
  },
  W6: {
    about: '100,800 requests at the rates of W',
    shape: { ...W, requests: 100_800 },
    config: { totalKvBlocks: 10_000 },
  },
  T: {
    about: 'W with 512 shared tokens in 9 groups and KV too small: preemptions',
    shape: { ...W, ...SHARED },
    config: { totalKvBlocks: 1_500 },
  },
  C: {
    about:
      'W with 512 shared tokens in 9 groups, 4,000 blocks, and a CPU tier of 20,000 blocks, full most of the time',
    shape: { ...W, ...SHARED },
    config: { totalKvBlocks: 4_000, kvCpuBlocks: 20_000, kvTransferBandwidth: 0.2 },
  },
  CT: {
    about: 'T with the CPU tier of C: preemptions and reloads',
    shape: { ...W, ...SHARED },
    config: { totalKvBlocks: 1_500, kvCpuBlocks: 20_000, kvTransferBandwidth: 0.2 },
  },
  M: {
    about: '1,000,000 requests at the rates of W',
    shape: { ...W, requests: 1_000_000 },
    config: { totalKvBlocks: 10_000 },
  },
  'M-shared': {
    about: 'M with 512 shared tokens',
    shape: { ...W, requests: 1_000_000, sharedTokens: 512 },
    config: { totalKvBlocks: 10_000 },
  },
  'F-round': {
    about: '64 instances, 33,600 requests at 512 then 1,280 req/s, round-robin',
    shape: FLEET,
    config: { totalKvBlocks: 10_000 },
    fleet: fleetOf('round-robin'),
  },
  'F-least': {
    about: 'the same, least-loaded',
    shape: FLEET,
    config: { totalKvBlocks: 10_000 },
    fleet: fleetOf('least-loaded'),
  },
  'F-weigh': {
    about: 'the same, weighted routing with the default scorers, which ask the caches',
    shape: FLEET,
    config: { totalKvBlocks: 10_000 },
    fleet: fleetOf('weighted'),
  },
  'F-shared': {
    about: 'F-weigh with 512 shared tokens in 64 groups',
    shape: { ...FLEET, ...GROUPS },
    config: { totalKvBlocks: 10_000 },
    fleet: fleetOf('weighted'),
  },
  'F-seed': {
    about: 'F-shared with the scorers of the founding era, which ask the router-side prefix directory',
    shape: { ...FLEET, ...GROUPS },
    config: { totalKvBlocks: 10_000 },
    fleet: fleetOf('weighted', SCORER_PROFILES.seed),
  },
  'F-200k': {
    about: 'F-shared with 200,000 requests',
    shape: { ...FLEET, ...GROUPS, requests: 200_000 },
    config: { totalKvBlocks: 10_000 },
    fleet: fleetOf('weighted'),
  },
};

export interface Measurement {
  readonly caseName: string;
  readonly model: BenchModel;
  readonly kernelMs: number;
  readonly totalMs: number;
  readonly steps: number;
  readonly requests: number;
  readonly tokens: number;
  readonly preemptions: number;
  readonly wasmMiB: number;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

export interface BenchWorld {
  readonly module: WebAssembly.Module;
  readonly tables: CatalogTexts;
  /** CPU time of the process where there is such a clock (other programs do not disturb it), else wall time. */
  readonly nowMs: () => number;
}

interface Outcome {
  readonly aggregate: Aggregate;
  readonly stepCount: number;
  readonly wasmBytes: number;
}

/** One instance or a fleet, by the same handles. */
function open(
  module: WebAssembly.Module,
  config: EngineConfig,
  fleet: ClusterConfig | undefined,
  workload: Workload,
): { advance: (events: number) => boolean; finish: () => Outcome } {
  const simulation =
    fleet === undefined
      ? new Simulation(module, config, workload)
      : new FleetSimulation(module, fleet, config, workload);
  return {
    advance: (events) => simulation.advance(events),
    finish: () => {
      const outcome = simulation.finish();
      if (!outcome.ok) throw new Error(outcome.error.message);
      return outcome.value;
    },
  };
}

const workloads = new Map<string, Workload>();

export function measure(world: BenchWorld, caseName: string, model: BenchModel, runs: number): Measurement {
  const chosen = CASES[caseName];
  if (chosen === undefined)
    throw new Error(`unknown case ${caseName}; known: ${Object.keys(CASES).join(', ')}`);
  const catalog = loadCatalog(world.tables);
  if (!catalog.ok) throw new Error(catalog.error.message);
  const key = JSON.stringify(chosen.shape);
  const workload = workloads.get(key) ?? yardstick(chosen.shape);
  workloads.set(key, workload);
  const config: EngineConfig = {
    ...ENGINE_DEFAULTS,
    maxNumRunningReqs: 128,
    ...chosen.config,
    model: 'bench',
    latency: benchModel(model, catalog.value),
  };
  const kernel: number[] = [];
  const total: number[] = [];
  let last: Outcome | undefined;
  for (let run = 0; run <= runs; run++) {
    const start = world.nowMs();
    const simulation = open(world.module, config, chosen.fleet, workload);
    const ready = world.nowMs();
    while (simulation.advance(50_000));
    const done = world.nowMs();
    last = simulation.finish();
    if (run === 0) continue;
    kernel.push(done - ready);
    total.push(world.nowMs() - start);
  }
  if (last === undefined) throw new Error('no run');
  return {
    caseName,
    model,
    kernelMs: median(kernel),
    totalMs: median(total),
    steps: last.stepCount,
    requests: workload.requests.count,
    tokens: last.aggregate.total_output_tokens,
    preemptions: last.aggregate.preemption_count,
    wasmMiB: last.wasmBytes / 2 ** 20,
  };
}
