// Between two events that can change the batch it only decodes, and a step is one formula: its length from the counters, one
// ITL value, the blocks that the members at this phase need. Steps cannot be merged, since each is truncated to whole ticks
// by itself. Ends before a step in which a member completes, blocks run short, or something else happens first.

import { stepTicks } from '../latency/model';
import { take } from '../kv/pool';
import { isFull, logStep } from '../stats/itl-log';
import { shadowCoast } from './check';
import { FOREVER, Instance } from './instance';

/** True if the next step serves every member, admits nobody and can be taken from the counters alone. */
export function canCoast(inst: Instance): bool {
  return (
    inst.decoding > 0 &&
    inst.decoding == inst.batchCount &&
    (inst.waitingCount == 0 || inst.batchCount >= inst.maxRunning) &&
    inst.decoding <= inst.tokenBudget &&
    inst.explicitDecoding == 0 &&
    inst.cpu == 0 &&
    inst.log == 0 &&
    !inst.perMember &&
    !inst.literal
  );
}

/** Takes steps that begin before `before`, at most `limit`; returns how many. */
export function coast(inst: Instance, before: i64, limit: i32): i32 {
  const latency = inst.latency;
  const pool = inst.pool;
  const itl = inst.itl;
  const members = <i64>inst.decoding;
  const overhead = inst.outputTokenUs;
  const sumBefore = inst.decodeSum;
  let at = inst.stepAt;
  let clock = inst.clock;
  let context = inst.context;
  let count = inst.decodeCount;
  let sum = sumBefore;
  let phase = inst.phase;
  let steps: i32 = 0;
  while (steps < limit && at < before && !isFull(itl)) {
    if (load<u32>(inst.due + ((<usize>((<u32>(count + 1)) & inst.dueMask)) << 3)) != 0) break;
    const crossings = load<u32>(inst.crossings + ((<usize>phase) << 2));
    if (crossings > 0) {
      if (crossings > pool.free) break;
      take(pool, crossings);
    }
    const duration = stepTicks(latency, 0, members, context, 0.0, members);
    logStep(itl, duration + overhead);
    sum += duration + overhead;
    context += members;
    count++;
    phase = phase + 1 == inst.blockSize ? 0 : phase + 1;
    clock = at;
    at = at + duration < at ? FOREVER : at + duration;
    steps++;
  }
  inst.stepAt = at;
  inst.clock = clock;
  inst.context = context;
  inst.decodeCount = count;
  inst.decodeSum = sum;
  inst.phase = phase;
  inst.steps += steps;
  inst.waitingSum += <i64>inst.waitingCount * <i64>steps;
  if (PARANOID) shadowCoast(inst, steps, sum - sumBefore);
  return steps;
}
