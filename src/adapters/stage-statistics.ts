// Per-request results → stage metrics, as the study computes them for every full simulator (sim-to-real 5b12a00, validator spec
// 8.4): arithmetic means, percentiles by linear interpolation, sums over the stage's duration (at least one second). An empty
// stage is all zeros, which counts as a wrong prediction, not as a missing one.

import { mean } from '../base/selection';
import type { LatencyDistribution, StageMetrics } from '../domain/experiment';

/** One entry a request, columns of equal length. */
export interface RequestOutcomes {
  readonly e2eMs: Float64Array;
  readonly ttftMs: Float64Array;
  readonly itlMs: Float64Array;
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
}

export interface StageWindow {
  readonly stageIndex: number;
  readonly rateRps: number;
  readonly durationS: number;
}

/** The metrics of the requests at `rows`. */
export function stageMetrics(
  window: StageWindow,
  outcomes: RequestOutcomes,
  rows: readonly number[],
): StageMetrics {
  const seconds = Math.max(1, window.durationS);
  const sum = (column: Float64Array): number => rows.reduce((total, row) => total + (column[row] ?? 0), 0);
  return {
    ...window,
    numRequests: rows.length,
    e2e: distribution(outcomes.e2eMs, rows),
    ttft: distribution(outcomes.ttftMs, rows),
    itl: distribution(outcomes.itlMs, rows),
    throughput: {
      inputTokensPerSec: sum(outcomes.inputTokens) / seconds,
      outputTokensPerSec: sum(outcomes.outputTokens) / seconds,
      requestsPerSec: rows.length / seconds,
    },
  };
}

function distribution(column: Float64Array, rows: readonly number[]): LatencyDistribution {
  if (rows.length === 0) return { mean: 0, p90: 0, p99: 0 };
  const values = Float64Array.from(rows, (row) => column[row] ?? NaN).sort();
  return { mean: mean(values), p90: percentile(values, 90), p99: percentile(values, 99) };
}

/** Rank (n − 1)·p/100, multiplied before divided: the other order differs in the last digit. */
function percentile(sorted: Float64Array, p: number): number {
  const rank = ((sorted.length - 1) * p) / 100;
  const below = Math.floor(rank);
  const low = sorted[below] ?? NaN;
  const high = sorted[below + 1];
  return high === undefined ? low : low + (rank - below) * (high - low);
}
