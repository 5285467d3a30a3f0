// Cluster events of one kind whose times never decrease: first in, first out is then the order by (time, insertion).

import { allocate } from '../memory-arena';
import { FOREVER } from '../engine/instance';
import { Request } from '../engine/request';

const ENTRY: usize = 16;

@unmanaged
export class EventRing {
  entries: usize;
  mask: u32;
  first: u32;
  end: u32;
}

export function makeRing(): EventRing {
  const ring = changetype<EventRing>(allocate(offsetof<EventRing>()));
  ring.mask = 255;
  ring.entries = allocate(256 * ENTRY);
  return ring;
}

function entry(ring: EventRing, index: u32): usize {
  return ring.entries + <usize>(index & ring.mask) * ENTRY;
}

export function ringTime(ring: EventRing): i64 {
  return ring.first == ring.end ? FOREVER : load<i64>(entry(ring, ring.first));
}

export function ringPush(ring: EventRing, time: i64, r: Request): void {
  if (ring.end - ring.first > ring.mask) {
    const old = ring.entries;
    const oldMask = ring.mask;
    ring.mask = oldMask * 2 + 1;
    ring.entries = allocate((<usize>ring.mask + 1) * ENTRY);
    for (let i = ring.first; i != ring.end; i++) {
      memory.copy(entry(ring, i), old + <usize>(i & oldMask) * ENTRY, ENTRY);
    }
  }
  const at = entry(ring, ring.end++);
  store<i64>(at, time);
  store<u32>(at, <u32>changetype<usize>(r), 8);
}

/** The ring is not empty. */
export function ringPop(ring: EventRing): Request {
  return changetype<Request>(<usize>load<u32>(entry(ring, ring.first++), 8));
}
