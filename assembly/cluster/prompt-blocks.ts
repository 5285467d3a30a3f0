// The full blocks of the prompt at hand, as the control plane names them. Shared prefixes have their blocks numbered
// beforehand; in conversations blocks are numbered when they are first seen, by chain and content.

import { allocate } from '../memory-arena';
import { Request } from '../engine/request';
import { Instance } from '../engine/instance';
import { Key, contentOf, findKey, intern } from '../kv/keys';
import { blockOf } from '../kv/pool';
import { Cluster, u32At, wideAt } from './cluster';

function reserve(c: Cluster, blocks: u32): void {
  if (blocks <= c.promptRoom) return;
  let room: u32 = c.promptRoom == 0 ? 256 : c.promptRoom;
  while (room < blocks) room *= 2;
  c.promptRoom = room;
  c.prompt.numbers = allocate((<usize>room) << 2);
  c.contents = allocate((<usize>room) << 3);
}

/** Names the blocks of r in `c.prompt`. */
export function identify(c: Cluster, r: Request): void {
  const full = r.inputTokens / c.blockSize;
  const named = c.interned ? full : r.prefixBlocks;
  reserve(c, named);
  c.prompt.count = named;
  c.prompt.unshared = full - named;
  if (!c.interned) {
    const first = <u32>(r.prefixKeys / <usize>c.keyBytes) + 1;
    for (let i: u32 = 0; i < named; i++) store<u32>(u32At(c.prompt.numbers, i), first + i);
    return;
  }
  let before: usize = 0;
  for (let i: u32 = 0; i < named; i++) {
    const content = contentOf(r, <i32>(i * c.blockSize), c.blockSize);
    before = intern(c.keys, before, content);
    store<u64>(wideAt(c.contents, i), content);
    store<u32>(u32At(c.prompt.numbers, i), <u32>before);
  }
}

/** Leading blocks of the prompt at hand that the instance could serve from its cache; `frozen`: as of the last copy. */
export function cachedBlocks(c: Cluster, index: u32, inst: Instance, r: Request, frozen: bool): u32 {
  const count = c.prompt.count;
  let found: u32 = 0;
  if (c.interned) {
    let key: usize = 0;
    for (; found < count; found++) {
      key = findKey(inst.keys, key, load<u64>(wideAt(c.contents, found)));
      if (key == 0 || !(frozen ? isFrozen(key) : blockOf(key) != 0)) break;
    }
  } else if (frozen) {
    const copy = c.copies + <usize>index * <usize>c.sharedBlocks + r.prefixKeys / <usize>c.keyBytes;
    while (found < count && load<u8>(copy + found) != 0) found++;
  } else {
    const keys = inst.prefixIndex + r.prefixKeys;
    while (found < count && blockOf(keys + <usize>(found * c.keyBytes)) != 0) found++;
  }
  return found;
}

function isFrozen(key: usize): bool {
  return changetype<Key>(key).frozen != 0;
}
