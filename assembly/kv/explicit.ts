// Requests whose blocks all have identity: after odd CPU reloads, in conversations whose outputs become prompts, and where
// the debug build compares paths. This is the reference's bookkeeping block by block (BLIS 87cc70ed sim/kv/cache.go), with
// fill counts in place of tokens.

import { Instance } from '../engine/instance';
import { Request, State } from '../engine/request';
import { noteKey, tierOf } from './cpu-tier';
import { Key, keyAt, keyFor } from './keys';
import { appendOwned, chunkBefore, dropChunk, isChunkStart, ownedIn } from './owned';
import { Block, answer, blockOf, claim, leave, makeBlock, take } from './pool';

export function own(r: Request, block: Block): void {
  r.owned = appendOwned(r.owned, r.ownedCount, block);
  r.ownedCount++;
}

function lastKey(r: Request): usize {
  return r.ownedCount == 0 ? 0 : ownedIn(r.owned, r.ownedCount - 1).key;
}

/** The last owned block has become full with the token at position `end − 1`. */
export function sealLast(inst: Instance, r: Request, end: i32): void {
  const last = r.ownedCount - 1;
  let before: usize = 0;
  if (last > 0) {
    const chunk = isChunkStart(last) ? chunkBefore(r.owned) : r.owned;
    before = ownedIn(chunk, last - 1).key;
  }
  const block = ownedIn(r.owned, last);
  block.key = keyFor(inst, r, end - <i32>inst.blockSize, before);
  answer(inst.pool, block);
  noteOwn(inst, r, block);
}

/** A member's block got its key. Blocks of a request that is about to join are noted when it does. */
export function noteOwn(inst: Instance, r: Request, block: Block): void {
  if (inst.cpu != 0 && r.state == State.RUNNING) noteKey(tierOf(inst), changetype<Key>(block.key), r.order);
}

/** A fresh block with one decode token. It gets no key even if that fills it. */
export function openBlock(inst: Instance, r: Request): void {
  take(inst.pool, 1);
  own(r, makeBlock(inst.pool, 0));
}

export function claimCached(inst: Instance, r: Request, cached: u32): void {
  for (let i: u32 = 0; i < cached; i++) {
    const block = changetype<Block>(blockOf(keyAt(inst, r, i)));
    claim(inst.pool, block);
    own(r, block);
  }
}

/** Prompt tokens [from, to); see reservePrompt. */
export function reserveExplicit(
  inst: Instance,
  r: Request,
  from: u32,
  to: u32,
  cached: u32,
  unowned: u32,
): bool {
  const pool = inst.pool;
  const size = inst.blockSize;
  const room = r.ownedCount > 0 ? size - r.fill : 0;
  let left = to - from;
  const fresh = left > room ? left - room : 0;
  if ((fresh + size - 1) / size + unowned > pool.free) return false;
  if (left == 0) return true;
  if (r.ownedCount == 0) {
    claimCached(inst, r, cached);
    r.fill = size;
  }
  let position = from;
  if (r.fill < size) {
    const added = left < room ? left : room;
    r.fill += added;
    position += added;
    left -= added;
    if (r.fill == size) sealLast(inst, r, position);
  }
  while (left > 0) {
    const before = lastKey(r);
    take(pool, 1);
    r.fill = left < size ? left : size;
    position += r.fill;
    left -= r.fill;
    const block = makeBlock(pool, r.fill == size ? keyFor(inst, r, position - size, before) : 0);
    own(r, block);
    if (block.key != 0) noteOwn(inst, r, block);
  }
  return true;
}

export function releaseExplicit(inst: Instance, r: Request): void {
  let chunk = r.owned;
  for (let i = r.ownedCount; i > 0; i--) {
    leave(inst.pool, ownedIn(chunk, i - 1));
    if (isChunkStart(i - 1)) chunk = dropChunk(chunk);
  }
  r.owned = 0;
  r.ownedCount = 0;
  r.fill = 0;
}
