// The statistics as tables: intervals of every simulator's means, and two simulators compared metric by metric.

import type { MetricName } from '../../domain/prediction';
import {
  commonExperiments,
  compareSimulators,
  coverageOf,
  meanError,
  orderReverses,
  type StatisticRow,
} from './coverage';
import type { PairedComparison } from './paired';

export type MeanError = NonNullable<ReturnType<typeof meanError>>;

export interface SureRow {
  readonly simulator: string;
  readonly covered: number;
  readonly of: number;
  /** In the order of the metrics asked for; absent = the simulator has no such value. */
  readonly cells: readonly (MeanError | undefined)[];
}

/** `isCommon`: only experiments in which all simulators have the metric. */
export function sureTable(
  rows: readonly StatisticRow[],
  metrics: readonly MetricName[],
  isCommon: boolean,
): readonly SureRow[] {
  const coverage = coverageOf(rows);
  const simulators = coverage.map(({ simulator }) => simulator);
  const within = metrics.map((metric) =>
    isCommon ? commonExperiments(rows, simulators, metric) : undefined,
  );
  return coverage.map(({ simulator, covered, of }) => ({
    simulator,
    covered,
    of,
    cells: metrics.map((metric, index) => meanError(rows, simulator, metric, within[index])),
  }));
}

export interface PairLine {
  readonly metric: MetricName;
  /** Absent where no experiment has a value of both. */
  readonly comparison?: PairedComparison;
  /** Over everything that each covers, the other one is closer. */
  readonly isReversed: boolean;
}

export function pairLines(
  rows: readonly StatisticRow[],
  metrics: readonly MetricName[],
  first: string,
  second: string,
): readonly PairLine[] {
  return metrics.map((metric) => {
    const comparison = compareSimulators(rows, first, second, metric);
    return {
      metric,
      isReversed: orderReverses(rows, first, second, metric),
      ...(comparison === undefined ? {} : { comparison }),
    };
  });
}
