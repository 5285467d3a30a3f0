// Table 1: how long each simulator takes, against the time the measurement took (validator spec 13.9).

import { median } from '../../validation/statistics/order';
import type { FigureData } from './prepare';
import type { SelectionOptions } from './sensitivity';
import { inAxisOrder } from './simulators';

/** Length of the load profiles behind the published table, s. */
export const PUBLISHED_REAL_SECONDS = 1200;

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
