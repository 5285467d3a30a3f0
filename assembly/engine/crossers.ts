// Explicit decoding members (kv/explicit.ts) by the step in which they need another block, each list in batch order.

import { Instance } from './instance';
import { Request } from './request';

function cell(inst: Instance, phase: u32): usize {
  return inst.crossers + ((<usize>phase) << 3);
}

export function addCrosser(inst: Instance, phase: u32, r: Request): void {
  const list = cell(inst, phase);
  let before = <usize>load<u32>(list, 4);
  let after: usize = 0;
  while (before != 0 && changetype<Request>(before).order > r.order) {
    after = before;
    before = changetype<Request>(before).fillPrev;
  }
  r.fillPrev = before;
  r.fillNext = after;
  if (before != 0) changetype<Request>(before).fillNext = changetype<usize>(r);
  else store<u32>(list, <u32>changetype<usize>(r));
  if (after != 0) changetype<Request>(after).fillPrev = changetype<usize>(r);
  else store<u32>(list, <u32>changetype<usize>(r), 4);
}

export function removeCrosser(inst: Instance, phase: u32, r: Request): void {
  const list = cell(inst, phase);
  if (r.fillPrev != 0) changetype<Request>(r.fillPrev).fillNext = r.fillNext;
  else store<u32>(list, <u32>r.fillNext);
  if (r.fillNext != 0) changetype<Request>(r.fillNext).fillPrev = r.fillPrev;
  else store<u32>(list, <u32>r.fillPrev, 4);
}

/** First member that needs a block at `phase`, 0 = none; the others follow by `fillNext`. */
export function firstCrosser(inst: Instance, phase: u32): usize {
  return <usize>load<u32>(cell(inst, phase));
}
