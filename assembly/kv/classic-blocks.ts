// KV cache of the founding version (BLIS 148be7f3 sim/kv_cache.go), warts included: the last block's room is filled by
// thirds of a rule that stores tokens twice, a fresh full block is keyed by the beginning of the prompt, an allocation that
// fails half-way keeps what it took. Same pool, index and owned lists as the current rules; contents are hashes of real ids.

import { allocate } from '../memory-arena';
import { rulesOf } from '../engine/classic-rules';
import { Fault, Instance } from '../engine/instance';
import { Request } from '../engine/request';
import { claimCached, own } from './explicit';
import { intern } from './keys';
import { firstChunk, chunkAfter, isChunkStart, ownedIn } from './owned';
import { Block, answer, blockOf, makeBlock, take } from './pool';

const START: u64 = 0x9e3779b97f4a7c15;

function mix(hash: u64, value: u64): u64 {
  let x = hash ^ (value + 0x632be59bd9b4e019);
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93;
  x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9;
  return x ^ (x >> 32);
}

/** Token ids of prompt ++ output lie at `r.pieces`. */
function tokenAt(r: Request, index: u32): u64 {
  return load<u32>(r.pieces + ((<usize>index) << 2));
}

function hashTokens(r: Request, from: u32, end: u32, start: u64): u64 {
  let hash = start;
  for (let i = from; i < end; i++) hash = mix(hash, tokenAt(r, i));
  return hash;
}

/** Key of the first (index + 1)·B prompt tokens; computed for the whole prompt at first use. */
function promptKey(inst: Instance, r: Request, index: u32): usize {
  if (r.privateKeys == 0) {
    const blocks = r.inputTokens / inst.blockSize;
    r.privateKeys = allocate(((<usize>blocks) << 2) + 4);
    let chain = START;
    for (let i: u32 = 0; i < blocks; i++) {
      chain = mix(chain, hashTokens(r, i * inst.blockSize, (i + 1) * inst.blockSize, START));
      store<u32>(r.privateKeys + ((<usize>i) << 2), <u32>intern(inst.keys, 0, chain));
    }
  }
  return <usize>load<u32>(r.privateKeys + ((<usize>index) << 2));
}

/** Leading blocks of the prompt found in the index; memoised for a blocked head. */
export function lookUpClassic(inst: Instance, r: Request): u32 {
  if (inst.memoValid && inst.memoRow == r.row && inst.memoVersion == inst.pool.version)
    return inst.memoCached;
  const end = r.inputTokens / inst.blockSize;
  let cached: u32 = 0;
  while (cached < end && blockOf(promptKey(inst, r, cached)) != 0) cached++;
  inst.memoValid = true;
  inst.memoRow = r.row;
  inst.memoVersion = inst.pool.version;
  inst.memoCached = cached;
  return cached;
}

function append(block: Block, r: Request, from: u32, end: u32): void {
  block.content = hashTokens(r, from, end, block.content);
}

/** The last block has become full: keyed by everything the request owns, in order. */
function seal(inst: Instance, r: Request): void {
  let chain = START;
  let chunk = firstChunk(r.owned, r.ownedCount);
  for (let i: u32 = 0; i < r.ownedCount; i++) {
    if (i > 0 && isChunkStart(i)) chunk = chunkAfter(chunk);
    chain = mix(chain, ownedIn(chunk, i).content);
  }
  const block = ownedIn(r.owned, r.ownedCount - 1);
  block.key = intern(inst.keys, 0, chain);
  answer(inst.pool, block);
}

/** `count` fresh blocks for tokens [at, end) of prompt ++ output, of which the call began at `from`. */
function fresh(inst: Instance, r: Request, count: u32, from: u32, at: u32, end: u32): bool {
  const size = inst.blockSize;
  let position = at;
  for (let i: u32 = 0; i < count; i++) {
    if (inst.pool.free == 0) return false;
    take(inst.pool, 1);
    const stop = min(position + size, end);
    const block = makeBlock(inst.pool, 0);
    block.content = START;
    append(block, r, position, stop);
    r.fill = stop - position;
    own(r, block);
    if (r.fill == size) {
      // Counted from the start of the prompt, although `stop` counts from the call's first token.
      const tokens = stop - from;
      if (tokens > r.inputTokens) {
        inst.fault = Fault.NO_SUCH_TOKEN;
        inst.faultRow = r.row;
        return false;
      }
      block.key = promptKey(inst, r, tokens / size - 1);
      answer(inst.pool, block);
    }
    position = stop;
  }
  return true;
}

/** Prompt positions [from, to), or one decode token when the prompt is done. */
export function reserveClassic(inst: Instance, r: Request, from: u32, to: u32, cached: u32): bool {
  const pool = inst.pool;
  const size = inst.blockSize;
  const isPrefill = r.progress < <i64>r.inputTokens;
  const end = isPrefill ? to : from + 1;
  const count = end - from;
  const blocks = (count + size - 1) / size;
  if (isPrefill && blocks > pool.free) {
    rulesOf(inst).shortages++;
    return false;
  }
  if (!isPrefill && from - r.inputTokens >= r.outputTokens) {
    inst.fault = Fault.NO_SUCH_TOKEN;
    inst.faultRow = r.row;
    return false;
  }
  if (count == 0) return true;
  if (r.ownedCount == 0) {
    claimClassic(inst, r, cached);
    return fresh(inst, r, blocks, from, from, end);
  }
  const room = size - r.fill;
  if (room == 0) return fresh(inst, r, blocks, from, from, end);
  const last = ownedIn(r.owned, r.ownedCount - 1);
  if (count + count <= room) {
    append(last, r, from, end);
    r.fill += count;
    return true;
  }
  if (count < room) {
    const again = room - count;
    append(last, r, from, end);
    append(last, r, from, from + again);
    r.fill = size;
    seal(inst, r);
    return fresh(inst, r, 1, from, from + again, end);
  }
  append(last, r, from, from + room);
  r.fill = size;
  seal(inst, r);
  return fresh(inst, r, blocks, from, from, end);
}

function claimClassic(inst: Instance, r: Request, cached: u32): void {
  claimCached(inst, r, cached);
  if (cached > 0) r.fill = inst.blockSize;
}

export function usedBlocks(inst: Instance): u32 {
  return inst.pool.total - inst.pool.free;
}
