// The whole fit: direct inversion of the step-level parameters, then refinement of the request-level ones through the
// simulator. One deployment is fitted against the default vector; runs of several models fit the default vector itself again.
// A generator, so that a worker can report progress and stop between iterations; nothing else depends on the slicing.

import { fail, ok, type Result } from '../base/result';
import {
  DEFAULT_PHYSICS,
  PHYSICS_FACTS,
  PHYSICS_PARAMETERS,
  type PhysicsParameterName,
  type PhysicsVector,
} from '../domain/physics';
import { fitInversion, inversionRun, type InversionRun } from './inversion';
import { describeMixedDeployment, findMixedDeployments, type MixedDeployment } from './mixed-deployments';
import { deploymentKey, type PreparedRun } from './prepared-run';
import { REFIT_PRIOR, deploymentPrior, type FitPrior } from './priors';
import { REFINED_PARAMETERS, fitRefinement } from './refinement';
import { SimulatedRun } from './simulated-run';

export interface ParameterEstimate {
  readonly name: PhysicsParameterName;
  readonly value: number;
  /** Standard deviation of the logarithm, data and prior together. */
  readonly sigma: number;
  /** Of the prior. */
  readonly priorValue: number;
  readonly priorSigma: number;
  /** 1 − posterior variance / prior variance: how much the data say, 0 … 1. */
  readonly dataShare: number;
  /** Distance from the prior's centre in prior widths. */
  readonly movedSigmas: number;
  readonly isAtBound: boolean;
}

/** Covariance of the logarithms of some parameters, row-major. */
export interface ParameterCovariance {
  readonly names: readonly PhysicsParameterName[];
  readonly values: Float64Array;
}

export interface ServerFit {
  readonly vector: PhysicsVector;
  readonly estimates: readonly ParameterEstimate[];
  /** Blocks that were fitted together; other parameters are at their prior. */
  readonly covariances: readonly ParameterCovariance[];
  readonly runs: readonly PreparedRun[];
  /** Keys of the deployments fitted on, in order of appearance. */
  readonly deployments: readonly string[];
  readonly isRefit: boolean;
  readonly simulations: number;
  /** Root mean square of ln(model / measured) over the binned step times: how well the form holds. */
  readonly inversionRms: number;
  /** Range of mean context length S/D over the fitted stages. */
  readonly contextRange: readonly [number, number];
  /** Highest load fitted, mean decoders. */
  readonly mostDecoders: number;
  /** Runs of one stated deployment that do not look like one server. */
  readonly mixed: readonly MixedDeployment[];
  readonly warnings: readonly string[];
}

export interface FitProgress {
  readonly phase: 'inversion' | 'refinement';
  readonly iteration: number;
  readonly cost: number;
  readonly simulations: number;
}

const BOUND_SLACK = 1e-6;
const MOVED_SIGMAS = 2;

/** The GPU behind the default vector, as ground truth names it, and whether another name means it too. */
export const DEFAULT_GPU = 'H100';
export const isDefaultGpu = (gpuName: string): boolean => /^H100(-SXM)?$/i.test(gpuName);

/** The deployments behind the default vector. */
const DEFAULT_DEPLOYMENTS = [
  ['codellama/CodeLlama-34b-Instruct-hf', 2],
  ['meta-llama/Llama-2-70b-hf', 4],
  ['meta-llama/Llama-2-7b-hf', 1],
  ['mistralai/Mixtral-8x7B-v0.1', 2],
] as const;

/** The default vector as a fit on nothing, for predictions without calibration. */
export const DEFAULT_FIT: ServerFit = {
  vector: DEFAULT_PHYSICS,
  estimates: estimatesOf(
    DEFAULT_PHYSICS,
    deploymentPrior({ isOtherGpu: false, isOtherDeployment: false }),
    [],
  ),
  covariances: [],
  runs: [],
  deployments: DEFAULT_DEPLOYMENTS.map(([model, tp]) => deploymentKey(model, DEFAULT_GPU, tp, 'FP16')),
  isRefit: false,
  simulations: 0,
  inversionRms: NaN,
  contextRange: [NaN, NaN],
  mostDecoders: NaN,
  mixed: [],
  warnings: [],
};

function estimatesOf(
  vector: PhysicsVector,
  prior: FitPrior,
  covariances: readonly ParameterCovariance[],
): ParameterEstimate[] {
  return PHYSICS_PARAMETERS.map((name) => {
    const facts = PHYSICS_FACTS[name];
    const value = vector[name];
    const block = covariances.find(({ names }) => names.includes(name));
    const index = block?.names.indexOf(name) ?? -1;
    const variance = block?.values[index * block.names.length + index] ?? prior.sigma[name] ** 2;
    return {
      name,
      value,
      sigma: Math.sqrt(variance),
      priorValue: prior.centre[name],
      priorSigma: prior.sigma[name],
      dataShare: Math.min(Math.max(1 - variance / prior.sigma[name] ** 2, 0), 1),
      movedSigmas: Math.log(value / prior.centre[name]) / prior.sigma[name],
      isAtBound: value <= facts.min * (1 + BOUND_SLACK) || value >= facts.max * (1 - BOUND_SLACK),
    };
  });
}

function priorFor(runs: readonly PreparedRun[], deployments: readonly string[]): FitPrior {
  return deployments.length > 1 ? REFIT_PRIOR : singlePrior(runs);
}

function singlePrior(runs: readonly PreparedRun[]): FitPrior {
  return deploymentPrior({
    isOtherGpu: runs.some(({ deployment }) => !isDefaultGpu(deployment.system.gpu.name)),
    isOtherDeployment: runs.some(({ deployment }) => !deployment.server.pipelinedScheduling),
  });
}

function warningsOf(runs: readonly PreparedRun[], estimates: readonly ParameterEstimate[]): string[] {
  const warnings: string[] = [];
  const gpu = runs.find(({ deployment }) => !isDefaultGpu(deployment.system.gpu.name))?.deployment.system.gpu
    .name;
  if (gpu !== undefined)
    warnings.push(`Efficiencies transferred from H100 to ${gpu}: no run on ${gpu} backs the defaults.`);
  const moved = estimates
    .filter(({ movedSigmas }) => Math.abs(movedSigmas) > MOVED_SIGMAS)
    .map(({ name }) => name);
  if (moved.length > 0) {
    warnings.push(
      `${moved.join(', ')} moved more than ${MOVED_SIGMAS} prior widths: this server differs from the ones behind the defaults, or a fact about it is wrong.`,
    );
  }
  const bound = estimates.filter(({ isAtBound }) => isAtBound).map(({ name }) => name);
  if (bound.length > 0) warnings.push(`${bound.join(', ')} ended on a bound of what is physically sensible.`);
  return warnings;
}

/** Why a run that claims the fitted deployment does not look like that server, one sentence a fitted run. */
export function unlikeFitted(fit: ServerFit, run: PreparedRun): string[] {
  const own = inversionRun(run);
  return fit.runs.flatMap((fitted) =>
    findMixedDeployments([inversionRun(fitted), own], singlePrior([fitted, run])).map(
      describeMixedDeployment,
    ),
  );
}

/** Mean context lengths and loads that the fit has seen. */
function seenRange(runs: readonly InversionRun[]): Pick<ServerFit, 'contextRange' | 'mostDecoders'> {
  const means = runs.flatMap(({ stages }) => stages.map((stage) => stage.mean));
  const contexts = means.map(({ contextTokens, decoders }) => contextTokens / decoders);
  return {
    contextRange: [Math.min(...contexts), Math.max(...contexts)],
    mostDecoders: Math.max(...means.map(({ decoders }) => decoders)),
  };
}

/** Fits one server (or, over several models, the default vector). */
export function* fitServer(
  module: WebAssembly.Module,
  runs: readonly PreparedRun[],
): Generator<FitProgress, Result<ServerFit>> {
  const inverted = runs.map(inversionRun);
  if (!inverted.some(({ stages }) => stages.length > 0)) {
    return fail({
      code: 'bad-value',
      message: `No stage of ${runs.map(({ folder }) => folder).join(', ')} has 50 warm successful requests with at least 16 output tokens; the fit needs one.`,
    });
  }
  const deployments = [...new Set(runs.map(({ deployment }) => deployment.key))];
  const prior = priorFor(runs, deployments);
  const inversion = fitInversion(inverted, prior);
  yield {
    phase: 'inversion',
    iteration: inversion.iterations,
    cost: inversion.rootMeanSquare,
    simulations: 0,
  };

  const simulated: SimulatedRun[] = [];
  for (const run of runs.filter(({ isOverloaded }) => !isOverloaded)) {
    const simulation = SimulatedRun.create(module, run);
    if (!simulation.ok) return simulation;
    simulated.push(simulation.value);
  }
  const simulationCount = (): number => simulated.reduce((sum, each) => sum + each.simulations, 0);
  const covariances: ParameterCovariance[] = [];
  let vector = inversion.vector;
  if (simulated.length > 0) {
    const steps = fitRefinement(simulated, inversion.vector, prior);
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        vector = step.value.vector;
        if (step.value.covariance !== undefined) {
          covariances.push({ names: REFINED_PARAMETERS, values: step.value.covariance });
        }
        break;
      }
      const { iteration, cost } = step.value;
      yield { phase: 'refinement', iteration, cost, simulations: simulationCount() };
    }
  }
  if (inversion.covariance !== undefined) {
    covariances.push({ names: inversion.free, values: inversion.covariance });
  }
  const estimates = estimatesOf(vector, prior, covariances);
  const mixed = findMixedDeployments(inverted, singlePrior(runs));
  const warnings = [...mixed.map(describeMixedDeployment), ...warningsOf(runs, estimates)];
  if (prior.isRefit) {
    warnings.push(
      `Runs of ${deployments.length} deployments (${deployments.join('; ')}): this fits one vector for all of them, as the default one was, and calibrates none. For one server choose runs of one deployment.`,
    );
  }
  const short = simulated.filter(({ isShortOfBlocks }) => isShortOfBlocks).map(({ run }) => run.folder);
  if (short.length > 0) {
    warnings.push(
      `KV blocks run short in ${short.join(', ')}: pauses of preempted requests pass for slow steps there. Calibrate on a run with less load.`,
    );
  }
  if (simulated.length === 0) {
    warnings.push('Every run is overloaded: only step times were fitted; front-end delays are the defaults.');
  }
  return ok({
    vector,
    estimates,
    covariances,
    runs,
    deployments,
    isRefit: prior.isRefit,
    simulations: simulationCount(),
    inversionRms: inversion.rootMeanSquare,
    ...seenRange(inverted),
    mixed,
    warnings,
  });
}
