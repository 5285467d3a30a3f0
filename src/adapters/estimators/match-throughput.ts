// Which concurrency answers a stage's request rate (sim-to-real 5b12a00, both estimator adapters): no measured latency is used,
// only the rate. The candidates are walked in their given order; the first within 15 % ends the walk even if a later one is closer.

import { fail, ok, type Result } from '../../base/result';

/** Relative distance at which the walk stops. */
const CLOSE_ENOUGH = 0.15;

/**
 * The candidate whose predicted request rate matches `rateRps`: the first within 15 %, else the closest, ties to the earlier.
 * Candidates with a rate that is not positive and finite are passed over. Returns its index in `candidateRates`.
 */
export function matchThroughput(candidateRates: readonly number[], rateRps: number): Result<number> {
  if (!(rateRps > 0)) {
    return fail({
      code: 'bad-value',
      field: 'load.stages.rate',
      message: `A stage rate must be above 0 requests/s to be matched; found ${String(rateRps)}.`,
    });
  }
  let best = -1;
  let smallest = Infinity;
  for (const [index, rate] of candidateRates.entries()) {
    if (!(rate > 0) || rate === Infinity) continue;
    const distance = Math.abs(rate - rateRps) / rateRps;
    if (distance < smallest) {
      smallest = distance;
      best = index;
    }
    if (distance <= CLOSE_ENOUGH) break;
  }
  if (best >= 0) return ok(best);
  return fail({
    code: 'bad-value',
    message: `No concurrency gives a finite request rate to match ${String(rateRps)} requests/s with.`,
  });
}
