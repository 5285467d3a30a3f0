// Measured experiments made by simulating a server whose parameters are known, for tests of the calibration: Poisson arrivals
// at two rates, prompts that repeat, lengths that vary, and per-request noise. Seeded.

import type { PrepareOptions, HardwareFacts } from '../../src/calibration/prepare';
import { prepareRun } from '../../src/calibration/prepare';
import { SimulatedRun } from '../../src/calibration/simulated-run';
import type { PhysicsVector } from '../../src/domain/physics';
import type { Experiment } from '../../src/domain/experiment';
import { ARCHITECTURES, H100 } from './measured';

export interface SyntheticLoad {
  readonly expId: number;
  readonly model: keyof typeof ARCHITECTURES;
  readonly tp: number;
  readonly rates: readonly number[];
  readonly requestsPerStage: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly seed: number;
  /** 0 = every prompt is new. */
  readonly distinctPrompts?: number;
}

/** Uniform in [0, 1): xorshift32. */
export function seededUniform(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4_294_967_296;
  };
}

/** The load as an experiment without latencies yet. */
export function syntheticExperiment(load: SyntheticLoad): Experiment {
  const uniform = seededUniform(load.seed);
  const count = load.rates.length * load.requestsPerStage;
  const arrivalUs = new Float64Array(count);
  const inputTokens = new Uint32Array(count);
  const distinct = load.distinctPrompts ?? 100;
  const lengths = Array.from({ length: distinct }, () =>
    Math.round(load.promptTokens * (0.9 + 0.2 * uniform())),
  );
  let clock = 0;
  for (let i = 0; i < count; i++) {
    const rate = load.rates[Math.floor(i / load.requestsPerStage)] ?? 1;
    // A pause between the stages, as load generators make.
    if (i > 0) clock += (-Math.log(1 - uniform()) / rate) * 1e6 + (i % load.requestsPerStage === 0 ? 2e7 : 0);
    arrivalUs[i] = Math.round(clock);
    inputTokens[i] =
      distinct > 0 ? (lengths[i % distinct] ?? 0) : Math.round(load.promptTokens * (0.9 + 0.2 * uniform()));
  }
  const none = {
    stageIndex: -1,
    rateRps: NaN,
    durationS: NaN,
    numRequests: count,
    e2e: {},
    ttft: {},
    itl: {},
  };
  return {
    expId: load.expId,
    folder: `${load.expId}-synthetic`,
    model: load.model,
    tp: load.tp,
    workload: 'synthetic',
    maxModelLen: 8192,
    maxNumBatchedTokens: 2048,
    maxNumSeqs: 128,
    totalKvBlocks: 40_000,
    cpuKvBlocks: 0,
    kvSource: 'manifest',
    hardware: 'H100',
    cpuOffload: false,
    gpuMemUtil: 0.9,
    precision: 'FP16',
    safe: 'safe',
    profile: {
      stages: load.rates.map((rateRps) => ({ rateRps, durationS: load.requestsPerStage / rateRps })),
      hasSharedPrefixObject: true,
      systemPromptLen: 96,
      questionLen: load.promptTokens - 96,
      outputLen: load.outputTokens,
      ignoreEos: true,
    },
    stages: [],
    summary: { ...none, throughput: { inputTokensPerSec: 0, outputTokensPerSec: 0, requestsPerSec: 0 } },
    requests: {
      count,
      arrivalUs,
      inputTokens,
      outputTokens: new Uint32Array(count).fill(load.outputTokens),
      ttftUs: new Float64Array(count).fill(1),
      e2eUs: new Float64Array(count).fill(2),
      failed: new Uint8Array(count),
    },
    warnings: [],
  };
}

export const syntheticFacts = (load: SyntheticLoad): HardwareFacts => ({
  architecture: ARCHITECTURES[load.model],
  gpu: H100,
});

/**
 * The experiment as a server with these parameters would have answered it. `startScale` multiplies every step time: each start
 * of a real server differs by about a percent. `noise` = standard deviation of a token time, relative.
 */
export function measureSynthetic(
  module: WebAssembly.Module,
  load: SyntheticLoad,
  vector: PhysicsVector,
  {
    startScale = 1,
    noise = 0.002,
    options = {},
  }: { startScale?: number; noise?: number; options?: PrepareOptions } = {},
): Experiment {
  const experiment = syntheticExperiment(load);
  const run = prepareRun(experiment, syntheticFacts(load), options);
  if (!run.ok) throw new Error(run.error.message);
  const simulated = SimulatedRun.create(module, run.value);
  if (!simulated.ok) throw new Error(simulated.error.message);
  const times = simulated.value.simulate(vector, startScale);
  const uniform = seededUniform(load.seed + 77);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const { requests } = experiment;
  if (requests === undefined) throw new Error('a synthetic experiment has rows');
  const ttftUs = times.ttftUs.map((us) => Math.round(us * (1 + noise * gauss())));
  const e2eUs = times.e2eUs.map((us, i) =>
    Math.round((ttftUs[i] ?? NaN) + (us - (times.ttftUs[i] ?? NaN)) * (1 + noise * gauss())),
  );
  return { ...experiment, requests: { ...requests, ttftUs, e2eUs } };
}
