// A made-up experiment of two stages and a made-up result for it, with round numbers.

import { SUMMARY_STAGE, type Experiment, type StageMetrics } from '../../src/domain/experiment';
import type { SimulatorResult } from '../../src/domain/prediction';

/** E2E mean as given, everything else in fixed proportion to it. */
export const madeStage = (stageIndex: number, e2eMs: number): StageMetrics => ({
  stageIndex,
  rateRps: stageIndex < 0 ? 0 : 5,
  durationS: stageIndex < 0 ? 0 : 10,
  numRequests: 50,
  e2e: { mean: e2eMs, p90: e2eMs * 2, p99: e2eMs * 3 },
  ttft: { mean: e2eMs / 10, p90: e2eMs / 5, p99: e2eMs / 4 },
  itl: { mean: e2eMs / 100, p90: e2eMs / 50, p99: e2eMs / 40 },
  throughput: { inputTokensPerSec: 100, outputTokensPerSec: 50, requestsPerSec: 5 },
});

const measured = (stageIndex: number, e2eMs: number): StageMetrics => ({
  ...madeStage(stageIndex, e2eMs),
  itl: { mean: e2eMs / 100 },
});

export const madeExperiment = (changes: Partial<Experiment> = {}): Experiment => ({
  expId: 1,
  folder: '1-m-tp2-general',
  model: 'org/m',
  tp: 2,
  workload: 'general',
  maxModelLen: 4096,
  maxNumBatchedTokens: 2048,
  maxNumSeqs: 128,
  totalKvBlocks: 1000,
  cpuKvBlocks: 0,
  kvSource: 'manifest',
  hardware: 'H100',
  cpuOffload: false,
  gpuMemUtil: 0.9,
  precision: 'FP16',
  safe: 'safe',
  profile: {
    stages: [
      { rateRps: 5, durationS: 10 },
      { rateRps: 5, durationS: 10 },
    ],
    hasSharedPrefixObject: false,
  },
  stages: [measured(0, 1000), measured(1, 2000)],
  summary: measured(SUMMARY_STAGE, 1500),
  warnings: [],
  ...changes,
});

/** 10 % above the measurement everywhere. */
export const madeResult = (changes: Partial<SimulatorResult> = {}): SimulatorResult => ({
  simulator: 'made',
  expId: 1,
  folder: '1-m-tp2-general',
  stages: [madeStage(0, 1100), madeStage(1, 2200)],
  summary: madeStage(SUMMARY_STAGE, 1650),
  notes: [],
  ...changes,
});
