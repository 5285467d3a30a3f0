// Small experiments, predictions and records with invented numbers, for tests of the verdict and the page's state.

import { SUMMARY_STAGE, type Experiment, type StageMetrics } from '../../src/domain/experiment';
import type { ErrorRecord, MetricName } from '../../src/domain/prediction';
import type { PairOutcome } from '../../src/workers/protocol';

export function stage(stageIndex: number, e2eMs: number, ttftMs: number, itlMs: number): StageMetrics {
  return {
    stageIndex,
    rateRps: stageIndex === SUMMARY_STAGE ? 0 : 8,
    durationS: stageIndex === SUMMARY_STAGE ? 0 : 600,
    numRequests: 4800,
    e2e: { mean: e2eMs, p90: e2eMs * 1.5, p99: e2eMs * 2 },
    ttft: { mean: ttftMs, p90: ttftMs * 1.5, p99: ttftMs * 2 },
    itl: { mean: itlMs },
    throughput: { inputTokensPerSec: 4000, outputTokensPerSec: 2000, requestsPerSec: 8 },
  };
}

export function experiment(change: Partial<Experiment> = {}): Experiment {
  const expId = change.expId ?? 1;
  return {
    expId,
    folder: `${expId}-example`,
    model: 'example/Model-8B',
    tp: 1,
    workload: 'general',
    maxModelLen: 4096,
    maxNumBatchedTokens: 2048,
    maxNumSeqs: 128,
    totalKvBlocks: 10_000,
    cpuKvBlocks: 0,
    kvSource: 'vllm.log',
    hardware: 'H100',
    cpuOffload: false,
    gpuMemUtil: 0.9,
    precision: 'FP16',
    safe: 'safe',
    profile: {
      stages: [{ rateRps: 8, durationS: 600 }],
      hasSharedPrefixObject: true,
      questionLen: 500,
      systemPromptLen: 100,
      outputLen: 250,
    },
    stages: [stage(0, 3600, 45, 14)],
    summary: stage(SUMMARY_STAGE, 3600, 45, 14),
    warnings: [],
    ...change,
  };
}

export function errorRecord(
  from: Experiment,
  simulator: string,
  metricName: MetricName,
  actual: number,
  predicted: number,
  stageIndex = SUMMARY_STAGE,
): ErrorRecord {
  const difference = predicted - actual;
  const relative = actual === 0 ? (predicted === 0 ? 0 : Infinity) : (difference / actual) * 100;
  return {
    simulator,
    experimentFolder: from.folder,
    model: from.model,
    workload: from.workload,
    expId: from.expId,
    hardware: from.hardware,
    cpuOffload: from.cpuOffload,
    gpuMemUtil: from.gpuMemUtil,
    precision: from.precision,
    tp: from.tp,
    maxNumBatchedTokens: from.maxNumBatchedTokens,
    stageIndex,
    metricName,
    predicted,
    actual,
    mape: Math.abs(relative),
    mpe: relative,
    absoluteError: Math.abs(difference),
  };
}

/** A prediction that is `factor` times the measurement in every metric. */
export function pairOutcome(from: Experiment, simulator: string, factor = 1.1): PairOutcome {
  const rows = [...from.stages, from.summary];
  const records = rows.flatMap((row) =>
    (
      [
        ['e2e_mean', row.e2e.mean],
        ['e2e_p90', row.e2e.p90],
        ['e2e_p99', row.e2e.p99],
        ['ttft_mean', row.ttft.mean],
        ['itl_mean', row.itl.mean],
      ] as const
    ).flatMap(([metric, value]) =>
      value === undefined
        ? []
        : [errorRecord(from, simulator, metric, value, value * factor, row.stageIndex)],
    ),
  );
  const {
    stageIndex: _s,
    metricName: _m,
    predicted: _p,
    actual: _a,
    mape: _x,
    mpe: _y,
    absoluteError: _e,
    ...context
  } = errorRecord(from, simulator, 'e2e_mean', 1, 1);
  return {
    result: {
      simulator,
      expId: from.expId,
      folder: from.folder,
      stages: from.stages,
      summary: from.summary,
      notes: [],
    },
    records,
    runtime: { ...context, wallClockSeconds: 2 },
  };
}
