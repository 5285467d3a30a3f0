// The shared clock (BLIS 87cc70ed sim/cluster/cluster.go). At equal times the control plane goes before the instances, and
// among itself arrivals before admissions before routings. Between two decisions instances do not affect each other, so each
// runs ahead on its own up to the next decision, or to the end when no decision looks at them.

import { earliest, pop, push } from '../engine/event-heap';
import { nextEvent, run } from '../engine/events';
import { Fault, FOREVER } from '../engine/instance';
import { NEVER, Request, State, inFleet } from '../engine/request';
import { logIsFull } from '../engine/step-log';
import { queueingTicks } from '../latency/model';
import { Cluster, Policy, Routing, instanceAt, u32At, wideAt } from './cluster';
import { hungrySessionCount } from '../engine/sessions';
import { admits, refusal, refusalValue, withinBudget } from './admission';
import { Stage, logAlternatives, logDecision, traceIsFull } from './decision-log';
import { ringPop, ringPush, ringTime } from './event-ring';
import { choose, reasonHit, reasonValue } from './routing';
import { Detector, enterGateway, tryDispatch } from './gateway';
import {
  decide,
  endTransfer,
  enterDecode,
  nextPoolEvent,
  noticeEnded,
  poolsOf,
  rememberPrompt,
  startTransfer,
} from './disaggregation';
import { advanceAll, endedOf, inFlightOf, noticeDispatch, observe, observePool } from './signals';

function nextArrival(c: Cluster): i64 {
  const known =
    c.arrivalsAt == c.arrivalsEnd ? FOREVER : changetype<Request>(<usize>load<u32>(c.arrivalsAt)).arrivalUs;
  const later = earliest(c.followUps);
  return known < later ? known : later;
}

function takeArrival(c: Cluster): Request {
  if (c.arrivalsAt != c.arrivalsEnd) {
    const known = changetype<Request>(<usize>load<u32>(c.arrivalsAt));
    if (known.arrivalUs <= earliest(c.followUps)) {
      c.arrivalsAt += 4;
      return known;
    }
  }
  return pop(c.followUps);
}

/** Time of the next control-plane event. */
export function nextDecision(c: Cluster): i64 {
  let next = nextArrival(c);
  const admission = ringTime(c.admissions);
  if (admission < next) next = admission;
  const routing = ringTime(c.routings);
  if (routing < next) next = routing;
  if (c.pd != 0) {
    const pool = nextPoolEvent(c);
    if (pool < next) next = pool;
  }
  return next;
}

/**
 * Executes control-plane events and what the instances do in between, about `limit` events. Returns how many; fewer mean that
 * the run is over, that a fault ended it, or that the decision log is full.
 */
export function clusterRun(c: Cluster, limit: i32): i32 {
  let done = 0;
  while (done < limit) {
    const at = nextDecision(c);
    if (c.interleaves) {
      const index = earliestInstance(c);
      const next = load<i64>(wideAt(c.nextAt, index));
      if (next < at && next < c.pauseAt) {
        if (next > c.horizon || !executeOne(c, index, next)) return done;
        done++;
        continue;
      }
      if (at > c.pauseAt) return pause(c, done);
      if (at > c.horizon || at == FOREVER) return done;
    } else if (at > c.pauseAt) return advanceAll(c, c.pauseAt) ? pause(c, done) : done;
    else if (at == FOREVER || at > c.horizon) return finishInstances(c, done, limit);
    if (c.traces && traceIsFull(c)) return done;
    c.clock = at;
    if (nextArrival(c) == at) arrive(c, takeArrival(c), at);
    else if (ringTime(c.admissions) == at) {
      if (c.admissionLooks && !c.interleaves && !advanceAll(c, at)) return done;
      admit(c, ringPop(c.admissions), at);
    } else if (ringTime(c.routings) == at) {
      if (c.looks && !c.interleaves && !advanceAll(c, at)) return done;
      route(c, ringPop(c.routings), at);
    } else poolEvent(c, at);
    done++;
  }
  return done;
}

function pause(c: Cluster, done: i32): i32 {
  c.clock = c.pauseAt;
  c.isPaused = true;
  return done;
}

/** True if neither a request will arrive nor one is in flight. */
export function clusterIsIdle(c: Cluster): bool {
  if (nextArrival(c) != FOREVER) return false;
  for (let i: u32 = 0; i < c.count; i++) if (inFlightOf(c, i) > 0) return false;
  return true;
}

/** The earliest event of the pools, in order of its kind. */
function poolEvent(c: Cluster, at: i64): void {
  const pools = poolsOf(c);
  if (ringTime(pools.decisions) == at) send(c, ringPop(pools.decisions), at);
  else if (ringTime(pools.prefillRoutings) == at) routePrefill(c, ringPop(pools.prefillRoutings), at);
  else if (ringTime(pools.transferStarts) == at) startTransfer(c, ringPop(pools.transferStarts), at);
  else if (earliest(pools.transferEnds) == at) endTransfer(c, at);
  else routeDecode(c, ringPop(pools.decodeRoutings), at);
}

/** Whole to an instance, or apart. */
function send(c: Cluster, r: Request, at: i64): void {
  if (!decide(c, r, at)) ringPush(c.routings, at + c.routingLatency, r);
}

function routePrefill(c: Cluster, prefill: Request, at: i64): void {
  const pools = poolsOf(c);
  observePool(c, at, 0, pools.prefillCount);
  const parent = changetype<Request>(inFleet(prefill).parent);
  if (c.shownCount == 0) {
    parent.state = State.ROUTING_REJECTED;
    return;
  }
  const index = chooseFrom(c, pools.prefillPolicy, prefill, at, Stage.PREFILL_ROUTING, parent);
  rememberPrompt(c, prefill);
  dispatch(c, prefill, index, at);
}

function routeDecode(c: Cluster, decode: Request, at: i64): void {
  const pools = poolsOf(c);
  observePool(c, at, pools.prefillCount, pools.prefillCount + pools.decodeCount);
  const parent = changetype<Request>(inFleet(decode).parent);
  if (c.shownCount > 0) {
    const index = chooseFrom(c, pools.decodePolicy, decode, at, Stage.DECODE_ROUTING, parent);
    if (enterDecode(c, decode, index, at)) {
      inFleet(decode).handledBy = index;
      count(c, decode, index);
      const inst = instanceAt(c, index);
      store<i64>(wideAt(c.nextAt, index), nextEvent(inst));
      return;
    }
  }
  pools.dropped++;
  parent.state = State.DROPPED;
  parent.firstTokenUs = NEVER;
  parent.schedulingDelayUs = NEVER;
}

/** Lets a pool's policy choose, and logs it under the parent's name. */
function chooseFrom(c: Cluster, policy: Policy, r: Request, at: i64, stage: i32, parent: Request): u32 {
  c.policy = policy;
  const position = choose(c, r);
  const index = load<u32>(u32At(c.shown, position));
  if (c.traces) logDecision(c, stage, parent, at, index, policy.routing, reasonValue);
  c.policy = c.mainPolicy;
  return index;
}

/** The lowest index among those with the earliest event. */
function earliestInstance(c: Cluster): u32 {
  let first: u32 = 0;
  let time = load<i64>(c.nextAt);
  for (let i: u32 = 1; i < c.count; i++) {
    const other = load<i64>(wideAt(c.nextAt, i));
    if (other < time) {
      time = other;
      first = i;
    }
  }
  return first;
}

/** Executes the next event of an instance. False: a fault ended it, or the host must add rounds to a session or empty a log first. */
function executeOne(c: Cluster, index: u32, at: i64): bool {
  const inst = instanceAt(c, index);
  if (logIsFull(inst)) return false;
  c.clock = at;
  const before = endedOf(inst);
  run(inst, FOREVER, 1);
  store<i64>(wideAt(c.nextAt, index), nextEvent(inst));
  if (inst.endedSubs != 0) noticeEnded(c, inst, at);
  if (c.gateway.detector != Detector.OFF) {
    for (let i = before; i < endedOf(inst); i++) if (!tryDispatch(c, at)) break;
  }
  return inst.fault == 0 && hungrySessionCount() == 0;
}

/** No decision is left within the horizon: the instances run out one after the other, a livelocked one as far as it goes. */
function finishInstances(c: Cluster, before: i32, limit: i32): i32 {
  let done = before;
  for (let i: u32 = 0; i < c.count && done < limit; i++) {
    if (load<i64>(wideAt(c.nextAt, i)) > c.horizon) continue;
    const inst = instanceAt(c, i);
    if (inst.fault == Fault.LIVELOCK) continue;
    inst.isAlone = true;
    done += run(inst, FOREVER, limit - done);
    store<i64>(wideAt(c.nextAt, i), nextEvent(inst));
    if (inst.fault != 0 && inst.fault != Fault.LIVELOCK) return done;
  }
  return done;
}

function arrive(c: Cluster, r: Request, at: i64): void {
  ringPush(c.admissions, at + c.admissionLatency, r);
}

function admit(c: Cluster, r: Request, at: i64): void {
  if (c.admissionLooks) observe(c, at, inFleet(r).unreachable == 0);
  const admitted = admits(c, r, at);
  const enters = admitted && withinBudget(c, r);
  // The trace keeps the policy's own verdict and, as the reason, a tenant's budget that overruled it.
  if (c.traces) logDecision(c, Stage.ADMISSION, r, at, admitted ? 1 : 0, refusal, refusalValue);
  if (!enters) r.state = State.ADMISSION_REJECTED;
  else if (c.gateway.detector != Detector.OFF) enterGateway(c, r, at);
  else if (c.pd != 0) ringPush(poolsOf(c).decisions, at, r);
  else ringPush(c.routings, at + c.routingLatency, r);
}

function route(c: Cluster, r: Request, at: i64): void {
  observe(c, at, inFleet(r).unreachable == 0);
  if (c.shownCount == 0) {
    r.state = State.ROUTING_REJECTED;
    return;
  }
  const position = choose(c, r);
  const index = load<u32>(u32At(c.shown, position));
  if (c.traces) {
    const hit = c.policy.routing == Routing.LEGACY_PREFIX && reasonHit ? 1 : 0;
    logAlternatives(c, logDecision(c, Stage.ROUTING, r, at, index, hit, reasonValue), position);
  }
  if (c.pd != 0) rememberPrompt(c, r);
  dispatch(c, r, index, at);
}

/** Hands the request to an instance: it is queued there after the queueing delay of the latency model. */
export function dispatch(c: Cluster, r: Request, index: u32, at: i64): void {
  const inst = instanceAt(c, index);
  inFleet(r).handledBy = index;
  count(c, r, index);
  r.state = State.NOT_ARRIVED;
  if (at > inst.passiveClock) inst.passiveClock = at;
  inst.deliveredAt = at;
  r.sumUs = at + queueingTicks(inst.latency, r.inputTokens);
  const turn = <i64>c.deliveries;
  c.deliveries++;
  push(inst.deliveries, r.sumUs, turn, 0, r);
  if (r.sumUs < load<i64>(wideAt(c.nextAt, index))) store<i64>(wideAt(c.nextAt, index), r.sumUs);
  noticeDispatch(c, index);
}

/** One more request in flight on the instance. */
function count(c: Cluster, r: Request, index: u32): void {
  const cell = u32At(c.dispatched, index);
  store<u32>(cell, load<u32>(cell) + 1);
  if (!c.hasBudgets || inFleet(r).tenant < 0) return;
  const tenant = u32At(c.tenantInFlight, inFleet(r).tenant);
  store<i32>(tenant, load<i32>(tenant) + 1);
}
