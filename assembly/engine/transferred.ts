// The decode half of a disaggregated request (BLIS 87cc70ed sim/simulator.go InjectDecodeOnly, sim/batch_formation.go): its
// prompt was computed elsewhere and its KV blocks are handed over before it queues. It decodes in the step that admits it, so
// it has no first-token time of its own. Preempted, it starts over with a one-token chunk of its prompt.

import { blocksFor, release, reserveDecode, reservePrompt } from '../kv/allocate';
import { makePrivateKeys } from '../kv/keys';
import { push } from './event-heap';
import { startDecoding } from './batch';
import { schedulePrefill } from './formation';
import { FOREVER, Instance } from './instance';
import { Request, State } from './request';
import { enqueue } from './wait-queue';
import { watchQueued } from './watch';

/** Reserves the blocks of the whole prompt and queues the request at `at`. False: not enough blocks, nothing happened. */
export function enterTransferred(inst: Instance, r: Request, at: i64): bool {
  if (inst.identified || inst.cpu != 0) {
    r.explicit = 1;
    makePrivateKeys(inst, r);
  }
  if (r.inputTokens > 0 && !reservePrompt(inst, r, 0, r.inputTokens, 0, 0)) return false;
  r.base = 0;
  r.progress = r.inputTokens;
  // It decodes at least once, whatever the number of output tokens.
  r.target = r.inputTokens + (r.outputTokens > 2 ? r.outputTokens - 1 : 1);
  if (inst.maxModelLen > 0 && inst.maxModelLen - 1 < r.target) {
    r.target = max(inst.maxModelLen - 1, r.inputTokens + 1);
    r.capped = 1;
  }
  r.state = State.QUEUED;
  enqueue(inst, r);
  watchQueued(inst, r, at);
  if (r.deadlineUs > 0 && r.deadlineUs <= inst.horizon) {
    const turn = inst.timeouts++;
    push(inst.deadlines, r.deadlineUs, 0, turn, r);
  }
  if (inst.batchCount == 0 && inst.stepAt == FOREVER) inst.stepAt = at > inst.clock ? at : inst.clock;
  return true;
}

export function admitTransferred(inst: Instance, r: Request): bool {
  if (isWhole(r)) return reserveDecode(inst, r, r.progress, r.inputTokens % inst.blockSize == 0);
  r.base = 0;
  return reservePrompt(inst, r, 0, 1, 0, 0);
}

/** After it joined the batch. */
export function scheduleTransferred(inst: Instance, r: Request): void {
  if (!isWhole(r)) {
    schedulePrefill(inst, r, 1);
    r.progress = 1;
    return;
  }
  inst.budget--;
  inst.scheduledDecodes++;
  inst.scheduledMembers++;
  inst.scheduledContext += r.progress;
  startDecoding(inst, r);
}

/** Its time ran out in the wait queue. */
export function releaseTransferred(inst: Instance, r: Request): void {
  if (blocksFor(inst, <u32>r.progress) > 0) release(inst, r, <u32>r.progress, false);
}

function isWhole(r: Request): bool {
  return r.progress >= <i64>r.inputTokens;
}
