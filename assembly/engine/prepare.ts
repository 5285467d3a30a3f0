// From the host's columns to a run: configuration block, request table, order of Queued events.

import { allocate } from '../memory-arena';
import { outputTokenTicks, postDecodeTicks, queueingTicks, streamTime } from '../latency/model';
import { makeCpuTier } from '../kv/cpu-tier';
import { PLAIN_KEY_BYTES, allKeyBytes } from '../kv/keys';
import { FOREVER, Instance, makeInstance } from './instance';
import { NEVER, Request, State, recordBytes } from './request';
import { prepareStepTime } from './step-time';
import { reserveQueue } from './wait-queue';

let table: usize = 0;
let tableCount: u32 = 0;

/** The request table; the host fills in the input fields before `begin`. */
export function allocateRequests(count: u32): usize {
  table = allocate(<usize>count * recordBytes);
  tableCount = count;
  return table;
}

/** Slots of the configuration block, f64 each. */
namespace Slot {
  export const TOTAL_BLOCKS: usize = 0;
  export const BLOCK_SIZE: usize = 8;
  export const MAX_RUNNING: usize = 16;
  export const TOKEN_BUDGET: usize = 24;
  export const PREFILL_CHUNK: usize = 32;
  export const MAX_MODEL_LEN: usize = 40;
  export const HORIZON: usize = 48;
  export const ORDER: usize = 56;
  export const LATENCY: usize = 64;
  export const DUE_BUCKETS: usize = 72;
  export const PREFIX_BLOCKS: usize = 80;
  export const FRONT_DELAY: usize = 88;
  export const LOG_CAPACITY: usize = 96;
  export const CPU_BLOCKS: usize = 104;
  export const TRANSFER_US: usize = 112;
  /** Blocks have identity throughout; needed with a CPU tier. */
  export const IDENTIFIED: usize = 120;
  /** Prompts may be stitched together from several token streams. */
  export const INTERNED: usize = 128;
  /** Debug builds: take no shortcut. */
  export const LITERAL: usize = 136;
  /** Contexts stay below this; 0 = unknown. */
  export const CONTEXTS: usize = 144;
  export const PIPELINED: usize = 152;
  /** The step log is in spans. */
  export const LOG_SPANS: usize = 160;
}

function ticks(value: f64): i64 {
  return value >= 9223372036854775808.0 ? FOREVER : <i64>value;
}

/** One instance that serves the request table alone. */
export function begin(config: usize): Instance {
  const inst = configureInstance(config);
  inst.isAlone = true;
  inst.frontDelayUs = ticks(load<f64>(config, Slot.FRONT_DELAY));
  prepareTable(inst, inst.frontDelayUs);
  return inst;
}

/** An instance without requests of its own; they are delivered to it. */
export function configureInstance(config: usize): Instance {
  const interned = load<f64>(config, Slot.INTERNED) != 0;
  const literal: bool = PARANOID != 0 && load<f64>(config, Slot.LITERAL) != 0;
  const identified = interned || literal || load<f64>(config, Slot.IDENTIFIED) != 0;
  const cpuBlocks = <u32>load<f64>(config, Slot.CPU_BLOCKS);
  const inst = makeInstance(
    <u32>load<f64>(config, Slot.TOTAL_BLOCKS),
    <u32>load<f64>(config, Slot.BLOCK_SIZE),
    <u32>load<f64>(config, Slot.DUE_BUCKETS),
    <u32>load<f64>(config, Slot.PREFIX_BLOCKS),
    identified || cpuBlocks > 0 ? allKeyBytes() : PLAIN_KEY_BYTES,
  );
  inst.identified = identified;
  inst.literal = literal;
  inst.interned = interned;
  if (cpuBlocks > 0) {
    inst.cpu = changetype<usize>(
      makeCpuTier(cpuBlocks, <i64>load<f64>(config, Slot.TRANSFER_US), identified),
    );
  }
  inst.maxRunning = <u32>load<f64>(config, Slot.MAX_RUNNING);
  inst.tokenBudget = <u32>load<f64>(config, Slot.TOKEN_BUDGET);
  inst.prefillChunk = <u32>load<f64>(config, Slot.PREFILL_CHUNK);
  inst.maxModelLen = <u32>load<f64>(config, Slot.MAX_MODEL_LEN);
  inst.horizon = ticks(load<f64>(config, Slot.HORIZON));
  inst.order = <i32>load<f64>(config, Slot.ORDER);
  inst.latency = <usize>load<f64>(config, Slot.LATENCY);
  prepareStepTime(inst, <u32>load<f64>(config, Slot.CONTEXTS));
  if (inst.decodeTable != 0) {
    const members = inst.maxRunning < tableCount ? inst.maxRunning : tableCount;
    inst.memberEntries = allocate(((<usize>members) << 2) + 4);
  }
  inst.outputTokenUs = outputTokenTicks(inst.latency);
  inst.postDecodeUs = postDecodeTicks(inst.latency);
  inst.streamUs = streamTime(inst.latency);
  inst.pipelined = load<f64>(config, Slot.PIPELINED) != 0;
  inst.logCapacity = <u32>load<f64>(config, Slot.LOG_CAPACITY);
  inst.logSpans = load<f64>(config, Slot.LOG_SPANS) != 0;
  if (inst.logCapacity > 0) inst.log = allocate(<usize>inst.logCapacity * 80);
  reserveQueue(inst, tableCount);
  return inst;
}

/** Turns the host's f64 times of a row into ticks, and its prefix into blocks. */
export function prepareRequest(i: u32, blockSize: u32, keyBytes: u32): Request {
  const r = requestAt(i);
  r.row = i;
  r.arrivalUs = <i64>reinterpret<f64>(r.arrivalUs);
  r.deadlineUs = <i64>reinterpret<f64>(r.deadlineUs);
  r.prefixBlocks = min(r.prefixTokens, r.inputTokens) / blockSize;
  r.prefixKeys *= keyBytes;
  r.firstTokenUs = NEVER;
  r.schedulingDelayUs = NEVER;
  return r;
}

export function requestCount(): u32 {
  return tableCount;
}

export function requestAt(row: u32): Request {
  return changetype<Request>(table + <usize>row * recordBytes);
}

/** Prepares every row and gives addresses (u32) of the rows in order of arrival, ties in table order. */
export function orderArrivals(blockSize: u32, keyBytes: u32): usize {
  const order = allocate((<usize>tableCount + 1) << 2);
  for (let i: u32 = 0; i < tableCount; i++) {
    const r = prepareRequest(i, blockSize, keyBytes);
    r.sumUs = r.arrivalUs;
    store<u32>(order + ((<usize>i) << 2), <u32>changetype<usize>(r));
  }
  if (!isSorted(order, tableCount)) sortByQueued(order, tableCount);
  return order;
}

function prepareTable(inst: Instance, frontDelay: i64): void {
  const order = allocate((<usize>tableCount + 1) << 2);
  let routed: u32 = 0;
  for (let i: u32 = 0; i < tableCount; i++) {
    const r = prepareRequest(i, inst.blockSize, inst.keyBytes);
    const delivered = r.arrivalUs + frontDelay;
    if (delivered > inst.horizon) {
      r.state = State.BEYOND_HORIZON;
      continue;
    }
    if (r.state == State.ROUTING_REJECTED) continue;
    if (delivered > inst.passiveClock) inst.passiveClock = delivered;
    r.sumUs = delivered + queueingTicks(inst.latency, r.inputTokens);
    store<u32>(order + ((<usize>routed) << 2), <u32>changetype<usize>(r));
    routed++;
  }
  inst.arrivalsAt = order;
  inst.arrivalsEnd = order + ((<usize>routed) << 2);
  if (!isSorted(order, routed)) sortByQueued(order, routed);
}

function at(order: usize, index: u32): Request {
  return changetype<Request>(<usize>load<u32>(order + ((<usize>index) << 2)));
}

function comesAfter(a: Request, b: Request): bool {
  return a.sumUs > b.sumUs || (a.sumUs == b.sumUs && a.arrivalUs > b.arrivalUs);
}

function isSorted(order: usize, count: u32): bool {
  for (let i: u32 = 1; i < count; i++) if (comesAfter(at(order, i - 1), at(order, i))) return false;
  return true;
}

/** Stable merge sort: rows in table order stay so where times tie. */
function sortByQueued(order: usize, count: u32): void {
  const other = allocate((<usize>count) << 2);
  let from = order;
  let to = other;
  for (let width: u32 = 1; width < count; width <<= 1) {
    for (let start: u32 = 0; start < count; start += width << 1) {
      const middle = min(start + width, count);
      const end = min(start + (width << 1), count);
      let left = start;
      let right = middle;
      for (let out = start; out < end; out++) {
        const takeLeft = left < middle && (right >= end || !comesAfter(at(from, left), at(from, right)));
        const index = takeLeft ? left++ : right++;
        store<u32>(to + ((<usize>out) << 2), load<u32>(from + ((<usize>index) << 2)));
      }
    }
    const swap = from;
    from = to;
    to = swap;
  }
  if (from != order) memory.copy(order, from, (<usize>count) << 2);
}
