// Columns of the catalogue's tables: what a cell says, how it sorts, and the rows that a search keeps.

export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** Spelled out for the head's tooltip. */
  readonly title?: string;
  readonly isNumeric?: boolean;
  readonly text: (row: Row) => string;
  /** What it sorts by; absent = the text. */
  readonly order?: (row: Row) => number;
}

/** One line of a detail card. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

export interface Sorting {
  readonly column: string;
  readonly isDescending: boolean;
}

/** The next state of a head that is pressed: ascending, descending, then the table's own order. */
export function nextSorting(now: Sorting | undefined, column: string): Sorting | undefined {
  if (now?.column !== column) return { column, isDescending: false };
  return now.isDescending ? undefined : { column, isDescending: true };
}

/** Rows whose cells contain every word of the search, in the chosen order. Ties keep the table's order. */
export function shownRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  search: string,
  sorting: Sorting | undefined,
): readonly Row[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found =
    words.length === 0
      ? rows
      : rows.filter((row) => {
          const text = columns
            .map((column) => column.text(row))
            .join(' ')
            .toLowerCase();
          return words.every((word) => text.includes(word));
        });
  const column = columns.find(({ id }) => id === sorting?.column);
  if (column === undefined || sorting === undefined) return found;
  const { order } = column;
  const compare = (a: Row, b: Row): number =>
    order === undefined ? compareText(column.text(a), column.text(b)) : order(a) - order(b);
  return [...found].sort((a, b) => (sorting.isDescending ? compare(b, a) : compare(a, b)));
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
