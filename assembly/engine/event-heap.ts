// Binary heap of events of one kind, ordered by time, then by two tie-breakers.

import { allocate } from '../memory-arena';
import { FOREVER } from './instance';
import { Request } from './request';

const ENTRY: usize = 24;

@unmanaged
export class EventHeap {
  entries: usize;
  count: u32;
  capacity: u32;
}

export function makeHeap(capacity: u32): EventHeap {
  const heap = changetype<EventHeap>(allocate(offsetof<EventHeap>()));
  heap.entries = allocate(<usize>capacity * ENTRY);
  heap.capacity = capacity;
  return heap;
}

function entry(heap: EventHeap, index: u32): usize {
  return heap.entries + <usize>index * ENTRY;
}

export function earliest(heap: EventHeap): i64 {
  return heap.count == 0 ? FOREVER : load<i64>(heap.entries);
}

/** Request of the earliest event. The heap is not empty. */
export function first(heap: EventHeap): Request {
  return changetype<Request>(<usize>load<u32>(heap.entries, 20));
}

function isBefore(at: usize, time: i64, tie: i64, last: u32): bool {
  const t = load<i64>(at);
  if (t != time) return t < time;
  const b = load<i64>(at, 8);
  if (b != tie) return b < tie;
  return load<u32>(at, 16) < last;
}

function put(at: usize, time: i64, tie: i64, last: u32, request: usize): void {
  store<i64>(at, time);
  store<i64>(at, tie, 8);
  store<u32>(at, last, 16);
  store<u32>(at, <u32>request, 20);
}

export function push(heap: EventHeap, time: i64, tie: i64, last: u32, r: Request): void {
  if (heap.count == heap.capacity) {
    const wider = allocate(<usize>heap.capacity * 2 * ENTRY);
    memory.copy(wider, heap.entries, <usize>heap.count * ENTRY);
    heap.entries = wider;
    heap.capacity *= 2;
  }
  let index = heap.count++;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = entry(heap, parent);
    if (isBefore(above, time, tie, last)) break;
    memory.copy(entry(heap, index), above, ENTRY);
    index = parent;
  }
  put(entry(heap, index), time, tie, last, changetype<usize>(r));
}

/** Removes the earliest event and gives its request. The heap is not empty. */
export function pop(heap: EventHeap): Request {
  const request = changetype<Request>(<usize>load<u32>(heap.entries, 20));
  const count = --heap.count;
  const moved = entry(heap, count);
  const time = load<i64>(moved);
  const tie = load<i64>(moved, 8);
  const last = load<u32>(moved, 16);
  let index: u32 = 0;
  for (;;) {
    let child = index * 2 + 1;
    if (child >= count) break;
    let below = entry(heap, child);
    if (child + 1 < count) {
      const other = entry(heap, child + 1);
      if (isBefore(other, load<i64>(below), load<i64>(below, 8), load<u32>(below, 16))) {
        child++;
        below = other;
      }
    }
    if (!isBefore(below, time, tie, last)) break;
    memory.copy(entry(heap, index), below, ENTRY);
    index = child;
  }
  memory.copy(entry(heap, index), moved, ENTRY);
  return request;
}

/** Removes what lies before `time`. */
export function dropBefore(heap: EventHeap, time: i64): void {
  while (heap.count > 0 && earliest(heap) < time) pop(heap);
}
