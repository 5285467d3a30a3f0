// Scorers of weighted routing (BLIS 87cc70ed sim/routing_scorers.go): each gives every instance of the router state a number
// in [0, 1], the weighted sum in scorer order decides. Ties are decided by exact equality, so the order of operations is part
// of the definition. Columns are by position in the router state.

import { Request } from '../engine/request';
import { Cluster, instanceAt, u32At, wideAt } from './cluster';
import { Directory, matchBlocks } from './prefix-directory';
import { cachedBlocks, identify } from './prompt-blocks';
import { loadOf } from './signals';

export namespace Scorer {
  export const ACTIVE_REQUESTS: i32 = 0;
  export const KV_UTILIZATION: i32 = 1;
  export const LOAD_AWARE: i32 = 2;
  export const LOAD_BALANCE: i32 = 3;
  export const NO_HIT_LRU: i32 = 4;
  export const PRECISE_PREFIX_CACHE: i32 = 5;
  export const PREFIX_AFFINITY: i32 = 6;
  export const QUEUE_DEPTH: i32 = 7;
  export const RUNNING_REQUESTS: i32 = 8;
  export const VLLM_DP: i32 = 9;
}

/** Queue length at which load-aware stops telling instances apart. */
const LOAD_AWARE_LIMIT: u32 = 128;

function shownAt(c: Cluster, position: u32): u32 {
  return load<u32>(u32At(c.shown, position));
}

function queueOf(c: Cluster, index: u32): u32 {
  return load<u32>(u32At(c.queueDepth, index));
}

function batchOf(c: Cluster, index: u32): u32 {
  return load<u32>(u32At(c.batchSize, index));
}

/** The quantity that a min-max scorer ranks, lower is better. */
function ranked(c: Cluster, kind: i32, index: u32): u32 {
  if (kind == Scorer.QUEUE_DEPTH) return c.legacySignals ? loadOf(c, index) : queueOf(c, index);
  if (kind == Scorer.RUNNING_REQUESTS) return batchOf(c, index);
  return 4 * queueOf(c, index) + batchOf(c, index);
}

function scoreMinMax(c: Cluster, kind: i32): void {
  let most: u32 = 0;
  let least = u32.MAX_VALUE;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const value = ranked(c, kind, shownAt(c, i));
    store<u32>(u32At(c.tied, i), value);
    if (value > most) most = value;
    if (value < least) least = value;
  }
  const span = <f64>(most - least);
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const value = load<u32>(u32At(c.tied, i));
    store<f64>(wideAt(c.score, i), most == least ? 1.0 : <f64>(most - value) / span);
  }
}

function scoreActive(c: Cluster): void {
  let most: u32 = 0;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const value = load<u32>(u32At(c.inFlight, shownAt(c, i)));
    if (value > most) most = value;
  }
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const value = load<u32>(u32At(c.inFlight, shownAt(c, i)));
    store<f64>(wideAt(c.score, i), value == 0 || most == 0 ? 1.0 : <f64>(most - value) / <f64>most);
  }
}

/** Cached leading blocks of the prompt at hand, as the cache signal shows them. */
function countCached(c: Cluster, r: Request): void {
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const index = shownAt(c, i);
    store<u32>(u32At(c.cached, i), cachedBlocks(c, index, instanceAt(c, index), r, c.cacheDelay > 0));
  }
}

function scoreCached(c: Cluster): void {
  let most: u32 = 0;
  let least = u32.MAX_VALUE;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const value = load<u32>(u32At(c.cached, i));
    if (value > most) most = value;
    if (value < least) least = value;
  }
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const value = load<u32>(u32At(c.cached, i));
    store<f64>(wideAt(c.score, i), most == least ? 1.0 : <f64>(value - least) / <f64>(most - least));
  }
}

function isShown(c: Cluster, index: u32): bool {
  for (let i: u32 = 0; i < c.shownCount; i++) if (shownAt(c, i) == index) return true;
  return false;
}

/** Forgets used instances that are not in the router state. */
function pruneOrder(c: Cluster): void {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < c.policy.lruCount; i++) {
    const index = load<u32>(u32At(c.policy.lruOrder, i));
    if (isShown(c, index)) store<u32>(u32At(c.policy.lruOrder, kept++), index);
  }
  c.policy.lruCount = kept;
}

function lastUse(c: Cluster, index: u32): i32 {
  for (let i: u32 = 0; i < c.policy.lruCount; i++)
    if (load<u32>(u32At(c.policy.lruOrder, i)) == index) return <i32>i;
  return -1;
}

/** Cold requests (cached nowhere) go to never used instances first, then to the one used longest ago. */
function scoreNoHit(c: Cluster): void {
  let isWarm = false;
  for (let i: u32 = 0; i < c.shownCount; i++) if (load<u32>(u32At(c.cached, i)) > 0) isWarm = true;
  c.policy.lruCold = !isWarm;
  if (isWarm || c.shownCount == 1) {
    for (let i: u32 = 0; i < c.shownCount; i++) store<f64>(wideAt(c.score, i), isWarm ? 0.5 : 1.0);
    return;
  }
  pruneOrder(c);
  const unused = c.shownCount - c.policy.lruCount;
  let next: u32 = 0;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const use = lastUse(c, shownAt(c, i));
    const rank = use < 0 ? next++ : unused + <u32>use;
    store<f64>(wideAt(c.score, i), 1.0 - <f64>rank / <f64>(c.shownCount - 1));
  }
}

/** After a decision: a cold request makes its instance the one used last. */
export function rememberUse(c: Cluster, index: u32): void {
  if (!c.policy.lruCold) return;
  const use = lastUse(c, index);
  if (use >= 0) {
    for (let i = <u32>use + 1; i < c.policy.lruCount; i++) {
      store<u32>(u32At(c.policy.lruOrder, i - 1), load<u32>(u32At(c.policy.lruOrder, i)));
    }
    c.policy.lruCount--;
  }
  store<u32>(u32At(c.policy.lruOrder, c.policy.lruCount++), index);
}

function scoreEach(c: Cluster, kind: i32, r: Request): void {
  const full = r.inputTokens / c.blockSize;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const index = shownAt(c, i);
    let value: f64 = 0.0;
    if (kind == Scorer.KV_UTILIZATION) value = 1.0 - load<f64>(wideAt(c.usedShare, index));
    else if (kind == Scorer.LOAD_BALANCE) value = 1.0 / (1.0 + <f64>loadOf(c, index));
    else if (kind == Scorer.LOAD_AWARE) {
      const queue = queueOf(c, index);
      const counted = queue < LOAD_AWARE_LIMIT ? queue : LOAD_AWARE_LIMIT;
      value = queue == 0 ? 0.5 : 0.5 * (1.0 - <f64>counted / <f64>LOAD_AWARE_LIMIT);
    } else if (full > 0) {
      const directory = changetype<Directory>(<usize>load<u32>(u32At(c.policy.directories, index)));
      value = <f64>matchBlocks(directory, c.prompt) / <f64>full;
    }
    store<f64>(wideAt(c.score, i), value);
  }
}

/** Leaves the weighted sums of the router state in `total`. */
export function scoreAll(c: Cluster, r: Request): void {
  memory.fill(c.total, 0, (<usize>c.shownCount) << 3);
  if (c.policy.readsCache || c.policy.usesDirectory) identify(c, r);
  if (c.policy.readsCache) countCached(c, r);
  for (let k: u32 = 0; k < c.policy.scorerCount; k++) {
    const kind = <i32>load<f64>(wideAt(c.policy.scorers, 2 * k));
    const weight = load<f64>(wideAt(c.policy.scorers, 2 * k + 1));
    if (kind == Scorer.QUEUE_DEPTH || kind == Scorer.RUNNING_REQUESTS || kind == Scorer.VLLM_DP) {
      scoreMinMax(c, kind);
    } else if (kind == Scorer.ACTIVE_REQUESTS) scoreActive(c);
    else if (kind == Scorer.PRECISE_PREFIX_CACHE) scoreCached(c);
    else if (kind == Scorer.NO_HIT_LRU) scoreNoHit(c);
    else scoreEach(c, kind, r);
    for (let i: u32 = 0; i < c.shownCount; i++) {
      const value = load<f64>(wideAt(c.score, i));
      const bounded = value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
      store<f64>(wideAt(c.total, i), load<f64>(wideAt(c.total, i)) + bounded * weight);
    }
  }
}
