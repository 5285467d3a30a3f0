// One step (BLIS 87cc70ed sim/simulator.go): form the batch, time it, move its members, complete those that are done. What
// happens to all decoding members alike happens to the counters of the instance; members are visited only where they differ.

import { release, reserveDecode } from '../kv/allocate';
import { takePending } from '../kv/cpu-tier';
import { leaveTier, mirror } from '../kv/mirroring';
import { countSteps, isFull, logStep, makeRoom } from '../stats/itl-log';
import { holdBack, leaveBatch, startDecoding } from './batch';
import { dueOf, firstDue } from './due-buckets';
import { compareShadows, shadowStep, verify, verifyCompleted } from './check';
import { dropBefore, push } from './event-heap';
import { formBatch } from './formation';
import { FOREVER, Instance } from './instance';
import { decide, noteStep } from './pipelining';
import { Phase, Request, State } from './request';
import { onEnd } from './sessions';
import { logFormedStep } from './step-log';
import { stepTime } from './step-time';
import { watchStep } from './watch';

/** Executes the step pending at `stepAt`. */
export function step(inst: Instance): void {
  const now = inst.stepAt;
  inst.clock = now;
  if (inst.batchCount == 0 && inst.waitingCount == 0) {
    inst.stepAt = FOREVER;
    return;
  }
  inst.steps++;
  const completedBefore = inst.completed;
  decide(inst, now);
  formBatch(inst);
  if (inst.fault != 0) return;
  inst.waitingSum += inst.waitingCount;
  if (PARANOID) verify(inst);
  let duration = stepTime(inst);
  if (inst.cpu != 0) duration += takePending(inst);
  const end = now + duration < now ? FOREVER : now + duration;
  if (inst.log != 0) logFormedStep(inst, now, duration);
  watchStep(inst, now, end);
  const firstToken = end + inst.outputTokenUs + <i64>(inst.streamUs * <f64>inst.scheduledDecodes);
  if (PARANOID) shadowStep(inst, duration + inst.outputTokenUs);
  moveDecoding(inst, duration + inst.outputTokenUs);
  if (inst.prefilling > 0 || inst.starved != inst.batch) movePrefilling(inst, firstToken);
  if (PARANOID) compareShadows(inst);
  if (inst.cpu != 0) mirror(inst);
  complete(inst, end);
  if (PARANOID) verifyCompleted(inst);
  noteStep(inst, now, end, completedBefore);
  inst.stepAt = inst.batchCount > 0 || inst.waitingCount > 0 ? end : FOREVER;
}

function moveDecoding(inst: Instance, value: i64): void {
  const scheduled = inst.scheduledDecodes;
  if (scheduled == 0) return;
  if (isFull(inst.itl)) makeRoom(inst.itl, earliestStart(inst));
  logStep(inst.itl, value);
  inst.decodeCount++;
  inst.decodeSum += value;
  inst.context += inst.decoding;
  if (++inst.phase == inst.blockSize) inst.phase = 0;
  // The members that the budget left out are the last ones.
  if (scheduled == inst.decoding) return;
  for (let r = inst.starved; r != inst.batch; r = r.next) if (r.phase == Phase.DECODE) holdBack(inst, r);
}

function earliestStart(inst: Instance): u32 {
  let earliest = inst.itl.count;
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    if (r.phase == Phase.DECODE && r.itlStart < earliest) earliest = r.itlStart;
  }
  return earliest;
}

/** Members whose prompt this step computes, and starved ones: their first token comes with this step. */
function movePrefilling(inst: Instance, firstToken: i64): void {
  for (let r = inst.starved; r != inst.batch; r = r.next) {
    r.scheduled = 0;
    if (r.explicit == 0) r.fill = 0;
    if (r.phase == Phase.DECODE && r.progress + inst.decodeCount == <i64>r.inputTokens) {
      r.firstTokenUs = firstToken - r.arrivalUs;
    }
  }
  let left = inst.prefilling;
  // Prefilling members are near the tail; newcomers' progress already holds this step's tokens.
  let isNew = inst.newcomerCount > 0;
  for (let r = inst.batch.prev; left > 0;) {
    const before = r.prev;
    if (r.phase == Phase.PREFILL) {
      left--;
      if (!isNew) r.progress += r.scheduled;
      if (r.progress == <i64>r.inputTokens) {
        r.firstTokenUs = firstToken - r.arrivalUs;
        startDecoding(inst, r);
      } else if (r.progress >= <i64>r.target) {
        startDecoding(inst, r);
      }
    }
    if (r == inst.newcomers) isNew = false;
    r = before;
  }
}

function complete(inst: Instance, end: i64): void {
  let at = firstDue(inst);
  while (at != 0) {
    const r = changetype<Request>(at);
    at = r.dueNext;
    if (dueOf(r) == inst.decodeCount) completeRequest(inst, r, end);
  }
}

function completeRequest(inst: Instance, r: Request, end: i64): void {
  leaveBatch(inst, r);
  countSteps(inst.itl, r.itlStart, inst.itl.count);
  let stored = <u32>(r.progress - <i64>r.base);
  if (inst.cpu != 0) leaveTier(inst, r, stored, false);
  r.state = State.COMPLETED;
  if (r.capped == 1) {
    inst.lengthCapped++;
  } else if (r.outputTokens > 0 && r.progress < <i64>r.inputTokens + <i64>r.outputTokens) {
    // The last token takes its place too, and may erase a cached block for it.
    if (reserveDecode(inst, r, r.progress, stored % inst.blockSize == 0)) stored++;
    else inst.allocationFailures++;
  }
  release(inst, r, stored, false);
  inst.completed++;
  const produced = r.progress - <i64>r.inputTokens;
  if (produced > 0) inst.outputTokens += produced;
  if (end <= inst.horizon) {
    if (end > inst.passiveClock) inst.passiveClock = end;
    const leaves = inst.leaves;
    if (leaves != null) {
      dropBefore(leaves, inst.clock);
      push(leaves, end, 0, 0, r);
    }
  }
  onEnd(inst, r, end);
}
