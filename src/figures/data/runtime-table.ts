// Table 1: how long each simulator takes, against the time the measurement took (validator spec 13.9).

import { median } from '../../validation/statistics/order';
import type { StageMetrics } from '../../domain/experiment';
import type { FigureData } from './prepare';
import type { SelectionOptions } from './sensitivity';
import { inAxisOrder } from './simulators';

/** What the real runs are taken to last where only the two CSV files are known, s (sim-to-real 5b12a00). */
export const PUBLISHED_REAL_SECONDS = 1200;

/** How long the real runs took, s: the median of successful requests ÷ their rate over the summaries (sim-to-real dcec3fd). */
export const measuredRealSeconds = (summaries: readonly StageMetrics[]): number | undefined =>
  median(
    summaries
      .map(({ numRequests, throughput }) => numRequests / throughput.requestsPerSec)
      .filter((seconds) => Number.isFinite(seconds) && seconds > 0),
  );

export interface RuntimeTableRow {
  readonly simulator: string;
  readonly medianRuntimeS: number;
  /** Real seconds ÷ median runtime; Infinity where the runtime is 0. */
  readonly speedup: number;
}

export function selectRuntimeTable(
  data: FigureData,
  realSeconds: number = PUBLISHED_REAL_SECONDS,
  options: SelectionOptions = {},
): readonly RuntimeTableRow[] {
  const excluded = options.excluded ?? [];
  const simulators = inAxisOrder(data.runtimes.map((row) => row.simulator));
  return simulators
    .filter((simulator) => !excluded.includes(simulator))
    .flatMap((simulator) => {
      const medianRuntimeS = median(
        data.runtimes.filter((row) => row.simulator === simulator).map((row) => row.wallClockSeconds),
      );
      if (medianRuntimeS === undefined) return [];
      return [
        {
          simulator,
          medianRuntimeS,
          speedup: medianRuntimeS === 0 ? Infinity : realSeconds / medianRuntimeS,
        },
      ];
    });
}
