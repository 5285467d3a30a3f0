// Choosing an instance (BLIS 87cc70ed sim/routing.go). Ties of least-loaded and weighted are broken by the `router` random
// stream, which is asked only when two or more are tied, so that the whole sequence of decisions is reproducible.

import { Request } from '../engine/request';
import { randomIntn } from '../random/go-source';
import { Cluster, Routing, u32At, wideAt } from './cluster';
import { Directory, touchBlocks } from './prefix-directory';
import { rememberUse, scoreAll } from './scorers';
import { loadOf } from './signals';

/** Number behind the last decision: load, score, or the round-robin count. */
export let reasonValue: f64 = 0.0;
/** Legacy prefix policy: 1 = the map knew the content. */
export let reasonHit: bool = false;

function shownAt(c: Cluster, position: u32): u32 {
  return load<u32>(u32At(c.shown, position));
}

function pickTied(c: Cluster, count: u32): u32 {
  const choice = count == 1 || c.legacySignals ? 0 : <u32>randomIntn(c.policy.random, <i64>count);
  return load<u32>(u32At(c.tied, choice));
}

/** Position of the least loaded instance. */
function leastLoaded(c: Cluster): u32 {
  const shown = c.shown;
  const loads = c.load;
  const tied = c.tied;
  const shownCount = c.shownCount;
  let least = u32.MAX_VALUE;
  let count: u32 = 0;
  for (let i: u32 = 0; i < shownCount; i++) {
    const value = load<u32>(u32At(loads, load<u32>(u32At(shown, i))));
    if (value > least) continue;
    if (value < least) {
      least = value;
      count = 0;
    }
    store<u32>(u32At(tied, count++), i);
  }
  reasonValue = <f64>least;
  return pickTied(c, count);
}

function busiest(c: Cluster): u32 {
  let most: u32 = 0;
  let choice: u32 = 0;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const value = loadOf(c, shownAt(c, i));
    if (value > most) {
      most = value;
      choice = i;
    }
  }
  reasonValue = <f64>most;
  return choice;
}

function weighted(c: Cluster, r: Request): u32 {
  scoreAll(c, r);
  let best = -Infinity;
  let count: u32 = 0;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const value = load<f64>(wideAt(c.total, i));
    if (value > best) {
      best = value;
      count = 0;
    }
    if (value == best) store<u32>(u32At(c.tied, count++), i);
  }
  reasonValue = best;
  const choice = pickTied(c, count);
  const index = shownAt(c, choice);
  if (c.policy.usesDirectory) {
    const directory = changetype<Directory>(<usize>load<u32>(u32At(c.policy.directories, index)));
    touchBlocks(directory, c.prompt);
  }
  rememberUse(c, index);
  return choice;
}

/**
 * Founding era: the content of all full blocks (of the whole prompt where it is shorter than one) leads to the instance that
 * served it first. `legacyMap` holds the instance + 1 by content number, the content number of a request by row.
 */
function legacyPrefix(c: Cluster, r: Request): u32 {
  reasonHit = false;
  // Follow-ups of sessions, which that era did not have: their content is not numbered.
  if (r.row >= c.tableCount) return leastLoaded(c);
  const content = load<u32>(u32At(c.legacyMap, r.row));
  const cell = u32At(c.legacyMap, c.tableCount + content);
  const known = load<u32>(cell);
  if (known != 0) {
    for (let i: u32 = 0; i < c.shownCount; i++) {
      if (shownAt(c, i) != known - 1) continue;
      reasonHit = true;
      return i;
    }
  }
  const choice = leastLoaded(c);
  store<u32>(cell, shownAt(c, choice) + 1);
  return choice;
}

/** Position in the router state, which is not empty. */
export function choose(c: Cluster, r: Request): u32 {
  if (c.policy.routing == Routing.ROUND_ROBIN) {
    reasonValue = <f64>c.policy.rounds;
    return <u32>(c.policy.rounds++ % <i64>c.shownCount);
  }
  if (c.policy.routing == Routing.LEAST_LOADED) return leastLoaded(c);
  if (c.policy.routing == Routing.WEIGHTED) return weighted(c, r);
  if (c.policy.routing == Routing.ALWAYS_BUSIEST) return busiest(c);
  return legacyPrefix(c, r);
}
