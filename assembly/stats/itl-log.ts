// Inter-token latencies. All members that decode in one step share one ITL value, so a step is one value and a change in
// the number of completed requests that decoded through it (they are known only when the request completes). Steps that no
// running member began in or before are folded into a table of (value, count), which keeps the log as short as the
// longest decode.

import { allocate } from '../memory-arena';
import { ValueCounts, addCount, makeValueCounts } from './value-counts';

const ENTRY: usize = 16;

@unmanaged
export class ItlLog {
  /** Ring of (value i64, change of multiplicity i64). */
  ring: usize;
  mask: u32;
  /** Steps folded so far, and steps logged so far. */
  base: u32;
  count: u32;
  /** Multiplicity just before `base`. */
  running: i64;
  counts: ValueCounts;
}

/** `capacity` in steps, a power of two; it doubles when a decode outlasts it. */
export function makeItlLog(capacity: u32): ItlLog {
  const log = changetype<ItlLog>(allocate(offsetof<ItlLog>()));
  log.ring = allocate(<usize>capacity * ENTRY);
  log.mask = capacity - 1;
  log.counts = makeValueCounts(1 << 10);
  return log;
}

function entryOf(log: ItlLog, index: u32): usize {
  return log.ring + <usize>(index & log.mask) * ENTRY;
}

/** Latency of a step that is not folded yet: one that a running member began in or before. */
export function valueOfStep(log: ItlLog, index: u32): i64 {
  return load<i64>(entryOf(log, index));
}

export function isFull(log: ItlLog): bool {
  return log.count - log.base >= log.mask;
}

/** The caller has made room: see isFull and makeRoom. */
export function logStep(log: ItlLog, value: i64): void {
  store<i64>(entryOf(log, log.count), value);
  log.count++;
}

/** A completed request decoded in steps [first, end). */
export function countSteps(log: ItlLog, first: u32, end: u32): void {
  if (first == end) return;
  const from = entryOf(log, first);
  store<i64>(from, load<i64>(from, 8) + 1, 8);
  const to = entryOf(log, end);
  store<i64>(to, load<i64>(to, 8) - 1, 8);
}

/** Folds the steps before `keep`, which no future `countSteps` names; doubles the ring if that frees less than half. */
export function makeRoom(log: ItlLog, keep: u32): void {
  let running = log.running;
  for (let i = log.base; i != keep; i++) {
    const entry = entryOf(log, i);
    running += load<i64>(entry, 8);
    if (running > 0) addCount(log.counts, load<i64>(entry), running);
    store<i64>(entry, 0, 8);
  }
  log.running = running;
  log.base = keep;
  if (log.count - keep > log.mask >> 1) double(log);
}

function double(log: ItlLog): void {
  const old = log.ring;
  const oldMask = log.mask;
  log.mask = oldMask * 2 + 1;
  log.ring = allocate((<usize>log.mask + 1) * ENTRY);
  for (let i = log.base; i != log.count + 1; i++) {
    const from = old + <usize>(i & oldMask) * ENTRY;
    const to = entryOf(log, i);
    store<i64>(to, load<i64>(from));
    store<i64>(to, load<i64>(from, 8), 8);
  }
}
