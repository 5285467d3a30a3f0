// Experiments and catalogues made for tests, and the JSON form that the reference pipeline writes results in.

import type { Catalog } from '../../src/catalog/catalog';
import type { Experiment, LatencyDistribution, StageMetrics } from '../../src/domain/experiment';
import { shippedCatalog } from './catalog';

interface JsonDistribution {
  readonly mean: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
}

export interface JsonStage {
  readonly stage_index: number;
  readonly rate: number;
  readonly duration: number;
  readonly num_requests: number;
  readonly e2e: JsonDistribution;
  readonly ttft: JsonDistribution;
  readonly itl: JsonDistribution;
  readonly throughput: {
    readonly input_tokens_per_sec: number;
    readonly output_tokens_per_sec: number;
    readonly requests_per_sec: number;
  };
}

export interface JsonResult {
  readonly adapter_name: string;
  readonly experiment_folder: string;
  readonly stages: readonly JsonStage[];
  readonly summary: JsonStage;
}

const distribution = ({ mean, p90, p99 }: JsonDistribution): LatencyDistribution => ({
  ...(mean === null ? {} : { mean }),
  ...(p90 === null ? {} : { p90 }),
  ...(p99 === null ? {} : { p99 }),
});

/** A stage as the reference pipeline writes it → ours. */
export const stageFromJson = (stage: JsonStage): StageMetrics => ({
  stageIndex: stage.stage_index,
  rateRps: stage.rate,
  durationS: stage.duration,
  numRequests: stage.num_requests,
  e2e: distribution(stage.e2e),
  ttft: distribution(stage.ttft),
  itl: distribution(stage.itl),
  throughput: {
    inputTokensPerSec: stage.throughput.input_tokens_per_sec,
    outputTokensPerSec: stage.throughput.output_tokens_per_sec,
    requestsPerSec: stage.throughput.requests_per_sec,
  },
});

const NO_LATENCY = { mean: 1, p90: 1, p99: 1 };

export const stageOf = (
  stageIndex: number,
  rateRps: number,
  durationS: number,
  numRequests: number,
): StageMetrics => ({
  stageIndex,
  rateRps,
  durationS,
  numRequests,
  e2e: NO_LATENCY,
  ttft: NO_LATENCY,
  itl: NO_LATENCY,
  throughput: { inputTokensPerSec: 1, outputTokensPerSec: 1, requestsPerSec: 1 },
});

/** One H100 experiment of the general workload; everything can be overridden. */
export function experimentOf(overrides: Partial<Experiment> = {}): Experiment {
  const stages = overrides.stages ?? [stageOf(0, 8, 600, 4800), stageOf(1, 20, 600, 12000)];
  return {
    expId: 7,
    folder: '7-llama-3.1-8b-tp1-general',
    model: 'meta-llama/Llama-3.1-8B-Instruct',
    tp: 1,
    workload: 'general',
    maxModelLen: 4096,
    maxNumBatchedTokens: 2048,
    maxNumSeqs: 128,
    totalKvBlocks: 20000,
    cpuKvBlocks: 0,
    kvSource: 'manifest',
    hardware: 'H100',
    cpuOffload: false,
    gpuMemUtil: 0.9,
    precision: 'FP16',
    safe: 'safe',
    profile: {
      stages: stages.map(({ rateRps, durationS }) => ({ rateRps, durationS })),
      dataType: 'shared_prefix',
      hasSharedPrefixObject: true,
      questionLen: 447,
      systemPromptLen: 100,
      outputLen: 248,
    },
    stages,
    summary: stageOf(-1, 0, 0, 16800),
    warnings: [],
    ...overrides,
  };
}

const SMALL = [
  'meta-llama/llama-3.1-8b-instruct',
  'mistralai/mixtral-8x7b-v0.1',
  'redhatai/llama-4-scout-17b-16e-instruct-fp8-dynamic',
];

/** The shipped catalogue with three models only: Llama-3.1-8B, Mixtral-8x7B and Llama-4-Scout. */
export const smallCatalog: Catalog = {
  ...shippedCatalog(),
  models: new Map([...shippedCatalog().models].filter(([id]) => SMALL.includes(id))),
};
