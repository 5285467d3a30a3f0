// Numbers travel as columns (struct of arrays over typed arrays, transferred between threads).

/** Lists of different length, flattened: list i is `values[offsets[i] … offsets[i + 1])`. */
export interface Ragged<T extends Float64Array | Uint32Array | Int32Array> {
  readonly values: T;
  /** Length = number of lists + 1; first entry 0. */
  readonly offsets: Uint32Array;
}

/** A column of short texts with many repeats: row i reads `names[index[i]]`, or nothing where the index is −1. */
export interface TextColumn {
  readonly names: readonly string[];
  readonly index: Int32Array;
}

/** The text of one row; '' where the column says nothing. */
export function textAt(column: TextColumn, row: number): string {
  return column.names[column.index[row] ?? -1] ?? '';
}
