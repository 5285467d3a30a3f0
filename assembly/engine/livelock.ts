// A request whose output cannot fit into the whole cache preempts itself when it is alone, starts over, and so on until the
// horizon; the reference does just that. Here the cycle is noticed: it is named in the result, and a run that has nothing
// else to do and would go on for ever (or practically so) is ended.

import { earliest } from './event-heap';
import { FOREVER, Fault, Instance } from './instance';
import { Request } from './request';

/** Cycles without any request ending before a run is given up; the state repeats after one. */
const FUTILE_CYCLES: u32 = 3;
/** Steps to the horizon that are still worth simulating. */
const PATIENCE: i64 = 200_000_000;

/** r found itself alone and had to give its own blocks back. */
export function noteSelfPreemption(inst: Instance, r: Request): void {
  const ended = inst.completed + inst.timedOut + inst.dropped;
  if (inst.selfPreemptions > 0 && inst.endedThen == ended) inst.selfPreemptions++;
  else inst.selfPreemptions = 1;
  inst.endedThen = ended;
  inst.livelockRow = <i32>r.row;
  if (inst.selfPreemptions < FUTILE_CYCLES || !inst.isAlone) return;
  // Something else may still come and end: a request, or a deadline.
  if (
    inst.arrivalsAt != inst.arrivalsEnd ||
    inst.deliveries.count > 0 ||
    earliest(inst.deadlines) < inst.horizon
  )
    return;
  const left = inst.horizon - inst.clock;
  const pace = inst.steps > 0 ? inst.clock / inst.steps : 0;
  if (inst.horizon == FOREVER || left / (pace + 1) > PATIENCE) {
    inst.fault = Fault.LIVELOCK;
    inst.faultRow = r.row;
  }
}
