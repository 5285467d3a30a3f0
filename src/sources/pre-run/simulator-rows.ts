// Results of any simulator as rows: `error_records.csv` (the predicted values; the measured ones are ours to bring), or a flat file
// `predictions-<simulator>.csv` with exp_id, stage, metric, predicted and perhaps runtime_s.

import { fail, ok, type Result } from '../../base/result';
import { METRICS, type MetricName } from '../../domain/prediction';
import { nameOf } from '../file-tree';
import { readErrorRecords, readRuntimes } from '../records-csv';
import { damageWarning, missingColumns, readCsvTable } from './csv-table';

export interface PredictedValue {
  readonly stageIndex: number;
  readonly metric: MetricName;
  /** ms. */
  readonly predicted: number;
}

/** All rows of one simulator for one experiment. */
export interface RowResult {
  readonly simulator: string;
  /** Absent where the file names only the folder. */
  readonly expId?: number;
  readonly folder?: string;
  readonly values: readonly PredictedValue[];
  readonly wallClockSeconds?: number;
}

export interface RowResults {
  readonly results: readonly RowResult[];
  readonly warnings: readonly string[];
}

const lastPart = (folder: string): string => folder.split(/[\\/]/).findLast((part) => part !== '') ?? '';

export function readErrorRecordResults(text: string, file: string): Result<RowResults> {
  const records = readErrorRecords(text, file);
  if (!records.ok) return records;
  const groups = new Map<string, RowResult & { readonly values: PredictedValue[] }>();
  let withoutPrediction = 0;
  for (const row of records.value.rows) {
    if (row.predicted === undefined) {
      withoutPrediction++;
      continue;
    }
    const folder = lastPart(row.experimentFolder);
    const key = `${row.simulator}\n${String(row.expId ?? '')}\n${folder}`;
    const group = groups.get(key) ?? {
      simulator: row.simulator,
      ...(row.expId === undefined ? {} : { expId: row.expId }),
      folder,
      values: [],
    };
    groups.set(key, group);
    group.values.push({ stageIndex: row.stageIndex, metric: row.metricName, predicted: row.predicted });
  }
  const warnings = [...records.value.warnings];
  if (withoutPrediction > 0)
    warnings.push(`${file}: ${String(withoutPrediction)} rows have no predicted value.`);
  return ok({ results: [...groups.values()], warnings });
}

/** Wall-clock seconds of `runtime.csv`, by simulator and experiment; see `runtimeKey`. */
export function readRuntimeSeconds(text: string, file: string): Result<ReadonlyMap<string, number>> {
  const runtimes = readRuntimes(text, file);
  if (!runtimes.ok) return runtimes;
  return ok(
    new Map(
      runtimes.value.rows.map((row) => [
        runtimeKey(row.simulator, row.expId, lastPart(row.experimentFolder)),
        row.wallClockSeconds,
      ]),
    ),
  );
}

export const runtimeKey = (
  simulator: string,
  expId: number | undefined,
  folder: string | undefined,
): string => `${simulator}\n${String(expId ?? folder ?? '')}`;

const FLAT = ['exp_id', 'stage', 'metric', 'predicted'] as const;

export function readFlatPredictions(text: string, file: string): Result<RowResults> {
  const table = readCsvTable(text, file, [...FLAT, 'runtime_s', 'run']);
  if (!table.ok) return table;
  const { cells, columns, rowCount } = table.value;
  const missing = FLAT.filter((name) => !columns.includes(name));
  if (missing.length > 0) return fail(missingColumns(file, 'a file of flat predictions', missing, columns));
  const simulator = /^predictions-(.+)\.csv$/i.exec(nameOf(file))?.[1] ?? nameOf(file).replace(/\.csv$/i, '');
  const groups = new Map<string, { result: RowResult; values: PredictedValue[] }>();
  let skipped = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const read = (name: string): number => {
      const cell = cells(name)?.[row] ?? '';
      return cell === '' ? NaN : Number(cell);
    };
    const metric = METRICS.find((name) => name === cells('metric')?.[row]);
    const [expId, stageIndex, predicted, seconds] = [
      read('exp_id'),
      read('stage'),
      read('predicted'),
      read('runtime_s'),
    ];
    if (metric === undefined || ![expId, stageIndex, predicted].every(Number.isFinite)) {
      skipped++;
      continue;
    }
    // A file may hold several runs of one simulator: each is a simulator of its own here.
    const run = cells('run')?.[row] ?? '';
    const name = run === '' ? simulator : `${simulator} (${run})`;
    const key = runtimeKey(name, expId, undefined);
    const group = groups.get(key) ?? {
      result: {
        simulator: name,
        expId,
        values: [],
        ...(Number.isFinite(seconds) ? { wallClockSeconds: seconds } : {}),
      },
      values: [],
    };
    groups.set(key, group);
    group.values.push({ stageIndex, metric, predicted });
  }
  const warnings = [
    damageWarning(table.value, file),
    skipped > 0
      ? `${file}: ${String(skipped)} rows without a usable exp_id, stage, metric or value left out.`
      : undefined,
  ].filter((warning) => warning !== undefined);
  return ok({ results: [...groups.values()].map(({ result, values }) => ({ ...result, values })), warnings });
}
