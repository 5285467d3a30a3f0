// Everything the control plane knows. Instances are engine instances in index order; their load signals are read from them
// when a decision asks (signals.ts).

import { allocate } from '../memory-arena';
import { EventHeap } from '../engine/event-heap';
import { FOREVER, Instance } from '../engine/instance';
import { KeySpace } from '../kv/keys';
import { EventRing } from './event-ring';
import { Gateway } from './gateway';
import { PromptBlocks } from './prefix-directory';

export namespace Routing {
  export const ROUND_ROBIN: i32 = 0;
  export const LEAST_LOADED: i32 = 1;
  export const WEIGHTED: i32 = 2;
  export const ALWAYS_BUSIEST: i32 = 3;
  /** Of the founding era: same full blocks, same instance. */
  export const LEGACY_PREFIX: i32 = 4;
}

export namespace Admission {
  export const ALWAYS: i32 = 0;
  export const REJECT_ALL: i32 = 1;
  export const TOKEN_BUCKET: i32 = 2;
  export const TIER_SHED: i32 = 3;
  export const GAIE_LEGACY: i32 = 4;
}

/** A routing policy with what it remembers. */
@unmanaged
export class Policy {
  routing: i32;
  rounds: i64;
  random: usize;
  scorerCount: u32;
  /** Pairs (kind, normalised weight) of f64. */
  scorers: usize;
  readsCache: bool;
  usesDirectory: bool;
  /** u32 by instance: address of its directory. */
  directories: usize;
  // Order of last use for cold requests: instance indices (u32), oldest first.
  lruOrder: usize;
  lruCount: u32;
  lruCold: bool;
}

@unmanaged
export class Cluster {
  horizon: i64;
  clock: i64;
  admissionLatency: i64;
  routingLatency: i64;
  blockSize: u32;
  /** Size of a key in the instances, see kv/keys.ts. */
  keyBytes: u32;
  tableCount: u32;

  // Instances: addresses (u32), and columns by instance index.
  count: u32;
  capacity: u32;
  instances: usize;
  /** i64: time of the next event of the instance, FOREVER if none. */
  nextAt: usize;
  /** u32: requests dispatched, minus the sub-requests that no longer count. */
  dispatched: usize;
  /** u8: 1 = may be chosen. */
  routable: usize;
  /** u32: position of the instance's name among all names in string order. */
  nameRank: usize;

  // What the last router state showed, see signals.ts.
  refreshInterval: i64;
  lastRefresh: usize;
  queueDepth: usize;
  batchSize: usize;
  inFlight: usize;
  /** u32: the three together. */
  load: usize;
  freeBlocks: usize;
  usedShare: usize;
  /** Indices of the instances in the current router state (u32), in order. */
  shown: usize;
  shownCount: u32;
  legacySignals: bool;
  /** True if some decision looks at an instance: they are then advanced before each decision. */
  looks: bool;
  /** The same for admission decisions, which also renew stale signals. */
  admissionLooks: bool;
  /**
   * Nothing is stale and instances are only advanced from decision to decision: their columns are written when one was advanced
   * or got a request, not at every look.
   */
  isLive: bool;
  /** The router state stands, see signals.ts. */
  shownIsCurrent: bool;

  // Prefix-cache signal: per instance the presence of shared blocks, renewed together.
  cacheDelay: i64;
  lastCopy: i64;
  copies: usize;
  copyVersions: usize;
  sharedBlocks: u32;
  readsCache: bool;

  // Policies.
  admission: i32;
  bucketCapacity: f64;
  bucketRate: f64;
  bucketTokens: f64;
  bucketAt: i64;
  shedThreshold: i64;
  shedMinPriority: i32;
  gaieQueueDepth: f64;
  gaieKvUse: f64;
  /** The policy of the decision at hand: the main one, or a pool's own. */
  policy: Policy;
  mainPolicy: Policy;
  /** f64 by position in the router state: sum, and the scorer at hand. */
  total: usize;
  score: usize;
  /** i32 by position: cached blocks of the request at hand. */
  cached: usize;
  /** u32 by position: positions with the best score, before that the values of the scorer at hand. */
  tied: usize;
  /** The prompt at hand, see prompt-blocks.ts. */
  prompt: PromptBlocks;
  promptRoom: u32;
  /** u64 by block, in conversations. */
  contents: usize;
  interned: bool;
  keys: KeySpace;
  legacyMap: usize;

  /** By tenant: share of the fleet's slots (f64, NaN = no budget), requests in flight (i32). */
  tenantShare: usize;
  tenantInFlight: usize;
  hasBudgets: bool;
  slots: f64;

  gateway: Gateway;
  /** Prefill and decode pools, 0 = none; see disaggregation.ts. */
  pd: usize;

  // Cluster events.
  arrivalsAt: usize;
  arrivalsEnd: usize;
  followUps: EventHeap;
  /** Instances affect the control plane: events are taken one at a time, in order over all instances. */
  interleaves: bool;
  admissions: EventRing;
  routings: EventRing;
  deliveries: u32;
  /** The host acts on the fleet here, after the decisions of this time and before what instances do at it; FOREVER = never. */
  pauseAt: i64;
  isPaused: bool;

  // Decision trace.
  log: usize;
  logRows: u32;
  logCapacity: u32;
  candidates: u32;
  traces: bool;
}

export function instanceAt(c: Cluster, index: u32): Instance {
  return changetype<Instance>(<usize>load<u32>(c.instances + ((<usize>index) << 2)));
}

export function u32At(column: usize, index: u32): usize {
  return column + ((<usize>index) << 2);
}

export function wideAt(column: usize, index: u32): usize {
  return column + ((<usize>index) << 3);
}

/** Room for `capacity` instances. */
export function makeColumns(c: Cluster, capacity: u32): void {
  c.capacity = capacity;
  c.instances = allocate((<usize>capacity) << 2);
  c.nextAt = allocate((<usize>capacity) << 3);
  c.dispatched = allocate((<usize>capacity) << 2);
  c.routable = allocate(capacity);
  c.nameRank = allocate((<usize>capacity) << 2);
  c.lastRefresh = allocate((<usize>capacity) << 3);
  c.queueDepth = allocate((<usize>capacity) << 2);
  c.batchSize = allocate((<usize>capacity) << 2);
  c.inFlight = allocate((<usize>capacity) << 2);
  c.load = allocate((<usize>capacity) << 2);
  c.freeBlocks = allocate((<usize>capacity) << 2);
  c.usedShare = allocate((<usize>capacity) << 3);
  c.shown = allocate((<usize>capacity) << 2);
  c.total = allocate((<usize>capacity) << 3);
  c.score = allocate((<usize>capacity) << 3);
  c.cached = allocate((<usize>capacity) << 2);
  c.tied = allocate((<usize>capacity) << 2);
  c.copyVersions = allocate((<usize>capacity) << 2);
}

export function addInstance(c: Cluster, inst: Instance): u32 {
  const index = c.count++;
  store<u32>(u32At(c.instances, index), <u32>changetype<usize>(inst));
  store<i64>(wideAt(c.nextAt, index), FOREVER);
  store<u8>(c.routable + index, 1);
  c.shownIsCurrent = false;
  return index;
}
