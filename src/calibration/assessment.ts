// May the reader trust this fit? A wrong model can fit the runs it saw; it shows in what it fails to predict, in step times
// that do not follow the form, and in parameters pushed to where no hardware is.

import { countingRows, summariseErrors, type CrossValidation } from './cross-validation';
import type { ServerFit } from './fit';
import { isHalfPrecision } from './prepare';
import { describeMixedDeployment } from './mixed-deployments';

export interface Assessment {
  readonly isConsistent: boolean;
  /** Why not, one sentence each. */
  readonly reasons: readonly string[];
}

/** Held-out MAPE of E2E mean, step time and TTFT mean above which the model does not describe the server, %. */
const HELD_OUT_LIMITS = { e2e_mean: 6, itl_mean: 6, ttft_mean: 10 } as const;
/** Root mean square of the binned step times; sound runs of the reference kit reach 2.7 %. */
const INVERSION_LIMIT = 0.04;
const MOVED_LIMIT = 3;
/** Sum of the squared moves in prior widths; servers drawn from the prior stay below 8. */
const TOGETHER_LIMIT = 10;

export function assessFit(fit: ServerFit, validation: CrossValidation | undefined): Assessment {
  const reasons = fit.mixed.map(describeMixedDeployment);
  const quantised = fit.runs.find(({ deployment }) => !isHalfPrecision(deployment.precision));
  if (quantised !== undefined) {
    reasons.push(
      `The server ran in ${quantised.deployment.precision}; the model describes 16-bit kernels, and nothing shows that its form holds here.`,
    );
  }
  if (fit.inversionRms > INVERSION_LIMIT) {
    reasons.push(
      `Measured step times miss the model's form by ${(100 * fit.inversionRms).toFixed(1)} % (sound fits: below 3 %): model, GPU, TP or precision may be stated wrongly, or KV blocks ran short.`,
    );
  }
  const far = fit.estimates
    .filter(({ movedSigmas }) => Math.abs(movedSigmas) > MOVED_LIMIT)
    .map(({ name }) => name);
  if (far.length > 0) {
    reasons.push(`${far.join(', ')} had to move more than ${MOVED_LIMIT} prior widths to fit.`);
  }
  const together = fit.estimates.reduce((sum, { movedSigmas }) => sum + movedSigmas ** 2, 0);
  if (far.length === 0 && together > TOGETHER_LIMIT) {
    reasons.push(
      'Several parameters moved far in concert: a fact about the server (model, TP, GPU, schedule) is probably wrong.',
    );
  }
  const bound = fit.estimates.filter(({ isAtBound }) => isAtBound).map(({ name }) => name);
  if (bound.length > 0) reasons.push(`${bound.join(', ')} ended on a bound of what is physically sensible.`);
  if (validation !== undefined) {
    const rows = countingRows(validation.folds.map(({ prediction }) => prediction));
    for (const { metric, mape, rows: n } of summariseErrors(rows, 'warm')) {
      const limit =
        metric === 'e2e_mean' || metric === 'itl_mean' || metric === 'ttft_mean'
          ? HELD_OUT_LIMITS[metric]
          : Infinity;
      if (n > 0 && mape > limit) {
        reasons.push(`Held-out ${metric} is missed by ${mape.toFixed(1)} % on average (limit ${limit} %).`);
      }
    }
    if (rows.length === 0)
      reasons.push('Nothing could be held out below saturation, so the accuracy is unknown.');
  }
  return { isConsistent: reasons.length === 0, reasons };
}
