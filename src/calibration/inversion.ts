// Direct inversion, second half: fit the step-level parameters to the binned step times of one or more runs. Smooth, no
// simulation, milliseconds. Request-level parameters and the ones that only mixed steps show stay where they are.

import { mean } from '../base/selection';
import {
  PHYSICS_FACTS,
  physicsVector,
  type PhysicsParameterName,
  type PhysicsVector,
} from '../domain/physics';
import {
  gemmUs,
  isGroupedQuery,
  isMixtureOfExperts,
  physicsBlock,
  type PhysicsBlock,
} from '../engine/physics-model';
import { inversionFeatures, type InversionPoint, type StageFeatures } from './inversion-features';
import { finish, leastSquares } from './least-squares';
import type { PreparedRun } from './prepared-run';
import { priorRow, type FitPrior } from './priors';

/** Features of one run and what its prompts looked like. */
export interface InversionRun {
  readonly run: PreparedRun;
  readonly stages: readonly StageFeatures[];
  /** Mean uncached prompt tokens of the warm requests. */
  readonly freshTokens: number;
  readonly promptTokens: number;
}

export interface InversionFit {
  readonly vector: PhysicsVector;
  readonly free: readonly PhysicsParameterName[];
  /** Standard deviation of the logarithm by `free`, from data and prior together; NaN where it cannot be had. */
  readonly posterior: Float64Array;
  /** Covariance of the logarithms, row-major over `free`. */
  readonly covariance?: Float64Array;
  readonly iterations: number;
  readonly rootMeanSquare: number;
}

const ROBUST_SCALE = 0.05;
/** Weight of a bin's residual, ln(model / measured). */
const BIN_WEIGHT = 2;

export function inversionRun(run: PreparedRun): InversionRun {
  const fresh: number[] = [];
  const prompts: number[] = [];
  for (let i = run.warmFrom; i < run.count; i++) {
    if (run.succeeded[i] === 0) continue;
    const prompt = run.inputTokens[i] ?? 0;
    prompts.push(prompt);
    fresh.push(Math.max(prompt - (run.cachedTokens[i] ?? 0), 1));
  }
  return { run, stages: inversionFeatures(run), freshTokens: mean(fresh), promptTokens: mean(prompts) };
}

/** Mean step time that the model gives a request decoding under these conditions, µs. */
export function modelStepUs(
  block: PhysicsBlock,
  point: Pick<InversionPoint, 'decoders' | 'contextTokens' | 'firstTokens'>,
  { freshTokens, promptTokens }: Pick<InversionRun, 'freshTokens' | 'promptTokens'>,
): number {
  const { decoders, contextTokens, firstTokens } = point;
  // First tokens per step arrive as a Poisson process: a share of the steps holds prefill, the others only decode.
  const mixed = 1 - Math.exp(-firstTokens);
  const inMixed = mixed > 0 ? (freshTokens * firstTokens) / mixed : 0;
  return (
    block.fixedUs +
    (1 - mixed) * gemmUs(block, decoders) +
    mixed * gemmUs(block, decoders + inMixed) +
    block.kvUsPerToken * (contextTokens + firstTokens * promptTokens) +
    block.sequenceUs * decoders +
    block.commUsPerToken * (decoders + freshTokens * firstTokens) +
    block.mixedUs * mixed
  );
}

/** Step-level parameters that the runs can say something about. */
export function inversionParameters(
  runs: readonly InversionRun[],
  isRefit: boolean,
): readonly PhysicsParameterName[] {
  const systems = runs.map(({ run }) => run.deployment.system);
  const any = (test: (system: (typeof systems)[number]) => boolean): boolean => systems.some(test);
  const free: PhysicsParameterName[] = ['eW'];
  if (any((s) => isMixtureOfExperts(s.architecture))) free.push('eX');
  if (any((s) => !isGroupedQuery(s.architecture))) free.push('eK');
  if (any((s) => isGroupedQuery(s.architecture))) free.push('eKg');
  free.push('t0', 'tL');
  if (any((s) => s.tp > 1)) free.push('tAR', 'eN');
  free.push('tS');
  if (isRefit) free.push('tM');
  return free;
}

/** Fits the free step-level parameters; the others stay at the prior's centre. */
export function fitInversion(runs: readonly InversionRun[], prior: FitPrior): InversionFit {
  const usable = runs.filter(({ stages }) => stages.length > 0);
  const free = inversionParameters(usable, prior.isRefit);
  const vectorOf = (x: readonly number[]): PhysicsVector => {
    const values = new Map(free.map((name, k) => [name, Math.exp(x[k] ?? NaN)]));
    return physicsVector((name) => values.get(name) ?? prior.centre[name]);
  };
  const binResiduals = (vector: PhysicsVector): number[] =>
    usable.flatMap((each) => {
      const block = physicsBlock(each.run.deployment.system, vector);
      const bins = each.stages.flatMap((stage) => stage.bins);
      const weight = BIN_WEIGHT / Math.sqrt(bins.length);
      return bins.map((bin) => weight * Math.log(modelStepUs(block, bin, each) / bin.stepUs));
    });
  const fit = finish(
    leastSquares(
      {
        start: free.map((name) => Math.log(prior.centre[name])),
        lower: free.map((name) => Math.log(PHYSICS_FACTS[name].min)),
        upper: free.map((name) => Math.log(PHYSICS_FACTS[name].max)),
        residuals: (x) => ({
          robust: [
            ...binResiduals(vectorOf(x)),
            ...free.map((name, k) => priorRow(prior, name, x[k] ?? NaN)),
          ],
          quadratic: [],
        }),
      },
      { differenceStep: 1e-5, robustScale: ROBUST_SCALE, maxIterations: 60, tolerance: 1e-9, maxStep: 0.7 },
    ),
  );
  const vector = vectorOf(fit.x);
  const residuals = binResiduals(vector);
  // Rows are in units of the noise scale, so the covariance is the inverse normal matrix times its square.
  const covariance = fit.inverseNormal?.map((value) => value * prior.noise * prior.noise);
  return {
    vector,
    free,
    posterior: Float64Array.from(free, (_, k) => Math.sqrt(covariance?.[k * free.length + k] ?? NaN)),
    ...(covariance === undefined ? {} : { covariance }),
    iterations: fit.iteration,
    rootMeanSquare:
      Math.sqrt(residuals.reduce((sum, r) => sum + r * r, 0) / Math.max(usable.length, 1)) / BIN_WEIGHT,
  };
}
