// What the host reads at the end: the request table with its times turned into f64 in place, a summary block, and the
// (value, count) table of inter-token latencies.

import { tierOf } from '../kv/cpu-tier';
import { Instance } from './instance';
import { FleetRequest, NEVER, Phase, Request, State, hasFleetRecords, inFleet, recordBytes } from './request';
import { makeRoom } from '../stats/itl-log';
import { ValueCounts, writeValueCounts } from '../stats/value-counts';

/** Byte offset of a field of the request record, by the number the host knows it by. */
export function requestOffset(field: i32): usize {
  if (field == 0) return offsetof<Request>('state');
  if (field == 1) return offsetof<Request>('capped');
  if (field == 2) return offsetof<Request>('arrivalUs');
  if (field == 3) return offsetof<Request>('deadlineUs');
  if (field == 4) return offsetof<Request>('firstTokenUs');
  if (field == 5) return offsetof<Request>('sumUs');
  if (field == 6) return offsetof<Request>('schedulingDelayUs');
  if (field == 7) return offsetof<Request>('inputTokens');
  if (field == 8) return offsetof<Request>('outputTokens');
  if (field == 9) return offsetof<Request>('prefixBlocks');
  if (field == 10) return offsetof<Request>('prefixKeys');
  if (field == 11) return offsetof<Request>('session');
  if (field == 12) return offsetof<Request>('round');
  if (field == 13) return offsetof<Request>('followUp');
  if (field == 14) return offsetof<Request>('prefixTokens');
  if (field == 15) return offsetof<Request>('prefixStream');
  if (field == 16) return offsetof<Request>('pieces');
  if (field == 17) return offsetof<Request>('pieceCount');
  if (field == 18) return offsetof<Request>('target');
  if (field == 19) return offsetof<Request>('decodeOnly');
  if (field < 26) return hasFleetRecords() ? fleetOffset(field) : 0;
  return recordBytes;
}

/** 0 where records have no such field. */
function fleetOffset(field: i32): usize {
  if (field == 20) return offsetof<FleetRequest>('tenant');
  if (field == 21) return offsetof<FleetRequest>('sloPriority');
  if (field == 22) return offsetof<FleetRequest>('handledBy');
  if (field == 23) return offsetof<FleetRequest>('gatewayDelayUs');
  return field == 24 ? offsetof<FleetRequest>('transferUs') : offsetof<FleetRequest>('pdEndUs');
}

function asNumber(ticks: i64): i64 {
  return reinterpret<i64>(ticks == NEVER ? NaN : <f64>ticks);
}

/** Gives the members of the batch their ITL sums so far. Once, after the run and before their records are finished. */
export function settleBatch(inst: Instance): void {
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    r.sumUs = r.phase == Phase.DECODE ? inst.decodeSum - r.sumUs : 0;
  }
}

/** Σ ITL of the last attempt; a preempted request has lost its own, one that never ran has none. */
function itlSum(r: Request): i64 {
  if (r.state == State.COMPLETED || r.state == State.RUNNING) return r.sumUs;
  return r.firstTokenUs == NEVER ? NEVER : r.state == State.TIMED_OUT ? r.sumUs : 0;
}

/** Turns the times of `count` records into f64, NaN = none. Once, after the run. */
export function finishRequests(first: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const r = changetype<Request>(first + <usize>i * recordBytes);
    r.sumUs = asNumber(itlSum(r));
    r.arrivalUs = reinterpret<i64>(<f64>r.arrivalUs);
    r.firstTokenUs = asNumber(r.firstTokenUs);
    r.schedulingDelayUs = asNumber(r.schedulingDelayUs);
    if (hasFleetRecords()) {
      const fleet = inFleet(r);
      fleet.gatewayDelayUs = reinterpret<i64>(<f64>fleet.gatewayDelayUs);
      fleet.transferUs = reinterpret<i64>(<f64>fleet.transferUs);
      fleet.pdEndUs = reinterpret<i64>(<f64>fleet.pdEndUs);
    }
  }
}

/** Folds the rest of the ITL log; returns the number of distinct values. */
export function finishItl(inst: Instance): u32 {
  makeRoom(inst.itl, inst.itl.count);
  return inst.itl.counts.used;
}

export function writeItl(inst: Instance, to: usize): void {
  writeValueCounts(inst.itl.counts, to);
}

/** Writes the counters of the instance as f64. */
export function writeSummary(inst: Instance, to: usize): void {
  const clock = inst.clock > inst.passiveClock ? inst.clock : inst.passiveClock;
  store<f64>(to, <f64>clock);
  store<f64>(to, inst.completed, 8);
  store<f64>(to, inst.waitingCount, 16);
  store<f64>(to, inst.batchCount, 24);
  store<f64>(to, <f64>inst.inputTokens, 32);
  store<f64>(to, <f64>inst.outputTokens, 40);
  store<f64>(to, <f64>inst.preemptions, 48);
  store<f64>(to, <f64>inst.allocationFailures, 56);
  store<f64>(to, inst.dropped, 64);
  store<f64>(to, inst.lengthCapped, 72);
  store<f64>(to, inst.timedOut, 80);
  store<f64>(to, <f64>inst.steps, 88);
  store<f64>(to, <f64>inst.pool.hits, 96);
  store<f64>(to, <f64>inst.pool.misses, 104);
  store<f64>(to, <f64>inst.postDecodeUs, 112);
  store<f64>(to, inst.fault, 120);
  store<f64>(to, inst.faultRow, 128);
  store<f64>(to, <f64>inst.waitingSum, 136);
  store<f64>(to, inst.livelockRow, 168);
  if (inst.cpu == 0) return;
  const cpu = tierOf(inst);
  store<f64>(to, <f64>cpu.misses, 144);
  store<f64>(to, <f64>cpu.mirrored, 152);
  store<f64>(to, <f64>cpu.evictions, 160);
}

/** Progress for the host: requests that ended, and rows waiting in the step log. */
export function endedCount(inst: Instance): u32 {
  return inst.completed + inst.timedOut + inst.dropped;
}

/** Whether any reservation has found too few free blocks. */
export function hasRunShort(inst: Instance): bool {
  return inst.shortages > 0;
}

export function stepLogAt(inst: Instance): usize {
  return inst.log;
}

/** Rows in the step log; the log is empty afterwards. */
export function drainStepLog(inst: Instance): u32 {
  const rows = inst.logRows;
  inst.logRows = 0;
  return rows;
}
