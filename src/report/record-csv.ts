// `error_records.csv` and `runtime.csv` with the reference's columns and spelling (sim-to-real 5b12a00, validator spec 12.3 and
// 12.4): full precision, CRLF line ends, quotes only where needed. Texts that a spreadsheet would run as a formula get an
// apostrophe in front; numbers never do.

import { csvCell } from '../base/csv';
import { pythonBoolean, pythonFloat } from '../base/python-numbers';
import type { ErrorRecord, RecordContext, RuntimeRecord } from '../domain/prediction';

type Cells<Row> = readonly (readonly [column: string, cell: (row: Row) => string])[];

const IDENTITY: Cells<RecordContext> = [
  ['simulator', (row) => textCell(row.simulator)],
  ['experiment_folder', (row) => textCell(row.experimentFolder)],
  ['model', (row) => textCell(row.model)],
  ['workload', (row) => textCell(row.workload)],
];

const CONFIGURATION: Cells<RecordContext> = [
  ['exp_id', (row) => String(row.expId)],
  ['hardware', (row) => textCell(row.hardware)],
  ['dp', (row) => (row.dp === undefined ? '' : String(row.dp))],
  ['cpu_offload', (row) => pythonBoolean(row.cpuOffload)],
  ['gpu_mem_util', (row) => pythonFloat(row.gpuMemUtil)],
  ['precision', (row) => textCell(row.precision)],
  ['tp', (row) => String(row.tp)],
  ['max_num_batched_tokens', (row) => String(row.maxNumBatchedTokens)],
];

const ERRORS: Cells<ErrorRecord> = [
  ...IDENTITY,
  ['stage_index', (row) => String(row.stageIndex)],
  ['metric_name', (row) => row.metricName],
  ['predicted', (row) => pythonFloat(row.predicted)],
  ['actual', (row) => pythonFloat(row.actual)],
  ['mape', (row) => pythonFloat(row.mape)],
  ['mpe', (row) => pythonFloat(row.mpe)],
  ['absolute_error', (row) => pythonFloat(row.absoluteError)],
  ...CONFIGURATION,
];

const RUNTIMES: Cells<RuntimeRecord> = [
  ...IDENTITY,
  ['wall_clock_seconds', (row) => pythonFloat(row.wallClockSeconds)],
  ...CONFIGURATION,
];

export const errorRecordsCsv = (records: readonly ErrorRecord[]): string => toCsv(ERRORS, records);
export const runtimeCsv = (records: readonly RuntimeRecord[]): string => toCsv(RUNTIMES, records);

function toCsv<Row>(columns: Cells<Row>, rows: readonly Row[]): string {
  const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** A text from a file: neutralised where a spreadsheet would take it for a formula, quoted where CSV needs it. */
export const textCell = (text: string): string => csvCell(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
