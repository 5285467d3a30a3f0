// Prefill and decode on separate instances (BLIS 87cc70ed sim/cluster/pd_*.go, sim/disaggregation.go). A request becomes a
// prefill sub-request, a KV transfer, and a decode sub-request; its own figures are put together at the end. What the
// reference notices at the start of a completing step (transfer start, completion) happens at that time here too.

import { allocate } from '../memory-arena';
import { EventHeap, earliest, makeHeap, pop, push } from '../engine/event-heap';
import { Instance } from '../engine/instance';
import { NEVER, Request, State, inFleet, recordBytes } from '../engine/request';
import { compareIds } from '../engine/request-ids';
import { continueSession } from '../engine/sessions';
import { enterTransferred } from '../engine/transferred';
import { Cluster, Policy, instanceAt } from './cluster';
import { Stage, logDecision } from './decision-log';
import { EventRing, makeRing, ringPush, ringTime } from './event-ring';
import { Directory, matchBlocks, touchBlocks } from './prefix-directory';
import { identify } from './prompt-blocks';

const PAGE_ROWS: u32 = 512;

export namespace Decider {
  export const NEVER: i32 = 0;
  export const ALWAYS: i32 = 1;
  export const PREFIX_THRESHOLD: i32 = 2;
}

@unmanaged
export class Pools {
  prefillCount: u32;
  decodeCount: u32;
  decider: i32;
  threshold: i64;
  /** 10^9 byte/s. */
  bandwidth: f64;
  baseMs: f64;
  contention: bool;
  kvBytesPerToken: f64;
  prefillPolicy: Policy;
  decodePolicy: Policy;
  /** What the prefix-threshold decider has seen anywhere. */
  seen: Directory;
  decisions: EventRing;
  prefillRoutings: EventRing;
  transferStarts: EventRing;
  transferEnds: EventHeap;
  decodeRoutings: EventRing;
  transferTurn: u32;
  // Sub-requests, in pages: word = address of the next page, rows from byte 16 on.
  firstPage: usize;
  lastPage: usize;
  subRequests: u32;
  // Figures.
  active: u32;
  peak: u32;
  depthSum: i64;
  started: u32;
  transferred: u32;
  dropped: u32;
  prefillCompleted: u32;
  /** Requests taken apart. */
  parents: u32;
}

export function poolsOf(c: Cluster): Pools {
  return changetype<Pools>(c.pd);
}

export function makePools(): Pools {
  const pools = changetype<Pools>(allocate(offsetof<Pools>()));
  pools.decisions = makeRing();
  pools.prefillRoutings = makeRing();
  pools.transferStarts = makeRing();
  pools.transferEnds = makeHeap(64);
  pools.decodeRoutings = makeRing();
  return pools;
}

function newRow(pools: Pools): Request {
  const at = pools.subRequests % PAGE_ROWS;
  if (at == 0) {
    const page = allocate(16 + <usize>PAGE_ROWS * recordBytes);
    if (pools.lastPage == 0) pools.firstPage = page;
    else store<u32>(pools.lastPage, <u32>page);
    pools.lastPage = page;
  }
  pools.subRequests++;
  return changetype<Request>(pools.lastPage + 16 + <usize>at * recordBytes);
}

/** The part of `parent` that one pool serves: same prompt, labels, arrival and deadline. */
function subRequest(c: Cluster, parent: Request): Request {
  const r = newRow(poolsOf(c));
  r.row = parent.row;
  inFleet(r).parent = changetype<usize>(parent);
  r.arrivalUs = parent.arrivalUs;
  r.deadlineUs = parent.deadlineUs;
  r.firstTokenUs = NEVER;
  r.schedulingDelayUs = NEVER;
  r.inputTokens = parent.inputTokens;
  r.prefixTokens = parent.prefixTokens;
  r.prefixStream = parent.prefixStream;
  r.prefixBlocks = parent.prefixBlocks;
  r.prefixKeys = parent.prefixKeys;
  // Equal rows: the fresh tokens of both parts are the parent's.
  r.pieces = parent.pieces;
  r.pieceCount = parent.pieceCount;
  r.session = parent.session;
  inFleet(r).tenant = inFleet(parent).tenant;
  inFleet(r).sloPriority = inFleet(parent).sloPriority;
  inFleet(r).handledBy = -1;
  r.followUp = parent.followUp;
  r.round = parent.round;
  return r;
}

/** Whether to take the request apart; logged as the reference logs it. */
export function decide(c: Cluster, parent: Request, at: i64): bool {
  const pools = poolsOf(c);
  let apart = pools.decider == Decider.ALWAYS;
  if (pools.decider == Decider.PREFIX_THRESHOLD && parent.inputTokens > 0) {
    identify(c, parent);
    const known = <i64>matchBlocks(pools.seen, c.prompt) * <i64>c.blockSize;
    apart = <i64>parent.inputTokens - known > pools.threshold;
  }
  if (c.traces) logDecision(c, Stage.DISAGGREGATION, parent, at, apart ? 1 : 0, 0, 0.0);
  if (apart) {
    pools.parents++;
    const prefill = subRequest(c, parent);
    inFleet(prefill).outputLimit = parent.outputTokens;
    parent.state = State.DISAGGREGATED;
    ringPush(pools.prefillRoutings, at + c.routingLatency, prefill);
  }
  return apart;
}

/** The decider remembers what was routed whole and what went to prefill. */
export function rememberPrompt(c: Cluster, r: Request): void {
  const pools = poolsOf(c);
  if (pools.decider != Decider.PREFIX_THRESHOLD) return;
  identify(c, r);
  touchBlocks(pools.seen, c.prompt);
}

/** µs of moving the prompt's KV blocks; the order of the operations decides some by one. */
function transferUs(c: Cluster, r: Request): i64 {
  const pools = poolsOf(c);
  const blocks = (r.inputTokens + c.blockSize - 1) / c.blockSize;
  const bytes = <f64>blocks * <f64>c.blockSize * pools.kvBytesPerToken;
  let perUs = pools.bandwidth * 1000.0;
  if (pools.contention && pools.active > 1) perUs /= <f64>pools.active;
  const duration = <i64>Math.ceil(pools.baseMs * 1000.0 + bytes / perUs);
  return duration < 1 ? 1 : duration;
}

export function startTransfer(c: Cluster, prefill: Request, at: i64): void {
  const pools = poolsOf(c);
  pools.active++;
  pools.started++;
  pools.depthSum += pools.active;
  if (pools.active > pools.peak) pools.peak = pools.active;
  const parent = changetype<Request>(inFleet(prefill).parent);
  const duration = transferUs(c, prefill);
  // A transfer counts once it has ended; one that starts at time 0 never does (BLIS 87cc70ed takes 0 for "not started").
  parent.sumUs = at > 0 ? duration : 0;
  parent.firstTokenUs = prefill.firstTokenUs;
  parent.schedulingDelayUs = prefill.schedulingDelayUs;
  if (c.traces) {
    const blocks = (prefill.inputTokens + c.blockSize - 1) / c.blockSize;
    logDecision(c, Stage.KV_TRANSFER, parent, at, blocks, 0, <f64>duration);
  }
  const turn = <i64>pools.transferTurn;
  pools.transferTurn++;
  push(pools.transferEnds, at + duration, turn, 0, parent);
}

export function endTransfer(c: Cluster, at: i64): void {
  const pools = poolsOf(c);
  const parent = pop(pools.transferEnds);
  pools.active--;
  pools.transferred++;
  inFleet(parent).transferUs = parent.sumUs;
  const decode = subRequest(c, parent);
  decode.outputTokens = parent.outputTokens;
  decode.decodeOnly = 1;
  ringPush(pools.decodeRoutings, at, decode);
}

/** Gives the decode sub-request its place on the chosen instance. False: not enough KV blocks there. */
export function enterDecode(c: Cluster, decode: Request, index: u32, at: i64): bool {
  return enterTransferred(instanceAt(c, index), decode, at);
}

/** Ended sub-requests of the instance since the last call: prefills in order of their ids, then parents' completions. */
export function noticeEnded(c: Cluster, inst: Instance, at: i64): void {
  const pools = poolsOf(c);
  let left = inst.endedSubs;
  inst.endedSubs = 0;
  while (left != 0) {
    // Several at once come in bytewise order of their ids.
    const first = takeFirst(left);
    left = remaining;
    const parent = changetype<Request>(inFleet(first).parent);
    if (first.decodeOnly == 0) {
      pools.prefillCompleted++;
      ringPush(pools.transferStarts, at, first);
      continue;
    }
    parent.state = first.state;
    inFleet(parent).handledBy = inFleet(first).handledBy;
    parent.progress = first.progress;
    parent.sumUs = first.sumUs;
    inFleet(parent).pdEndUs = first.state == State.COMPLETED ? at + inst.postDecodeUs : at;
    const transfer = inFleet(parent).transferUs;
    const firstStep = inFleet(first).transferUs;
    if (transfer > 0 && firstStep > 0 && parent.firstTokenUs != NEVER)
      parent.firstTokenUs += transfer + firstStep;
    continueSession(inst, parent, inFleet(parent).pdEndUs);
  }
}

let remaining: usize = 0;

function takeFirst(list: usize): Request {
  let best = changetype<Request>(list);
  let bestBefore: usize = 0;
  let before = list;
  for (let at = best.dueNext; at != 0; at = changetype<Request>(at).dueNext) {
    if (compareIds(changetype<Request>(at), best) < 0) {
      best = changetype<Request>(at);
      bestBefore = before;
    }
    before = at;
  }
  if (bestBefore == 0) remaining = best.dueNext;
  else {
    changetype<Request>(bestBefore).dueNext = best.dueNext;
    remaining = list;
  }
  return best;
}

export function nextPoolEvent(c: Cluster): i64 {
  const pools = poolsOf(c);
  let next = ringTime(pools.decisions);
  next = earlier(next, ringTime(pools.prefillRoutings));
  next = earlier(next, ringTime(pools.transferStarts));
  next = earlier(next, earliest(pools.transferEnds));
  return earlier(next, ringTime(pools.decodeRoutings));
}

function earlier(a: i64, b: i64): i64 {
  return a < b ? a : b;
}
