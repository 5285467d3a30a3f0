// Main loop of one instance (BLIS 87cc70ed sim/simulator.go, sim/cluster): events in order of (time, kind, sequence), kinds
// being Queued, Step, Timeout. Arrival, Scheduled and RequestLeft events only move the clock, which matters at the end.

import { release } from '../kv/allocate';
import { makePrivateKeys } from '../kv/keys';
import { leaveTier } from '../kv/mirroring';
import { leaveBatch } from './batch';
import { runClassic } from './classic-events';
import { canCoast, coast } from './coast';
import { EventHeap, earliest, pop, push } from './event-heap';
import { FOREVER, Instance } from './instance';
import { wakeAt } from './pipelining';
import { Phase, Request, State, inFleet } from './request';
import { onEnd } from './sessions';
import { step } from './step';
import { logIsFull } from './step-log';
import { releaseTransferred } from './transferred';
import { enqueue, removeFromQueue } from './wait-queue';
import { watchQueued } from './watch';

/** Time of the next Queued event. */
function nextQueued(inst: Instance): i64 {
  const known = inst.arrivalsAt == inst.arrivalsEnd ? FOREVER : arrivalAt(inst).sumUs;
  const delivered = earliest(inst.deliveries);
  return known < delivered ? known : delivered;
}

function arrivalAt(inst: Instance): Request {
  return changetype<Request>(<usize>load<u32>(inst.arrivalsAt));
}

/** Time of the next event of this instance; FOREVER if none. */
export function nextEvent(inst: Instance): i64 {
  const queued = nextQueued(inst);
  const timeout = earliest(inst.deadlines);
  const first = queued < timeout ? queued : timeout;
  return first < inst.stepAt ? first : inst.stepAt;
}

/**
 * Executes the events before `until` and up to the horizon, at most `limit` of them. Returns how many; fewer than `limit`
 * means that none is left in that span, or that a fault or a full step log ended it.
 */
export function run(inst: Instance, until: i64, limit: i32): i32 {
  if (inst.classic != 0) return runClassic(inst, limit);
  let done = 0;
  while (done < limit) {
    const queued = nextQueued(inst);
    const timeout = earliest(inst.deadlines);
    const at = inst.stepAt;
    const other = queued < timeout ? queued : timeout;
    const next = other < at ? other : at;
    if (next >= until || next > inst.horizon || next == FOREVER) break;
    if (queued == next) queue(inst);
    else if (at == next) {
      if (logIsFull(inst)) break;
      if (canCoast(inst)) {
        const bound = other < until ? other : until;
        const steps = coast(inst, bound > inst.horizon ? inst.horizon + 1 : bound, limit - done);
        done += steps;
        if (steps > 0) continue;
      }
      step(inst);
      if (inst.fault != 0) break;
      if (inst.needsRounds) {
        inst.needsRounds = false;
        break;
      }
    } else expire(inst);
    done++;
  }
  return done;
}

function queue(inst: Instance): void {
  let r: Request;
  const known = inst.arrivalsAt == inst.arrivalsEnd ? FOREVER : arrivalAt(inst).sumUs;
  // Follow-ups have later rows than the requests known beforehand, but may reach the instance earlier.
  if (known < earliest(inst.deliveries) || (known == earliest(inst.deliveries) && knownIsFirst(inst))) {
    r = arrivalAt(inst);
    inst.arrivalsAt += 4;
  } else {
    r = pop(inst.deliveries);
  }
  inst.clock = r.sumUs;
  accept(inst, r);
  if (inst.stepAt == FOREVER && inst.waitingCount > 0) inst.stepAt = wakeAt(inst);
}

function knownIsFirst(inst: Instance): bool {
  return arrivalAt(inst).arrivalUs <= load<i64>(inst.deliveries.entries, 8);
}

/** Guards at the door of the wait queue. */
function accept(inst: Instance, r: Request): void {
  const limit = inst.maxModelLen;
  const size = <u64>inst.blockSize;
  if (
    (limit > 0 &&
      (r.inputTokens >= limit || <u64>r.inputTokens + <u64>outputLimitOf(inst, r) > <u64>limit)) ||
    (<u64>r.inputTokens + size - 1) / size > <u64>inst.pool.total
  ) {
    r.state = State.DROPPED;
    inst.dropped++;
    onEnd(inst, r, inst.clock);
    return;
  }
  inst.inputTokens += r.inputTokens;
  if (r.deadlineUs > 0 && r.deadlineUs <= inst.clock) {
    timeOut(inst, r);
    return;
  }
  r.state = State.QUEUED;
  r.progress = 0;
  r.target = r.inputTokens + (r.outputTokens > 1 ? r.outputTokens - 1 : 0);
  if (limit > 0 && limit - 1 < r.target) {
    r.target = limit - 1;
    r.capped = 1;
  }
  if (inst.identified) {
    r.explicit = 1;
    makePrivateKeys(inst, r);
  }
  inst.selfPreemptions = 0;
  enqueue(inst, r);
  watchQueued(inst, r, inst.clock);
  if (r.deadlineUs > 0 && r.deadlineUs <= inst.horizon)
    push(inst.deadlines, r.deadlineUs, 0, inst.timeouts++, r);
}

/** Output tokens that the guards count: a prefill part answers for the whole request. */
function outputLimitOf(inst: Instance, r: Request): u32 {
  return inst.frontDoor == 0 ? r.outputTokens : max(r.outputTokens, inFleet(r).outputLimit);
}

function timeOut(inst: Instance, r: Request): void {
  r.state = State.TIMED_OUT;
  inst.timedOut++;
  onEnd(inst, r, inst.clock);
}

/** A deadline. Of a completed request it passes unnoticed, clock included. */
function expire(inst: Instance): void {
  const at = earliest(inst.deadlines);
  const r = pop(inst.deadlines);
  if (r.state == State.COMPLETED) return;
  inst.clock = at;
  if (r.state == State.RUNNING) {
    leaveBatch(inst, r);
    if (inst.cpu != 0) leaveTier(inst, r, storedBlocksTokens(r), false);
    release(inst, r, storedBlocksTokens(r), false);
  } else if (r.state == State.QUEUED) {
    removeFromQueue(inst, r);
    // What it decoded before a preemption is lost.
    r.sumUs = 0;
    r.phase = Phase.PREFILL;
    // A reload may have left it some.
    if (r.decodeOnly != 0) releaseTransferred(inst, r);
    else if (r.ownedCount > 0) release(inst, r, 0, false);
  } else return;
  timeOut(inst, r);
}

/** Tokens in blocks of its own, once it has left the batch. */
function storedBlocksTokens(r: Request): u32 {
  return <u32>(r.phase == Phase.DECODE ? r.progress - <i64>r.base : r.progress);
}
