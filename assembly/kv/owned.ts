// Ordered list of the blocks a request owns, in chunks from a pool that all instances share. Grows at the end and is
// released from the end; both directions are walked.

import { allocate } from '../memory-arena';
import { Block } from './pool';

const ENTRIES: u32 = 14;
const CHUNK_BYTES: usize = 64;
const SLAB: usize = 256;

// Chunk: address of the chunk before, address of the chunk after, entries.
let spare: usize = 0;

function newChunk(before: usize): usize {
  if (spare == 0) {
    const slab = allocate(SLAB * CHUNK_BYTES);
    for (let i: usize = 0; i < SLAB; i++) {
      store<u32>(slab + i * CHUNK_BYTES, <u32>spare);
      spare = slab + i * CHUNK_BYTES;
    }
  }
  const chunk = spare;
  spare = load<u32>(chunk);
  store<u32>(chunk, <u32>before);
  store<u32>(chunk, 0, 4);
  if (before != 0) store<u32>(before, <u32>chunk, 4);
  return chunk;
}

/** Appends entry number `count` and gives the last chunk. */
export function appendOwned(last: usize, count: u32, block: Block): usize {
  const at = count % ENTRIES;
  const chunk = at == 0 ? newChunk(last) : last;
  store<u32>(chunk + ((<usize>at) << 2), <u32>changetype<usize>(block), 8);
  return chunk;
}

/** Entry `index` of the chunk that holds it. */
export function ownedIn(chunk: usize, index: u32): Block {
  return changetype<Block>(<usize>load<u32>(chunk + ((<usize>(index % ENTRIES)) << 2), 8));
}

/** The chunk before; the one left is returned to the pool. */
export function dropChunk(chunk: usize): usize {
  const before = <usize>load<u32>(chunk);
  store<u32>(chunk, <u32>spare);
  spare = chunk;
  return before;
}

export function chunkBefore(chunk: usize): usize {
  return <usize>load<u32>(chunk);
}

export function chunkAfter(chunk: usize): usize {
  return <usize>load<u32>(chunk, 4);
}

export function isChunkStart(index: u32): bool {
  return index % ENTRIES == 0;
}

/** The chunk with entry 0 of a list of `count` entries that ends in chunk `last`. */
export function firstChunk(last: usize, count: u32): usize {
  let chunk = last;
  for (let i = count; i > ENTRIES; i -= ENTRIES) chunk = <usize>load<u32>(chunk);
  return chunk;
}
