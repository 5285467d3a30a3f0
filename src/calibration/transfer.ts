// How far does a vector reach? On a deployment that it was fitted on, predictions scatter as server starts do. On another model or
// TP they miss by what models left out of the default vector were missed by; on another GPU the efficiencies are not known
// either, and their prior widths count.

import { DEFAULT_GPU, isDefaultGpu, type ParameterCovariance, type ServerFit } from './fit';
import type { Deployment } from './prepared-run';
import { deploymentPrior, EFFICIENCIES } from './priors';

export interface Transfer {
  /** The run's deployment is among those that the vector was fitted on. */
  readonly isKnown: boolean;
  /** What the parameters do not know of this GPU; absent where they were fitted on it. */
  readonly unknown?: ParameterCovariance;
  /** Sentences for the reader. */
  readonly notes: readonly string[];
}

/** Diagonal block of the efficiencies with the widths that another GPU deserves. */
function efficienciesOfAnotherGpu(): ParameterCovariance {
  const { sigma } = deploymentPrior({ isOtherGpu: true, isOtherDeployment: false });
  const n = EFFICIENCIES.length;
  const values = new Float64Array(n * n);
  EFFICIENCIES.forEach((name, k) => (values[k * n + k] = sigma[name] ** 2));
  return { names: EFFICIENCIES, values };
}

export function transferTo({ key, system }: Pick<Deployment, 'key' | 'system'>, fit: ServerFit): Transfer {
  if (fit.deployments.includes(key)) return { isKnown: true, notes: [] };
  const gpus = new Set(fit.runs.map(({ deployment }) => deployment.system.gpu.name));
  if (gpus.size === 0) gpus.add(DEFAULT_GPU);
  const gpu = system.gpu.name;
  const isOtherGpu = !gpus.has(gpu) && !(gpus.has(DEFAULT_GPU) && isDefaultGpu(gpu));
  return {
    isKnown: false,
    ...(isOtherGpu ? { unknown: efficienciesOfAnotherGpu() } : {}),
    notes: [
      `${key} is not among the deployments that the parameters were fitted on (${fit.deployments.join('; ')}): they are carried over.`,
      ...(isOtherGpu
        ? [
            `Efficiencies are transferred from ${[...gpus].join(', ')} to ${gpu}: no run on ${gpu} backs them.`,
          ]
        : []),
    ],
  };
}
