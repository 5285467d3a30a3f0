// Step log on demand: what a step was made of, taken after batch formation. The host empties it between slices.

import { Instance } from './instance';

export const LOG_COLUMNS: u32 = 10;

export function logFormedStep(inst: Instance, now: i64, duration: i64): void {
  const row = inst.log + <usize>inst.logRows * <usize>LOG_COLUMNS * 8;
  inst.logRows++;
  store<f64>(row, <f64>now);
  store<f64>(row, <f64>duration, 8);
  store<f64>(row, <f64>inst.prefillTokens, 16);
  store<f64>(row, <f64>inst.scheduledDecodes, 24);
  store<f64>(row, <f64>inst.batchCount, 32);
  store<f64>(row, <f64>inst.waitingCount, 40);
  store<f64>(row, <f64>inst.pool.free, 48);
  store<f64>(row, <f64>inst.pool.hits, 56);
  store<f64>(row, <f64>inst.pool.misses, 64);
  store<f64>(row, <f64>inst.preemptions, 72);
}
