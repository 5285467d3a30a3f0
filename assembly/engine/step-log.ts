// Step log on demand: what a step was made of, taken after batch formation. The host empties it between slices. In spans it has
// one row for consecutive steps of equal batch and queue, so that the shortcut of coast.ts stays open.

import { Instance } from './instance';

export const LOG_COLUMNS: u32 = 10;
const ROW: usize = <usize>LOG_COLUMNS * 8;

export function logIsFull(inst: Instance): bool {
  return inst.log != 0 && inst.logRows == inst.logCapacity;
}

export function logFormedStep(inst: Instance, now: i64, duration: i64): void {
  if (inst.logSpans) {
    logSpan(inst, now, duration, inst.prefillTokens, inst.scheduledDecodes, inst.pool.free, 1);
    return;
  }
  const row = addRow(inst, now, duration, inst.prefillTokens, inst.scheduledDecodes);
  store<f64>(row, <f64>inst.pool.hits, 56);
  store<f64>(row, <f64>inst.pool.misses, 64);
}

/** `steps` steps in a row, `firstFree` KV blocks being free in the first of them. Continues the last row where nothing else changed. */
export function logSpan(
  inst: Instance,
  start: i64,
  duration: i64,
  prefillTokens: u32,
  decodeTokens: i64,
  firstFree: u32,
  steps: i64,
): void {
  if (inst.logRows > 0 && prefillTokens == 0) {
    const last = inst.log + <usize>(inst.logRows - 1) * ROW;
    if (
      load<f64>(last, 16) == 0 &&
      load<f64>(last) + load<f64>(last, 8) == <f64>start &&
      load<f64>(last, 32) == <f64>inst.batchCount &&
      load<f64>(last, 40) == <f64>inst.waitingCount &&
      load<f64>(last, 48) >= <f64>firstFree &&
      load<f64>(last, 72) == <f64>inst.preemptions
    ) {
      store<f64>(last, load<f64>(last, 8) + <f64>duration, 8);
      store<f64>(last, load<f64>(last, 24) + <f64>decodeTokens, 24);
      store<f64>(last, <f64>inst.pool.free, 48);
      store<f64>(last, load<f64>(last, 64) + <f64>steps, 64);
      return;
    }
  }
  const row = addRow(inst, start, duration, prefillTokens, decodeTokens);
  store<f64>(row, <f64>firstFree, 56);
  store<f64>(row, <f64>steps, 64);
}

function addRow(inst: Instance, start: i64, duration: i64, prefillTokens: u32, decodeTokens: i64): usize {
  const row = inst.log + <usize>inst.logRows * ROW;
  inst.logRows++;
  store<f64>(row, <f64>start);
  store<f64>(row, <f64>duration, 8);
  store<f64>(row, <f64>prefillTokens, 16);
  store<f64>(row, <f64>decodeTokens, 24);
  store<f64>(row, <f64>inst.batchCount, 32);
  store<f64>(row, <f64>inst.waitingCount, 40);
  store<f64>(row, <f64>inst.pool.free, 48);
  store<f64>(row, <f64>inst.preemptions, 72);
  return row;
}
