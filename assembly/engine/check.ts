// Debug builds walk the whole batch after every formation and trap where a counter differs from its members.

import { Instance } from './instance';
import { progressOf } from './batch';
import { Phase } from './request';

export function verify(inst: Instance): void {
  let members: u32 = 0;
  let decoding: u32 = 0;
  let context: i64 = 0;
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    members++;
    if (r.phase == Phase.DECODE) {
      decoding++;
      context += progressOf(inst, r);
    }
  }
  assert(members == inst.batchCount);
  assert(decoding == inst.decoding);
  assert(decoding + inst.prefilling == members);
  assert(context == inst.context);
}
