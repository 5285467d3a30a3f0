// What `npm run bench` measures: kernel (the module only) and end to end (columns in, result out), medians after warm-up.

import { loadCatalog, type CatalogTexts } from '../src/catalog/load-catalog';
import { ENGINE_DEFAULTS, type EngineConfig } from '../src/domain/run-config';
import type { RunResult } from '../src/domain/run-result';
import type { Workload } from '../src/domain/workload';
import { Simulation } from '../src/engine/simulation';
import { benchModel, BENCH_MODELS, type BenchModel } from './models';
import { yardstick, type Shape } from './workloads';

export { BENCH_MODELS };

interface BenchCase {
  readonly shape: Shape;
  readonly config: Partial<EngineConfig>;
  readonly about: string;
}

const RATES = [8, 20] as const;
const W: Shape = { requests: 16_800, rates: RATES, sharedTokens: 0, groups: 1 };
const SHARED = { sharedTokens: 512, groups: 9 };

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
  let last: RunResult | undefined;
  for (let run = 0; run <= runs; run++) {
    const start = world.nowMs();
    const simulation = new Simulation(world.module, config, workload);
    const ready = world.nowMs();
    while (simulation.advance(50_000));
    const done = world.nowMs();
    const outcome = simulation.finish();
    if (!outcome.ok) throw new Error(outcome.error.message);
    last = outcome.value;
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
