// Bytes of one table file → columns. Text tables are comma-separated with a header line (0.9.0 and older, LF or CRLF);
// newer ones are Parquet (0.11 on).

import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { readParquet, type ParsedCells } from './read-parquet';
import { numberOf, tableOf, textOf, type TableColumns } from './table-columns';
import { KIND_FACTS, type TableKind } from './table-kinds';

export interface ReadTable {
  readonly table: TableColumns;
  /** Rows left out because a key or the latency is no number. */
  readonly skippedRows: number;
}

const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1';
const PARQUET_MAGIC = 'PAR1';

/** Reads a table of the given kind; `path` names the file in messages. */
export async function readTable(
  kind: TableKind,
  path: string,
  bytes: Uint8Array,
): Promise<Result<ReadTable>> {
  const head = new TextDecoder('utf-8').decode(bytes.subarray(0, 64));
  if (head.startsWith(LFS_POINTER)) {
    return fail({
      code: 'unreadable-file',
      file: path,
      message: `${path} is a Git LFS pointer, not the table: the clone was made without Git LFS. Run "git lfs pull" in it and choose the folder again.`,
    });
  }
  const parsed = head.startsWith(PARQUET_MAGIC) ? await readParquet(path, bytes) : parseText(path, bytes);
  return parsed.ok ? check(kind, path, parsed.value) : parsed;
}

function parseText(path: string, bytes: Uint8Array): Result<ParsedCells> {
  const lines = new TextDecoder('utf-8').decode(bytes).split('\n');
  const [header, ...rows] = lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (header === undefined || header.trim() === '') {
    return fail({
      code: 'malformed',
      file: path,
      line: 1,
      message: `${path} is empty; expected a table with a header line.`,
    });
  }
  const names = header.split(',').map((name) => name.trim());
  const columns = names.map((): string[] => []);
  for (const [index, row] of rows.entries()) {
    if (row === '') continue;
    const cells = row.split(',');
    if (cells.length !== names.length) {
      return fail({
        code: 'malformed',
        file: path,
        line: index + 2,
        message: `${path}, line ${String(index + 2)}: has ${String(cells.length)} cells where the header names ${String(names.length)}; the file may be cut off.`,
      });
    }
    for (const [at, cell] of cells.entries()) columns[at]?.push(cell);
  }
  const cells = new Map(names.map((name, at) => [name, columns[at] ?? []] as const));
  return ok({ rowCount: columns[0]?.length ?? 0, cells });
}

function check(kind: TableKind, path: string, { rowCount, cells }: ParsedCells): Result<ReadTable> {
  const facts = KIND_FACTS[kind];
  const missing = [...facts.textColumns, ...facts.numberColumns].filter((name) => !cells.has(name));
  if (missing.length > 0) return fail(missingColumns(facts.stem, path, missing, [...cells.keys()]));
  const rows = new Uint32Array(rowCount);
  let kept = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const isWhole =
      facts.numberColumns.every((name) => Number.isFinite(numberOf(cells.get(name)?.[row]))) &&
      facts.textColumns.every((name) => textOf(cells.get(name)?.[row]) !== '');
    if (isWhole) rows[kept++] = row;
  }
  return ok({ table: tableOf(cells, rows.slice(0, kept)), skippedRows: rowCount - kept });
}

const missingColumns = (
  stem: string,
  file: string,
  missing: readonly string[],
  found: readonly string[],
): Problem => ({
  code: 'missing-key',
  file,
  message: `${file}: a ${stem} table needs the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; found ${found
    .slice(0, 12)
    .map((name) => name.slice(0, 40))
    .join(', ')}${found.length > 12 ? ', …' : ''}.`,
});
