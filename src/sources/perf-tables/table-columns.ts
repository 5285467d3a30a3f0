// A measured-performance table as readers hand it on: columns by name, whichever file format it came from.

export interface TableColumns {
  readonly rowCount: number;
  /** The texts of a column; '' throughout where the file has no such column. */
  text(name: string): (row: number) => string;
  /** The numbers of a column; `absent` (NaN unless given) where the file has no such column or the cell is no number. */
  number(name: string, absent?: number): (row: number) => number;
}

/** Cells of any kind by column name, as parsers produce them. */
export type Cells = ReadonlyMap<string, ArrayLike<unknown>>;

/** Wraps parsed cells, showing only `rows` of them. Big integers (counts in Parquet files) become numbers. */
export function tableOf(cells: Cells, rows: Uint32Array): TableColumns {
  return {
    rowCount: rows.length,
    text: (name) => {
      const column = cells.get(name);
      return column === undefined ? () => '' : (row) => textOf(column[rows[row] ?? -1]);
    },
    number: (name, absent = NaN) => {
      const column = cells.get(name);
      if (column === undefined) return () => absent;
      return (row) => {
        const value = numberOf(column[rows[row] ?? -1]);
        return Number.isNaN(value) ? absent : value;
      };
    },
  };
}

/** One table after the other; a column that only some have is absent in the rows of the others. */
export function joinTables(tables: readonly TableColumns[]): TableColumns {
  const rowCount = tables.reduce((sum, table) => sum + table.rowCount, 0);
  const spread =
    <T>(readers: readonly ((row: number) => T)[], otherwise: T) =>
    (row: number): T => {
      let left = row;
      for (const [index, table] of tables.entries()) {
        if (left < table.rowCount) return readers[index]?.(left) ?? otherwise;
        left -= table.rowCount;
      }
      return otherwise;
    };
  return {
    rowCount,
    text: (name) =>
      spread(
        tables.map((table) => table.text(name)),
        '',
      ),
    number: (name, absent = NaN) =>
      spread(
        tables.map((table) => table.number(name, absent)),
        absent,
      ),
  };
}

export const textOf = (cell: unknown): string =>
  typeof cell === 'string' ? cell : typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : '';

export function numberOf(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return Number(cell);
  return typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : NaN;
}
