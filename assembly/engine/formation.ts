// Batch formation (BLIS 87cc70ed sim/batch_formation.go): running members first, in batch order, with preemption from the
// tail; then the wait queue, strictly in order. When every member gets its tokens and blocks are plenty, the decoding
// members are served by two counters; otherwise each member is visited.

import { isPerMember, needsAttentionTerm, prefillAttention, seesCachedTokens } from '../latency/model';
import { isStillBlocked, lookUp, unownedOf, release, reserveDecode, reservePrompt } from '../kv/allocate';
import { tierOf } from '../kv/cpu-tier';
import { openBlock, sealLast } from '../kv/explicit';
import { enterTier, leaveTier } from '../kv/mirroring';
import { makeExplicit } from '../kv/naming';
import { reload } from '../kv/reload';
import { take } from '../kv/pool';
import { firstCrosser } from './crossers';
import { crossingsNow, fillingNow, isCrossing, isFilling, joinBatch, leaveBatch, progressOf } from './batch';
import { Fault, Instance } from './instance';
import { noteSelfPreemption } from './livelock';
import { Phase, Request, State } from './request';
import { admitTransferred, scheduleTransferred } from './transferred';
import { enqueueFront, headOfQueue, removeFromQueue } from './wait-queue';
import { watchPreempted } from './watch';

export function formBatch(inst: Instance): void {
  inst.budget = inst.tokenBudget;
  inst.prefillTokens = 0;
  inst.attention = 0.0;
  inst.scheduledMembers = 0;
  inst.preempted = false;
  inst.starved = inst.batch;
  inst.newcomers = inst.batch;
  inst.newcomerCount = 0;
  serveRunning(inst);
  if (!inst.preempted) admit(inst);
}

/** Tokens held in blocks of its own. */
function storedTokens(inst: Instance, r: Request): u32 {
  return r.phase == Phase.DECODE ? <u32>(progressOf(inst, r) - <i64>r.base) : <u32>r.progress;
}

function serveRunning(inst: Instance): void {
  const decoding = inst.decoding;
  const crossings = crossingsNow(inst);
  const literal: bool = PARANOID != 0 && inst.literal;
  if (!literal && decoding <= inst.budget && crossings <= inst.pool.free && prefillingAreLast(inst)) {
    inst.explicitFilling = 0;
    const counted = inst.explicitDecoding == 0 ? crossings : crossings - serveExplicit(inst);
    if (inst.cpu != 0) tierOf(inst).fills += fillingNow(inst) - inst.explicitFilling;
    if (counted > 0) take(inst.pool, counted);
    inst.budget -= decoding;
    inst.scheduledDecodes = decoding;
    inst.scheduledContext = inst.context;
    inst.scheduledMembers = decoding;
    if (inst.prefilling > 0) servePrefilling(inst);
  } else {
    serveInOrder(inst);
  }
}

/**
 * Explicit members that open a block with this step's token, or fill one, in batch order; returns how many open one. Others
 * take theirs in bulk: what a block filled by decoding holds is looked up only where all members are explicit.
 */
function serveExplicit(inst: Instance): u32 {
  const size = inst.blockSize;
  const now = inst.phase;
  let opening = firstCrosser(inst, now);
  let filling: usize = size == 1 ? 0 : firstCrosser(inst, now + 1 == size ? 0 : now + 1);
  let opened: u32 = 0;
  while (opening != 0 || filling != 0) {
    const opens =
      filling == 0 ||
      (opening != 0 && changetype<Request>(opening).order < changetype<Request>(filling).order);
    const r = changetype<Request>(opens ? opening : filling);
    if (opens) {
      openBlock(inst, r);
      opened++;
      opening = r.fillNext;
    } else {
      sealLast(inst, r, <i32>progressOf(inst, r) + 1);
      inst.explicitFilling++;
      filling = r.fillNext;
    }
  }
  return opened;
}

/** True if no decoding member stands behind a prefilling one. */
function prefillingAreLast(inst: Instance): bool {
  let r = inst.batch.prev;
  for (let i = inst.prefilling; i > 0; i--) {
    if (r.phase != Phase.PREFILL) return false;
    r = r.prev;
  }
  return true;
}

function servePrefilling(inst: Instance): void {
  let first = inst.batch;
  for (let i = inst.prefilling; i > 0; i--) first = first.prev;
  serveFrom(inst, first);
}

function serveInOrder(inst: Instance): void {
  inst.scheduledDecodes = 0;
  inst.scheduledContext = 0;
  serveFrom(inst, inst.batch.next);
}

function serveFrom(inst: Instance, first: Request): void {
  let r = first;
  while (r != inst.batch) {
    if (inst.budget == 0) {
      inst.starved = r;
      return;
    }
    if (r.phase == Phase.PREFILL) {
      const from = <u32>r.progress;
      const count = chunkOf(inst, from, r.inputTokens - from);
      while (!reservePrompt(inst, r, from, from + count, 0, 0)) {
        if (evictLast(inst) == r) return;
      }
      schedulePrefill(inst, r, count);
    } else {
      while (!reserveDecode(inst, r, progressOf(inst, r), isCrossing(inst, r))) {
        if (evictLast(inst) == r) return;
      }
      if (inst.cpu != 0 && r.explicit == 0 && isFilling(inst, r)) tierOf(inst).fills++;
      inst.budget--;
      inst.scheduledDecodes++;
      inst.scheduledMembers++;
      inst.scheduledContext += progressOf(inst, r);
    }
    r = r.next;
  }
}

function chunkOf(inst: Instance, from: u32, remaining: u32): u32 {
  let count = remaining;
  if (inst.prefillChunk > 0 && inst.prefillChunk < count) count = inst.prefillChunk;
  if (inst.maxModelLen > 0) {
    const room = inst.maxModelLen - 1 > from ? inst.maxModelLen - 1 - from : 0;
    if (room < count) count = room;
  }
  return count < inst.budget ? count : inst.budget;
}

/** Counts `count` prompt tokens of r into the step; the latency model sees the progress before the step. */
export function schedulePrefill(inst: Instance, r: Request, count: u32): void {
  r.scheduled = count;
  inst.budget -= count;
  inst.prefillTokens += count;
  if (count == 0) return;
  inst.scheduledMembers++;
  if (needsAttentionTerm(inst.latency)) {
    inst.attention += prefillAttention(inst.latency, r.inputTokens, r.progress, count);
  }
}

/** Preempts the last member: it starts over, in front of the queue. */
function evictLast(inst: Instance): Request {
  const victim = inst.batch.prev;
  inst.preemptions++;
  watchPreempted(inst, victim);
  inst.preempted = true;
  const stored = storedTokens(inst, victim);
  leaveBatch(inst, victim);
  if (inst.cpu != 0) leaveTier(inst, victim, stored, true);
  release(inst, victim, stored, true);
  victim.state = State.QUEUED;
  victim.progress = 0;
  enqueueFront(inst, victim);
  if (inst.batchCount == 0) noteSelfPreemption(inst, victim);
  return victim;
}

function admit(inst: Instance): void {
  while (inst.waitingCount > 0 && inst.batchCount + inst.heldSlots < inst.maxRunning && inst.budget > 0) {
    const r = headOfQueue(inst);
    // A preempted request holds a sum of step times there, which is always earlier.
    if (inst.pipelined && r.sumUs > inst.decidedUs) return;
    if (!admitHead(inst, r)) return;
    removeFromQueue(inst, r);
    joinBatch(inst, r);
    if (inst.cpu != 0) enterTier(inst, r);
    r.schedulingDelayUs = inst.clock - r.arrivalUs;
    if (inst.newcomerCount++ == 0) inst.newcomers = r;
    if (r.decodeOnly != 0) scheduleTransferred(inst, r);
  }
}

function admitHead(inst: Instance, r: Request): bool {
  if (inst.identified && r.explicit == 0) makeExplicit(inst, r, false);
  if (r.decodeOnly != 0) return admitTransferred(inst, r);
  return r.inputTokens == 0 ? admitEmpty(inst, r) : admitPrompt(inst, r);
}

function admitPrompt(inst: Instance, r: Request): bool {
  if (inst.cpu == 0 && isStillBlocked(inst, r)) return false;
  const cached = lookUp(inst, r);
  const from = cached * inst.blockSize;
  const count = chunkOf(inst, from, r.inputTokens - from);
  if (!reservePrompt(inst, r, from, from + count, cached, unownedOf(inst, r, cached))) return false;
  r.base = count == 0 ? <i32>r.inputTokens : 0;
  if (seesCachedTokens(inst.latency)) r.progress = from;
  schedulePrefill(inst, r, count);
  r.progress = from + count;
  return true;
}

/** A prompt without tokens takes a block for its first output token at once and stores that token again when it decodes. */
function admitEmpty(inst: Instance, r: Request): bool {
  if (r.outputTokens == 0) {
    inst.fault = Fault.EMPTY_REQUEST;
    inst.faultRow = r.row;
    return false;
  }
  if (inst.pool.free == 0) {
    inst.shortages++;
    if (inst.cpu == 0 || !reload(inst, r, 0, 1)) return false;
  }
  if (r.explicit) {
    openBlock(inst, r);
    r.fill = 1;
  } else {
    take(inst.pool, 1);
    r.fill = 0;
  }
  r.base = -1;
  r.progress = 0;
  schedulePrefill(inst, r, 0);
  return true;
}
