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
  const sorted = new Float64Array(values).sort();
  const high = sorted[sorted.length >> 1] ?? NaN;
  const low = sorted[(sorted.length - 1) >> 1] ?? NaN;
  return low === high ? low : low + (high - low) / 2;
}

export function errorCell(mapes: readonly number[], statistic: Statistic): ErrorCell | undefined {
  const middle = pool(mapes, 'median');
  const value = statistic === 'median' ? middle : pool(mapes, statistic);
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
  const own = pooledBySimulator(records, pooling.rows);
  const runtimesOf = group(runtimes, (record) => record.simulator);
  return simulators.flatMap((simulator) => {
    const found = own.get(simulator);
    if (found === undefined) return [];
    const { experiments, mapes, e2eMpes } = found;
    const bias = pool(e2eMpes, pooling.statistic);
    const runtimeS = pool(
      (runtimesOf.get(simulator) ?? []).map((record) => record.wallClockSeconds),
      'median',
    );
    return [
      {
        simulator,
        experiments,
        cells: metricCells(mapes, pooling.statistic),
        ...(bias === undefined || Number.isNaN(bias)
          ? {}
          : { bias, biasAgreement: e2eMpes.filter((mpe) => mpe * bias > 0).length / e2eMpes.length }),
        ...(runtimeS === undefined ? {} : { runtimeS }),
      },
    ];
  });
}

interface PooledErrors {
  readonly experiments: Set<string>;
  readonly mapes: Map<MetricName, number[]>;
  readonly e2eMpes: number[];
}

/** In one pass: of hundreds of experiments there are some hundred thousand records. */
function pooledBySimulator(records: readonly ErrorRecord[], rows: RowChoice): Map<string, PooledErrors> {
  const all = new Map<string, PooledErrors>();
  let before: ErrorRecord | undefined;
  let own: PooledErrors | undefined;
  for (const record of records) {
    // A pair's records lie together.
    if (own === undefined || before?.simulator !== record.simulator) {
      own = all.get(record.simulator) ?? { experiments: new Set(), mapes: new Map(), e2eMpes: [] };
      all.set(record.simulator, own);
      before = undefined;
    }
    if (before?.experimentFolder !== record.experimentFolder) own.experiments.add(record.experimentFolder);
    before = record;
    if (!isPooled(record, rows)) continue;
    const { metricName, mape } = record;
    const values = own.mapes.get(metricName);
    if (values === undefined) own.mapes.set(metricName, [mape]);
    else values.push(mape);
    if (metricName === 'e2e_mean') own.e2eMpes.push(record.mpe);
  }
  return all;
}

function metricCells(mapes: ReadonlyMap<MetricName, readonly number[]>, statistic: Statistic): MetricCells {
  const cells: Partial<Record<MetricName, ErrorCell>> = {};
  for (const metric of METRICS) {
    const cell = errorCell(mapes.get(metric) ?? [], statistic);
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
  const byGroup = new Map<string, { folders: Set<string>; mapes: Map<string, number[]> }>();
  const present = new Set<string>();
  let before: ErrorRecord | undefined;
  let own = { folders: new Set<string>(), mapes: new Map<string, number[]>() };
  for (const record of records) {
    // A pair's records lie together.
    if (
      before?.experimentFolder !== record.experimentFolder ||
      before.simulator !== record.simulator ||
      before.model !== record.model
    ) {
      const key = groupKey(record, grouping);
      own = byGroup.get(key) ?? { folders: new Set(), mapes: new Map() };
      byGroup.set(key, own);
      own.folders.add(record.experimentFolder);
      present.add(record.simulator);
    }
    before = record;
    if (record.metricName !== metric || !isPooled(record, pooling.rows)) continue;
    const values = own.mapes.get(record.simulator);
    if (values === undefined) own.mapes.set(record.simulator, [record.mape]);
    else values.push(record.mape);
  }
  const groups = [...byGroup].sort(([left], [right]) => naturalOrder(left, right));
  return {
    groups: groups.map(([key, { folders }]) => ({ key, experiments: folders.size })),
    rows: simulators
      .filter((simulator) => present.has(simulator))
      .map((simulator) => ({
        simulator,
        cells: groups.map(([, { mapes }]) => errorCell(mapes.get(simulator) ?? [], pooling.statistic)),
      })),
  };
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
