// Reads `error_records.csv` and `runtime.csv` (validator spec 12.3, 12.4), our own or the reference tool's, and the metadata
// file that the figure command joins (13.1). Columns are found by name, in any order; extra columns are ignored. A row that
// cannot be used is skipped and counted, never guessed at.

import { CsvReader, textChunks, type CsvRow } from '../base/csv';
import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import { METRICS, type MetricName } from '../domain/prediction';
import type { ErrorRow, RowContext, RuntimeRow } from '../domain/record-rows';

export interface RecordsFile<Row> {
  readonly rows: readonly Row[];
  /** The header, in the file's order. */
  readonly columns: readonly string[];
  /** One sentence a kind of skipped row, with a count and the first lines. */
  readonly warnings: readonly string[];
}

/** Cells by column name, one map an experiment folder. */
export interface Metadata {
  readonly columns: readonly string[];
  readonly byFolder: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly warnings: readonly string[];
}

const ERROR_COLUMNS = [
  'simulator',
  'experiment_folder',
  'model',
  'workload',
  'stage_index',
  'metric_name',
  'mape',
];
const RUNTIME_COLUMNS = ['simulator', 'experiment_folder', 'model', 'workload', 'wall_clock_seconds'];

export function readErrorRecords(text: string, file: string): Result<RecordsFile<ErrorRow>> {
  return readRecords(text, file, ERROR_COLUMNS, (cell, context) => {
    const stageIndex = number(cell('stage_index'));
    const metricName = METRICS.find((name) => name === cell('metric_name'));
    const mape = number(cell('mape'));
    if (stageIndex === undefined || !Number.isInteger(stageIndex)) return 'stage_index is not a whole number';
    if (metricName === undefined) return `metric_name is none of ${METRICS.join(', ')}`;
    if (mape === undefined) return 'mape is not a number';
    return {
      ...context,
      stageIndex,
      metricName: metricName satisfies MetricName,
      mape,
      ...optional('mpe', number(cell('mpe'))),
      ...optional('predicted', number(cell('predicted'))),
      ...optional('actual', number(cell('actual'))),
      ...optional('absoluteError', number(cell('absolute_error'))),
    };
  });
}

export function readRuntimes(text: string, file: string): Result<RecordsFile<RuntimeRow>> {
  return readRecords(text, file, RUNTIME_COLUMNS, (cell, context) => {
    const wallClockSeconds = number(cell('wall_clock_seconds'));
    if (wallClockSeconds === undefined || !(wallClockSeconds >= 0)) {
      return 'wall_clock_seconds is not a number of seconds';
    }
    return { ...context, wallClockSeconds };
  });
}

/** Any CSV with a column `experiment_folder`; the first row of a folder counts. */
export function readMetadata(text: string, file: string): Result<Metadata> {
  const byFolder = new Map<string, Map<string, string>>();
  const repeated: number[] = [];
  const table = readTable(text, file, ['experiment_folder'], (cell, line, columns) => {
    const folder = cell('experiment_folder');
    if (byFolder.has(folder)) {
      repeated.push(line);
    } else {
      byFolder.set(folder, new Map(columns.map((column) => [column, cell(column)])));
    }
  });
  if (!table.ok) return table;
  const warnings = repeated.length === 0 ? [] : [countSentence(file, repeated, 'repeats an experiment')];
  return ok({ columns: table.value, byFolder, warnings });
}

/**
 * Left join on `experiment_folder` (whole text, else its last path part). A column that the records have keeps the records'
 * values, empty ones too, as the reference's `_meta` suffix has it.
 */
export function joinMetadata<Row extends RowContext>(
  records: RecordsFile<Row>,
  metadata: Metadata,
): RecordsFile<Row> {
  const byName = new Map([...metadata.byFolder].map(([folder, cells]) => [lastPart(folder), cells]));
  const added = metadata.columns.filter((column) => !records.columns.includes(column));
  const rows = records.rows.map((row) => {
    const cells = metadata.byFolder.get(row.experimentFolder) ?? byName.get(lastPart(row.experimentFolder));
    if (cells === undefined) return row;
    return {
      ...row,
      ...configuration((column) => (added.includes(column) ? (cells.get(column) ?? '') : '')),
    };
  });
  return {
    rows,
    columns: [...records.columns, ...added],
    warnings: [...records.warnings, ...metadata.warnings],
  };
}

type CellOf = (column: string) => string;

function readRecords<Row extends RowContext>(
  text: string,
  file: string,
  required: readonly string[],
  parse: (cell: CellOf, context: RowContext) => Row | string,
): Result<RecordsFile<Row>> {
  const rows: Row[] = [];
  const skipped = new Map<string, number[]>();
  const table = readTable(text, file, required, (cell, line) => {
    const parsed = parse(cell, {
      simulator: cell('simulator'),
      experimentFolder: cell('experiment_folder'),
      model: cell('model'),
      workload: cell('workload'),
      ...configuration(cell),
    });
    if (typeof parsed !== 'string') {
      rows.push(parsed);
      return;
    }
    const lines = skipped.get(parsed);
    if (lines === undefined) skipped.set(parsed, [line]);
    else lines.push(line);
  });
  if (!table.ok) return table;
  return ok({
    rows,
    columns: table.value,
    warnings: [...skipped].map(([reason, lines]) => countSentence(file, lines, `is skipped: ${reason}`)),
  });
}

/** Hands each record out by column name; returns the header. */
function readTable(
  text: string,
  file: string,
  required: readonly string[],
  onRow: (cell: CellOf, line: number, columns: readonly string[]) => void,
): Result<readonly string[]> {
  let columns: readonly string[] | undefined;
  const places = new Map<string, number>();
  const reader = new CsvReader(file, (row: CsvRow): Problem | undefined => {
    if (columns === undefined) {
      columns = Array.from({ length: row.count }, (_, index) => row.text(index).trim());
      columns.forEach((name, index) => {
        if (!places.has(name)) places.set(name, index);
      });
      const missing = required.filter((name) => !places.has(name));
      return missing.length === 0 ? undefined : missingColumns(file, missing, columns);
    }
    const cell = (column: string): string => {
      const place = places.get(column);
      return place === undefined ? '' : plain(row.text(place));
    };
    onRow(cell, row.line, columns);
    return undefined;
  });
  for (const chunk of textChunks(text)) {
    const problem = reader.push(chunk);
    if (problem !== undefined) return fail(problem);
  }
  const problem = reader.end();
  if (problem !== undefined) return fail(problem);
  return columns === undefined ? fail(missingColumns(file, required, [])) : ok(columns);
}

function missingColumns(file: string, missing: readonly string[], found: readonly string[]): Problem {
  return {
    code: 'missing-key',
    file,
    message:
      `${file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; ` +
      (found.length === 0
        ? 'it is empty.'
        : `its header has ${found
            .slice(0, 24)
            .map((name) => name.slice(0, 40))
            .join(', ')}.`),
  };
}

function configuration(cell: CellOf): Partial<RowContext> {
  return {
    ...optional('expId', number(cell('exp_id'))),
    ...optional('hardware', words(cell('hardware'))),
    ...optional('dp', number(cell('dp'))),
    ...optional('cpuOffload', truth(cell('cpu_offload'))),
    ...optional('gpuMemUtil', number(cell('gpu_mem_util'))),
    ...optional('precision', words(cell('precision'))),
    ...optional('tp', number(cell('tp'))),
    ...optional('maxNumBatchedTokens', number(cell('max_num_batched_tokens'))),
    ...optional('configTag', words(cell('config_tag'))),
  };
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<Key, Value>>;
}

/** Spreadsheet-safe writers put an apostrophe before a text that a spreadsheet would take for a formula. */
function plain(cell: string): string {
  const text = cell.trim();
  return /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}

const INFINITIES: Readonly<Record<string, number>> = {
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
  '∞': Infinity,
  '-∞': -Infinity,
};

/** A finite number or an infinity; undefined for an empty cell, `nan`, or anything else. */
function number(cell: string): number | undefined {
  const infinite = INFINITIES[cell.toLowerCase()];
  if (infinite !== undefined) return infinite;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell)) return undefined;
  return Number(cell);
}

function words(cell: string): string | undefined {
  return cell === '' || cell.toLowerCase() === 'nan' ? undefined : cell;
}

function truth(cell: string): boolean | undefined {
  const text = cell.toLowerCase();
  if (text === 'true' || text === '1' || text === '1.0') return true;
  if (text === 'false' || text === '0' || text === '0.0') return false;
  return undefined;
}

function lastPart(path: string): string {
  return (
    path
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? path
  );
}

function countSentence(file: string, lines: readonly number[], what: string): string {
  const first = lines.slice(0, 3).join(', ') + (lines.length > 3 ? ', …' : '');
  return lines.length === 1
    ? `${file}: line ${first} ${what}.`
    : `${file}: ${lines.length} lines (${first}), each ${what}.`;
}
