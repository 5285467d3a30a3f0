// Sorting rows by a numeric key without moving the rows: equal keys keep their order. A natural merge sort over typed
// arrays: input that is already in order costs one pass, a few interleaved ascending lists cost a few.

import { gatherF64 } from './gather';

/** `rows` in ascending order of `key[row]`; stable. NaN keys are not allowed. */
export function stableOrder(rows: Uint32Array, key: Float64Array): Uint32Array {
  const count = rows.length;
  let from: Uint32Array = rows.slice();
  let keys: Float64Array = gatherF64(key, rows);
  let runs = runStarts(keys);
  if (runs.length <= 2) return from;
  let to: Uint32Array = new Uint32Array(count);
  let toKeys: Float64Array = new Float64Array(count);
  while (runs.length > 2) {
    const merged: number[] = [0];
    for (let run = 0; run + 1 < runs.length; run += 2) {
      const start = runs[run] ?? 0;
      const middle = runs[run + 1] ?? count;
      const end = runs[run + 2] ?? middle;
      merge(from, keys, start, middle, end, to, toKeys);
      merged.push(end);
    }
    runs = merged;
    [from, to] = [to, from];
    [keys, toKeys] = [toKeys, keys];
  }
  return from;
}

/** Starts of the ascending runs, and the end of the last. */
function runStarts(keys: Float64Array): number[] {
  const starts = [0];
  for (let at = 1; at < keys.length; at++) if ((keys[at] ?? 0) < (keys[at - 1] ?? 0)) starts.push(at);
  if (keys.length > 0) starts.push(keys.length);
  return starts;
}

function merge(
  from: Uint32Array,
  keys: Float64Array,
  start: number,
  middle: number,
  end: number,
  to: Uint32Array,
  toKeys: Float64Array,
): void {
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takesLeft = left < middle && (right >= end || (keys[left] ?? 0) <= (keys[right] ?? 0));
    const source = takesLeft ? left++ : right++;
    to[at] = from[source] ?? 0;
    toKeys[at] = keys[source] ?? 0;
  }
}
