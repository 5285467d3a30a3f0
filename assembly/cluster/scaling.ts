// What the host needs to grow and shrink the fleet while it runs: it asks for a pause, looks at the instances as the control
// plane sees them, and adds or retires some. All of it happens a few times a simulated second, none of it in the loop.

import { dropBefore, earliest, makeHeap } from '../engine/event-heap';
import { FOREVER, Instance } from '../engine/instance';
import { Cluster, instanceAt, u32At, wideAt } from './cluster';
import { observe } from './signals';

/** Pauses the next run at `at`; infinity = not at all. */
export function clusterPauseAt(c: Cluster, at: f64): void {
  c.isPaused = false;
  c.pauseAt = at >= 9223372036854775808.0 ? FOREVER : <i64>at;
  if (c.pauseAt == FOREVER) return;
  // At a pause an instance may be retired, which asks when its last request leaves.
  for (let i: u32 = 0; i < c.count; i++) {
    const inst = instanceAt(c, i);
    if (inst.leaves == null) inst.leaves = makeHeap(4);
  }
}

export function clusterIsPaused(c: Cluster): bool {
  return c.isPaused;
}

/**
 * At a pause: writes five values an instance: 1 if routable, queue length, used blocks and all blocks as the router sees them, and
 * when it emptied while draining (infinity = it has not). `renews`: the router state is built first, as decisions build it;
 * otherwise the signals are those of the last decision.
 */
export function clusterObserve(c: Cluster, to: usize, renews: bool): void {
  if (renews) {
    c.shownIsCurrent = false;
    observe(c, c.clock, true);
  }
  for (let i: u32 = 0; i < c.count; i++) {
    const inst = instanceAt(c, i);
    // Before its first refresh an instance looks empty and without capacity.
    const isKnown = c.refreshInterval == 0 || load<i64>(wideAt(c.lastRefresh, i)) > 0;
    const total = isKnown ? inst.pool.total : 0;
    const cell = to + <usize>i * 40;
    store<f64>(cell, load<u8>(c.routable + i));
    store<f64>(cell, load<u32>(u32At(c.queueDepth, i)), 8);
    store<f64>(cell, isKnown ? total - load<u32>(u32At(c.freeBlocks, i)) : 0, 16);
    store<f64>(cell, total, 24);
    store<f64>(cell, inst.emptiedAt == FOREVER ? Infinity : <f64>inst.emptiedAt, 32);
  }
}

/** No request is routed to the instance from now on; it finishes what it has, and has emptied with the first event that finds nothing left. */
export function clusterRetire(c: Cluster, index: u32): void {
  const inst = instanceAt(c, index);
  store<u8>(c.routable + index, 0);
  c.shownIsCurrent = false;
  inst.drains = true;
  if (inst.waitingCount + inst.batchCount == 0) inst.emptiedAt = lastRemark(c, inst);
}

/**
 * Time of the next event of an instance without work, if that event brings none: the arrival of a request that it was handed at
 * this time, a request that leaves at the end of the last step, a step that finds nothing to do. FOREVER if there is none.
 */
function lastRemark(c: Cluster, inst: Instance): i64 {
  if (inst.deliveredAt == c.clock) return c.clock;
  let next = inst.stepAt;
  const leaves = inst.leaves;
  if (leaves != null) {
    // A step can begin before the one before has ended: several requests may be about to leave.
    dropBefore(leaves, c.clock);
    next = min(next, earliest(leaves));
  }
  return next < earliest(inst.deliveries) ? next : FOREVER;
}
