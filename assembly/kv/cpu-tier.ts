// Host tier of the KV cache (BLIS 87cc70ed sim/kv/tiered.go): an LRU of block contents, renewed by every step for all full
// blocks of all members. What members own is by definition the newest, in batch order, so it is not in the list here: the list
// holds what nobody in the batch owns, with the pass that renewed it last. Anonymous blocks of requests that will not come
// back are one entry with a count. When the tier is too small for its members, everything is listed (`isLiteral`).

import { allocate } from '../memory-arena';
import { Instance } from '../engine/instance';
import { Key } from './keys';

/** Order of touches by reloads, later than all of a pass. */
export const LAST: u32 = u32.MAX_VALUE;
const SLAB: usize = 256;

@unmanaged
export class CpuTier {
  capacity: u32;
  /** Blocks held, and those of them in the list. */
  count: u32;
  idle: u32;
  /** Mirroring passes so far. */
  passes: u32;
  isLiteral: bool;
  /** Sentinel of the list from oldest to newest. */
  list: Key;
  /** Unused run entries. */
  spare: u32;
  transferUs: i64;
  pendingUs: i64;
  mirrored: i64;
  evictions: i64;
  misses: i64;
  reloads: u32;
  /** Blocks without identity that this step filled. */
  fills: u32;
  /** Keys that became members' in this step: pairs of (order, key). */
  events: usize;
  eventCount: u32;
  eventCapacity: u32;
}

export function makeCpuTier(capacity: u32, transferUs: i64, isLiteral: bool): CpuTier {
  const cpu = changetype<CpuTier>(allocate(offsetof<CpuTier>()));
  const list = changetype<Key>(allocate(offsetof<Key>()));
  list.lruNext = <u32>changetype<usize>(list);
  list.lruPrev = list.lruNext;
  cpu.list = list;
  cpu.capacity = capacity;
  cpu.transferUs = transferUs;
  cpu.isLiteral = isLiteral;
  cpu.eventCapacity = 256;
  cpu.events = allocate(256 << 3);
  return cpu;
}

export function tierOf(inst: Instance): CpuTier {
  return changetype<CpuTier>(inst.cpu);
}

export function keyFrom(at: u32): Key {
  return changetype<Key>(<usize>at);
}

function address(k: Key): u32 {
  return <u32>changetype<usize>(k);
}

/** Transfer time since the last step. */
export function takePending(inst: Instance): i64 {
  const cpu = tierOf(inst);
  const pending = cpu.pendingUs;
  cpu.pendingUs = 0;
  return pending;
}

/** Nothing to wait for, nothing to store but what decoding fills, and no order to keep among members. */
export function isQuiet(cpu: CpuTier): bool {
  return !cpu.isLiteral && cpu.pendingUs == 0 && cpu.eventCount == 0;
}

/** Takes an entry off the list; a key stays on the CPU. */
export function unlist(cpu: CpuTier, k: Key): void {
  keyFrom(k.lruPrev).lruNext = k.lruNext;
  keyFrom(k.lruNext).lruPrev = k.lruPrev;
  k.isListed = 0;
  cpu.idle -= k.run == 0 ? 1 : k.run;
}

/** Lists an entry behind `before`. */
export function listBehind(cpu: CpuTier, before: Key, k: Key): void {
  k.lruPrev = address(before);
  k.lruNext = before.lruNext;
  keyFrom(before.lruNext).lruPrev = address(k);
  before.lruNext = address(k);
  k.isListed = 1;
  cpu.idle += k.run == 0 ? 1 : k.run;
}

export function listNewest(cpu: CpuTier, k: Key): void {
  listBehind(cpu, keyFrom(cpu.list.lruPrev), k);
}

/** The entry behind which one renewed by (pass, order, position) belongs. */
export function placeOf(cpu: CpuTier, pass: u32, order: u32, position: u32): Key {
  let at = keyFrom(cpu.list.lruPrev);
  while (at != cpu.list && isLater(at, pass, order, position)) at = keyFrom(at.lruPrev);
  return at;
}

export function isLater(k: Key, pass: u32, order: u32, position: u32): bool {
  if (k.pass != pass) return k.pass > pass;
  if (k.order != order) return k.order > order;
  return k.position > position;
}

export function stamp(k: Key, pass: u32, order: u32, position: u32): void {
  k.pass = pass;
  k.order = order;
  k.position = position;
}

/** An entry for `count` blocks that nobody can find. */
export function makeRun(cpu: CpuTier, count: u32): Key {
  if (cpu.spare == 0) {
    const slab = allocate(SLAB * offsetof<Key>());
    for (let i: usize = 0; i < SLAB; i++) discardRun(cpu, changetype<Key>(slab + i * offsetof<Key>()));
  }
  const run = keyFrom(cpu.spare);
  cpu.spare = run.lruNext;
  run.run = count;
  return run;
}

function discardRun(cpu: CpuTier, run: Key): void {
  run.lruNext = cpu.spare;
  cpu.spare = address(run);
}

/** Drops the oldest block of the list. */
export function evictOldest(cpu: CpuTier): void {
  const oldest = keyFrom(cpu.list.lruNext);
  cpu.count--;
  cpu.evictions++;
  if (oldest.run > 1) {
    oldest.run--;
    cpu.idle--;
    return;
  }
  unlist(cpu, oldest);
  if (oldest.run == 1) discardRun(cpu, oldest);
  else oldest.onCpu = 0;
}

/** One block more, after the oldest has gone if there is no room. */
export function storeOne(cpu: CpuTier): void {
  if (cpu.count == cpu.capacity) evictOldest(cpu);
  cpu.count++;
  cpu.mirrored++;
}

/** A key that became a member's in this step; the pass will store or renew it. */
export function noteKey(cpu: CpuTier, k: Key, order: u32): void {
  if (cpu.isLiteral) return;
  k.owners++;
  if (k.onCpu == 1 && k.isListed == 0) return;
  if (cpu.eventCount == cpu.eventCapacity) {
    const wider = allocate((<usize>cpu.eventCapacity) << 4);
    memory.copy(wider, cpu.events, (<usize>cpu.eventCount) << 3);
    cpu.events = wider;
    cpu.eventCapacity *= 2;
  }
  const at = cpu.events + ((<usize>cpu.eventCount) << 3);
  cpu.eventCount++;
  store<u32>(at, order);
  store<u32>(at, address(k), 4);
}

/**
 * A member that leaves in the middle of a formation, after a reload that was not enough, does not take part in the pass. Its
 * keys are the last noted, since it was the last to be served.
 */
export function forgetKeys(cpu: CpuTier, order: u32): void {
  while (cpu.eventCount > 0 && load<u32>(cpu.events + ((<usize>cpu.eventCount - 1) << 3)) == order)
    cpu.eventCount--;
}
