// Specifications made from flags and presets (spec 7.1, 7.2; BLIS 87cc70ed cmd/root.go): one client with constant arrivals
// and clamped normal lengths, or one client of virtual users.

import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { TokenDistribution, WorkloadPreset } from '../domain/workload-preset';
import type { ClientSpec, WorkloadSpec } from './spec';
import { emptyClient, emptySpec, gaussianTokens } from './spec';

export interface DistributionFlags {
  /** Requests per second. */
  readonly rate: number;
  /** Cap; 0 = none. */
  readonly numRequests: number;
  readonly seed: bigint;
  readonly prompt: TokenDistribution;
  readonly output: TokenDistribution;
  readonly prefixTokens: number;
  /** > 0: virtual users instead of a rate. */
  readonly concurrency: number;
  readonly thinkTimeMs: number;
}

/** The reference's defaults of `run`. */
export const DISTRIBUTION_DEFAULTS: DistributionFlags = {
  rate: 1,
  numRequests: 100,
  seed: 42n,
  prompt: { mean: 512, stddev: 256, min: 2, max: 7000 },
  output: { mean: 512, stddev: 256, min: 2, max: 7000 },
  prefixTokens: 0,
  concurrency: 0,
  thinkTimeMs: 0,
};

const SHARED_GROUP = 'shared';
const US_PER_MS = 1000;

/** `--workload distribution`, with or without `--concurrency`. */
export function distributionSpec(flags: DistributionFlags): Result<WorkloadSpec> {
  const problem = flagProblem(flags);
  if (problem !== undefined) return fail(problem);
  const client = lengthsOf('distribution', flags.prompt, flags.output, flags.prefixTokens);
  return ok({
    ...emptySpec,
    category: 'language',
    seed: flags.seed,
    numRequests: flags.numRequests,
    ...(flags.concurrency > 0
      ? {
          clients: [
            {
              ...client,
              rateFraction: 0,
              arrival: { process: '' },
              concurrency: flags.concurrency,
              thinkTimeUs: flags.thinkTimeMs * US_PER_MS,
            },
          ],
        }
      : { clients: [client], aggregateRate: flags.rate }),
  });
}

/** `--workload <preset>`; `id` is the client's. Prompt, output and prefix flags have no effect with presets. */
export function presetSpec(
  preset: WorkloadPreset,
  flags: { readonly rate: number; readonly numRequests: number; readonly seed: bigint },
  id = 'distribution',
): Result<WorkloadSpec> {
  const problem = rateProblem(flags.rate);
  if (problem !== undefined) return fail(problem);
  return ok({
    ...emptySpec,
    category: 'language',
    seed: flags.seed,
    numRequests: flags.numRequests,
    clients: [lengthsOf(id, preset.prompt, preset.output, preset.prefixTokens)],
    aggregateRate: flags.rate,
  });
}

function lengthsOf(
  id: string,
  prompt: TokenDistribution,
  output: TokenDistribution,
  prefix: number,
): ClientSpec {
  return {
    ...emptyClient,
    id,
    rateFraction: 1,
    arrival: { process: 'constant' },
    input: gaussianTokens(prompt.mean, prompt.stddev, prompt.min, prompt.max),
    output: gaussianTokens(output.mean, output.stddev, output.min, output.max),
    ...(prefix > 0 ? { prefixGroup: SHARED_GROUP, prefixLength: prefix } : {}),
  };
}

function flagProblem(flags: DistributionFlags): Problem | undefined {
  for (const [name, value] of [
    ['num-requests', flags.numRequests],
    ['prefix-tokens', flags.prefixTokens],
    ['concurrency', flags.concurrency],
    ['think-time-ms', flags.thinkTimeMs],
  ] as const) {
    if (value < 0) return broken(name, `found ${value}, expected >= 0`);
  }
  if (flags.concurrency === 0) {
    const problem = rateProblem(flags.rate);
    if (problem !== undefined) return problem;
  }
  return lengthProblem('prompt', flags.prompt) ?? lengthProblem('output', flags.output);
}

function lengthProblem(kind: string, { mean, stddev, min, max }: TokenDistribution): Problem | undefined {
  if (min < 1) return broken(`${kind}-tokens-min`, `found ${min}, expected >= 1`);
  if (max < 1) return broken(`${kind}-tokens-max`, `found ${max}, expected >= 1`);
  if (stddev < 0) return broken(`${kind}-tokens-stdev`, `found ${stddev}, expected >= 0`);
  if (min > max)
    return broken(`${kind}-tokens-min`, `found ${min}, expected at most ${kind}-tokens-max (${max})`);
  if (mean < min || mean > max) {
    return broken(`${kind}-tokens`, `found ${mean}, expected a mean within [${min}, ${max}]`);
  }
  if (stddev < min || stddev > max) {
    return broken(
      `${kind}-tokens-stdev`,
      `found ${stddev}, expected a value within [${min}, ${max}], as the reference demands`,
    );
  }
  return undefined;
}

const rateProblem = (rate: number): Problem | undefined =>
  Number.isFinite(rate) && rate > 0
    ? undefined
    : broken('rate', `found ${rate}, expected a finite number > 0`);

const broken = (flag: string, what: string): Problem => ({
  code: 'bad-value',
  message: `--${flag}: ${what}.`,
  field: flag,
});
