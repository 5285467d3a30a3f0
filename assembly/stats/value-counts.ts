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

/** Writes the entries as pairs of f64 (value, count), ascending by value; returns how many. */
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
  sortPairs(to, written);
  return written;
}

/** Heapsort: in place, and a few thousand entries cost less here than the host takes to warm up a sort of its own. */
function sortPairs(pairs: usize, count: u32): void {
  for (let root = count >> 1; root > 0; root--) sink(pairs, root - 1, count);
  for (let end = count; end > 1; end--) {
    swapPairs(pairs, pairs + ((<usize>end - 1) << 4));
    sink(pairs, 0, end - 1);
  }
}

/** Moves the pair at `root` down until no child among the first `count` pairs is greater. */
function sink(pairs: usize, root: u32, count: u32): void {
  for (let at: u32 = root; ;) {
    let child: u32 = 2 * at + 1;
    if (child >= count) return;
    const left = pairs + ((<usize>child) << 4);
    let greater = left;
    if (child + 1 < count && load<f64>(left, 16) > load<f64>(left)) {
      greater = left + 16;
      child++;
    }
    const parent = pairs + ((<usize>at) << 4);
    if (load<f64>(parent) >= load<f64>(greater)) return;
    swapPairs(parent, greater);
    at = child;
  }
}

function swapPairs(a: usize, b: usize): void {
  const value = load<f64>(a);
  const count = load<f64>(a, 8);
  store<f64>(a, load<f64>(b));
  store<f64>(a, load<f64>(b, 8), 8);
  store<f64>(b, value);
  store<f64>(b, count, 8);
}
