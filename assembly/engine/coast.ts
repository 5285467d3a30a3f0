// Between two events that can change the batch it only decodes, and a step is one formula: its length from the counters, one
// ITL value, the blocks that the members at this phase need. Steps cannot be merged, since each is truncated to whole ticks
// by itself. Ends before a step in which a member completes, blocks run short, or something else happens first.

import { rooflineTicks, stepTicks } from '../latency/model';
import { isQuiet, tierOf } from '../kv/cpu-tier';
import { mirrorDecoded } from '../kv/mirroring';
import { take } from '../kv/pool';
import { isFull, logStep } from '../stats/itl-log';
import { fillingAt } from './batch';
import { shadowCoast } from './check';
import { FOREVER, Instance } from './instance';
import { noteStep } from './pipelining';
import { logSpan } from './step-log';
import { decodeEntry, fillDecodeTable } from './step-time';
import { watchDecoded } from './watch';

/** True if the next step serves every member, admits nobody and can be taken from the counters alone. */
export function canCoast(inst: Instance): bool {
  return (
    inst.decoding > 0 &&
    inst.decoding == inst.batchCount &&
    (inst.waitingCount == 0 || inst.batchCount >= inst.maxRunning) &&
    inst.decoding <= inst.tokenBudget &&
    inst.explicitDecoding == 0 &&
    (inst.cpu == 0 || isQuiet(tierOf(inst))) &&
    (inst.log == 0 || inst.logSpans) &&
    (!inst.perMember || inst.decodeTable != 0) &&
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
  const start = inst.stepAt;
  const firstFree = pool.free - load<u32>(inst.crossings + ((<usize>inst.phase) << 2));
  let at = start;
  let clock = inst.clock;
  let context = inst.context;
  let count = inst.decodeCount;
  let sum = sumBefore;
  let phase = inst.phase;
  let steps: i32 = 0;
  const most = inst.perMember ? gather(inst, limit) : limit;
  while (steps < most && at < before && !isFull(itl)) {
    if (load<u32>(inst.due + ((<usize>((<u32>(count + 1)) & inst.dueMask)) << 3)) != 0) break;
    const crossings = load<u32>(inst.crossings + ((<usize>phase) << 2));
    if (crossings > pool.free) break;
    if (inst.cpu != 0 && !mirrorDecoded(tierOf(inst), fillingAt(inst, phase))) break;
    if (crossings > 0) take(pool, crossings);
    const duration = inst.perMember
      ? memberwise(inst, <usize>steps)
      : stepTicks(latency, 0, members, context, 0.0, members);
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
  if (steps > 0) {
    if (inst.log != 0) logSpan(inst, start, at - start, 0, members * <i64>steps, firstFree, steps);
    watchDecoded(inst, start, at, steps);
    noteStep(inst, clock, at, inst.completed);
  }
  if (PARANOID) shadowCoast(inst, steps, sum - sumBefore);
  return steps;
}

/** Steps for which a table of contexts is filled ahead. */
const AHEAD: i64 = 256;

/** Notes where each member's context stands in the table, in batch order; gives the steps for which the table suffices. */
function gather(inst: Instance, limit: i32): i32 {
  const count = inst.decodeCount;
  let to = inst.memberEntries;
  let longest: i64 = 0;
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    const context = r.progress + count;
    if (context > longest) longest = context;
    store<u32>(to, <u32>decodeEntry(inst, <u32>context));
    to += 4;
  }
  const steps = min<i64>(min<i64>(<i64>inst.decodeContexts - longest, AHEAD), limit);
  if (steps > 0) fillDecodeTable(inst, <u32>(longest + steps - 1));
  return <i32>max<i64>(steps, 0);
}

/** Step number `step` since `gather`: the members' terms in batch order. */
function memberwise(inst: Instance, step: usize): i64 {
  const offset = step << 4;
  const end = inst.memberEntries + ((<usize>inst.decoding) << 2);
  let seconds: f64 = 0.0;
  let bytes: f64 = 0.0;
  for (let at = inst.memberEntries; at < end; at += 4) {
    const entry = <usize>load<u32>(at) + offset;
    seconds += load<f64>(entry);
    bytes += load<f64>(entry, 8);
  }
  return rooflineTicks(inst.latency, seconds, bytes, inst.decoding);
}
