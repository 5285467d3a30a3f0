// From the host's columns to a classic run, and its own results.

import { makeClassicRules, rulesOf } from './classic-rules';
import { Kind, post } from './classic-events';
import { Instance } from './instance';
import { prepareRequest, requestCount } from './prepare';

/** Switches an instance to the classic rules and posts every arrival, in table order. */
export function beginClassic(inst: Instance, coefficients: usize): void {
  const count = requestCount();
  const slots = inst.maxRunning < count ? inst.maxRunning : count;
  inst.classic = changetype<usize>(makeClassicRules(coefficients, slots, 2 * count + 64));
  for (let row: u32 = 0; row < count; row++) {
    const r = prepareRequest(row, inst.blockSize, inst.keyBytes);
    post(inst, r.arrivalUs, Kind.ARRIVAL, changetype<usize>(r));
  }
}

/** Mean KV numerator, peak, Σ active steps, warnings, as f64. */
export function writeClassicSummary(inst: Instance, to: usize): void {
  const rules = rulesOf(inst);
  store<f64>(to, rules.usage);
  store<f64>(to, rules.peak, 8);
  store<f64>(to, <f64>rules.activeSteps, 16);
  store<f64>(to, rules.shortages, 24);
  store<f64>(to, rules.exhausted, 32);
  store<f64>(to, rules.lost, 40);
}
