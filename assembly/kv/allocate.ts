// Reserving and releasing KV blocks (BLIS 87cc70ed sim/kv/cache.go). Unless a request is explicit (explicit.ts), it owns
// blocks with identity first (its shared prefix, and after a preemption its whole prompt), then blocks that nobody can
// find, which are only counted: their number follows from the tokens stored, and decoding members' are taken in bulk.

import { Instance } from '../engine/instance';
import { Request } from '../engine/request';
import { tierOf } from './cpu-tier';
import { claimCached, noteOwn, own, openBlock, releaseExplicit, reserveExplicit, sealLast } from './explicit';
import { keyAt, makePrivateKeys } from './keys';
import { reload } from './reload';
import { Block, blockOf, giveAnonymous, makeBlock, parkNew, take } from './pool';

export function blocksFor(inst: Instance, tokens: u32): u32 {
  return (tokens + inst.blockSize - 1) / inst.blockSize;
}

/** Leading full blocks of the prompt whose content can be found by others or, after a preemption, by itself. */
export function findableBlocks(inst: Instance, r: Request): u32 {
  return r.privateKeys == 0 ? r.prefixBlocks : r.inputTokens / inst.blockSize;
}

/** Cached leading blocks of the prompt; memoised for a head that stays blocked. */
export function lookUp(inst: Instance, r: Request): u32 {
  const pool = inst.pool;
  if (inst.memoValid && inst.memoRow == r.row && inst.memoVersion == pool.version) return inst.memoCached;
  const end = findableBlocks(inst, r);
  let cached: u32 = 0;
  while (cached < end && blockOf(keyAt(inst, r, cached)) != 0) cached++;
  inst.memoValid = true;
  inst.memoRow = r.row;
  inst.memoVersion = pool.version;
  inst.memoAnswers = pool.answers;
  inst.memoCached = cached;
  return cached;
}

/** How many of the first `cached` blocks of the prompt nobody owns. */
export function unownedOf(inst: Instance, r: Request, cached: u32): u32 {
  let unowned: u32 = 0;
  for (let i: u32 = 0; i < cached; i++) {
    if (changetype<Block>(blockOf(keyAt(inst, r, i))).references == 0) unowned++;
  }
  return unowned;
}

/**
 * True if a head looked up before is still too large: since then blocks have left the index but none has come, so it needs at
 * least as many fresh ones. Its whole prompt must fit into a step, lest a smaller need follow from a smaller share.
 */
export function isStillBlocked(inst: Instance, r: Request): bool {
  if (!inst.memoValid || inst.memoRow != r.row || inst.memoAnswers != inst.pool.answers) return false;
  if (r.inputTokens > inst.budget || inst.prefillChunk > 0 || r.ownedCount > 0) return false;
  if (inst.maxModelLen > 0 && r.inputTokens >= inst.maxModelLen) return false;
  return blocksFor(inst, r.inputTokens) - inst.memoCached > inst.pool.free;
}

/** Prompt tokens [from, to); a request that owns nothing claims its first `cached` blocks. False: nothing was reserved. */
export function reservePrompt(
  inst: Instance,
  r: Request,
  from: u32,
  to: u32,
  cached: u32,
  unowned: u32,
): bool {
  const done = r.explicit
    ? reserveExplicit(inst, r, from, to, cached, unowned)
    : reserveCounted(inst, r, from, to, cached, unowned);
  if (done) return true;
  inst.shortages++;
  return inst.cpu != 0 && reload(inst, r, from, to);
}

function reserveCounted(inst: Instance, r: Request, from: u32, to: u32, cached: u32, unowned: u32): bool {
  const pool = inst.pool;
  const size = inst.blockSize;
  const first = blocksFor(inst, from);
  const end = blocksFor(inst, to);
  r.fill = 0;
  if (end - first + unowned > pool.free) return false;
  if (to == from) return true;
  claimCached(inst, r, cached);
  const full = to / size;
  const findable = findableBlocks(inst, r);
  const named = full < findable ? full : findable;
  let unnamed = full - from / size;
  if (first > from / size && first <= named) {
    ownNamed(inst, r, first - 1);
    unnamed--;
  }
  let at = first;
  for (; at < named; at++) {
    take(pool, 1);
    ownNamed(inst, r, at);
    unnamed--;
  }
  if (at < end) take(pool, end - at);
  if (inst.cpu != 0) {
    r.fill = unnamed;
    tierOf(inst).fills += unnamed;
  }
  return true;
}

function ownNamed(inst: Instance, r: Request, index: u32): void {
  const block = makeBlock(inst.pool, keyAt(inst, r, index));
  own(r, block);
  noteOwn(inst, r, block);
}

/** The decode token at `position` of a request whose last block is full (`isCrossing`) or not. */
export function reserveDecode(inst: Instance, r: Request, position: i64, isCrossing: bool): bool {
  if (isCrossing) {
    if (inst.pool.free == 0) {
      inst.shortages++;
      return inst.cpu != 0 && reload(inst, r, <u32>position, <u32>position + 1);
    }
    if (r.explicit) openBlock(inst, r);
    else take(inst.pool, 1);
  } else if (r.explicit && (position + 1 - <i64>r.base) % <i64>inst.blockSize == 0) {
    sealLast(inst, r, <i32>position + 1);
  }
  return true;
}

/** All blocks of r, which hold `stored` tokens, last block first. `findable`: r comes back and may meet its own prompt. */
export function release(inst: Instance, r: Request, stored: u32, findable: bool): void {
  if (r.explicit) {
    releaseExplicit(inst, r);
    return;
  }
  const pool = inst.pool;
  const total = blocksFor(inst, stored);
  let anonymous = total - r.ownedCount;
  if (findable && r.base == 0) {
    const prompt = r.inputTokens / inst.blockSize;
    makePrivateKeys(inst, r);
    const full = stored / inst.blockSize;
    const end = full < prompt ? full : prompt;
    if (end > r.ownedCount) {
      giveAnonymous(pool, total - end);
      for (let i = end; i > r.ownedCount; i--) parkNew(pool, keyAt(inst, r, i - 1));
      anonymous = 0;
    }
  }
  giveAnonymous(pool, anonymous);
  releaseExplicit(inst, r);
  // With a CPU tier its keys outlive its blocks.
  if (findable && inst.cpu != 0) {
    makePrivateKeys(inst, r);
    r.explicit = 1;
  }
}
