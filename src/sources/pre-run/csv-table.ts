// The wanted columns of a CSV with a header line, as texts. A record with another number of cells than the header is left out and
// named: in these files that means the writer was cut off, and half a number still looks like a number.

import { CsvReader, textChunks, type CsvRow } from '../../base/csv';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';

export interface CsvTable {
  /** Trimmed header names in file order. */
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** The cells of a wanted column; absent where the header does not name it. */
  readonly cells: (name: string) => readonly string[] | undefined;
  /** 1-based lines whose record does not match the header. */
  readonly damagedLines: readonly number[];
}

/** Reads `wanted` columns, whichever of them exist. Fails only when there is no header. */
export function readCsvTable(text: string, file: string, wanted: readonly string[]): Result<CsvTable> {
  let header: readonly string[] | undefined;
  const kept = new Map<string, { readonly at: number; readonly cells: string[] }>();
  const damagedLines: number[] = [];
  let rowCount = 0;
  const onRow = (row: CsvRow): Problem | undefined => {
    if (header === undefined) {
      header = Array.from({ length: row.count }, (_, at) => row.text(at).trim());
      for (const name of wanted) {
        const at = header.indexOf(name);
        if (at >= 0) kept.set(name, { at, cells: [] });
      }
    } else if (row.count === header.length) {
      for (const { at, cells } of kept.values()) cells.push(row.text(at).trim());
      rowCount++;
    } else damagedLines.push(row.line);
    return undefined;
  };
  const reader = new CsvReader(file, onRow);
  for (const chunk of textChunks(text)) reader.push(chunk);
  // A quote left open at the end of the file is a cut-off last record; everything before it was handed out.
  const problem = reader.end();
  if (problem?.line !== undefined) damagedLines.push(problem.line);
  if (header === undefined) {
    return fail({
      code: 'malformed',
      file,
      line: 1,
      message: `${file} is empty; expected a CSV header line.`,
    });
  }
  const columns = header;
  return ok({ columns, rowCount, cells: (name) => kept.get(name)?.cells, damagedLines });
}

/** One sentence about damaged records, with the first lines; absent when there are none. */
export function damageWarning(table: CsvTable, file: string): string | undefined {
  const count = table.damagedLines.length;
  if (count === 0) return undefined;
  const lines = table.damagedLines.slice(0, 3).join(', ');
  const more = count > 3 ? ', …' : '';
  return `${file}: ${String(count)} record${count === 1 ? '' : 's'} with missing or extra cells left out (line ${lines}${more}); the file may be cut off.`;
}

export function missingColumns(
  file: string,
  what: string,
  missing: readonly string[],
  found: readonly string[],
): Problem {
  return {
    code: 'missing-key',
    file,
    field: missing.join(', '),
    message: `${file}: ${what} needs the column${missing.length === 1 ? '' : 's'} ${missing.join(', ')}; found ${found
      .slice(0, 12)
      .map((name) => name.slice(0, 40))
      .join(', ')}${found.length > 12 ? ', …' : ''}.`,
  };
}
