// The life of one request, on demand: what it does in each step, as spans. Nothing is kept for the others, so a life is had by
// running again with its row watched.

import { allocate } from '../memory-arena';
import { Instance } from './instance';
import { Phase, Request, State, inFleet, hasFleetRecords } from './request';

export namespace Life {
  /** Enters the wait queue; start = end. */
  export const QUEUED: i32 = 0;
  /** A step computes `tokens` of its prompt. */
  export const PREFILL: i32 = 1;
  /** `tokens` consecutive steps give it a token each. */
  export const DECODE: i32 = 2;
  /** In the batch, without tokens in this step. */
  export const HELD: i32 = 3;
  /** Loses its blocks and starts over; start = end. */
  export const PREEMPTED: i32 = 4;
}

/** Rows of kind, start, end, tokens, instance: f64 each. */
const ROW: usize = 40;

let watchedRow: i32 = -1;
let log: usize = 0;
let rows: u32 = 0;
let capacity: u32 = 0;
let watched: usize = 0;
let host: usize = 0;

/** Before anything runs. */
export function watchRequest(row: u32, room: u32): void {
  watchedRow = <i32>row;
  capacity = room;
  log = allocate(<usize>room * ROW);
}

export function watchedAt(): usize {
  return log;
}

/** How many rows the life has had so far; those beyond the room are not kept. */
export function watchedRows(): u32 {
  return rows;
}

/** Whether it is the watched request or a part of it. */
function isWatched(r: Request): bool {
  if (watchedRow < 0) return false;
  if (hasFleetRecords() && inFleet(r).parent != 0)
    return changetype<Request>(inFleet(r).parent).row == <u32>watchedRow;
  return r.row == <u32>watchedRow;
}

/** Call when a request enters the wait queue of an instance. */
export function watchQueued(inst: Instance, r: Request, at: i64): void {
  if (!isWatched(r)) return;
  watched = changetype<usize>(r);
  host = changetype<usize>(inst);
  add(inst, Life.QUEUED, at, at, 0);
}

export function watchPreempted(inst: Instance, r: Request): void {
  if (changetype<usize>(r) == watched) add(inst, Life.PREEMPTED, inst.clock, inst.clock, 0);
}

/** Call once the step is formed and its length known, before its tokens are counted. */
export function watchStep(inst: Instance, start: i64, end: i64): void {
  if (changetype<usize>(inst) != host) return;
  const r = changetype<Request>(watched);
  if (r.state != State.RUNNING) return;
  const isHeld = inst.starved != inst.batch && r.order >= inst.starved.order;
  if (isHeld) add(inst, Life.HELD, start, end, 0);
  else if (r.phase == Phase.PREFILL) add(inst, Life.PREFILL, start, end, r.scheduled);
  else add(inst, Life.DECODE, start, end, 1);
}

/** Call after a run of steps in which every member decoded. */
export function watchDecoded(inst: Instance, start: i64, end: i64, steps: i32): void {
  if (changetype<usize>(inst) != host) return;
  if (changetype<Request>(watched).state == State.RUNNING) add(inst, Life.DECODE, start, end, steps);
}

function add(inst: Instance, kind: i32, start: i64, end: i64, tokens: u32): void {
  if (kind == Life.DECODE && rows > 0 && rows <= capacity) {
    const last = log + <usize>(rows - 1) * ROW;
    if (load<f64>(last) == <f64>Life.DECODE && load<f64>(last, 16) == <f64>start) {
      store<f64>(last, <f64>end, 16);
      store<f64>(last, load<f64>(last, 24) + <f64>tokens, 24);
      return;
    }
  }
  if (rows++ >= capacity) return;
  const row = log + <usize>(rows - 1) * ROW;
  store<f64>(row, <f64>kind);
  store<f64>(row, <f64>start, 8);
  store<f64>(row, <f64>end, 16);
  store<f64>(row, <f64>tokens, 24);
  store<f64>(row, <f64>changetype<usize>(inst), 32);
}
