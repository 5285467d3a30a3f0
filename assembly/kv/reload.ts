// An allocation that failed on the GPU brings blocks of the request's prompt back from the CPU tier and tries again (BLIS
// 87cc70ed sim/kv/tiered.go). What it reloads goes to the free list's tail, unowned; success needs more cached blocks than
// were free, which happens when a later block of the chain is still indexed while an earlier one has lost its key.

import { Instance } from '../engine/instance';
import { Request, State } from '../engine/request';
import { blocksFor, unownedOf } from './allocate';
import { CpuTier, LAST, listNewest, noteKey, stamp, tierOf, unlist } from './cpu-tier';
import { own, reserveExplicit } from './explicit';
import { Key, keyAt } from './keys';
import { makeExplicit } from './naming';
import { Block, blockOf, claim, parkNew, takeUncounted } from './pool';

/** True if prompt block `index` is one of r's own that nobody else can have. */
function isOwnCounted(r: Request, index: u32, ownFull: u32): bool {
  return r.explicit == 0 && index >= r.prefixBlocks && index < ownFull;
}

/** Tries again for positions [from, to) with what the CPU holds of the prompt. */
export function reload(inst: Instance, r: Request, from: u32, to: u32): bool {
  const cpu = tierOf(inst);
  const pool = inst.pool;
  const size = inst.blockSize;
  const prompt = r.inputTokens / size;
  // Counted blocks of a member are in the reference's index; those of its prompt that it lacks are nowhere.
  const ownFull = r.explicit == 0 && r.state == State.RUNNING && r.base == 0 ? min(from / size, prompt) : 0;
  const known = r.explicit == 0 ? max(min(r.prefixBlocks, prompt), ownFull) : prompt;
  const limit = pool.free;
  let reloaded: u32 = 0;
  for (let i: u32 = 0; i < known; i++) {
    if (isOwnCounted(r, i, ownFull)) continue;
    const k = changetype<Key>(keyAt(inst, r, i));
    if (k.block != 0) continue;
    if (k.onCpu == 0 || reloaded == limit || pool.free == 0) break;
    takeUncounted(pool, 1);
    parkNew(pool, changetype<usize>(k));
    cpu.pendingUs += cpu.transferUs;
    renew(cpu, k);
    reloaded++;
  }
  if (reloaded == 0) {
    cpu.misses++;
    return false;
  }
  let found: u32 = 0;
  while (found < known && (isOwnCounted(r, found, ownFull) || blockOf(keyAt(inst, r, found)) != 0)) found++;
  // Nothing that the first attempt checked has changed.
  if (<u64>found * <u64>size <= <u64>from) return false;
  if (r.explicit == 0) makeExplicit(inst, r, true);
  const first = r.ownedCount > 0 ? blocksFor(inst, from) : 0;
  if (<u64>found * <u64>size >= <u64>to) {
    const end = blocksFor(inst, to);
    commit(inst, r, first, end < found ? end : found);
    return true;
  }
  commit(inst, r, first, found);
  return reserveExplicit(inst, r, found * size, to, found, unownedOf(inst, r, found));
}

function commit(inst: Instance, r: Request, from: u32, end: u32): void {
  for (let i = from; i < end; i++) {
    const block = changetype<Block>(blockOf(keyAt(inst, r, i)));
    claim(inst.pool, block);
    own(r, block);
    if (r.state == State.RUNNING) noteKey(tierOf(inst), changetype<Key>(block.key), r.order);
    r.fill = inst.blockSize;
  }
}

/** Touched between two passes. */
function renew(cpu: CpuTier, k: Key): void {
  if (k.isListed == 1) {
    unlist(cpu, k);
    listNewest(cpu, k);
  }
  stamp(k, cpu.passes, LAST, cpu.reloads++);
}
