// The concurrency ladder that the study walks once an experiment (sim-to-real 5b12a00, adapters/llm_optimizer_est.py).

import { ok, type Result } from '../../../base/result';
import { estimateWithOptimizer, type OptimizerEstimate, type OptimizerInput } from './estimate';
import type { OptimizerModel } from './model-facts';

export interface LadderStep {
  readonly concurrency: number;
  readonly estimate: OptimizerEstimate;
}

const HIGHEST_CONCURRENCY = 1024;

/** Estimates at concurrency 1, 2, 4, … up to `maxNumSeqs`, ending before the first that does not fit in memory. */
export function climbLadder(
  model: OptimizerModel,
  input: Omit<OptimizerInput, 'concurrency'>,
  maxNumSeqs: number,
): Result<readonly LadderStep[]> {
  const steps: LadderStep[] = [];
  for (let concurrency = 1; concurrency <= Math.min(HIGHEST_CONCURRENCY, maxNumSeqs); concurrency *= 2) {
    const estimate = estimateWithOptimizer(model, { ...input, concurrency });
    if (!estimate.ok) return estimate;
    if (!estimate.value.fits) break;
    steps.push({ concurrency, estimate: estimate.value });
  }
  return ok(steps);
}
