// Columns rearranged by row number. Plain loops: the typed arrays' own `from` goes through an iterator and a call a row,
// which is ten times slower on a million rows. One function a type, so that each loop sees one kind of array.

/** `out[i] = values[rows[i]]`; rows out of range give 0. */
export function gatherF64(values: Float64Array, rows: Uint32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) out[at] = values[rows[at] ?? 0] ?? 0;
  return out;
}

export function gatherU32(values: Uint32Array, rows: Uint32Array): Uint32Array {
  const out = new Uint32Array(rows.length);
  for (let at = 0; at < rows.length; at++) out[at] = values[rows[at] ?? 0] ?? 0;
  return out;
}

/** Rows out of range give −1, the "says nothing" of index columns. */
export function gatherI32(values: Int32Array, rows: Uint32Array): Int32Array {
  const out = new Int32Array(rows.length);
  for (let at = 0; at < rows.length; at++) out[at] = values[rows[at] ?? 0] ?? -1;
  return out;
}

export function gatherU8(values: Uint8Array, rows: Uint32Array): Uint8Array {
  const out = new Uint8Array(rows.length);
  for (let at = 0; at < rows.length; at++) out[at] = values[rows[at] ?? 0] ?? 0;
  return out;
}

/** 0, 1, 2, … */
export function countUp(count: number): Uint32Array {
  const out = new Uint32Array(count);
  for (let at = 0; at < count; at++) out[at] = at;
  return out;
}
