// What debug builds check: after every formation, that the counters equal their members; and beside every step, the same
// step taken member by member as the specification says it. The first difference traps.

import { allocate } from '../memory-arena';
import { crossingsNow, isCrossing, progressOf } from './batch';
import { dueOf } from './due-buckets';
import { Instance } from './instance';
import { Phase, Request } from './request';
import { isHeadFirst } from './wait-queue';

/** Steps between walks over the free list. */
const FREE_LIST_PERIOD: i64 = 64;

/** Progress and ITL sum by row, as visits of every step give them: (i64, i64). */
let shadows: usize = 0;
let shadowRows: u32 = 0;

function shadowOf(r: Request): usize {
  if (r.row >= shadowRows) {
    const rows = (r.row + 1) * 2;
    const wider = allocate((<usize>rows) << 4);
    memory.copy(wider, shadows, (<usize>shadowRows) << 4);
    shadows = wider;
    shadowRows = rows;
  }
  return shadows + ((<usize>r.row) << 4);
}

export function verify(inst: Instance): void {
  let members: u32 = 0;
  let decoding: u32 = 0;
  let crossing: u32 = 0;
  let context: i64 = 0;
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    members++;
    assert(r.prev.next == r && r.next.prev == r);
    if (r.phase == Phase.DECODE) {
      decoding++;
      context += progressOf(inst, r);
      if (isCrossing(inst, r)) crossing++;
    }
  }
  assert(members == inst.batchCount);
  assert(decoding == inst.decoding);
  assert(decoding + inst.prefilling == members);
  assert(context == inst.context);
  assert(crossing == crossingsNow(inst));
  assert(isHeadFirst(inst));
  if (inst.steps % FREE_LIST_PERIOD != 0) return;
  let free: u32 = 0;
  for (let block = inst.pool.list.next; block != inst.pool.list; block = block.next) free += block.count;
  assert(free == inst.pool.free);
}

/** The step just formed, member by member; `value` is its ITL. Before the counters move. */
export function shadowStep(inst: Instance, value: i64): void {
  let isStarved = false;
  let isNew = false;
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    if (r == inst.starved) isStarved = true;
    if (r == inst.newcomers) isNew = true;
    const shadow = shadowOf(r);
    if (isNew) {
      store<i64>(shadow, r.progress);
      store<i64>(shadow, 0, 8);
      // Transferred requests decode in the step that admits them.
      if (r.phase == Phase.DECODE) {
        store<i64>(shadow, progressOf(inst, r) + 1);
        store<i64>(shadow, value, 8);
      }
    } else if (isStarved) continue;
    else if (r.phase == Phase.PREFILL) store<i64>(shadow, load<i64>(shadow) + r.scheduled);
    else {
      store<i64>(shadow, load<i64>(shadow) + 1);
      store<i64>(shadow, load<i64>(shadow, 8) + value, 8);
    }
  }
}

/** Steps taken from the counters alone: every member decoded in each. */
export function shadowCoast(inst: Instance, steps: i64, sum: i64): void {
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    const shadow = shadowOf(r);
    store<i64>(shadow, load<i64>(shadow) + steps);
    store<i64>(shadow, load<i64>(shadow, 8) + sum, 8);
  }
  compareShadows(inst);
  verify(inst);
  verifyCompleted(inst);
}

/** After the counters have moved and before completions. */
export function compareShadows(inst: Instance): void {
  for (let r = inst.batch.next; r != inst.batch; r = r.next) {
    const shadow = shadowOf(r);
    assert(progressOf(inst, r) == load<i64>(shadow));
    if (r.phase == Phase.PREFILL) continue;
    assert(inst.decodeSum - r.sumUs == load<i64>(shadow, 8));
    assert((dueOf(r) == inst.decodeCount) == load<i64>(shadow) >= <i64>r.target);
  }
}

/** After completions: nobody is left who has all its tokens. */
export function verifyCompleted(inst: Instance): void {
  for (let r = inst.batch.next; r != inst.batch; r = r.next) assert(progressOf(inst, r) < <i64>r.target);
}
