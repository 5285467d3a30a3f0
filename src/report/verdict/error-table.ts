// The numbers of the verdict's tables: error records pooled by simulator, or by simulator and a property of the experiment.
// The default pooling is the reference's (validator spec 12.5): the arithmetic mean over all stage and summary rows.

import { group } from 'd3-array';
import { SUMMARY_STAGE } from '../../domain/experiment';
import { METRICS, type ErrorRecord, type MetricName, type RuntimeRecord } from '../../domain/prediction';

export type Statistic = 'mean' | 'median';
/** Which rows are pooled. */
export type RowChoice = 'all' | 'summaries' | 'stages';

export interface Pooling {
  readonly statistic: Statistic;
  readonly rows: RowChoice;
}

/** MAPE over n rows, in percent. */
export interface ErrorCell {
  readonly value: number;
  readonly n: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export type MetricCells = Readonly<Partial<Record<MetricName, ErrorCell>>>;

export interface SimulatorErrors {
  readonly simulator: string;
  /** Experiments with at least one record. */
  readonly experiments: ReadonlySet<string>;
  readonly cells: MetricCells;
  /** Signed error of the E2E mean, percent; positive = predicts slower than measured. */
  readonly bias?: number;
  /** Share of E2E-mean rows with the sign of the bias, 0 … 1. */
  readonly biasAgreement?: number;
  /** Median wall clock of a run, s. */
  readonly runtimeS?: number;
}

export const isPooled = (record: ErrorRecord, rows: RowChoice): boolean =>
  rows === 'all' || (record.stageIndex === SUMMARY_STAGE) === (rows === 'summaries');

/** Mean or median; Infinity where a measured zero was missed in a row. */
export function pool(values: readonly number[], statistic: Statistic): number | undefined {
  if (values.length === 0) return undefined;
  if (statistic === 'median') return medianOf(values);
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Middle value, or half way between the two middle ones (which may both be infinite). */
function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const high = sorted[sorted.length >> 1] ?? NaN;
  const low = sorted[(sorted.length - 1) >> 1] ?? NaN;
  return low === high ? low : low + (high - low) / 2;
}

export function errorCell(mapes: readonly number[], statistic: Statistic): ErrorCell | undefined {
  const value = pool(mapes, statistic);
  const middle = pool(mapes, 'median');
  if (value === undefined || middle === undefined) return undefined;
  let min = Infinity;
  let max = -Infinity;
  for (const mape of mapes) {
    min = Math.min(min, mape);
    max = Math.max(max, mape);
  }
  return { value, n: mapes.length, median: middle, min, max };
}

/** One row a simulator that has records, in the order of `simulators`. */
export function errorsBySimulator(
  records: readonly ErrorRecord[],
  runtimes: readonly RuntimeRecord[],
  simulators: readonly string[],
  pooling: Pooling,
): SimulatorErrors[] {
  const bySimulator = group(records, (record) => record.simulator);
  const runtimesOf = group(runtimes, (record) => record.simulator);
  return simulators.flatMap((simulator) => {
    const own = bySimulator.get(simulator);
    if (own === undefined) return [];
    const mpes = own
      .filter((record) => record.metricName === 'e2e_mean' && isPooled(record, pooling.rows))
      .map((record) => record.mpe);
    const bias = pool(mpes, pooling.statistic);
    const runtimeS = pool(
      (runtimesOf.get(simulator) ?? []).map((record) => record.wallClockSeconds),
      'median',
    );
    return [
      {
        simulator,
        experiments: new Set(own.map((record) => record.experimentFolder)),
        cells: metricCells(own, pooling),
        ...(bias === undefined || Number.isNaN(bias)
          ? {}
          : { bias, biasAgreement: mpes.filter((mpe) => mpe * bias > 0).length / mpes.length }),
        ...(runtimeS === undefined ? {} : { runtimeS }),
      },
    ];
  });
}

function metricCells(records: readonly ErrorRecord[], pooling: Pooling): MetricCells {
  const cells: Partial<Record<MetricName, ErrorCell>> = {};
  const byMetric = group(
    records.filter((record) => isPooled(record, pooling.rows)),
    (record) => record.metricName,
  );
  for (const metric of METRICS) {
    const cell = errorCell(
      (byMetric.get(metric) ?? []).map((record) => record.mape),
      pooling.statistic,
    );
    if (cell) cells[metric] = cell;
  }
  return cells;
}

/** Properties that errors can be broken down by. */
export const GROUPINGS = ['model', 'workload', 'hardware', 'tp'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface GroupedErrors {
  readonly groups: readonly { readonly key: string; readonly experiments: number }[];
  /** Rows by simulator, cells by group. */
  readonly rows: readonly {
    readonly simulator: string;
    readonly cells: readonly (ErrorCell | undefined)[];
  }[];
}

/** Simulator × group for one metric. Groups in natural text order. */
export function errorsByGroup(
  records: readonly ErrorRecord[],
  simulators: readonly string[],
  grouping: Grouping,
  metric: MetricName,
  pooling: Pooling,
): GroupedErrors {
  const byGroup = group(records, (record) => groupKey(record, grouping));
  const keys = [...byGroup.keys()].sort(naturalOrder);
  const groups = keys.map((key) => ({
    key,
    experiments: new Set(byGroup.get(key)?.map((record) => record.experimentFolder)).size,
  }));
  const rows = simulators
    .filter((simulator) => records.some((record) => record.simulator === simulator))
    .map((simulator) => ({
      simulator,
      cells: keys.map((key) => {
        const pooled = (byGroup.get(key) ?? []).filter(
          (record) =>
            record.simulator === simulator && record.metricName === metric && isPooled(record, pooling.rows),
        );
        return errorCell(
          pooled.map((record) => record.mape),
          pooling.statistic,
        );
      }),
    }));
  return { groups, rows };
}

export const groupKey = (record: ErrorRecord, grouping: Grouping): string =>
  grouping === 'tp' ? `TP ${record.tp}` : record[grouping];

/** Text order in which digits count as numbers: TP 2 before TP 16. No locale. */
export function naturalOrder(left: string, right: string): number {
  const parts = (text: string): string[] => text.split(/(\d+)/);
  const a = parts(left);
  const b = parts(right);
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x = '', y = ''] = [a[index], b[index]];
    if (x === y) continue;
    if (index % 2 === 1 && Number(x) !== Number(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
