// Result files without folders: measured values and a simulator's predictions as flat CSV rows, joined by (exp_id, stage, metric).
// Columns are found by name. The simulator is named by the file: `predictions-<simulator>.csv`.

import { fail, ok, type Result } from '../base/result';
import { METRICS, type MetricName, type RecordContext } from '../domain/prediction';
import { nameOf } from './file-tree';
import { damageWarning, missingColumns, readCsvTable } from './pre-run/csv-table';

export interface FlatRow {
  readonly expId: number;
  /** −1 = summary. */
  readonly stageIndex: number;
  readonly metricName: MetricName;
  /** ms. */
  readonly value: number;
}

export interface MeasuredRow extends FlatRow {
  readonly context: Omit<RecordContext, 'simulator'>;
}

export interface PredictedRow extends FlatRow {
  /** Which of several runs in one file, where the file has that column. */
  readonly run?: string;
  /** Wall clock of the simulator on this experiment, s. */
  readonly runtimeS?: number;
  /** Measured value of the same requests, ms, where the run covers only a part of them. */
  readonly actualSubset?: number;
}

export interface FlatFile<Row> {
  readonly file: string;
  readonly rows: readonly Row[];
  readonly warnings: readonly string[];
}

export interface PredictionsFile extends FlatFile<PredictedRow> {
  readonly simulator: string;
  /** The file holds more than one kind of run. */
  readonly hasRuns: boolean;
}

const KEY = ['exp_id', 'stage', 'metric'];
const CONTEXT = [
  'model',
  'workload',
  'hardware',
  'tp',
  'dp',
  'precision',
  'cpu_offload',
  'gpu_mem_util',
  'max_num_batched_tokens',
];

export function readActuals(text: string, file: string): Result<FlatFile<MeasuredRow>> {
  return readRows(text, file, 'measured values', [...KEY, 'actual', ...CONTEXT], [], (cell) => {
    const flat = flatRow(cell, 'actual');
    if (typeof flat === 'string') return flat;
    const dp = numberOf(cell('dp'));
    if (cell('dp') !== '' && dp === undefined) return 'dp is not a number';
    const offload = cell('cpu_offload').toLowerCase();
    if (offload !== 'true' && offload !== 'false') return 'cpu_offload is neither True nor False';
    const [gpuMemUtil, tp, maxNumBatchedTokens] = ['gpu_mem_util', 'tp', 'max_num_batched_tokens'].map(
      (name) => numberOf(cell(name)),
    );
    if (gpuMemUtil === undefined || tp === undefined || maxNumBatchedTokens === undefined) {
      return 'gpu_mem_util, tp or max_num_batched_tokens is not a number';
    }
    const context = {
      experimentFolder: String(flat.expId),
      model: cell('model'),
      workload: cell('workload'),
      expId: flat.expId,
      hardware: cell('hardware'),
      ...(dp === undefined ? {} : { dp }),
      cpuOffload: offload === 'true',
      gpuMemUtil,
      precision: cell('precision'),
      tp,
      maxNumBatchedTokens,
    };
    return { ...flat, context };
  });
}

const PREDICTIONS_NAME = /^predictions-(.+)\.csv$/;

export function readPredictions(text: string, file: string): Result<PredictionsFile> {
  const simulator = PREDICTIONS_NAME.exec(nameOf(file.replaceAll('\\', '/')))?.[1];
  if (simulator === undefined) {
    return fail({
      code: 'unknown-name',
      message: `${file}: the simulator is read from the name; call the file predictions-<simulator>.csv.`,
      file,
    });
  }
  const read = readRows(
    text,
    file,
    'predictions',
    [...KEY, 'predicted'],
    ['run', 'runtime_s', 'actual_subset'],
    (cell, has) => {
      const flat = flatRow(cell, 'predicted');
      if (typeof flat === 'string') return flat;
      const runtimeS = numberOf(cell('runtime_s'));
      const actualSubset = numberOf(cell('actual_subset'));
      return {
        ...flat,
        ...(has('run') ? { run: cell('run') } : {}),
        ...(runtimeS === undefined ? {} : { runtimeS }),
        ...(actualSubset === undefined ? {} : { actualSubset }),
      };
    },
  );
  if (!read.ok) return read;
  return ok({ ...read.value, simulator, hasRuns: read.value.rows.some(({ run }) => run !== undefined) });
}

type CellOf = (column: string) => string;

function readRows<Row>(
  text: string,
  file: string,
  what: string,
  required: readonly string[],
  optional: readonly string[],
  parse: (cell: CellOf, has: (column: string) => boolean) => Row | string,
): Result<FlatFile<Row>> {
  const table = readCsvTable(text, file, [...required, ...optional]);
  if (!table.ok) return table;
  const { columns, rowCount, cells } = table.value;
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0) return fail(missingColumns(file, what, missing, columns));
  const rows: Row[] = [];
  const refused = new Map<string, number>();
  for (let row = 0; row < rowCount; row++) {
    const parsed = parse(
      (column) => cells(column)?.[row] ?? '',
      (column) => columns.includes(column),
    );
    if (typeof parsed === 'string') refused.set(parsed, (refused.get(parsed) ?? 0) + 1);
    else rows.push(parsed);
  }
  const damage = damageWarning(table.value, file);
  const warnings = [...refused].map(
    ([reason, count]) => `${file}: ${count} row${count === 1 ? '' : 's'} left out because ${reason}.`,
  );
  return ok({ file, rows, warnings: damage === undefined ? warnings : [damage, ...warnings] });
}

function flatRow(cell: CellOf, column: string): FlatRow | string {
  const expId = numberOf(cell('exp_id'));
  const stageIndex = numberOf(cell('stage'));
  const metricName = METRICS.find((name) => name === cell('metric'));
  const value = numberOf(cell(column));
  if (expId === undefined || !Number.isInteger(expId)) return 'exp_id is not a whole number';
  if (stageIndex === undefined || !Number.isInteger(stageIndex)) return 'stage is not a whole number';
  if (metricName === undefined) return `metric is none of ${METRICS.join(', ')}`;
  if (value === undefined) return `${column} is not a number`;
  return { expId, stageIndex, metricName, value };
}

const numberOf = (text: string): number | undefined =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
