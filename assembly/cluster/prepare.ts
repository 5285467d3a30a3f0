// From the host's configuration block to a cluster. The request table has been written and the instances configured.

import { allocate } from '../memory-arena';
import { makeHeap } from '../engine/event-heap';
import { FOREVER, Instance } from '../engine/instance';
import { Request, State, inFleet } from '../engine/request';
import { orderArrivals } from '../engine/prepare';
import { PLAIN_KEY_BYTES, allKeyBytes, makeKeySpace } from '../kv/keys';
import { randomAllocate, randomSeed } from '../random/go-source';
import { Admission, Cluster, Policy, Routing, addInstance, makeColumns, u32At } from './cluster';
import { makeRing } from './event-ring';
import { makeGateway } from './gateway';
import { makePools, poolsOf } from './disaggregation';
import { PromptBlocks, makeDirectory } from './prefix-directory';

/** Slots of the configuration block, f64 each. */
namespace Slot {
  export const INSTANCES: usize = 0;
  export const CAPACITY: usize = 8;
  export const TABLE_COUNT: usize = 16;
  export const HORIZON: usize = 24;
  export const ADMISSION_LATENCY: usize = 32;
  export const ROUTING_LATENCY: usize = 40;
  export const BLOCK_SIZE: usize = 48;
  export const REFRESH_INTERVAL: usize = 56;
  export const CACHE_DELAY: usize = 64;
  export const SHARED_BLOCKS: usize = 72;
  export const READS_CACHE: usize = 80;
  export const LEGACY_SIGNALS: usize = 88;
  export const LOOKS: usize = 96;
  export const ADMISSION: usize = 104;
  export const BUCKET_CAPACITY: usize = 112;
  export const BUCKET_RATE: usize = 120;
  export const SHED_THRESHOLD: usize = 128;
  export const SHED_MIN_PRIORITY: usize = 136;
  export const GAIE_QUEUE_DEPTH: usize = 144;
  export const GAIE_KV_USE: usize = 152;
  export const ROUTING: usize = 160;
  /** Signed 64-bit seed of the router stream as two halves. */
  export const SEED_HIGH: usize = 168;
  export const SEED_LOW: usize = 176;
  export const SCORERS: usize = 184;
  export const SCORERS_AT: usize = 192;
  export const USES_DIRECTORY: usize = 200;
  export const IDENTIFIED: usize = 208;
  export const INTERLEAVES: usize = 216;
  export const TENANTS: usize = 224;
  /** 0 = no budgets. */
  export const TENANT_SHARE_AT: usize = 232;
  export const SLOTS: usize = 240;
  export const NAME_RANK_AT: usize = 248;
  export const LEGACY_MAP_AT: usize = 256;
  export const LOG_CAPACITY: usize = 264;
  export const CANDIDATES: usize = 272;
  export const INTERNED: usize = 280;
  export const DETECTOR: usize = 288;
  export const BY_PRIORITY: usize = 296;
  export const MAX_DEPTH: usize = 304;
  export const QUEUE_THRESHOLD: usize = 312;
  export const KV_THRESHOLD: usize = 320;
  export const MAX_CONCURRENCY: usize = 328;
  export const MAIN_READS_CACHE: usize = 336;
  /** Address of the block of the prefill and decode pools, 0 = none. */
  export const POOLS_AT: usize = 344;
}

function number(config: usize, slot: usize): f64 {
  return load<f64>(config + slot);
}

function count(config: usize, slot: usize): u32 {
  return <u32>load<f64>(config + slot);
}

function ticks(value: f64): i64 {
  return value >= 9223372036854775808.0 ? FOREVER : <i64>value;
}

export function clusterBegin(config: usize): Cluster {
  const c = changetype<Cluster>(allocate(offsetof<Cluster>()));
  makeColumns(c, count(config, Slot.CAPACITY));
  c.tableCount = count(config, Slot.TABLE_COUNT);
  c.horizon = ticks(number(config, Slot.HORIZON));
  c.admissionLatency = ticks(number(config, Slot.ADMISSION_LATENCY));
  c.routingLatency = ticks(number(config, Slot.ROUTING_LATENCY));
  c.blockSize = count(config, Slot.BLOCK_SIZE);
  readSignals(c, config);
  readAdmission(c, config);
  readRouting(c, config);
  c.tenantShare = <usize>number(config, Slot.TENANT_SHARE_AT);
  c.hasBudgets = c.tenantShare != 0;
  c.admissionLooks =
    c.admission == Admission.TIER_SHED ||
    c.admission == Admission.GAIE_LEGACY ||
    c.hasBudgets ||
    (c.looks && (c.refreshInterval > 0 || c.readsCache));
  c.tenantInFlight = allocate((<usize>count(config, Slot.TENANTS) + 1) << 2);
  c.slots = number(config, Slot.SLOTS);
  c.interleaves = number(config, Slot.INTERLEAVES) != 0;
  c.isLive = c.looks && !c.interleaves && c.refreshInterval == 0;
  c.nameRank = <usize>number(config, Slot.NAME_RANK_AT);
  readGateway(c, config);
  readPools(c, <usize>number(config, Slot.POOLS_AT));
  c.pauseAt = FOREVER;
  c.followUps = makeHeap(64);
  c.admissions = makeRing();
  c.routings = makeRing();
  c.interned = number(config, Slot.INTERNED) != 0;
  c.keyBytes = c.interned || number(config, Slot.IDENTIFIED) != 0 ? allKeyBytes() : PLAIN_KEY_BYTES;
  c.keys = makeKeySpace();
  c.prompt = changetype<PromptBlocks>(allocate(offsetof<PromptBlocks>()));
  c.arrivalsAt = orderArrivals(c.blockSize, c.keyBytes);
  c.arrivalsEnd = c.arrivalsAt + ((<usize>c.tableCount) << 2);
  markUnreachable(c);
  c.logCapacity = count(config, Slot.LOG_CAPACITY);
  c.candidates = count(config, Slot.CANDIDATES);
  c.traces = c.logCapacity > 0;
  if (c.traces) c.log = allocate(<usize>c.logCapacity * ((8 + <usize>c.candidates * 7) << 3));
  return c;
}

/** A request that no instance can serve is told so by its routing decision, and not before. */
function markUnreachable(c: Cluster): void {
  for (let at = c.arrivalsAt; at < c.arrivalsEnd; at += 4) {
    const r = changetype<Request>(<usize>load<u32>(at));
    if (r.state != State.ROUTING_REJECTED) continue;
    r.state = State.NOT_ARRIVED;
    inFleet(r).unreachable = 1;
  }
}

function readSignals(c: Cluster, config: usize): void {
  c.refreshInterval = ticks(number(config, Slot.REFRESH_INTERVAL));
  c.cacheDelay = ticks(number(config, Slot.CACHE_DELAY));
  c.sharedBlocks = count(config, Slot.SHARED_BLOCKS);
  c.readsCache = number(config, Slot.READS_CACHE) != 0;
  c.legacySignals = number(config, Slot.LEGACY_SIGNALS) != 0;
  c.looks = number(config, Slot.LOOKS) != 0;
  if (c.readsCache) c.copies = allocate(<usize>c.capacity * <usize>c.sharedBlocks + 1);
}

function readAdmission(c: Cluster, config: usize): void {
  c.admission = <i32>number(config, Slot.ADMISSION);
  c.bucketCapacity = number(config, Slot.BUCKET_CAPACITY);
  c.bucketTokens = c.bucketCapacity;
  c.bucketRate = number(config, Slot.BUCKET_RATE);
  c.shedThreshold = <i64>number(config, Slot.SHED_THRESHOLD);
  c.shedMinPriority = <i32>number(config, Slot.SHED_MIN_PRIORITY);
  c.gaieQueueDepth = number(config, Slot.GAIE_QUEUE_DEPTH);
  c.gaieKvUse = number(config, Slot.GAIE_KV_USE);
}

function readRouting(c: Cluster, config: usize): void {
  const policy = makePolicy(
    c,
    <i32>number(config, Slot.ROUTING),
    count(config, Slot.SCORERS),
    <usize>number(config, Slot.SCORERS_AT),
    config + Slot.SEED_HIGH,
  );
  policy.readsCache = number(config, Slot.MAIN_READS_CACHE) != 0;
  policy.usesDirectory = number(config, Slot.USES_DIRECTORY) != 0;
  c.policy = policy;
  c.mainPolicy = policy;
  c.legacyMap = <usize>number(config, Slot.LEGACY_MAP_AT);
}

/** `seed`: signed 64 bits as two f64 halves, high first. */
function makePolicy(c: Cluster, routing: i32, scorerCount: u32, scorers: usize, seed: usize): Policy {
  const policy = changetype<Policy>(allocate(offsetof<Policy>()));
  policy.routing = routing;
  policy.scorerCount = scorerCount;
  policy.scorers = scorers;
  policy.random = randomAllocate();
  randomSeed(policy.random, ((<i64>load<f64>(seed)) << 32) | (<i64>load<f64>(seed, 8)));
  policy.directories = allocate((<usize>c.capacity) << 2);
  policy.lruOrder = allocate((<usize>c.capacity) << 2);
  return policy;
}

function readGateway(c: Cluster, config: usize): void {
  const gateway = makeGateway();
  gateway.detector = <i32>number(config, Slot.DETECTOR);
  gateway.byPriority = number(config, Slot.BY_PRIORITY) != 0;
  gateway.maxDepth = count(config, Slot.MAX_DEPTH);
  gateway.queueThreshold = number(config, Slot.QUEUE_THRESHOLD);
  gateway.kvThreshold = number(config, Slot.KV_THRESHOLD);
  gateway.maxConcurrency = number(config, Slot.MAX_CONCURRENCY);
  c.gateway = gateway;
}

/** Slots of the block of the pools, f64 each. */
namespace PoolSlot {
  export const PREFILL: usize = 0;
  export const DECODE: usize = 8;
  export const DECIDER: usize = 16;
  export const THRESHOLD: usize = 24;
  export const BANDWIDTH: usize = 32;
  export const BASE_MS: usize = 40;
  export const CONTENTION: usize = 48;
  export const KV_BYTES: usize = 56;
  /** Four slots and a seed each: scorers (0 = the main policy), address, reads the cache, uses a directory. */
  export const PREFILL_POLICY: usize = 64;
  export const DECODE_POLICY: usize = 112;
}

function readPools(c: Cluster, block: usize): void {
  if (block == 0) return;
  const pools = makePools();
  c.pd = changetype<usize>(pools);
  pools.prefillCount = count(block, PoolSlot.PREFILL);
  pools.decodeCount = count(block, PoolSlot.DECODE);
  pools.decider = <i32>number(block, PoolSlot.DECIDER);
  pools.threshold = <i64>number(block, PoolSlot.THRESHOLD);
  pools.bandwidth = number(block, PoolSlot.BANDWIDTH);
  pools.baseMs = number(block, PoolSlot.BASE_MS);
  pools.contention = number(block, PoolSlot.CONTENTION) != 0;
  pools.kvBytesPerToken = number(block, PoolSlot.KV_BYTES);
  pools.prefillPolicy = poolPolicy(c, block + PoolSlot.PREFILL_POLICY);
  pools.decodePolicy = poolPolicy(c, block + PoolSlot.DECODE_POLICY);
  pools.seen = makeDirectory(c.interned ? 0 : c.sharedBlocks + 1);
}

function poolPolicy(c: Cluster, block: usize): Policy {
  const scorers = count(block, 0);
  if (scorers == 0) return c.mainPolicy;
  const policy = makePolicy(c, Routing.WEIGHTED, scorers, <usize>number(block, 8), block + 32);
  policy.readsCache = number(block, 16) != 0;
  policy.usesDirectory = number(block, 24) != 0;
  return policy;
}

/** The next instance in index order. */
export function clusterAdd(c: Cluster, inst: Instance): void {
  const index = addInstance(c, inst);
  inst.frontDoor = changetype<usize>(c.followUps);
  if (c.hasBudgets) inst.tenantInFlight = c.tenantInFlight;
  addDirectory(c, c.mainPolicy, index);
  if (c.pd != 0) {
    addDirectory(c, poolsOf(c).prefillPolicy, index);
    addDirectory(c, poolsOf(c).decodePolicy, index);
  }
}

function addDirectory(c: Cluster, policy: Policy, index: u32): void {
  const cell = u32At(policy.directories, index);
  if (policy.usesDirectory && load<u32>(cell) == 0) {
    store<u32>(cell, <u32>changetype<usize>(makeDirectory(c.interned ? 0 : c.sharedBlocks + 1)));
  }
}

export function clusterLogAt(c: Cluster): usize {
  return c.log;
}

/** Rows in the decision log; the log is empty afterwards. */
export function clusterDrainLog(c: Cluster): u32 {
  const rows = c.logRows;
  c.logRows = 0;
  return rows;
}

/** Progress for the host. */
export function clusterClock(c: Cluster): f64 {
  return <f64>c.clock;
}

/** First page of sub-requests, 0 without pools. */
export function clusterSubPages(c: Cluster): usize {
  return c.pd == 0 ? 0 : poolsOf(c).firstPage;
}

export function clusterWritePools(c: Cluster, to: usize): void {
  const pools = poolsOf(c);
  store<f64>(to, pools.subRequests);
  store<f64>(to, pools.active, 8);
  store<f64>(to, pools.peak, 16);
  store<f64>(to, <f64>pools.depthSum, 24);
  store<f64>(to, pools.started, 32);
  store<f64>(to, pools.transferred, 40);
  store<f64>(to, pools.dropped, 48);
  store<f64>(to, pools.prefillCompleted, 56);
  store<f64>(to, pools.parents, 64);
}
