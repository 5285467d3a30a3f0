// The same tables for programs: means at full precision, null where nothing was recorded.

import { pythonFloat } from '../base/python-numbers';
import { METRICS, type ErrorRecord, type MetricName, type RuntimeRecord } from '../domain/prediction';
import { crossTable, errorTable, runtimeRows, type ErrorTable, type GroupLabel } from './tables';

/** A mean that is not finite is spelled as in the CSV files, since JSON has no number for it. */
type MeansJson = Readonly<Record<MetricName, number | string | null>>;
type TableJson = Readonly<Record<string, MeansJson>>;

export interface ReportJson {
  readonly mape_by_simulator: TableJson;
  readonly mape_by_model: TableJson;
  readonly mape_by_workload: TableJson;
  readonly mape_by_hardware: TableJson;
  readonly mpe_by_simulator: TableJson;
  readonly mape_by_model_and_simulator: Readonly<Record<string, TableJson>>;
  readonly mape_by_workload_and_simulator: Readonly<Record<string, TableJson>>;
  readonly mape_by_hardware_and_simulator: Readonly<Record<string, TableJson>>;
  readonly record_counts: Readonly<Record<string, number>>;
  readonly runtime: Readonly<
    Record<
      string,
      {
        readonly mean_s: number;
        readonly min_s: number;
        readonly max_s: number;
        readonly total_s: number;
        readonly runs: number;
      }
    >
  >;
}

export function reportJson(records: readonly ErrorRecord[], runtimes: readonly RuntimeRecord[]): ReportJson {
  const crossed = (label: Exclude<GroupLabel, 'Simulator'>) =>
    toObject(crossTable(records, label).map(({ key, table }) => [key, tableJson(table)]));
  const counts = new Map<string, number>();
  for (const { simulator } of records) counts.set(simulator, (counts.get(simulator) ?? 0) + 1);
  return {
    mape_by_simulator: tableJson(errorTable(records, 'Simulator')),
    mape_by_model: tableJson(errorTable(records, 'Model')),
    mape_by_workload: tableJson(errorTable(records, 'Workload')),
    mape_by_hardware: tableJson(errorTable(records, 'Hardware')),
    mpe_by_simulator: tableJson(errorTable(records, 'Simulator', 'mpe')),
    mape_by_model_and_simulator: crossed('Model'),
    mape_by_workload_and_simulator: crossed('Workload'),
    mape_by_hardware_and_simulator: crossed('Hardware'),
    record_counts: toObject([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    runtime: toObject(
      runtimeRows(runtimes).map((row) => [
        row.simulator,
        { mean_s: row.meanS, min_s: row.minS, max_s: row.maxS, total_s: row.totalS, runs: row.runs },
      ]),
    ),
  };
}

const tableJson = ({ rows }: ErrorTable): TableJson =>
  toObject(
    rows.map(({ key, means }) => [
      key,
      toObject(METRICS.map((metric) => [metric, jsonMean(means[metric])])) as MeansJson,
    ]),
  );

const jsonMean = (mean: number | undefined): number | string | null =>
  mean === undefined ? null : Number.isFinite(mean) ? mean : pythonFloat(mean);

/** Names come from files: defining keeps one like `__proto__` a plain key. */
function toObject<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries);
}
