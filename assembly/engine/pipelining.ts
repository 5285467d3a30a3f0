// Scheduling one step ahead, as vLLM does by default from 0.14 on (no counterpart in the reference): the batch of a step is
// decided when the step before it starts. A request that arrives meanwhile waits for the next decision, and a slot is free
// only for decisions after the step with its last token. Off, every step is decided when it starts, and nothing here changes
// anything. Left out: KV blocks of completing requests count as free one decision early; in other orders than first come,
// first served, a queue head that a decision cannot see yet holds back those behind it.

import { FOREVER, Instance } from './instance';
import { headOfQueue } from './wait-queue';

/** What the step that begins `now` may see. */
export function decide(inst: Instance, now: i64): void {
  if (!inst.pipelined) return;
  inst.decidedUs = now;
  inst.heldSlots = 0;
  const held = inst.justCompleted;
  const isIdle =
    inst.batchCount == 0 && (held >= inst.maxRunning || headOfQueue(inst).sumUs > inst.lastStartUs);
  // After an idle time the decision is taken at once.
  if (isIdle) return;
  inst.decidedUs = inst.lastStartUs;
  inst.heldSlots = held;
}

/** After a step. */
export function noteStep(inst: Instance, start: i64, end: i64, completedBefore: u32): void {
  if (!inst.pipelined) return;
  inst.lastStartUs = start;
  inst.busyUntilUs = end;
  inst.justCompleted = inst.completed - completedBefore;
}

/** When an idle instance begins a step for a request that is queued now: not before its last step has ended. */
export function wakeAt(inst: Instance): i64 {
  return inst.pipelined && inst.busyUntilUs != FOREVER && inst.busyUntilUs > inst.clock
    ? inst.busyUntilUs
    : inst.clock;
}
