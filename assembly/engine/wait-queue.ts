// Wait queue. First come, first served is a list with preempted requests in front; the other schedulers sort before every
// step by keys that do not change while waiting (BLIS 87cc70ed sim/scheduler.go: all ages grow together, so priorities keep
// their order), which a heap does once. Ties go to the bytewise smaller id.

import { allocate } from '../memory-arena';
import { Instance, Order } from './instance';
import { pushBack, pushFront, unlinkRequest } from './batch';
import { Request } from './request';
import { compareIds } from './request-ids';

function isBefore(order: i32, a: Request, b: Request): bool {
  if (order == Order.SHORTEST && a.inputTokens != b.inputTokens) return a.inputTokens < b.inputTokens;
  if (a.arrivalUs != b.arrivalUs)
    return order == Order.LATEST ? a.arrivalUs > b.arrivalUs : a.arrivalUs < b.arrivalUs;
  return compareIds(a, b) < 0;
}

function slot(heap: usize, index: usize): usize {
  return heap + (index << 2);
}

function place(heap: usize, index: usize, r: Request): void {
  store<u32>(slot(heap, index), <u32>changetype<usize>(r));
  r.dueNext = index;
}

function at(heap: usize, index: usize): Request {
  return changetype<Request>(<usize>load<u32>(slot(heap, index)));
}

function siftUp(inst: Instance, from: usize, r: Request): void {
  const heap = inst.waitingHeap;
  let index = from;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = at(heap, parent);
    if (!isBefore(inst.order, r, above)) break;
    place(heap, index, above);
    index = parent;
  }
  place(heap, index, r);
}

function siftDown(inst: Instance, from: usize, r: Request): void {
  const heap = inst.waitingHeap;
  const count = <usize>inst.waitingCount;
  let index = from;
  for (;;) {
    let child = index * 2 + 1;
    if (child >= count) break;
    if (child + 1 < count && isBefore(inst.order, at(heap, child + 1), at(heap, child))) child++;
    const below = at(heap, child);
    if (!isBefore(inst.order, below, r)) break;
    place(heap, index, below);
    index = child;
  }
  place(heap, index, r);
}

/** Room for `count` waiting requests; first come, first served needs none. */
export function reserveQueue(inst: Instance, count: u32): void {
  if (inst.order != Order.FCFS) inst.waitingHeap = allocate((<usize>count + 1) << 2);
}

export function enqueue(inst: Instance, r: Request): void {
  const index = inst.waitingCount++;
  if (inst.order == Order.FCFS) pushBack(inst.waiting, r);
  else siftUp(inst, index, r);
}

export function enqueueFront(inst: Instance, r: Request): void {
  const index = inst.waitingCount++;
  if (inst.order == Order.FCFS) pushFront(inst.waiting, r);
  else siftUp(inst, index, r);
}

/** The next request to admit; the queue is not empty. */
export function headOfQueue(inst: Instance): Request {
  return inst.order == Order.FCFS ? inst.waiting.next : at(inst.waitingHeap, 0);
}

export function removeFromQueue(inst: Instance, r: Request): void {
  inst.waitingCount--;
  if (inst.order == Order.FCFS) {
    unlinkRequest(r);
    return;
  }
  const index = r.dueNext;
  const last = at(inst.waitingHeap, inst.waitingCount);
  if (last == r) return;
  siftUp(inst, index, last);
  if (at(inst.waitingHeap, index) == last) siftDown(inst, index, last);
}

/** Debug builds: no waiting request comes before the head. */
export function isHeadFirst(inst: Instance): bool {
  if (inst.order == Order.FCFS) return true;
  for (let i: usize = 1; i < <usize>inst.waitingCount; i++) {
    if (isBefore(inst.order, at(inst.waitingHeap, i), at(inst.waitingHeap, 0))) return false;
  }
  return true;
}
