// Were two servers mixed by mistake? Runs that claim one deployment are inverted one by one. If well-determined parameters lie
// more than three standard deviations apart, or if a common fit leaves one run's step times clearly above and another's below,
// they were not measured on one server, and a common fit would be a confident wrong number.

import { physicsBlock } from '../engine/physics-model';
import type { PhysicsParameterName } from '../domain/physics';
import { fitInversion, modelStepUs, type InversionFit, type InversionRun } from './inversion';
import type { FitPrior } from './priors';

export interface MixedDeployment {
  readonly folders: readonly [string, string];
  /** Parameters more than 3 σ apart. */
  readonly parameters: readonly PhysicsParameterName[];
  /** Difference of residual step-time level in a common fit, as a share. */
  readonly levelDifference: number;
}

const FAR_SIGMAS = 3;
/** Levels scatter by up to 1.2 % between starts of one server: three times that, for a difference of two. */
const FAR_LEVEL = 0.05;

function farParameters(a: InversionFit, b: InversionFit): PhysicsParameterName[] {
  return a.free.filter((name, i) => {
    const j = b.free.indexOf(name);
    if (j < 0) return false;
    const apart = Math.abs(Math.log(a.vector[name] / b.vector[name]));
    return apart > FAR_SIGMAS * Math.hypot(a.posterior[i] ?? NaN, b.posterior[j] ?? NaN);
  });
}

/** Mean ln(measured / model) over the stages of a run. */
function level({ run, stages, freshTokens, promptTokens }: InversionRun, fit: InversionFit): number {
  const block = physicsBlock(run.deployment.system, fit.vector);
  const logs = stages.map(({ mean }) =>
    Math.log(mean.stepUs / modelStepUs(block, mean, { freshTokens, promptTokens })),
  );
  return logs.reduce((sum, value) => sum + value, 0) / logs.length;
}

/** Pairs of runs of one stated deployment that cannot be one server. */
export function findMixedDeployments(runs: readonly InversionRun[], prior: FitPrior): MixedDeployment[] {
  const usable = runs.filter(({ stages }) => stages.length > 0);
  const alone = usable.map((run) => fitInversion([run], prior));
  const found: MixedDeployment[] = [];
  usable.forEach((a, i) => {
    usable.slice(i + 1).forEach((b, offset) => {
      const fitA = alone[i];
      const fitB = alone[i + 1 + offset];
      if (fitA === undefined || fitB === undefined || a.run.deployment.key !== b.run.deployment.key) return;
      const parameters = farParameters(fitA, fitB);
      const common = fitInversion([a, b], prior);
      const levelDifference = Math.abs(level(a, common) - level(b, common));
      if (parameters.length > 0 || levelDifference > FAR_LEVEL) {
        found.push({ folders: [a.run.folder, b.run.folder], parameters, levelDifference });
      }
    });
  });
  return found;
}

export function describeMixedDeployment({ folders, parameters, levelDifference }: MixedDeployment): string {
  const why =
    parameters.length > 0
      ? `${parameters.join(', ')} differ by more than ${FAR_SIGMAS} standard deviations`
      : `their step times differ by ${(100 * levelDifference).toFixed(0)} % at equal load`;
  return `${folders[0]} and ${folders[1]} do not look like one server: ${why}. Fit them apart, or check model, GPU and TP.`;
}
