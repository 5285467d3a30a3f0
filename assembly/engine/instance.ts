// Everything one serving instance knows, beside its requests. `decodeCount` and `decodeSum` advance once a step for all
// decoding members at once: a member's tokens, ITL sum and end are differences to them.

import { allocate } from '../memory-arena';
import { KeySpace, makeKeySpace } from '../kv/keys';
import { Pool, makePool } from '../kv/pool';
import { ItlLog, makeItlLog } from '../stats/itl-log';
import { EventHeap, makeHeap } from './event-heap';
import { Request, hasFleetRecords, recordBytes } from './request';

export const FOREVER: i64 = i64.MAX_VALUE;

/** Steps that the log of inter-token latencies has room for at first. Those of a fleet share the processor's caches. */
const ITL_STEPS: u32 = 1 << 14;
const FLEET_ITL_STEPS: u32 = 1 << 10;

export namespace Order {
  export const FCFS: i32 = 0;
  export const EARLIEST: i32 = 1;
  export const LATEST: i32 = 2;
  export const SHORTEST: i32 = 3;
}

@unmanaged
export class Instance {
  // Configuration.
  latency: usize;
  /** The latency model needs every member of a step, see step-time.ts. */
  perMember: bool;
  /** What a decoding member adds, by context (step-time.ts): address, entries, entries filled; room for one address a member. */
  decodeTable: usize;
  decodeContexts: u32;
  decodeFilled: u32;
  memberEntries: usize;
  horizon: i64;
  maxRunning: u32;
  tokenBudget: u32;
  /** 0 = off. */
  prefillChunk: u32;
  /** 0 = unlimited. */
  maxModelLen: u32;
  blockSize: u32;
  order: i32;
  frontDelayUs: i64;
  outputTokenUs: i64;
  postDecodeUs: i64;
  /** A step's batch is decided at the start of the step before, see pipelining.ts. */
  pipelined: bool;
  /** Front-end µs that every decoding request adds to a first token's time (physics model; 0 otherwise). */
  streamUs: f64;

  // Clock and events. stepAt = FOREVER: no step pending.
  clock: i64;
  /** Latest time within the horizon of events that only move the clock. */
  passiveClock: i64;
  stepAt: i64;
  // Pipelined: when the last step began and ends, how many members it completed, and what the step being formed may see.
  lastStartUs: i64;
  busyUntilUs: i64;
  justCompleted: u32;
  decidedUs: i64;
  heldSlots: u32;
  /** Requests known beforehand in order of their Queued events, [arrivalsAt, arrivalsEnd). */
  arrivalsAt: usize;
  arrivalsEnd: usize;
  /** Heaps: Queued events of requests delivered while running; deadlines. */
  deliveries: EventHeap;
  deadlines: EventHeap;
  timeouts: u32;

  // Wait queue: a list (first come, first served) or a heap.
  waiting: Request;
  waitingHeap: usize;
  waitingCount: u32;

  // Batch, in order of admission; decoding members are counted, prefilling ones too.
  batch: Request;
  batchCount: u32;
  prefilling: u32;
  decoding: u32;
  /** Σ progress over decoding members. */
  context: i64;
  admissions: u32;
  decodeCount: i64;
  decodeSum: i64;
  /** Buckets of members by the decode count at which they complete. */
  due: usize;
  dueMask: u32;
  /** Members by the decode count modulo block size at which they need another block: counts, or lists with identity. */
  crossings: usize;
  phase: u32;

  // The step being formed.
  budget: u32;
  prefillTokens: u32;
  attention: f64;
  scheduledDecodes: u32;
  scheduledContext: i64;
  scheduledMembers: u32;
  preempted: bool;
  /** First member that the budget left without tokens; the batch list itself when there is none. */
  starved: Request;
  /** First member admitted in this step; the batch list itself when there is none. */
  newcomers: Request;
  newcomerCount: u32;

  // KV cache.
  pool: Pool;
  prefixIndex: usize;
  keyBytes: u32;
  keys: KeySpace;
  /** All requests' blocks have identity; keys are interned. */
  identified: bool;
  interned: bool;
  explicitDecoding: u32;
  /** Explicit members whose last block this step fills. */
  explicitFilling: u32;
  /** Lists of explicit members by crossing phase. */
  crossers: usize;
  /** CPU tier, 0 = none. */
  cpu: usize;
  /** Memo of the look-up for a blocked queue head. */
  memoRow: u32;
  memoVersion: u32;
  memoAnswers: u32;
  memoCached: u32;
  memoValid: bool;

  // In a cluster, 0 otherwise: heap of follow-ups arriving at the front door; requests in flight (i32) by tenant where there
  // are budgets.
  frontDoor: usize;
  /** List of completed sub-requests that the cluster has not noticed yet. */
  endedSubs: usize;
  tenantInFlight: usize;
  /** When the last request was handed over: an event of that time. */
  deliveredAt: i64;
  /** Ends of completed requests, each an event of its time, where somebody may ask for the next one; null elsewhere. */
  leaves: EventHeap | null;
  /** It takes no more requests; and when it first had an event that left its queue and its batch empty, FOREVER = not yet. */
  drains: bool;
  emptiedAt: i64;

  /** Rules of the founding version, see classic-rules.ts; 0 = the current ones. */
  classic: usize;

  // Results.
  itl: ItlLog;
  steps: i64;
  /** Σ over steps of the wait-queue length after batch formation. */
  waitingSum: i64;
  completed: u32;
  timedOut: u32;
  dropped: u32;
  lengthCapped: u32;
  preemptions: i64;
  allocationFailures: i64;
  /** Reservations that found too few free blocks: as long as there are none, a CPU tier changes nothing. */
  shortages: i64;
  inputTokens: i64;
  outputTokens: i64;
  /** Step log: rows of LOG_COLUMNS f64, filled up to logCapacity. */
  log: usize;
  logRows: u32;
  logCapacity: u32;
  /** One row for consecutive steps of equal batch and queue. */
  logSpans: bool;
  /** A session has no known round left: the host must add some before the next step. */
  needsRounds: bool;
  // Requests that preempted themselves alone: how often in a row with nothing ending, and the last one (−1 = none).
  selfPreemptions: u32;
  endedThen: u32;
  livelockRow: i32;
  /** Debug builds: visit every member of every step, give every block its identity. */
  literal: bool;
  /** Nobody delivers requests from outside. */
  isAlone: bool;
  /** Something that ends the run, see Fault. */
  fault: i32;
  faultRow: u32;
}

export namespace Fault {
  export const NONE: i32 = 0;
  /** A request without prompt and without output reached the batch. */
  export const EMPTY_REQUEST: i32 = 1;
  export const LIVELOCK: i32 = 2;
  /** Classic profile: an eviction with nobody left to evict, an output token that does not exist, a step too long. */
  export const EMPTY_BATCH: i32 = 3;
  export const NO_SUCH_TOKEN: i32 = 4;
  export const ENDLESS_STEP: i32 = 5;
}

function listHead(): Request {
  const head = changetype<Request>(allocate(recordBytes));
  head.next = head;
  head.prev = head;
  return head;
}

/** `dueBuckets` is a power of two. */
export function makeInstance(
  totalBlocks: u32,
  blockSize: u32,
  dueBuckets: u32,
  prefixBlocks: u32,
  keyBytes: u32,
): Instance {
  const inst = changetype<Instance>(allocate(offsetof<Instance>()));
  inst.blockSize = blockSize;
  inst.waiting = listHead();
  inst.batch = listHead();
  inst.starved = inst.batch;
  inst.newcomers = inst.batch;
  inst.due = allocate((<usize>dueBuckets) << 3);
  inst.dueMask = dueBuckets - 1;
  inst.crossings = allocate((<usize>blockSize) << 2);
  inst.crossers = allocate((<usize>blockSize) << 3);
  inst.pool = makePool(totalBlocks);
  inst.keyBytes = keyBytes;
  inst.keys = makeKeySpace();
  inst.prefixIndex = allocate((<usize>prefixBlocks + 1) * keyBytes);
  inst.itl = makeItlLog(hasFleetRecords() ? FLEET_ITL_STEPS : ITL_STEPS);
  inst.deliveries = makeHeap(64);
  inst.deadlines = makeHeap(64);
  inst.stepAt = FOREVER;
  inst.passiveClock = i64.MIN_VALUE;
  inst.deliveredAt = i64.MIN_VALUE;
  inst.emptiedAt = FOREVER;
  inst.clock = 0;
  inst.livelockRow = -1;
  return inst;
}
