// Table of (value, count), open addressing, doubled when half full. Values are ticks >= 0.

import { allocate } from '../memory-arena';

const ENTRY: usize = 16;

@unmanaged
export class ValueCounts {
  table: usize;
  mask: u32;
  used: u32;
}

export function makeValueCounts(capacity: u32): ValueCounts {
  const counts = changetype<ValueCounts>(allocate(offsetof<ValueCounts>()));
  counts.table = allocate(<usize>capacity * ENTRY);
  counts.mask = capacity - 1;
  return counts;
}

function find(table: usize, mask: u32, value: i64): usize {
  let at = (<u32>((<u64>value * 0x9e3779b97f4a7c15) >> 32)) & mask;
  for (;;) {
    const entry = table + <usize>at * ENTRY;
    if (load<i64>(entry, 8) == 0 || load<i64>(entry) == value) return entry;
    at = (at + 1) & mask;
  }
  return 0;
}

export function addCount(counts: ValueCounts, value: i64, count: i64): void {
  const entry = find(counts.table, counts.mask, value);
  const before = load<i64>(entry, 8);
  store<i64>(entry, value);
  store<i64>(entry, before + count, 8);
  if (before == 0 && ++counts.used > counts.mask >> 1) grow(counts);
}

function grow(counts: ValueCounts): void {
  const old = counts.table;
  const oldMask = counts.mask;
  counts.mask = oldMask * 2 + 1;
  counts.table = allocate((<usize>counts.mask + 1) * ENTRY);
  for (let i: usize = 0; i <= <usize>oldMask; i++) {
    const from = old + i * ENTRY;
    if (load<i64>(from, 8) == 0) continue;
    const to = find(counts.table, counts.mask, load<i64>(from));
    store<i64>(to, load<i64>(from));
    store<i64>(to, load<i64>(from, 8), 8);
  }
}

/** Writes the entries as pairs of f64 (value, count), in no particular order; returns how many. */
export function writeValueCounts(counts: ValueCounts, to: usize): u32 {
  let written: u32 = 0;
  for (let i: usize = 0; i <= <usize>counts.mask; i++) {
    const from = counts.table + i * ENTRY;
    if (load<i64>(from, 8) == 0) continue;
    const at = to + ((<usize>written) << 4);
    store<f64>(at, <f64>load<i64>(from));
    store<f64>(at, <f64>load<i64>(from, 8), 8);
    written++;
  }
  return written;
}
