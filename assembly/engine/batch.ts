// Membership of the batch and the counters that stand for its members. Every change of a member's phase or progress goes
// through here, so that counters and members cannot drift apart.

import { addCrosser, removeCrosser } from './crossers';
import { addDue, removeDue } from './due-buckets';
import { Instance } from './instance';
import { Phase, Request, State } from './request';

function linkBefore(at: Request, r: Request): void {
  const before = at.prev;
  r.prev = before;
  r.next = at;
  before.next = r;
  at.prev = r;
}

export function unlinkRequest(r: Request): void {
  r.prev.next = r.next;
  r.next.prev = r.prev;
}

export function pushBack(list: Request, r: Request): void {
  linkBefore(list, r);
}

export function pushFront(list: Request, r: Request): void {
  linkBefore(list.next, r);
}

/** Tokens processed. */
export function progressOf(inst: Instance, r: Request): i64 {
  return r.phase == Phase.DECODE ? r.progress + inst.decodeCount : r.progress;
}

/** Decode count modulo block size at which a decoding member needs another block. */
export function crossingPhase(inst: Instance, r: Request): u32 {
  const size = <i64>inst.blockSize;
  const phase = (<i64>r.base - r.progress) % size;
  return <u32>(phase < 0 ? phase + size : phase);
}

/** True if the member needs another block for its next token. */
export function isCrossing(inst: Instance, r: Request): bool {
  return (progressOf(inst, r) - <i64>r.base) % <i64>inst.blockSize == 0;
}

/** Members that need another block for their next token. */
export function crossingsNow(inst: Instance): u32 {
  return load<u32>(inst.crossings + ((<usize>inst.phase) << 2));
}

/** Members whose last block the next token fills; none with one-token blocks, which decoding leaves without a key. */
export function fillingNow(inst: Instance): u32 {
  return fillingAt(inst, inst.phase);
}

/** The same at another decode count: `phase` is that count modulo block size. */
export function fillingAt(inst: Instance, phase: u32): u32 {
  if (inst.blockSize == 1) return 0;
  const next = phase + 1 == inst.blockSize ? 0 : phase + 1;
  return load<u32>(inst.crossings + ((<usize>next) << 2));
}

/** True if the member's next token fills its last block. */
export function isFilling(inst: Instance, r: Request): bool {
  return inst.blockSize > 1 && (progressOf(inst, r) + 1 - <i64>r.base) % <i64>inst.blockSize == 0;
}

export function joinBatch(inst: Instance, r: Request): void {
  r.state = State.RUNNING;
  r.phase = Phase.PREFILL;
  r.order = inst.admissions++;
  pushBack(inst.batch, r);
  inst.batchCount++;
  inst.prefilling++;
}

/** The prompt is computed: from the next step on the member decodes. `progress` is absolute. */
export function startDecoding(inst: Instance, r: Request): void {
  r.phase = Phase.DECODE;
  inst.prefilling--;
  inst.decoding++;
  inst.context += r.progress;
  // Only the fill of the last block matters from here on, whatever a reload did to the ones before.
  if (r.explicit) r.base = <i32>(r.progress - <i64>r.fill);
  r.progress -= inst.decodeCount;
  r.sumUs = inst.decodeSum;
  r.itlStart = inst.itl.count;
  countDecoder(inst, r);
}

function countDecoder(inst: Instance, r: Request): void {
  const phase = crossingPhase(inst, r);
  const cell = inst.crossings + ((<usize>phase) << 2);
  store<u32>(cell, load<u32>(cell) + 1);
  addDue(inst, r);
  if (r.explicit) {
    inst.explicitDecoding++;
    addCrosser(inst, phase, r);
  }
}

function uncountDecoder(inst: Instance, r: Request): void {
  const phase = crossingPhase(inst, r);
  const cell = inst.crossings + ((<usize>phase) << 2);
  store<u32>(cell, load<u32>(cell) - 1);
  removeDue(inst, r);
  if (r.explicit) {
    inst.explicitDecoding--;
    removeCrosser(inst, phase, r);
  }
}

/**
 * Takes back the decode step just counted for a member that had no tokens. It has not decoded before: the members ahead
 * never ask for more than in the step that admitted it, but for those that joined in that step without tokens.
 */
export function holdBack(inst: Instance, r: Request): void {
  if (r.itlStart != inst.itl.count - 1) unreachable();
  uncountDecoder(inst, r);
  r.progress--;
  inst.context--;
  r.sumUs = inst.decodeSum;
  r.itlStart = inst.itl.count;
  countDecoder(inst, r);
}

/** Leaves `progress` absolute and, for a decoding member, `sumUs` its ITL sum. */
export function leaveBatch(inst: Instance, r: Request): void {
  if (inst.newcomers == r) inst.newcomers = r.next;
  unlinkRequest(r);
  inst.batchCount--;
  if (r.phase == Phase.DECODE) {
    uncountDecoder(inst, r);
    inst.decoding--;
    r.progress += inst.decodeCount;
    inst.context -= r.progress;
    r.sumUs = inst.decodeSum - r.sumUs;
  } else {
    inst.prefilling--;
    r.sumUs = 0;
  }
}
