// The measured side of an experiment without some of its requests: counts, means and percentiles of every stage and of the
// summary recomputed from the remaining rows, by the load generator's definitions (validator spec 4.2). Throughput stays as
// reported: leaving rows out of an average does not change what the server did.

import type {
  Experiment,
  LatencyDistribution,
  MeasuredRequests,
  StageMetrics,
} from '../../domain/experiment';
import { quantileSorted, sorted } from '../statistics/order';
import { isSuccess, rowsOfStages } from './measured-means';

/** Undefined when per-request data is missing, or when a stage would keep no successful request. */
export function withoutRows(experiment: Experiment, rows: readonly number[]): Experiment | undefined {
  const { requests } = experiment;
  if (requests === undefined) return undefined;
  if (rows.length === 0) return experiment;
  const left = new Set(rows);
  const stageRows = rowsOfStages(experiment, requests);
  const stages: StageMetrics[] = [];
  for (const [index, stage] of experiment.stages.entries()) {
    const measured = recomputed(stage, requests, stageRows[index] ?? [], left);
    if (measured === undefined) return undefined;
    stages.push(measured);
  }
  const summary = recomputed(experiment.summary, requests, stageRows.flat(), left);
  return summary === undefined ? undefined : { ...experiment, stages, summary };
}

function recomputed(
  stage: StageMetrics,
  requests: MeasuredRequests,
  rows: readonly number[],
  left: ReadonlySet<number>,
): StageMetrics | undefined {
  const kept = rows.filter((row) => isSuccess(requests, row) && !left.has(row));
  const e2e = distribution(kept.map((row) => requests.e2eUs[row] ?? NaN));
  const ttft = distribution(kept.map((row) => requests.ttftUs[row] ?? NaN));
  if (e2e?.mean === undefined || ttft?.mean === undefined) return undefined;
  const meanOutput = kept.reduce((sum, row) => sum + (requests.outputTokens[row] ?? 0), 0) / kept.length;
  return {
    ...stage,
    numRequests: kept.length,
    e2e,
    ttft,
    itl: { mean: (e2e.mean - ttft.mean) / Math.max(meanOutput - 1, 1) },
  };
}

/** ms, from µs. */
function distribution(valuesUs: readonly number[]): LatencyDistribution | undefined {
  const ascending = sorted(valuesUs.filter(Number.isFinite));
  const p90 = quantileSorted(ascending, 0.9);
  const p99 = quantileSorted(ascending, 0.99);
  if (p90 === undefined || p99 === undefined) return undefined;
  const sum = ascending.reduce((total, value) => total + value, 0);
  return { mean: sum / ascending.length / 1000, p90: p90 / 1000, p99: p99 / 1000 };
}
