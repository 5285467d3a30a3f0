// Workload flags → a specification and how to generate from it (BLIS 87cc70ed `cmd/root.go`, spec 7.1).

import { fail, type Result } from '../../base/result';
import type { RandomDoor } from '../../domain/random';
import type { WorkloadPreset } from '../../domain/workload-preset';
import type { GenerateOptions } from '../../workload/generate';
import type { WorkloadSpec } from '../../workload/spec';
import { DISTRIBUTION_DEFAULTS, distributionSpec, presetSpec } from '../../workload/synthesise';
import { horizonOf } from './resolve-run';
import type { RunValues } from './run-flags';

/** The specification that flags alone describe: a distribution, virtual users, or a preset. */
export function specOfFlags(
  values: RunValues,
  presets: ReadonlyMap<string, WorkloadPreset>,
): Result<WorkloadSpec> {
  const { prompt, output, ...defaults } = DISTRIBUTION_DEFAULTS;
  const concurrency = values.concurrency ?? 0;
  if (concurrency > 0 && values.rate !== undefined) return fail(excludes('--rate'));
  const seed = values.seed ?? defaults.seed;
  const rate = values.rate ?? defaults.rate;
  // Virtual users are capped only on request.
  const numRequests = values['num-requests'] ?? (concurrency > 0 ? 0 : defaults.numRequests);
  const name = values.workload ?? 'distribution';
  if (name !== 'distribution' && concurrency === 0) {
    const preset = presets.get(name);
    if (preset !== undefined) return presetSpec(preset, { rate, numRequests, seed });
    const message = `Unknown preset "${name}"; known are ${[...presets.keys()].join(', ')}.`;
    return fail({ code: 'unknown-name', message, field: 'workload' });
  }
  return distributionSpec({
    rate,
    numRequests,
    seed,
    prompt: {
      mean: values['prompt-tokens'] ?? prompt.mean,
      stddev: values['prompt-tokens-stdev'] ?? prompt.stddev,
      min: values['prompt-tokens-min'] ?? prompt.min,
      max: values['prompt-tokens-max'] ?? prompt.max,
    },
    output: {
      mean: values['output-tokens'] ?? output.mean,
      stddev: values['output-tokens-stdev'] ?? output.stddev,
      min: values['output-tokens-min'] ?? output.min,
      max: values['output-tokens-max'] ?? output.max,
    },
    prefixTokens: values['prefix-tokens'] ?? defaults.prefixTokens,
    concurrency,
    thinkTimeMs: values['think-time-ms'] ?? defaults.thinkTimeMs,
  });
}

/** Virtual users come with a schedule of their own. */
export const excludes = (what: '--rate' | '--workload-spec') => ({
  code: 'bad-value' as const,
  message: `--concurrency excludes ${what}; give one of them.`,
  field: 'concurrency',
});

/** Seed, horizon and cap that were given replace those of a specification. */
export function generateOptionsOf(values: RunValues, random: RandomDoor): GenerateOptions {
  const horizonUs = horizonOf(values);
  const { seed } = values;
  const numRequests = values['num-requests'];
  return {
    random,
    ...(seed === undefined ? {} : { seed }),
    ...(horizonUs === undefined ? {} : { horizonUs }),
    ...(numRequests === undefined ? {} : { numRequests }),
  };
}
