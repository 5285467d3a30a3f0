// How long the formed step takes. Most models need whole-number sums that the batch keeps; roofline adds rounded numbers
// member by member, all prefills in batch order, then all decodes in batch order. What a decoding member adds depends on its
// context alone and is looked up in a table, filled as contexts grow.

import { KIND_ROOFLINE } from '../latency/params';
import {
  isPerMember,
  latencyKind,
  memberBytes,
  memberSeconds,
  rooflineTicks,
  stepTicks,
} from '../latency/model';
import { allocate } from '../memory-arena';
import { Instance } from './instance';
import { Phase } from './request';

/** (seconds f64, bytes f64). */
const ENTRY: usize = 16;

/** Prepares an instance for its latency model; contexts stay below `contexts` (0 = unknown). */
export function prepareStepTime(inst: Instance, contexts: u32): void {
  inst.perMember = isPerMember(inst.latency);
  if (!inst.perMember || contexts == 0 || latencyKind(inst.latency) != KIND_ROOFLINE) return;
  inst.decodeTable = allocate(<usize>contexts * ENTRY);
  inst.decodeContexts = contexts;
}

export function stepTime(inst: Instance): i64 {
  if (inst.perMember) return memberwise(inst);
  return stepTicks(
    inst.latency,
    inst.prefillTokens,
    inst.scheduledDecodes,
    inst.scheduledContext,
    inst.attention,
    inst.scheduledMembers,
  );
}

/** Fills the table up to and including `context`. */
export function fillDecodeTable(inst: Instance, context: u32): void {
  for (let at = inst.decodeFilled; at <= context; at++) {
    const entry = inst.decodeTable + <usize>at * ENTRY;
    store<f64>(entry, memberSeconds(inst.latency, false, at, 1));
    store<f64>(entry, memberBytes(inst.latency, at, 1), 8);
  }
  if (context >= inst.decodeFilled) inst.decodeFilled = context + 1;
}

export function decodeEntry(inst: Instance, context: u32): usize {
  return inst.decodeTable + <usize>context * ENTRY;
}

function memberwise(inst: Instance): i64 {
  const latency = inst.latency;
  const end = inst.starved;
  let seconds: f64 = 0.0;
  let bytes: f64 = 0.0;
  if (inst.prefillTokens > 0) {
    let isNew = false;
    for (let r = inst.batch.next; r != end; r = r.next) {
      if (r == inst.newcomers) isNew = true;
      if (r.phase != Phase.PREFILL || r.scheduled == 0) continue;
      // Progress before the step: nothing for a newcomer, whatever the cache gave it.
      const computed = isNew ? 0 : r.progress;
      seconds += memberSeconds(latency, true, computed, r.scheduled);
      bytes += memberBytes(latency, computed, r.scheduled);
    }
  }
  if (inst.scheduledDecodes > 0) {
    const count = inst.decodeCount;
    const limit = <i64>inst.decodeContexts;
    for (let r = inst.batch.next; r != end; r = r.next) {
      if (r.phase != Phase.DECODE) continue;
      const context = r.progress + count;
      if (context < limit) {
        if (context >= <i64>inst.decodeFilled) fillDecodeTable(inst, <u32>context);
        const entry = decodeEntry(inst, <u32>context);
        seconds += load<f64>(entry);
        bytes += load<f64>(entry, 8);
      } else {
        seconds += memberSeconds(latency, false, context, 1);
        bytes += memberBytes(latency, context, 1);
      }
    }
  }
  return rooflineTicks(latency, seconds, bytes, <i64>inst.prefillTokens + <i64>inst.scheduledDecodes);
}
