// How long the formed step takes. Most models need whole-number sums that the batch keeps; roofline adds rounded numbers
// member by member, all prefills in batch order, then all decodes in batch order.

import { isPerMember, memberBytes, memberSeconds, rooflineTicks, stepTicks } from '../latency/model';
import { Instance } from './instance';
import { Phase } from './request';

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
    for (let r = inst.batch.next; r != end; r = r.next) {
      if (r.phase != Phase.DECODE) continue;
      const computed = r.progress + count;
      seconds += memberSeconds(latency, false, computed, 1);
      bytes += memberBytes(latency, computed, 1);
    }
  }
  return rooflineTicks(latency, seconds, bytes, <i64>inst.prefillTokens + <i64>inst.scheduledDecodes);
}
