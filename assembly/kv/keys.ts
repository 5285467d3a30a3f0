// Identity of block contents. Upstream chains SHA-256 over token ids (BLIS 87cc70ed sim/internal/hash); only equality
// matters, so a key is the address of a record that stands for one chain of whole blocks. Keys of a request's own aligned
// blocks lie in a row, those of a shared prefix too. Where prompts are stitched together from pieces of several token
// streams, and for the odd blocks that a reload leaves misaligned, a table interns (key before, content).

import { allocate } from '../memory-arena';
import { Instance } from '../engine/instance';
import { Request } from '../engine/request';

/** What a key leads to. In a single tier without interning only `block` exists. */
@unmanaged
export class Key {
  /** Block that answers for this content, 0 = none. */
  block: u32;
  // CPU tier (cpu-tier.ts): neighbours in its list, whether it holds this content, and is in the list; members that own it.
  lruPrev: u32;
  lruNext: u32;
  onCpu: u8;
  isListed: u8;
  owners: u32;
  /** > 0: no key but an entry for so many blocks without identity. */
  run: u32;
  // Last renewal, where that is not the last pass.
  pass: u32;
  order: u32;
  position: u32;
  // Interned keys.
  chainNext: u32;
  before: u32;
  content: u64;
  /** Presence at the last copy of a cluster's cache signal. */
  frozen: u32;
}

export const PLAIN_KEY_BYTES: u32 = 4;
const TABLE_START: u32 = 1 << 12;

@unmanaged
export class KeySpace {
  table: usize;
  mask: u32;
  used: u32;
  /** Room for new records. */
  slab: usize;
  slabEnd: usize;
}

export function makeKeySpace(): KeySpace {
  const space = changetype<KeySpace>(allocate(offsetof<KeySpace>()));
  space.table = allocate((<usize>TABLE_START) << 2);
  space.mask = TABLE_START - 1;
  return space;
}

export function allKeyBytes(): u32 {
  return <u32>offsetof<Key>();
}

function mix(value: u64): u64 {
  let x = value;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

function addPiece(hash: u64, stream: u32, start: u32, length: u32): u64 {
  return mix(mix(hash ^ (((<u64>stream) << 32) | start)) + length);
}

/** Streams of a request's own tokens; see domain/workload.ts. */
const FIRST_OWN_STREAM: u32 = 1 << 30;

export function freshStream(row: u32): u32 {
  return FIRST_OWN_STREAM + 2 * row;
}

export function outputStream(row: u32): u32 {
  return FIRST_OWN_STREAM + 2 * row + 1;
}

/** Pieces of a prompt: (stream, start, length) as u32. */
export const PIECE_BYTES: usize = 12;

/**
 * Hash of the tokens at positions [from, from + count) of prompt ++ output, which is the same for equal sequences of
 * (stream, offset): neighbouring pieces of one stream count as one. Position −1 is the first output token of an empty prompt.
 */
export function contentOf(r: Request, from: i32, count: u32): u64 {
  let hash: u64 = 0x9e3779b97f4a7c15;
  let stream: u32 = 0;
  let start: u32 = 0;
  let length: u32 = 0;
  let position = from;
  let left = count;
  let piece: u32 = 0;
  let pieceFrom: u32 = 0;
  while (left > 0) {
    let s: u32;
    let o: u32;
    let n: u32;
    if (position < 0) {
      s = outputStream(r.row);
      o = 0;
      n = 1;
    } else if (<u32>position >= r.inputTokens) {
      s = outputStream(r.row);
      o = <u32>position - r.inputTokens;
      n = left;
    } else if (r.pieces == 0) {
      const shared = <u32>position < r.prefixTokens;
      s = shared ? r.prefixStream : freshStream(r.row);
      o = shared ? <u32>position : <u32>position - r.prefixTokens;
      n = (shared ? r.prefixTokens : r.inputTokens) - <u32>position;
    } else {
      let at = r.pieces + <usize>piece * PIECE_BYTES;
      while (<u32>position >= pieceFrom + load<u32>(at, 8)) {
        pieceFrom += load<u32>(at, 8);
        piece++;
        at += PIECE_BYTES;
      }
      s = load<u32>(at);
      o = load<u32>(at, 4) + (<u32>position - pieceFrom);
      n = pieceFrom + load<u32>(at, 8) - <u32>position;
    }
    if (n > left) n = left;
    if (length > 0 && s == stream && o == start + length) length += n;
    else {
      if (length > 0) hash = addPiece(hash, stream, start, length);
      stream = s;
      start = o;
      length = n;
    }
    position += <i32>n;
    left -= n;
  }
  return addPiece(hash, stream, start, length);
}

/** The key of a block with this content behind the block with key `before` (0 = first block). */
export function intern(space: KeySpace, before: usize, content: u64): usize {
  const bucket =
    space.table + ((<usize>((<u32>(mix(content ^ ((<u64>before) << 20)) >> 16)) & space.mask)) << 2);
  let at = <usize>load<u32>(bucket);
  while (at != 0) {
    const key = changetype<Key>(at);
    if (key.content == content && key.before == <u32>before) return at;
    at = key.chainNext;
  }
  if (space.slab == space.slabEnd) {
    space.slab = allocate(512 * offsetof<Key>());
    space.slabEnd = space.slab + 512 * offsetof<Key>();
  }
  const key = changetype<Key>(space.slab);
  space.slab += offsetof<Key>();
  key.content = content;
  key.before = <u32>before;
  key.chainNext = load<u32>(bucket);
  store<u32>(bucket, <u32>changetype<usize>(key));
  if (++space.used > space.mask) widen(space);
  return changetype<usize>(key);
}

/** The key of a block with this content behind the block with key `before`, 0 if nobody has interned it. */
export function findKey(space: KeySpace, before: usize, content: u64): usize {
  const bucket =
    space.table + ((<usize>((<u32>(mix(content ^ ((<u64>before) << 20)) >> 16)) & space.mask)) << 2);
  for (let at = <usize>load<u32>(bucket); at != 0; at = <usize>changetype<Key>(at).chainNext) {
    const key = changetype<Key>(at);
    if (key.content == content && key.before == <u32>before) return at;
  }
  return 0;
}

/** Notes for every key whether a block answers for it now. */
export function freezeKeys(space: KeySpace): void {
  for (let i: usize = 0; i <= <usize>space.mask; i++) {
    for (
      let at = <usize>load<u32>(space.table + (i << 2));
      at != 0;
      at = <usize>changetype<Key>(at).chainNext
    ) {
      const key = changetype<Key>(at);
      key.frozen = key.block != 0 ? 1 : 0;
    }
  }
}

function widen(space: KeySpace): void {
  const old = space.table;
  const oldCount = <usize>space.mask + 1;
  space.mask = space.mask * 2 + 1;
  space.table = allocate(oldCount << 3);
  for (let i: usize = 0; i < oldCount; i++) {
    let at = <usize>load<u32>(old + (i << 2));
    while (at != 0) {
      const key = changetype<Key>(at);
      const next = <usize>key.chainNext;
      const bucket =
        space.table +
        ((<usize>((<u32>(mix(key.content ^ ((<u64>key.before) << 20)) >> 16)) & space.mask)) << 2);
      key.chainNext = load<u32>(bucket);
      store<u32>(bucket, <u32>at);
      at = next;
    }
  }
}

/** Gives the keys of the request's own blocks, prompt and (with `outputs`) output, an address. */
export function makePrivateKeys(inst: Instance, r: Request): void {
  if (r.privateKeys != 0) return;
  const size = inst.blockSize;
  if (inst.interned) {
    const blocks = r.inputTokens / size;
    const keys = allocate(((<usize>blocks) << 2) + 4);
    let before: usize = 0;
    for (let i: u32 = 0; i < blocks; i++) {
      before = intern(inst.keys, before, contentOf(r, <i32>(i * size), size));
      store<u32>(keys + ((<usize>i) << 2), <u32>before);
    }
    r.privateKeys = keys;
    return;
  }
  const tokens =
    inst.identified || inst.cpu != 0 ? <u64>r.inputTokens + <u64>r.outputTokens : <u64>r.inputTokens;
  const blocks = <u32>(tokens / <u64>size);
  if (blocks > r.prefixBlocks) r.privateKeys = allocate(<usize>((blocks - r.prefixBlocks) * inst.keyBytes));
}

/** Key of aligned block `index` of prompt ++ output, 0 = nobody can find it. */
export function keyAt(inst: Instance, r: Request, index: u32): usize {
  if (inst.interned) return <usize>load<u32>(r.privateKeys + ((<usize>index) << 2));
  return index < r.prefixBlocks
    ? inst.prefixIndex + r.prefixKeys + <usize>(index * inst.keyBytes)
    : r.privateKeys + <usize>((index - r.prefixBlocks) * inst.keyBytes);
}

/** Aligned blocks that have a key of their own, given makePrivateKeys. */
function namedBlocks(inst: Instance, r: Request): u32 {
  return <u32>((<u64>r.inputTokens + (inst.interned ? 0 : <u64>r.outputTokens)) / <u64>inst.blockSize);
}

/** Key of a block that holds the tokens from position `from` on, behind a block with key `before`; r has private keys. */
export function keyFor(inst: Instance, r: Request, from: i32, before: usize): usize {
  const size = inst.blockSize;
  const index = <u32>from / size;
  if (from >= 0 && <u32>from % size == 0 && index < namedBlocks(inst, r)) {
    if (before == (index == 0 ? 0 : keyAt(inst, r, index - 1))) return keyAt(inst, r, index);
  }
  return intern(inst.keys, before, contentOf(r, from, size));
}
