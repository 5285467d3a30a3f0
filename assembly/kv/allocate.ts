// Reserving and releasing KV blocks, single tier (BLIS 87cc70ed sim/kv/cache.go). A request owns blocks with identity first
// (its shared prefix, and after a preemption its whole prompt), then blocks that nobody can find, which are only counted:
// their number follows from the tokens stored. Decoding members' blocks are counted by `formation.ts`.

import { allocate } from '../memory-arena';
import { Instance } from '../engine/instance';
import { Request } from '../engine/request';
import { appendOwned, dropChunk, isChunkStart, ownedIn } from './owned';
import { Block, answer, blockOf, claim, giveAnonymous, leave, makeBlock, parkNew, take } from './pool';

export const KEY_BYTES: usize = 4;

export function blocksFor(inst: Instance, tokens: u32): u32 {
  return (tokens + inst.blockSize - 1) / inst.blockSize;
}

/** Leading full blocks of the prompt whose content can be found by others or, after a preemption, by itself. */
function keyedBlocks(inst: Instance, r: Request): u32 {
  return r.privateKeys == 0 ? r.prefixBlocks : r.inputTokens / inst.blockSize;
}

function keyAt(inst: Instance, r: Request, index: u32): usize {
  return index < r.prefixBlocks
    ? inst.prefixIndex + r.prefixKeys + <usize>index * KEY_BYTES
    : r.privateKeys + <usize>(index - r.prefixBlocks) * KEY_BYTES;
}

/** Cached leading blocks of the prompt, and how many of them nobody owns: left in the memo of the instance. */
export function lookUp(inst: Instance, r: Request): void {
  const pool = inst.pool;
  if (inst.memoValid && inst.memoRow == r.row && inst.memoVersion == pool.version) return;
  const end = keyedBlocks(inst, r);
  let cached: u32 = 0;
  let unowned: u32 = 0;
  for (; cached < end; cached++) {
    const block = blockOf(keyAt(inst, r, cached));
    if (block == 0) break;
    if (changetype<Block>(block).references == 0) unowned++;
  }
  inst.memoValid = true;
  inst.memoRow = r.row;
  inst.memoVersion = pool.version;
  inst.memoCached = cached;
  inst.memoUnowned = unowned;
}

function own(r: Request, block: Block): void {
  r.owned = appendOwned(r.owned, r.ownedCount, block);
  r.ownedCount++;
}

/** Prompt tokens [from, to); a request that owns nothing claims its first `cached` blocks. False: nothing changed. */
export function reservePrompt(
  inst: Instance,
  r: Request,
  from: u32,
  to: u32,
  cached: u32,
  unowned: u32,
): bool {
  const pool = inst.pool;
  const size = inst.blockSize;
  const first = blocksFor(inst, from);
  const end = blocksFor(inst, to);
  if (end - first + unowned > pool.free) return false;
  if (to == from) return true;
  for (let i: u32 = 0; i < cached; i++) {
    const block = changetype<Block>(blockOf(keyAt(inst, r, i)));
    claim(pool, block);
    own(r, block);
  }
  const full = to / size;
  const keyed = keyedBlocks(inst, r);
  const named = full < keyed ? full : keyed;
  if (first > from / size && first <= named) own(r, makeBlock(pool, keyAt(inst, r, first - 1)));
  let at = first;
  for (; at < named; at++) {
    take(pool, 1);
    own(r, makeBlock(pool, keyAt(inst, r, at)));
  }
  if (at < end) take(pool, end - at);
  return true;
}

/** All blocks of r, which hold `stored` tokens, last block first. `findable`: r comes back and may meet its own prompt. */
export function release(inst: Instance, r: Request, stored: u32, findable: bool): void {
  const pool = inst.pool;
  const total = blocksFor(inst, stored);
  let anonymous = total - r.ownedCount;
  if (findable && r.base == 0 && r.privateKeys == 0) {
    const prompt = r.inputTokens / inst.blockSize;
    if (prompt > r.prefixBlocks) {
      r.privateKeys = allocate(<usize>(prompt - r.prefixBlocks) * KEY_BYTES);
      const full = stored / inst.blockSize;
      const end = full < prompt ? full : prompt;
      if (end > r.ownedCount) {
        giveAnonymous(pool, total - end);
        for (let i = end; i > r.ownedCount; i--) parkNew(pool, keyAt(inst, r, i - 1));
        anonymous = 0;
      }
    }
  }
  giveAnonymous(pool, anonymous);
  let chunk = r.owned;
  for (let i = r.ownedCount; i > 0; i--) {
    leave(pool, ownedIn(chunk, i - 1));
    if (isChunkStart(i - 1)) chunk = dropChunk(chunk);
  }
  r.owned = 0;
  r.ownedCount = 0;
}
