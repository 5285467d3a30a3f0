// The mirroring pass of every step, after progress and before completions (BLIS 87cc70ed sim/kv/tiered.go MirrorToCPU): each
// member in batch order, each of its full blocks in order, is renewed or stored. Only blocks that became a member's in this
// step can change anything but the order of what members own, which stays implicit. A store into a full tier drops the oldest
// entry; that is one nobody owns as long as the list holds enough that the last pass did not touch.

import { Instance } from '../engine/instance';
import { Phase, Request } from '../engine/request';
import {
  CpuTier,
  evictOldest,
  forgetKeys,
  isLater,
  keyFrom,
  listBehind,
  listNewest,
  makeRun,
  noteKey,
  placeOf,
  stamp,
  storeOne,
  tierOf,
  unlist,
} from './cpu-tier';
import { Key, keyFor, makePrivateKeys } from './keys';
import { makeExplicit } from './naming';
import { chunkAfter, firstChunk, isChunkStart, ownedIn } from './owned';

export function mirror(inst: Instance): void {
  const cpu = tierOf(inst);
  cpu.passes++;
  if (cpu.isLiteral) {
    mirrorAll(inst, cpu);
    return;
  }
  const incoming = cpu.fills + cpu.eventCount;
  if (incoming == 0) return;
  const room = cpu.capacity - cpu.count;
  if (incoming <= room) mirrorUnordered(cpu);
  else if (hasOldEnough(cpu, incoming, room, cpu.passes)) mirrorInOrder(inst, cpu);
  else {
    listEverything(inst, cpu);
    mirrorAll(inst, cpu);
  }
  cpu.fills = 0;
  cpu.eventCount = 0;
}

/**
 * The pass of a step in which every member decodes, has no blocks with identity, and `fills` of them fill one. False, with
 * nothing done, if the order of the members decides what is dropped.
 */
export function mirrorDecoded(cpu: CpuTier, fills: u32): bool {
  const room = cpu.capacity - cpu.count;
  if (fills <= room) {
    cpu.count += fills;
    cpu.mirrored += fills;
  } else {
    if (!hasOldEnough(cpu, fills, room, cpu.passes + 1)) return false;
    for (let i = fills; i > 0; i--) storeOne(cpu);
  }
  cpu.passes++;
  return true;
}

/** True if the list holds enough that is older than everything members own to make room in pass number `pass`. */
function hasOldEnough(cpu: CpuTier, incoming: u32, room: u32, pass: u32): bool {
  if (cpu.idle < 2 * incoming) return false;
  let recent: u32 = 0;
  for (let k = keyFrom(cpu.list.lruPrev); k != cpu.list && k.pass + 1 >= pass; k = keyFrom(k.lruPrev)) {
    recent += k.run == 0 ? 1 : k.run;
  }
  return cpu.idle - recent >= 2 * incoming - room;
}

/** There is room for all: the order does not matter. */
function mirrorUnordered(cpu: CpuTier): void {
  for (let i: usize = 0; i < <usize>cpu.eventCount; i++)
    meet(cpu, keyFrom(load<u32>(cpu.events + (i << 3), 4)));
  cpu.count += cpu.fills;
  cpu.mirrored += cpu.fills;
}

/** A member's key: renewed, which takes it off the list, or stored. */
function meet(cpu: CpuTier, k: Key): void {
  if (k.isListed == 1) {
    unlist(cpu, k);
    stamp(k, 0, 0, 0);
  } else if (k.onCpu == 0) {
    storeOne(cpu);
    k.onCpu = 1;
    stamp(k, 0, 0, 0);
  }
}

function mirrorInOrder(inst: Instance, cpu: CpuTier): void {
  let event: usize = 0;
  const events = <usize>cpu.eventCount;
  if (events == 0) {
    for (let i = cpu.fills; i > 0; i--) storeOne(cpu);
    return;
  }
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    while (event < events && load<u32>(cpu.events + (event << 3)) == r.order) {
      meet(cpu, keyFrom(load<u32>(cpu.events + (event << 3), 4)));
      event++;
    }
    if (r.explicit == 0) for (let i = filledBy(inst, r); i > 0; i--) storeOne(cpu);
  }
}

/** Blocks without identity that this step filled for r. */
function filledBy(inst: Instance, r: Request): u32 {
  if (r.phase == Phase.PREFILL || r.itlStart == inst.itl.count) return r.fill;
  if (inst.blockSize == 1) return 0;
  return (r.progress + inst.decodeCount - <i64>r.base) % <i64>inst.blockSize == 0 ? 1 : 0;
}

/** Full blocks with a key among `stored` tokens of a request whose blocks are counted. */
function keyedOf(inst: Instance, r: Request, stored: u32): u32 {
  if (inst.blockSize > 1) return stored / inst.blockSize;
  // One-token blocks filled by decoding get no key.
  return r.base == 0 ? min(stored, r.inputTokens) : 0;
}

/** Literal: every block is in the list and every pass moves it. */
function mirrorAll(inst: Instance, cpu: CpuTier): void {
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    let chunk = firstChunk(r.owned, r.ownedCount);
    for (let i: u32 = 0; i < r.ownedCount; i++) {
      if (i > 0 && isChunkStart(i)) chunk = chunkAfter(chunk);
      const block = ownedIn(chunk, i);
      if (block.key == 0) continue;
      const k = changetype<Key>(block.key);
      if (k.onCpu == 1) unlist(cpu, k);
      else {
        storeOne(cpu);
        k.onCpu = 1;
      }
      listNewest(cpu, k);
    }
  }
}

/** From here on every block has identity and is listed: members' blocks in the order of the last pass. */
function listEverything(inst: Instance, cpu: CpuTier): void {
  const pass = cpu.passes - 1;
  listTouchedSince(inst, cpu, pass);
  // Entries of the last pass belong between members; cut them off the list's end.
  let recent = keyFrom(cpu.list.lruPrev);
  while (recent != cpu.list && recent.pass >= pass) recent = keyFrom(recent.lruPrev);
  let next = recent.lruNext;
  const end = <u32>changetype<usize>(cpu.list);
  cpu.list.lruPrev = <u32>changetype<usize>(recent);
  recent.lruNext = end;
  for (let r = inst.batch.next; r != inst.batch && r != inst.newcomers; r = r.next) {
    while (next != end && keyFrom(next).order < r.order) next = appendCut(cpu, next);
    const filled = r.explicit == 0 ? filledBy(inst, r) : 0;
    const counted = r.explicit == 0 ? r.ownedCount : u32.MAX_VALUE;
    if (r.explicit == 0) makeExplicit(inst, r, false);
    let keyed: u32 = 0;
    let chunk = firstChunk(r.owned, r.ownedCount);
    for (let i: u32 = 0; i < r.ownedCount; i++) {
      if (i > 0 && isChunkStart(i)) chunk = chunkAfter(chunk);
      if (ownedIn(chunk, i).key != 0) keyed = i + 1;
    }
    chunk = firstChunk(r.owned, r.ownedCount);
    for (let i: u32 = 0; i < r.ownedCount; i++) {
      if (i > 0 && isChunkStart(i)) chunk = chunkAfter(chunk);
      const block = ownedIn(chunk, i);
      if (block.key == 0) continue;
      const k = changetype<Key>(block.key);
      if (i >= counted && i + filled < keyed) k.onCpu = 1;
      if (k.onCpu == 0) continue;
      if (k.isListed == 1) {
        // Listed by a member before it: the last owner decides. Otherwise it is about to be renewed.
        if (k.pass != cpu.passes) continue;
        unlist(cpu, k);
      }
      listNewest(cpu, k);
      k.pass = cpu.passes;
    }
  }
  while (next != end) next = appendCut(cpu, next);
  for (let r = inst.newcomers; r != inst.batch; r = r.next) if (r.explicit == 0) makeExplicit(inst, r, false);
  cpu.isLiteral = true;
  inst.identified = true;
}

/**
 * Lists members' keys that something later than all their owners has touched since the pass began: an owner that has left, or
 * a reload.
 */
function listTouchedSince(inst: Instance, cpu: CpuTier, pass: u32): void {
  for (let round = 0; round < 2; round++) {
    for (let r = inst.batch.next; r != inst.batch && r != inst.newcomers; r = r.next) {
      let chunk = firstChunk(r.owned, r.ownedCount);
      for (let i: u32 = 0; i < r.ownedCount; i++) {
        if (i > 0 && isChunkStart(i)) chunk = chunkAfter(chunk);
        const k = changetype<Key>(ownedIn(chunk, i).key);
        if (changetype<usize>(k) == 0 || k.onCpu == 0 || k.isListed == 1 || k.pass != pass) continue;
        if (round == 1) listBehind(cpu, placeOf(cpu, pass, k.order, k.position), k);
        else if (k.order < r.order) stamp(k, 0, 0, 0);
      }
    }
  }
}

function appendCut(cpu: CpuTier, at: u32): u32 {
  const k = keyFrom(at);
  const next = k.lruNext;
  cpu.idle -= k.run == 0 ? 1 : k.run;
  listNewest(cpu, k);
  return next;
}

/** Blocks that r owned when it joined the batch are a member's now. */
export function enterTier(inst: Instance, r: Request): void {
  const cpu = tierOf(inst);
  let chunk = firstChunk(r.owned, r.ownedCount);
  for (let i: u32 = 0; i < r.ownedCount; i++) {
    if (i > 0 && isChunkStart(i)) chunk = chunkAfter(chunk);
    const block = ownedIn(chunk, i);
    if (block.key != 0) noteKey(cpu, changetype<Key>(block.key), r.order);
  }
}

/**
 * A member leaves, with `stored` tokens in its blocks; `comesBack`: preempted. Its blocks were renewed by the last pass. To be
 * called before its blocks are released.
 */
export function leaveTier(inst: Instance, r: Request, stored: u32, comesBack: bool): void {
  const cpu = tierOf(inst);
  if (cpu.isLiteral) return;
  forgetKeys(cpu, r.order);
  let chunk = firstChunk(r.owned, r.ownedCount);
  let before: usize = 0;
  for (let i: u32 = 0; i < r.ownedCount; i++) {
    if (i > 0 && isChunkStart(i)) chunk = chunkAfter(chunk);
    before = ownedIn(chunk, i).key;
    if (before != 0) leaveKey(cpu, changetype<Key>(before), r.order, i);
  }
  if (r.explicit != 0) return;
  const keyed = keyedOf(inst, r, stored);
  if (keyed <= r.ownedCount) return;
  const place = placeOf(cpu, cpu.passes, r.order, r.ownedCount);
  if (!comesBack) {
    const run = makeRun(cpu, keyed - r.ownedCount);
    stamp(run, cpu.passes, r.order, r.ownedCount);
    listBehind(cpu, place, run);
    return;
  }
  makePrivateKeys(inst, r);
  let at = place;
  for (let i = r.ownedCount; i < keyed; i++) {
    before = keyFor(inst, r, r.base + <i32>(i * inst.blockSize), before);
    const k = changetype<Key>(before);
    k.onCpu = 1;
    stamp(k, cpu.passes, r.order, i);
    listBehind(cpu, at, k);
    at = k;
  }
}

function leaveKey(cpu: CpuTier, k: Key, order: u32, position: u32): void {
  k.owners--;
  if (k.onCpu == 0 || k.isListed == 1) return;
  if (!isLater(k, cpu.passes, order, position)) stamp(k, cpu.passes, order, position);
  if (k.owners == 0) listBehind(cpu, placeOf(cpu, k.pass, k.order, k.position), k);
}
