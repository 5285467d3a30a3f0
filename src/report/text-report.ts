// The tables in the reference's exact text layout (sim-to-real 5b12a00, validator spec 12.5): fixed columns, two decimals,
// `N/A` where nothing was recorded.

import { pythonFixed2 } from '../base/python-numbers';
import { METRICS, type ErrorRecord, type RuntimeRecord } from '../domain/prediction';
import {
  crossTable,
  errorTable,
  runtimeRows,
  type ErrorKind,
  type ErrorTable,
  type GroupLabel,
} from './tables';

const MIN_WIDTH = 8;
const GAP = '  ';

/** Header, rule and rows, without a final line end. */
export function formatErrorTable({ label, rows }: ErrorTable): string {
  if (rows.length === 0) return `(no data for ${label})`;
  return formatTable(
    [label, ...METRICS],
    rows.map(({ key, means }) => [
      key,
      ...METRICS.map((metric) => {
        const mean = means[metric];
        return mean === undefined ? 'N/A' : pythonFixed2(mean);
      }),
    ]),
  );
}

export function formatRuntimeTable(records: readonly RuntimeRecord[]): string {
  const rows = runtimeRows(records);
  if (rows.length === 0) return '(no runtime data)';
  return formatTable(
    ['Simulator', 'Mean(s)', 'Min(s)', 'Max(s)', 'Total(s)', 'Runs'],
    rows.map((row) => [
      row.simulator,
      ...[row.meanS, row.minS, row.maxS, row.totalS].map(pythonFixed2),
      String(row.runs),
    ]),
  );
}

/** First column left-aligned at its longest entry, the others right-aligned at header width or 8. */
function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    column === 0
      ? Math.max(...[header, ...rows].map((cells) => lengthOf(cells[0] ?? '')))
      : Math.max(name.length, MIN_WIDTH),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const missing = ' '.repeat(Math.max(0, (widths[column] ?? 0) - lengthOf(cell)));
        return column === 0 ? cell + missing : GAP + missing + cell;
      })
      .join('');
  const head = line(header);
  return [head, '-'.repeat(lengthOf(head)), ...rows.map(line)].join('\n');
}

/** In code points, as the reference counts. */
const lengthOf = (text: string): number => [...text].length;

const TABLES: readonly (readonly [title: string, label: GroupLabel, kind: ErrorKind])[] = [
  ['MAPE by Simulator', 'Simulator', 'mape'],
  ['MAPE by Model', 'Model', 'mape'],
  ['MAPE by Workload', 'Workload', 'mape'],
  ['MPE by Simulator (signed)', 'Simulator', 'mpe'],
];

export const NO_RECORDS = 'No error records to report.';

/** The four error tables under their headings, separated by one empty line. */
export const errorTablesText = (records: readonly ErrorRecord[]): string =>
  TABLES.map(([title, label, kind]) =>
    underHeading(title, formatErrorTable(errorTable(records, label, kind))),
  ).join('\n\n');

export const runtimeTableText = (records: readonly RuntimeRecord[]): string =>
  underHeading('Simulator Runtime', formatRuntimeTable(records));

/** Tables beyond the reference's five: by hardware, and each property with one table a value. */
export function extraTablesText(records: readonly ErrorRecord[]): string {
  const crossed = (['Model', 'Workload', 'Hardware'] as const).flatMap((label) =>
    crossTable(records, label).map(({ key, table }) =>
      underHeading(`MAPE by Simulator, ${label} ${key}`, formatErrorTable(table)),
    ),
  );
  return [
    underHeading('MAPE by Hardware', formatErrorTable(errorTable(records, 'Hardware'))),
    ...crossed,
  ].join('\n\n');
}

const underHeading = (title: string, table: string): string => `=== ${title} ===\n\n${table}`;
