// The router's own memory of which prompt blocks it sent where: one least-recently-used set of blocks per instance
// (BLIS 87cc70ed sim/prefix_cache_index.go). It knows nothing of evictions in the instances. Blocks that another prompt can
// share are entries of their own, found by their number; the rest of a prompt can never match again, so a run of such blocks
// is one entry with a count, which keeps the exact order of evictions. In conversations every block may match again.

import { allocate } from '../memory-arena';
import { u32At } from './cluster';

const CAPACITY: u32 = 10_000;
const UNSHARED: u32 = 0;
const SLAB: usize = 256;
/** Slots of the hash table that finds entries; more than twice the capacity. */
const SLOTS: u32 = 1 << 15;

@unmanaged
class Entry {
  next: Entry;
  prev: Entry;
  /** Number of a block that can match, from 1, or UNSHARED. */
  block: u32;
  count: u32;
}

@unmanaged
export class Directory {
  /** List head: next = least recent. */
  list: Entry;
  size: u32;
  /** By block number, or hashed by it: address of the entry, 0 = absent. */
  entries: usize;
  hashed: bool;
}

let spare: usize = 0;

function newEntry(): Entry {
  if (spare == 0) {
    const slab = allocate(SLAB * offsetof<Entry>());
    for (let i: usize = 0; i < SLAB; i++) recycle(changetype<Entry>(slab + i * offsetof<Entry>()));
  }
  const entry = changetype<Entry>(spare);
  spare = load<u32>(spare);
  return entry;
}

function recycle(entry: Entry): void {
  store<u32>(changetype<usize>(entry), <u32>spare);
  spare = changetype<usize>(entry);
}

/** `blocks`: how many block numbers there are; 0 = not known beforehand. */
export function makeDirectory(blocks: u32): Directory {
  const directory = changetype<Directory>(allocate(offsetof<Directory>()));
  const list = newEntry();
  list.next = list;
  list.prev = list;
  directory.list = list;
  directory.hashed = blocks == 0;
  directory.entries = allocate((<usize>(blocks == 0 ? SLOTS : blocks + 1)) << 2);
  return directory;
}

function firstSlot(block: u32): u32 {
  return (block * 0x9e3779b1) >> 17;
}

function blockIn(directory: Directory, slot: u32): u32 {
  const entry = <usize>load<u32>(u32At(directory.entries, slot));
  return entry == 0 ? UNSHARED : changetype<Entry>(entry).block;
}

/** Slot that holds the block, or the free one where it belongs. */
function slotOf(directory: Directory, block: u32): u32 {
  if (!directory.hashed) return block;
  let slot = firstSlot(block);
  for (let at = blockIn(directory, slot); at != UNSHARED && at != block; at = blockIn(directory, slot)) {
    slot = (slot + 1) & (SLOTS - 1);
  }
  return slot;
}

function entryOf(directory: Directory, block: u32): usize {
  return <usize>load<u32>(u32At(directory.entries, slotOf(directory, block)));
}

/** Empties a slot; hashed entries behind it move up so that none is cut off from its first slot. */
function clearSlot(directory: Directory, block: u32): void {
  let hole = slotOf(directory, block);
  store<u32>(u32At(directory.entries, hole), 0);
  if (!directory.hashed) return;
  let slot = hole;
  for (;;) {
    slot = (slot + 1) & (SLOTS - 1);
    const other = blockIn(directory, slot);
    if (other == UNSHARED) return;
    const home = firstSlot(other);
    // Leave it where it is if its home lies cyclically in (hole, slot].
    const stays = hole <= slot ? hole < home && home <= slot : hole < home || home <= slot;
    if (stays) continue;
    store<u32>(u32At(directory.entries, hole), load<u32>(u32At(directory.entries, slot)));
    store<u32>(u32At(directory.entries, slot), 0);
    hole = slot;
  }
}

function unlink(entry: Entry): void {
  entry.prev.next = entry.next;
  entry.next.prev = entry.prev;
}

function pushRecent(directory: Directory, entry: Entry): void {
  const list = directory.list;
  entry.prev = list.prev;
  entry.next = list;
  list.prev.next = entry;
  list.prev = entry;
}

/** Evicts the `count` least recent blocks; there are at least as many. */
function evict(directory: Directory, count: u32): void {
  directory.size -= count;
  let left = count;
  while (left > 0) {
    const oldest = directory.list.next;
    if (oldest.count > left) {
      oldest.count -= left;
      return;
    }
    left -= oldest.count;
    if (oldest.block != UNSHARED) clearSlot(directory, oldest.block);
    unlink(oldest);
    recycle(oldest);
  }
}

function add(directory: Directory, block: u32, count: u32): void {
  if (directory.size + count > CAPACITY) evict(directory, directory.size + count - CAPACITY);
  const entry = newEntry();
  entry.block = block;
  entry.count = count;
  pushRecent(directory, entry);
  directory.size += count;
  if (block != UNSHARED) {
    store<u32>(u32At(directory.entries, slotOf(directory, block)), <u32>changetype<usize>(entry));
  }
}

/** Blocks of one prompt: the first `count` have the numbers at `numbers` (u32), `unshared` more can never match again. */
@unmanaged
export class PromptBlocks {
  numbers: usize;
  count: u32;
  unshared: u32;
}

/** Leading blocks of the prompt in the directory. The order of use stays. */
export function matchBlocks(directory: Directory, prompt: PromptBlocks): u32 {
  let matched: u32 = 0;
  while (matched < prompt.count && entryOf(directory, load<u32>(u32At(prompt.numbers, matched))) != 0)
    matched++;
  return matched;
}

/** Touches all blocks of the prompt, first to last. */
export function touchBlocks(directory: Directory, prompt: PromptBlocks): void {
  for (let i: u32 = 0; i < prompt.count; i++) {
    const block = load<u32>(u32At(prompt.numbers, i));
    const known = entryOf(directory, block);
    if (known == 0) add(directory, block, 1);
    else {
      unlink(changetype<Entry>(known));
      pushRecent(directory, changetype<Entry>(known));
    }
  }
  // A run longer than the directory pushes its own first blocks out.
  if (prompt.unshared > 0) add(directory, UNSHARED, prompt.unshared < CAPACITY ? prompt.unshared : CAPACITY);
}
