// What is believed before the data speak: log-normal priors around the default vector for one deployment, or the wider
// ones with which the default vector itself was fitted over several models.

import {
  DEFAULT_PHYSICS,
  PHYSICS_FACTS,
  physicsVector,
  type PhysicsParameterName,
  type PhysicsVector,
} from '../domain/physics';

export interface FitPrior {
  readonly centre: PhysicsVector;
  /** Standard deviation of the logarithm. */
  readonly sigma: PhysicsVector;
  /** Residual noise (of a logarithm) that prior rows are weighed against. */
  readonly noise: number;
  /** Several models: the default vector is being fitted again. */
  readonly isRefit: boolean;
}

export interface PriorCircumstances {
  /** Not an H100: efficiencies are transferred, so their widths double. */
  readonly isOtherGpu: boolean;
  /** Another engine generation or cluster: fixed delays are less certain. */
  readonly isOtherDeployment: boolean;
}

const NOISE = 0.015;
const REFIT_NOISE = 0.05;
/** What depends on the GPU. */
export const EFFICIENCIES: readonly PhysicsParameterName[] = ['eW', 'eX', 'eK', 'eKg', 'eC'];
const DELAYS: ReadonlySet<PhysicsParameterName> = new Set(['t0', 'q']);

export function deploymentPrior({ isOtherGpu, isOtherDeployment }: PriorCircumstances): FitPrior {
  return {
    centre: DEFAULT_PHYSICS,
    sigma: physicsVector((name) => {
      const isWider = (isOtherGpu && EFFICIENCIES.includes(name)) || (isOtherDeployment && DELAYS.has(name));
      return PHYSICS_FACTS[name].sigma * (isWider ? 2 : 1);
    }),
    noise: NOISE,
    isRefit: false,
  };
}

export const REFIT_PRIOR: FitPrior = {
  centre: physicsVector((name) => PHYSICS_FACTS[name].refitCentre),
  sigma: physicsVector((name) => PHYSICS_FACTS[name].refitSigma),
  noise: REFIT_NOISE,
  isRefit: true,
};

/** Residual row that holds one parameter near its prior; `x` = ln value. */
export const priorRow = (prior: FitPrior, name: PhysicsParameterName, x: number): number =>
  (prior.noise * (x - Math.log(prior.centre[name]))) / prior.sigma[name];
