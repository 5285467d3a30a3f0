// Host tier of the KV cache (BLIS 87cc70ed sim/kv/tiered.go): an LRU of block contents. Every step mirrors all full blocks of
// all members; an allocation that fails brings blocks of the request's prompt back to the GPU and tries again.

import { allocate } from '../memory-arena';
import { Instance } from '../engine/instance';
import { Request } from '../engine/request';
import { blocksFor, findableBlocks } from './allocate';
import { own, reserveExplicit } from './explicit';
import { Key, keyAt } from './keys';
import { chunkAfter, firstChunk, isChunkStart, ownedIn } from './owned';
import { Block, answer, blockOf, claim, parkNew, takeUncounted } from './pool';

@unmanaged
export class CpuTier {
  capacity: u32;
  count: u32;
  /** Sentinel of the list from oldest to newest. */
  list: Key;
  transferUs: i64;
  pendingUs: i64;
  mirrored: i64;
  evictions: i64;
  misses: i64;
}

export function makeCpuTier(capacity: u32, transferUs: i64): CpuTier {
  const cpu = changetype<CpuTier>(allocate(offsetof<CpuTier>()));
  const list = changetype<Key>(allocate(offsetof<Key>()));
  list.lruNext = <u32>changetype<usize>(list);
  list.lruPrev = list.lruNext;
  cpu.list = list;
  cpu.capacity = capacity;
  cpu.transferUs = transferUs;
  return cpu;
}

export function tierOf(inst: Instance): CpuTier {
  return changetype<CpuTier>(inst.cpu);
}

function key(at: u32): Key {
  return changetype<Key>(<usize>at);
}

function unlink(k: Key): void {
  key(k.lruPrev).lruNext = k.lruNext;
  key(k.lruNext).lruPrev = k.lruPrev;
}

function toNewest(cpu: CpuTier, k: Key): void {
  const list = cpu.list;
  const at = <u32>changetype<usize>(k);
  k.lruPrev = list.lruPrev;
  k.lruNext = <u32>changetype<usize>(list);
  key(list.lruPrev).lruNext = at;
  list.lruPrev = at;
}

/** A full block was seen: renew it, or store it in place of the oldest. */
function mirrorKey(cpu: CpuTier, k: Key): void {
  if (k.onCpu == 1) unlink(k);
  else {
    if (cpu.count == cpu.capacity) {
      const oldest = key(cpu.list.lruNext);
      unlink(oldest);
      oldest.onCpu = 0;
      cpu.evictions++;
    } else cpu.count++;
    k.onCpu = 1;
    cpu.mirrored++;
  }
  toNewest(cpu, k);
}

/** Transfer time since the last step. */
export function takePending(inst: Instance): i64 {
  const cpu = tierOf(inst);
  const pending = cpu.pendingUs;
  cpu.pendingUs = 0;
  return pending;
}

/** Every full block of every member, in batch order. */
export function mirror(inst: Instance): void {
  const cpu = tierOf(inst);
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    let chunk = firstChunk(r.owned, r.ownedCount);
    for (let i: u32 = 0; i < r.ownedCount; i++) {
      if (i > 0 && isChunkStart(i)) chunk = chunkAfter(chunk);
      const block = ownedIn(chunk, i);
      if (block.key != 0) mirrorKey(cpu, changetype<Key>(block.key));
    }
  }
}

function commit(inst: Instance, r: Request, from: u32, end: u32): void {
  for (let i = from; i < end; i++) {
    const block = changetype<Block>(blockOf(keyAt(inst, r, i)));
    claim(inst.pool, block);
    own(r, block);
    r.fill = inst.blockSize;
  }
}

/** Tries again for positions [from, to) with what the CPU holds of the prompt. */
export function reload(inst: Instance, r: Request, from: u32, to: u32): bool {
  const cpu = tierOf(inst);
  const pool = inst.pool;
  const prompt = r.inputTokens / inst.blockSize;
  const limit = pool.free;
  let reloaded: u32 = 0;
  for (let i: u32 = 0; i < prompt; i++) {
    const k = changetype<Key>(keyAt(inst, r, i));
    if (k.block != 0) continue;
    if (k.onCpu == 0 || reloaded == limit || pool.free == 0) break;
    takeUncounted(pool, 1);
    parkNew(pool, changetype<usize>(k));
    cpu.pendingUs += cpu.transferUs;
    unlink(k);
    toNewest(cpu, k);
    reloaded++;
  }
  if (reloaded == 0) {
    cpu.misses++;
    return false;
  }
  let found: u32 = 0;
  while (found < prompt && blockOf(keyAt(inst, r, found)) != 0) found++;
  const size = inst.blockSize;
  // Nothing that the first attempt checked has changed.
  if (<u64>found * <u64>size <= <u64>from) return false;
  const first = r.ownedCount > 0 ? blocksFor(inst, from) : 0;
  if (<u64>found * <u64>size >= <u64>to) {
    const end = blocksFor(inst, to);
    commit(inst, r, first, end < found ? end : found);
    return true;
  }
  commit(inst, r, first, found);
  let unowned: u32 = 0;
  for (let i: u32 = 0; i < found; i++) {
    if (changetype<Block>(blockOf(keyAt(inst, r, i))).references == 0) unowned++;
  }
  return reserveExplicit(inst, r, found * size, to, found, unowned);
}
