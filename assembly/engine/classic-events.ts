// Events of the classic profile: one binary heap ordered by time only, so ties depend on its layout, which is reproduced
// literally. Events without effect are in it too: they shape the layout, and the clock.

import { allocate } from '../memory-arena';
import { ClassicRules, rulesOf, tick } from './classic-rules';
import { classicStep } from './classic-step';
import { Instance } from './instance';
import { Request, State } from './request';
import { pushBack } from './batch';
import { logIsFull } from './step-log';

export namespace Kind {
  export const ARRIVAL: u32 = 0;
  export const QUEUED: u32 = 1;
  export const STEP: u32 = 2;
  /** Scheduled, Preemption, RequestLeft: only their time matters. */
  export const PASSIVE: u32 = 3;
}

function cell(rules: ClassicRules, index: u32): usize {
  return rules.events + ((<usize>index) << 4);
}

function swap(a: usize, b: usize): void {
  const time = load<i64>(a);
  const rest = load<u64>(a, 8);
  store<i64>(a, load<i64>(b));
  store<u64>(a, load<u64>(b, 8), 8);
  store<i64>(b, time);
  store<u64>(b, rest, 8);
}

export function post(inst: Instance, time: i64, kind: u32, r: usize): void {
  const rules = rulesOf(inst);
  if (rules.eventCount == rules.eventCapacity) {
    const wider = allocate((<usize>rules.eventCapacity) << 5);
    memory.copy(wider, rules.events, (<usize>rules.eventCount) << 4);
    rules.events = wider;
    rules.eventCapacity *= 2;
  }
  let index = rules.eventCount++;
  const at = cell(rules, index);
  store<i64>(at, time);
  store<u32>(at, kind, 8);
  store<u32>(at, <u32>r, 12);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (load<i64>(cell(rules, index)) >= load<i64>(cell(rules, parent))) break;
    swap(cell(rules, index), cell(rules, parent));
    index = parent;
  }
}

/** Takes the earliest event off; it stays readable behind the last one. */
function takeEarliest(rules: ClassicRules): usize {
  const left = --rules.eventCount;
  swap(cell(rules, 0), cell(rules, left));
  let index: u32 = 0;
  for (;;) {
    let child = index * 2 + 1;
    if (child >= left) break;
    if (child + 1 < left && load<i64>(cell(rules, child + 1)) < load<i64>(cell(rules, child))) child++;
    if (load<i64>(cell(rules, child)) >= load<i64>(cell(rules, index))) break;
    swap(cell(rules, index), cell(rules, child));
    index = child;
  }
  return cell(rules, left);
}

/** Executes up to `limit` events; the first one beyond the horizon is still executed. Fewer than `limit`: nothing is left. */
export function runClassic(inst: Instance, limit: i32): i32 {
  const rules = rulesOf(inst);
  let done = 0;
  while (done < limit && rules.eventCount > 0 && !rules.stopped && inst.fault == 0) {
    if (logIsFull(inst)) break;
    const event = takeEarliest(rules);
    const now = load<i64>(event);
    const kind = load<u32>(event, 8);
    const r = changetype<Request>(<usize>load<u32>(event, 12));
    inst.clock = now;
    if (kind == Kind.ARRIVAL) {
      const delay = tick(0.0 + rules.queueSlope * <f64>r.inputTokens + rules.queueConstant);
      post(inst, now + delay, Kind.QUEUED, changetype<usize>(r));
    } else if (kind == Kind.QUEUED) {
      r.state = State.QUEUED;
      pushBack(inst.waiting, r);
      inst.waitingCount++;
      inst.inputTokens += r.inputTokens;
      if (!rules.marked) post(inst, now, Kind.STEP, 0);
    } else if (kind == Kind.STEP) classicStep(inst, now);
    if (now > inst.horizon) rules.stopped = true;
    done++;
  }
  return done;
}
