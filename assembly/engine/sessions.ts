// Closed-loop sessions (BLIS 87cc70ed sim/workload/session.go): when a request of a session completes, its next round is
// sent after a think time. Follow-ups are rows behind the request table, in pages. Round lengths come from the host, which
// is asked for more when a session has none left.

import { allocate } from '../memory-arena';
import { PIECE_BYTES, freshStream, outputStream } from '../kv/keys';
import { deliver } from './deliver';
import { valueOfStep } from '../stats/itl-log';
import { EventHeap, push } from './event-heap';
import { Instance } from './instance';
import { NEVER, Phase, Request, State, inFleet, recordBytes } from './request';

export const PAGE_ROWS: u32 = 512;
/** Rounds a session can hold at a time: pairs of tokens and a think time, 16 bytes. */
const ROUND_BYTES: usize = 16;

@unmanaged
export class Session {
  /** Ticks; written by the host as f64, see prepareSessions. */
  timeoutUs: i64;
  horizonUs: i64;
  prefixTokens: u32;
  prefixStream: u32;
  /** Number of the prefix's first key. */
  prefixKeys: u32;
  /** 2^32 − 1 = unlimited. */
  maxRounds: u32;
  accumulates: u32;
  /** Rounds known: (input u32, output u32, think f64) from `rounds` on. */
  rounds: u32;
  known: u32;
  used: u32;
  round: u32;
  /** Conversation so far, as pieces. */
  context: u32;
  contextPieces: u32;
}

const SESSION_BYTES: usize = (offsetof<Session>() + 7) & ~7;

let table: usize = 0;
let initialRows: u32 = 0;
let firstPage: usize = 0;
let lastPage: usize = 0;
let followUps: u32 = 0;
let budget: f64 = Infinity;
/** Sessions that have no round left, as u32, and how many. */
let hungry: usize = 0;
let hungryCount: u32 = 0;

export function allocateSessions(count: u32, requestCount: u32, followUpBudget: f64): usize {
  table = allocate(<usize>count * SESSION_BYTES);
  hungry = allocate((<usize>count) << 2);
  initialRows = requestCount;
  budget = followUpBudget;
  return table;
}

export function sessionBytes(): usize {
  return SESSION_BYTES;
}

export function prepareSessions(count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const s = sessionAt(i);
    s.timeoutUs = <i64>reinterpret<f64>(s.timeoutUs);
    const horizon = reinterpret<f64>(s.horizonUs);
    s.horizonUs = horizon < 9223372036854775808.0 ? <i64>horizon : i64.MAX_VALUE;
  }
}

function sessionAt(index: i32): Session {
  return changetype<Session>(table + <usize>index * SESSION_BYTES);
}

export function followUpCount(): u32 {
  return followUps;
}

/** First page of follow-ups; a page starts with the address of the next, its rows follow at byte 16. */
export function followUpPages(): usize {
  return firstPage;
}

export function hungrySessions(): usize {
  return hungry;
}

export function hungrySessionCount(): u32 {
  return hungryCount;
}

/** The host has put `known` rounds at `rounds` for session `index`. */
export function feedSession(index: u32, rounds: u32, known: u32): void {
  const s = sessionAt(index);
  s.rounds = rounds;
  s.known = known;
  s.used = 0;
}

export function clearHungry(): void {
  hungryCount = 0;
}

function newRow(): Request {
  const at = followUps % PAGE_ROWS;
  if (at == 0) {
    const page = allocate(16 + <usize>PAGE_ROWS * recordBytes);
    if (lastPage == 0) firstPage = page;
    else store<u32>(lastPage, <u32>page);
    lastPage = page;
  }
  const r = changetype<Request>(lastPage + 16 + <usize>at * recordBytes);
  r.row = initialRows + followUps;
  r.followUp = ++followUps;
  r.firstTokenUs = NEVER;
  r.schedulingDelayUs = NEVER;
  return r;
}

/** A request has reached its end at `at`; its progress is absolute. */
export function onEnd(inst: Instance, r: Request, at: i64): void {
  if (inst.tenantInFlight != 0) leaveTenant(inst, r);
  if (inst.drains && inst.clock < inst.emptiedAt && inst.waitingCount + inst.batchCount == 0) {
    inst.emptiedAt = inst.clock;
  }
  if (inst.frontDoor != 0 && inFleet(r).parent != 0) {
    if (r.state == State.COMPLETED || (r.state == State.TIMED_OUT && r.decodeOnly != 0))
      noteSubRequest(inst, r);
    return;
  }
  continueSession(inst, r, at);
}

/** In order of completion; a decode part that ran out of time is noted as well. */
function noteSubRequest(inst: Instance, r: Request): void {
  r.dueNext = 0;
  // Its first inter-token latency belongs to the parent's first-token time.
  const hasDecoded = r.phase == Phase.DECODE && r.itlStart < inst.itl.count;
  inFleet(r).transferUs = hasDecoded ? valueOfStep(inst.itl, r.itlStart) : 0;
  if (inst.endedSubs == 0) {
    inst.endedSubs = changetype<usize>(r);
    return;
  }
  let last = changetype<Request>(inst.endedSubs);
  while (last.dueNext != 0) last = changetype<Request>(last.dueNext);
  last.dueNext = changetype<usize>(r);
}

/** The next round of the session of a request that has reached its end at `at`. */
export function continueSession(inst: Instance, r: Request, at: i64): void {
  if (r.session < 0 || r.state != State.COMPLETED) return;
  const s = sessionAt(r.session);
  if (s.round + 1 >= s.maxRounds || <f64>followUps >= budget) return;
  const draw = <usize>s.rounds + <usize>s.used * ROUND_BYTES;
  s.used++;
  const arrival = at + <i64>load<f64>(draw, 8);
  if (arrival > s.horizonUs) return;
  s.round++;
  const next = newRow();
  next.session = r.session;
  if (inst.frontDoor != 0) {
    const fleet = inFleet(next);
    fleet.tenant = inFleet(r).tenant;
    fleet.sloPriority = inFleet(r).sloPriority;
    fleet.unreachable = inFleet(r).unreachable;
    fleet.handledBy = -1;
  }
  next.round = s.round;
  next.arrivalUs = arrival;
  next.outputTokens = load<u32>(draw, 4);
  next.prefixTokens = s.prefixTokens;
  next.prefixStream = s.prefixStream;
  next.prefixKeys = s.prefixKeys * inst.keyBytes;
  next.deadlineUs = s.timeoutUs > 0 ? arrival + s.timeoutUs : 0;
  const fresh = load<u32>(draw);
  if (s.accumulates != 0) continueConversation(s, r, next, fresh);
  else next.inputTokens = s.prefixTokens + fresh;
  next.prefixBlocks = s.prefixTokens / inst.blockSize;
  if (s.used == s.known && s.round + 1 < s.maxRounds) {
    store<u32>(hungry + ((<usize>hungryCount) << 2), r.session);
    hungryCount++;
    inst.needsRounds = true;
  }
  // In a cluster the follow-up comes in by the front door.
  if (inst.frontDoor != 0) push(changetype<EventHeap>(inst.frontDoor), arrival, next.followUp, 0, next);
  else deliver(inst, next);
}

function writePiece(to: usize, stream: u32, start: u32, length: u32): usize {
  store<u32>(to, stream);
  store<u32>(to, start, 4);
  store<u32>(to, length, 8);
  return to + PIECE_BYTES;
}

/** Prompt = prefix ++ (conversation so far ++ whole last prompt ++ tokens really produced) ++ fresh tokens. */
function continueConversation(s: Session, last: Request, next: Request, fresh: u32): void {
  const promptPieces = last.pieces == 0 ? 2 : last.pieceCount;
  const contextPieces = s.contextPieces + promptPieces + 1;
  const pieces = allocate(<usize>(contextPieces + 2) * PIECE_BYTES);
  let to = writePiece(pieces, s.prefixStream, 0, s.prefixTokens);
  memory.copy(to, s.context, <usize>s.contextPieces * PIECE_BYTES);
  to += <usize>s.contextPieces * PIECE_BYTES;
  if (last.pieces == 0) {
    to = writePiece(to, last.prefixStream, 0, last.prefixTokens);
    to = writePiece(to, freshStream(last.row), 0, last.inputTokens - last.prefixTokens);
  } else {
    memory.copy(to, last.pieces, <usize>last.pieceCount * PIECE_BYTES);
    to += <usize>last.pieceCount * PIECE_BYTES;
  }
  const produced = last.progress > <i64>last.inputTokens ? <u32>(last.progress - <i64>last.inputTokens) : 0;
  to = writePiece(to, outputStream(last.row), 0, min(produced, last.outputTokens));
  writePiece(to, freshStream(next.row), 0, fresh);
  s.context = <u32>(pieces + PIECE_BYTES);
  s.contextPieces = contextPieces;
  next.pieces = pieces;
  next.pieceCount = contextPieces + 2;
  let tokens: u64 = 0;
  for (let i: usize = 0; i < <usize>next.pieceCount; i++) tokens += load<u32>(pieces + i * PIECE_BYTES, 8);
  next.inputTokens = tokens < <u64>u32.MAX_VALUE ? <u32>tokens : u32.MAX_VALUE;
}

/** One request less in flight for its tenant, where a cluster keeps budgets. */
function leaveTenant(inst: Instance, r: Request): void {
  const tenant = inFleet(r).tenant;
  if (tenant < 0) return;
  const cell = inst.tenantInFlight + ((<usize>tenant) << 2);
  const count = load<i32>(cell);
  if (count > 0) store<i32>(cell, count - 1);
}
