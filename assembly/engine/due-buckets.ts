// Decoding members by the decode count at which they complete, so that a step looks only at those that end in it. A bucket
// is a list in batch order; counts further apart than there are buckets share one and are told apart by their target.

import { Instance } from './instance';
import { Request } from './request';

function bucketOf(inst: Instance, due: i64): usize {
  return inst.due + ((<usize>((<u32>due) & inst.dueMask)) << 3);
}

/** Decode count at which a decoding member completes. */
export function dueOf(r: Request): i64 {
  return <i64>r.target - r.progress;
}

export function addDue(inst: Instance, r: Request): void {
  const bucket = bucketOf(inst, dueOf(r));
  let before = <usize>load<u32>(bucket, 4);
  let after: usize = 0;
  while (before != 0 && changetype<Request>(before).order > r.order) {
    after = before;
    before = changetype<Request>(before).duePrev;
  }
  r.duePrev = before;
  r.dueNext = after;
  if (before != 0) changetype<Request>(before).dueNext = changetype<usize>(r);
  else store<u32>(bucket, <u32>changetype<usize>(r));
  if (after != 0) changetype<Request>(after).duePrev = changetype<usize>(r);
  else store<u32>(bucket, <u32>changetype<usize>(r), 4);
}

/** Before `progress` or `target` change. */
export function removeDue(inst: Instance, r: Request): void {
  const bucket = bucketOf(inst, dueOf(r));
  if (r.duePrev != 0) changetype<Request>(r.duePrev).dueNext = r.dueNext;
  else store<u32>(bucket, <u32>r.dueNext);
  if (r.dueNext != 0) changetype<Request>(r.dueNext).duePrev = r.duePrev;
  else store<u32>(bucket, <u32>r.duePrev, 4);
}

/** First member of the bucket of the current decode count; 0 = none. Not all of the bucket need be due. */
export function firstDue(inst: Instance): usize {
  return <usize>load<u32>(bucketOf(inst, inst.decodeCount));
}
