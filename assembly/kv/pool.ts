// Free list and block records (BLIS 87cc70ed sim/kv/cache.go): taken at the head, returned at the tail. A block that can be
// found by its content is a record with a key; neighbours without a key are one record with a count, which makes a cache
// without sharing a single number. Taking a block erases its key from the index, whatever block the key points to.

import { allocate } from '../memory-arena';

const SLAB: usize = 512;

/** What a key (an address, see keys.ts) leads to: the block that answers for this content, 0 = none. */
export function blockOf(key: usize): usize {
  return <usize>load<u32>(key);
}

@unmanaged
export class Block {
  // Neighbours on the free list; meaningless while in use.
  next: Block;
  prev: Block;
  /** 0 = content that nobody can find. */
  key: usize;
  references: u32;
  /** Blocks that this record stands for; 1 with a key. */
  count: u32;
  /** Classic profile: hash of the tokens held. */
  content: u64;
}

@unmanaged
export class Pool {
  list: Block;
  spare: usize;
  total: u32;
  free: u32;
  /** Changes of the index, and those of them that entered a block. */
  version: u32;
  answers: u32;
  hits: i64;
  misses: i64;
}

export function makePool(total: u32): Pool {
  const pool = changetype<Pool>(allocate(offsetof<Pool>()));
  const list = changetype<Block>(allocate(offsetof<Block>()));
  list.next = list;
  list.prev = list;
  pool.list = list;
  pool.total = total;
  giveAnonymous(pool, total);
  return pool;
}

function newBlock(pool: Pool): Block {
  if (pool.spare == 0) {
    const slab = allocate(SLAB * offsetof<Block>());
    for (let i: usize = 0; i < SLAB; i++) discard(pool, changetype<Block>(slab + i * offsetof<Block>()));
  }
  const block = changetype<Block>(pool.spare);
  pool.spare = load<u32>(pool.spare);
  return block;
}

function discard(pool: Pool, block: Block): void {
  store<u32>(changetype<usize>(block), <u32>pool.spare);
  pool.spare = changetype<usize>(block);
}

function unlink(block: Block): void {
  block.prev.next = block.next;
  block.next.prev = block.prev;
}

function pushTail(pool: Pool, block: Block): void {
  const list = pool.list;
  const last = list.prev;
  block.prev = last;
  block.next = list;
  last.next = block;
  list.prev = block;
}

/** Erases a key from the index. */
export function forget(pool: Pool, key: usize): void {
  if (load<u32>(key) != 0) {
    store<u32>(key, 0);
    pool.version++;
  }
}

/** Takes `count` blocks from the head without counting misses. The caller has checked that there are as many. */
export function takeUncounted(pool: Pool, count: u32): void {
  pool.free -= count;
  let left = count;
  while (left > 0) {
    const block = pool.list.next;
    if (block.count > left) {
      block.count -= left;
      return;
    }
    left -= block.count;
    if (block.key != 0) forget(pool, block.key);
    unlink(block);
    discard(pool, block);
  }
}

export function take(pool: Pool, count: u32): void {
  pool.misses += count;
  takeUncounted(pool, count);
}

/** Returns `count` blocks without identity. */
export function giveAnonymous(pool: Pool, count: u32): void {
  if (count == 0) return;
  pool.free += count;
  const last = pool.list.prev;
  if (last.key == 0 && last != pool.list) {
    last.count += count;
    return;
  }
  const block = newBlock(pool);
  block.key = 0;
  block.references = 0;
  block.count = count;
  pushTail(pool, block);
}

/** A block in use with one owner; a key makes it the one that answers for this content. */
export function makeBlock(pool: Pool, key: usize): Block {
  const block = newBlock(pool);
  block.key = key;
  block.references = 1;
  block.count = 1;
  block.content = 0;
  if (key != 0) answer(pool, block);
  return block;
}

/** Enters a filled block into the index, in place of any other with this content. */
export function answer(pool: Pool, block: Block): void {
  store<u32>(block.key, <u32>changetype<usize>(block));
  pool.version++;
  pool.answers++;
}

/** One more owner; taken off the free list if it had none. */
export function claim(pool: Pool, block: Block): void {
  if (block.references++ == 0) {
    unlink(block);
    pool.free--;
  }
  pool.hits++;
}

/** One owner less; back to the free list with the last. */
export function leave(pool: Pool, block: Block): void {
  if (--block.references > 0) return;
  if (block.key == 0) {
    discard(pool, block);
    giveAnonymous(pool, 1);
    return;
  }
  pool.free++;
  pushTail(pool, block);
}

/** A block that nobody owns, at the tail, answering for `key`. */
export function parkNew(pool: Pool, key: usize): void {
  const block = makeBlock(pool, key);
  block.references = 0;
  pool.free++;
  pushTail(pool, block);
}
