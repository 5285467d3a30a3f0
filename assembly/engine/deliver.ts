// The way of a request from the front end to an instance: the front end's delays, then the latency model's queueing time.

import { queueingTicks } from '../latency/model';
import { push } from './event-heap';
import { Instance } from './instance';
import { Request, State } from './request';

/** Hands over a request that became known while running; the instance is advanced no further than its arrival. */
export function deliver(inst: Instance, r: Request): void {
  const delivered = r.arrivalUs + inst.frontDelayUs;
  if (delivered > inst.horizon) {
    r.state = State.BEYOND_HORIZON;
    return;
  }
  if (delivered > inst.passiveClock) inst.passiveClock = delivered;
  r.sumUs = delivered + queueingTicks(inst.latency, r.inputTokens);
  push(inst.deliveries, r.sumUs, r.arrivalUs, r.row, r);
}
