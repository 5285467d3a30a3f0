// The classic profile: the rules of the founding run (BLIS 148be7f3, 2025-11-13) as switches on this engine. Where `classic`
// of an instance is set, events come from a heap ordered by time alone, with its ties; a preemption ends admissions for
// good; evicted members are still visited; members decode whether scheduled or not; completion is equality.

import { allocate } from '../memory-arena';
import { Instance } from './instance';

@unmanaged
export class ClassicRules {
  // Coefficients: seconds for steps, µs for delays (slope first).
  beta0: f64;
  beta1: f64;
  beta2: f64;
  queueSlope: f64;
  queueConstant: f64;
  finishSlope: f64;
  finishConstant: f64;
  /** Binary heap of (time i64, kind u32, request u32), as the reference lays it out. */
  events: usize;
  eventCount: u32;
  eventCapacity: u32;
  /** Members as they stood when the pass over them began. */
  snapshot: usize;
  /** After the first preemption nothing is admitted any more. */
  closed: bool;
  /** A step ended with members left, and its successor is posted. */
  marked: bool;
  stopped: bool;
  // Results.
  usage: f64;
  peak: u32;
  shortages: u32;
  exhausted: u32;
  lost: u32;
  activeSteps: i64;
}

export function rulesOf(inst: Instance): ClassicRules {
  return changetype<ClassicRules>(inst.classic);
}

/** `coefficients`: seven f64 in the order of the fields. */
export function makeClassicRules(coefficients: usize, slots: u32, events: u32): ClassicRules {
  const rules = changetype<ClassicRules>(allocate(offsetof<ClassicRules>()));
  memory.copy(changetype<usize>(rules), coefficients, 56);
  rules.eventCapacity = events;
  rules.events = allocate((<usize>events + 1) << 4);
  rules.snapshot = allocate((<usize>slots + 1) << 2);
  return rules;
}

/** Ticks, toward zero; the host has refused coefficients that could give more than 2^53. */
export function tick(us: f64): i64 {
  return <i64>us;
}
