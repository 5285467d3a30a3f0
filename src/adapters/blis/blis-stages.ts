// What BLIS says about a run → stage metrics and summary (sim-to-real 5b12a00 experiment/adapters/base.py, validator spec 8.4).
// The summary is the aggregate of the run itself; stages are cut out of the per-request results by arrival.

import type { StageMetrics } from '../../domain/experiment';
import { SUMMARY_STAGE } from '../../domain/experiment';
import { REQUEST_STATUSES, type Aggregate, type RunResult } from '../../domain/run-result';
import { stageMetrics, type RequestOutcomes, type StageWindow } from '../stage-statistics';

/** Per-request results in the units of the reference's metrics file. */
export interface BlisOutcomes extends RequestOutcomes {
  /** s since the start of the simulation. */
  readonly arrivedAtS: Float64Array;
}

export type AggregateNumbers = Readonly<Partial<Record<keyof Aggregate, number | string>>>;

export interface BlisMetrics {
  readonly stages: readonly StageMetrics[];
  readonly summary: StageMetrics;
}

export function blisMetrics(
  windows: readonly StageWindow[],
  outcomes: BlisOutcomes,
  aggregate: AggregateNumbers,
): BlisMetrics {
  const buckets = bucketsByArrival(windows, outcomes.arrivedAtS);
  return {
    stages: windows.map((window, stage) => stageMetrics(window, outcomes, buckets[stage] ?? [])),
    summary: summaryOf(windows, aggregate),
  };
}

/** The first stage whose end is not before the arrival; a request on a boundary belongs to the earlier stage. */
function bucketsByArrival(windows: readonly StageWindow[], arrivedAtS: Float64Array): number[][] {
  const buckets = windows.map((): number[] => []);
  const ends: number[] = [];
  let end = 0;
  for (const { durationS } of windows) ends.push((end += durationS));
  arrivedAtS.forEach((arrivedAt, row) => {
    const stage = ends.findIndex((boundary) => arrivedAt <= boundary);
    buckets.at(stage)?.push(row);
  });
  return buckets;
}

function summaryOf(windows: readonly StageWindow[], aggregate: AggregateNumbers): StageMetrics {
  const number = (key: keyof Aggregate): number => {
    const value = aggregate[key];
    return typeof value === 'number' ? value : 0;
  };
  const totalS = windows.reduce((sum, { durationS }) => sum + durationS, 0);
  return {
    stageIndex: SUMMARY_STAGE,
    rateRps: 0,
    durationS: 0,
    numRequests: number('completed_requests'),
    e2e: { mean: number('e2e_mean_ms'), p90: number('e2e_p90_ms'), p99: number('e2e_p99_ms') },
    ttft: { mean: number('ttft_mean_ms'), p90: number('ttft_p90_ms'), p99: number('ttft_p99_ms') },
    itl: { mean: number('itl_mean_ms'), p90: number('itl_p90_ms'), p99: number('itl_p99_ms') },
    throughput: {
      inputTokensPerSec: number('total_input_tokens') / Math.max(1, totalS),
      outputTokensPerSec: number('tokens_per_sec'),
      requestsPerSec: number('responses_per_sec'),
    },
  };
}

const COMPLETED = REQUEST_STATUSES.indexOf('completed');
/** Requests that the reference's metrics do not know at the end. */
const UNKNOWN = (['dropped', 'routing-rejected', 'beyond-horizon'] as const).map((status) =>
  REQUEST_STATUSES.indexOf(status),
);

/**
 * The rows of the reference's `requests` array. There, requests that did not finish are listed with zeros, and the study's
 * averages take the zeros in; `onlyCompleted` leaves such requests out.
 */
export function outcomesOf({ requests }: RunResult, onlyCompleted: boolean): BlisOutcomes {
  const rows = Uint32Array.from({ length: requests.count }, (_, row) => row).filter((row) => {
    const status = requests.status[row] ?? -1;
    return onlyCompleted ? status === COMPLETED : !UNKNOWN.includes(status);
  });
  const column = (values: Float64Array | Uint32Array, unit: number): Float64Array =>
    Float64Array.from(rows, (row) => {
      const value = values[row] ?? NaN;
      return Number.isNaN(value) ? 0 : value / unit;
    });
  return {
    arrivedAtS: column(requests.arrivalUs, 1e6),
    e2eMs: column(requests.e2eUs, 1e3),
    ttftMs: column(requests.ttftUs, 1e3),
    itlMs: column(requests.itlMeanUs, 1e3),
    inputTokens: column(requests.inputTokens, 1),
    outputTokens: column(requests.outputTokens, 1),
  };
}
