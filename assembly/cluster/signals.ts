// What the router sees of the instances (BLIS 87cc70ed sim/cluster/snapshot.go, sim/routing.go). Queue depth, batch size and
// KV use may be stale by an interval; requests in flight are always exact, since the router counts them itself. An instance
// counts a request as ended at the start of the step that completes it.

import { nextEvent, run } from '../engine/events';
import { Instance } from '../engine/instance';
import { freezeKeys } from '../kv/keys';
import { blockOf } from '../kv/pool';
import { Cluster, instanceAt, u32At, wideAt } from './cluster';

const NO_LIMIT: i32 = i32.MAX_VALUE;

/** Lets every instance execute its events before `until`. False if a fault or a full step log ended one. */
export function advanceAll(c: Cluster, until: i64): bool {
  const first = c.nextAt;
  const end = wideAt(first, c.count);
  for (let cell = first; cell < end; cell += 8) {
    if (load<i64>(cell) >= until) continue;
    const index = <u32>((cell - first) >> 3);
    const inst = instanceAt(c, index);
    run(inst, until, NO_LIMIT);
    const next = nextEvent(inst);
    store<i64>(cell, next);
    if (c.isLive) readAll(c, inst, index);
    if (inst.fault != 0 || next < until) return false;
  }
  return true;
}

export function endedOf(inst: Instance): u32 {
  return inst.completed + inst.timedOut + inst.dropped;
}

/** Requests routed to the instance that have not ended. */
export function inFlightOf(c: Cluster, index: u32): u32 {
  const ended = endedOf(instanceAt(c, index));
  const dispatched = load<u32>(u32At(c.dispatched, index));
  return dispatched > ended ? dispatched - ended : 0;
}

/** Queue + batch + in flight: everything from dispatch to completion counts twice once it is queued. */
export function loadOf(c: Cluster, index: u32): u32 {
  return load<u32>(u32At(c.load, index));
}

function readKv(c: Cluster, inst: Instance, index: u32): void {
  const total = inst.pool.total;
  const free = inst.pool.free;
  store<u32>(u32At(c.freeBlocks, index), free);
  store<f64>(wideAt(c.usedShare, index), total == 0 ? 0.0 : <f64>(total - free) / <f64>total);
}

function readQueues(c: Cluster, inst: Instance, index: u32): void {
  store<u32>(u32At(c.queueDepth, index), inst.waitingCount);
  store<u32>(u32At(c.batchSize, index), inst.batchCount);
}

/** The founding era counted in flight what was routed but not yet queued. */
function readInFlight(c: Cluster, inst: Instance, index: u32): void {
  const inFlight = c.legacySignals ? inst.deliveries.count : inFlightOf(c, index);
  store<u32>(u32At(c.inFlight, index), inFlight);
  const served = load<u32>(u32At(c.queueDepth, index)) + load<u32>(u32At(c.batchSize, index));
  store<u32>(u32At(c.load, index), served + inFlight);
}

function readAll(c: Cluster, inst: Instance, index: u32): void {
  readKv(c, inst, index);
  readQueues(c, inst, index);
  readInFlight(c, inst, index);
}

/** After a dispatch: where signals are live, the columns follow. */
export function noticeDispatch(c: Cluster, index: u32): void {
  if (c.isLive) readInFlight(c, instanceAt(c, index), index);
}

/** Builds the router state of the instances [first, end) alone, without renewing the cache signal. */
export function observePool(c: Cluster, at: i64, first: u32, end: u32): void {
  c.shownIsCurrent = false;
  c.shownCount = 0;
  for (let i = first; i < end; i++) if (load<u8>(c.routable + i) != 0) show(c, i, at);
}

function show(c: Cluster, i: u32, at: i64): void {
  const inst = instanceAt(c, i);
  const position = c.shownCount;
  c.shownCount++;
  store<u32>(u32At(c.shown, position), i);
  const isDue = c.refreshInterval == 0 || at - load<i64>(wideAt(c.lastRefresh, i)) >= c.refreshInterval;
  if (isDue) store<i64>(wideAt(c.lastRefresh, i), at);
  if (isDue) readKv(c, inst, i);
  if (isDue || c.legacySignals) readQueues(c, inst, i);
  readInFlight(c, inst, i);
}

/** Debug builds: live columns say what the instances would say if asked. */
function verifyLive(c: Cluster): void {
  for (let i: u32 = 0; i < c.count; i++) {
    if (load<u8>(c.routable + i) == 0) continue;
    const inst = instanceAt(c, i);
    const inFlight = c.legacySignals ? inst.deliveries.count : inFlightOf(c, i);
    if (load<u32>(u32At(c.queueDepth, i)) != inst.waitingCount) unreachable();
    if (load<u32>(u32At(c.batchSize, i)) != inst.batchCount) unreachable();
    if (load<u32>(u32At(c.freeBlocks, i)) != inst.pool.free) unreachable();
    if (load<u32>(u32At(c.inFlight, i)) != inFlight) unreachable();
    if (loadOf(c, i) != inst.waitingCount + inst.batchCount + inFlight) unreachable();
  }
}

/**
 * Builds the router state at `at`; `reachable` false = no instance serves the request's model. It stands until the set of
 * instances changes where nothing looks, or where the columns are live.
 */
export function observe(c: Cluster, at: i64, reachable: bool): void {
  if (c.readsCache) renewCopies(c, at);
  const stands = !c.looks || c.isLive;
  if (stands && reachable && c.shownIsCurrent) {
    if (PARANOID && c.isLive) verifyLive(c);
    return;
  }
  c.shownIsCurrent = stands && reachable;
  c.shownCount = 0;
  if (!reachable) return;
  for (let i: u32 = 0; i < c.count; i++) if (load<u8>(c.routable + i) != 0) show(c, i, at);
}

/** Frozen presence of shared blocks, one byte each, by instance. With no delay the instances are asked directly. */
function renewCopies(c: Cluster, at: i64): void {
  if (c.cacheDelay == 0 || at - c.lastCopy < c.cacheDelay) return;
  c.lastCopy = at;
  for (let i: u32 = 0; i < c.count; i++) {
    const inst = instanceAt(c, i);
    const version = u32At(c.copyVersions, i);
    if (load<u32>(version) == inst.pool.version + 1) continue;
    store<u32>(version, inst.pool.version + 1);
    if (c.interned) {
      freezeKeys(inst.keys);
      continue;
    }
    const copy = c.copies + <usize>i * <usize>c.sharedBlocks;
    for (let k: u32 = 0; k < c.sharedBlocks; k++) {
      store<u8>(copy + k, blockOf(inst.prefixIndex + <usize>(k * c.keyBytes)) != 0 ? 1 : 0);
    }
  }
}
