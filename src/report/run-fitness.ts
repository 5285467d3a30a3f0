// The score of a finished run under weights as typed (`--fitness-weights`).

import { parseFitnessWeights } from '../adapters/blis/fitness-weights';
import { ok, type Result } from '../base/result';
import type { ClusterResult } from '../domain/cluster-result';
import { fitnessInput } from './cluster-sections';
import { evaluateFitness, type Fitness } from './fitness';

/** @param weights `key:weight,…`; no score without weights. */
export function fitnessOf(result: ClusterResult, weights: string): Result<Fitness | undefined> {
  const parsed = parseFitnessWeights(weights);
  if (!parsed.ok) return parsed;
  return parsed.value.length === 0 ? ok(undefined) : evaluateFitness(parsed.value, fitnessInput(result));
}
