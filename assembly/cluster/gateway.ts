// Flow control: admitted requests wait in a queue at the gateway while the fleet is saturated (BLIS 87cc70ed
// sim/cluster/gateway.go, sim/saturation.go). Dispatch is tried after an enqueue and after each request that ends; there is no
// timer, so what the last ending leaves behind stays to the end of the run.

import { allocate } from '../memory-arena';
import { EventHeap, first, makeHeap, pop, push } from '../engine/event-heap';
import { Request, State, inFleet } from '../engine/request';
import { meanPressure } from './admission';
import { Cluster, u32At } from './cluster';
import { poolsOf } from './disaggregation';
import { ringPush } from './event-ring';
import { observe } from './signals';

export namespace Detector {
  /** No flow control. */
  export const OFF: i32 = 0;
  export const NEVER: i32 = 1;
  export const UTILIZATION: i32 = 2;
  export const CONCURRENCY: i32 = 3;
}

@unmanaged
export class Gateway {
  detector: i32;
  byPriority: bool;
  /** 0 = unlimited. */
  maxDepth: u32;
  queueThreshold: f64;
  kvThreshold: f64;
  maxConcurrency: f64;
  depth: u32;
  entered: u32;
  /** In order of dispatch, and in order of shedding (least priority, then newest); shed and dispatched entries stay until met. */
  order: EventHeap;
  victims: EventHeap;
}

export function makeGateway(): Gateway {
  const gateway = changetype<Gateway>(allocate(offsetof<Gateway>()));
  gateway.order = makeHeap(64);
  gateway.victims = makeHeap(64);
  return gateway;
}

function isSaturated(c: Cluster, gateway: Gateway): bool {
  if (gateway.detector == Detector.NEVER) return false;
  if (gateway.detector == Detector.UTILIZATION) {
    return meanPressure(c, gateway.queueThreshold, gateway.kvThreshold) >= 1.0;
  }
  if (c.shownCount == 0) return true;
  let inFlight: u32 = 0;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    inFlight += load<u32>(u32At(c.inFlight, load<u32>(u32At(c.shown, i))));
  }
  return <f64>inFlight / (<f64>c.shownCount * gateway.maxConcurrency) >= 1.0;
}

/** The queued request that would be dropped first. The queue is not empty. */
function firstVictim(gateway: Gateway): Request {
  let r = first(gateway.victims);
  while (r.state != State.GATEWAY_QUEUED) {
    pop(gateway.victims);
    r = first(gateway.victims);
  }
  return r;
}

function queue(gateway: Gateway, r: Request, at: i64): void {
  const turn = <i64>gateway.entered;
  gateway.entered++;
  gateway.depth++;
  r.state = State.GATEWAY_QUEUED;
  r.sumUs = at;
  push(gateway.order, gateway.byPriority ? -(<i64>inFleet(r).sloPriority) : 0, turn, 0, r);
  push(gateway.victims, <i64>inFleet(r).sloPriority, -turn, 0, r);
}

/** An admitted request reaches the gateway. */
export function enterGateway(c: Cluster, r: Request, at: i64): void {
  const gateway = c.gateway;
  if (gateway.maxDepth > 0 && gateway.depth >= gateway.maxDepth) {
    const victim = firstVictim(gateway);
    if (inFleet(r).sloPriority <= inFleet(victim).sloPriority) {
      r.state = State.GATEWAY_SHED;
      return;
    }
    victim.state = State.GATEWAY_SHED;
    gateway.depth--;
  }
  queue(gateway, r, at);
  tryDispatch(c, at);
}

/** One attempt to send the next request on its way. */
export function tryDispatch(c: Cluster, at: i64): bool {
  const gateway = c.gateway;
  if (gateway.depth == 0) return false;
  observe(c, at, true);
  if (isSaturated(c, gateway)) return false;
  let r = pop(gateway.order);
  while (r.state != State.GATEWAY_QUEUED) r = pop(gateway.order);
  gateway.depth--;
  inFleet(r).gatewayDelayUs = r.sumUs > 0 && at > r.sumUs ? at - r.sumUs : 0;
  r.state = State.NOT_ARRIVED;
  if (c.pd != 0) ringPush(poolsOf(c).decisions, at, r);
  else ringPush(c.routings, at + c.routingLatency, r);
  return true;
}
