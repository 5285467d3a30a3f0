// The tables of a validation as values: mean errors by a property of the records, and run times by simulator (sim-to-real
// 5b12a00, validator spec 12.5). A cell is the arithmetic mean over all stage and summary rows of its group.

import { METRICS, type ErrorRecord, type MetricName, type RuntimeRecord } from '../domain/prediction';

/** Absent = no record of this metric. */
export type MetricMeans = Readonly<Partial<Record<MetricName, number>>>;

export interface ErrorTable {
  /** Heading of the first column: `Simulator`, `Model`, … */
  readonly label: string;
  /** Ascending by key. */
  readonly rows: readonly { readonly key: string; readonly means: MetricMeans }[];
}

export const GROUPS = {
  Simulator: (record: ErrorRecord) => record.simulator,
  Model: (record: ErrorRecord) => record.model,
  Workload: (record: ErrorRecord) => record.workload,
  Hardware: (record: ErrorRecord) => record.hardware,
} as const;
export type GroupLabel = keyof typeof GROUPS;

export type ErrorKind = 'mape' | 'mpe';

export function errorTable(
  records: readonly ErrorRecord[],
  label: GroupLabel,
  kind: ErrorKind = 'mape',
): ErrorTable {
  const groups = groupBy(records, GROUPS[label]);
  return { label, rows: groups.map(([key, own]) => ({ key, means: metricMeans(own, kind) })) };
}

function metricMeans(records: readonly ErrorRecord[], kind: ErrorKind): MetricMeans {
  const means: Partial<Record<MetricName, number>> = {};
  for (const metric of METRICS) {
    const values = records.filter((record) => record.metricName === metric).map((record) => record[kind]);
    if (values.length > 0) means[metric] = sumOf(values) / values.length;
  }
  return means;
}

/** Group × simulator: for each group value a table by simulator. */
export function crossTable(
  records: readonly ErrorRecord[],
  label: Exclude<GroupLabel, 'Simulator'>,
): readonly { readonly key: string; readonly table: ErrorTable }[] {
  return groupBy(records, GROUPS[label]).map(([key, own]) => ({ key, table: errorTable(own, 'Simulator') }));
}

export interface RuntimeRow {
  readonly simulator: string;
  readonly meanS: number;
  readonly minS: number;
  readonly maxS: number;
  readonly totalS: number;
  readonly runs: number;
}

/** Ascending by name. */
export function runtimeRows(records: readonly RuntimeRecord[]): RuntimeRow[] {
  return groupBy(records, (record) => record.simulator).map(([simulator, own]) => {
    const seconds = own.map((record) => record.wallClockSeconds);
    const totalS = sumOf(seconds);
    return {
      simulator,
      meanS: totalS / seconds.length,
      minS: Math.min(...seconds),
      maxS: Math.max(...seconds),
      totalS,
      runs: seconds.length,
    };
  });
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Groups ascending by key in code-unit order. */
function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): [string, Row[]][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
