// Token counts drawn from a distribution (spec 3.3; BLIS 87cc70ed sim/workload/distribution.go). A sampler consumes draws
// of the stream it is given and nothing else; some consume none, which decides every later draw of the stream.

import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { RandomMath, RandomStream } from '../domain/random';
import type { Distribution } from './spec';

export type LengthSampler = (stream: RandomStream) => number;

/** Stands in for a uniform draw of 0 where a logarithm or power follows. */
export const SMALLEST_DRAW = Number.MIN_VALUE;

/** Go's Round: half away from zero. */
export const roundHalfAway = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x));

/** `field` is the dotted path to name in a problem. */
export function lengthSampler(
  distribution: Distribution,
  math: RandomMath,
  field: string,
): Result<LengthSampler> {
  const { params } = distribution;
  const need = (name: string): number => params.get(name) ?? NaN;
  const missing = (names: readonly string[]): Problem | undefined => {
    const absent = names.filter((name) => !params.has(name));
    return absent.length === 0
      ? undefined
      : {
          code: 'missing-key',
          message: `${field}.params: a ${distribution.type} distribution needs ${absent.join(', ')}.`,
          field: `${field}.params`,
        };
  };
  switch (distribution.type) {
    case 'constant': {
      const problem = missing(['value']);
      if (problem !== undefined) return fail(problem);
      const value = Math.max(1, Math.trunc(need('value')));
      return ok(() => value);
    }
    case 'gaussian': {
      const problem = missing(['mean', 'std_dev', 'min', 'max']);
      if (problem !== undefined) return fail(problem);
      return ok(gaussian(need('mean'), need('std_dev'), Math.trunc(need('min')), Math.trunc(need('max'))));
    }
    case 'exponential': {
      const problem = missing(['mean']);
      if (problem !== undefined) return fail(problem);
      const mean = need('mean');
      return ok((stream) => Math.max(1, roundHalfAway(stream.exponential() * mean)));
    }
    case 'pareto_lognormal': {
      const problem = missing(['alpha', 'xm', 'mu', 'sigma', 'mix_weight']);
      if (problem !== undefined) return fail(problem);
      return ok(paretoLognormal(params, math));
    }
    case 'empirical':
      return empirical(distribution, field);
    default:
      return fail({
        code: 'unknown-name',
        message: `${field}.type: found "${distribution.type}", expected a distribution type.`,
        field: `${field}.type`,
      });
  }
}

function gaussian(mean: number, stdDev: number, min: number, max: number): LengthSampler {
  // No draw and no lower bound of 1 where there is nothing to choose.
  if (min === max) return () => min;
  return (stream) => {
    const value = stream.normal() * stdDev + mean;
    return Math.max(1, roundHalfAway(Math.min(max, Math.max(min, value))));
  };
}

function paretoLognormal(params: ReadonlyMap<string, number>, math: RandomMath): LengthSampler {
  const of = (name: string): number => params.get(name) ?? NaN;
  const alpha = of('alpha');
  const xm = of('xm');
  const mu = of('mu');
  const sigma = of('sigma');
  const mixWeight = of('mix_weight');
  return (stream) => {
    const value =
      stream.float64() < mixWeight
        ? xm / math.pow(stream.float64() || SMALLEST_DRAW, 1 / alpha)
        : math.exp(mu + sigma * stream.normal());
    return Number.isFinite(value) ? Math.max(1, roundHalfAway(value)) : 1;
  };
}

/** A token count as the reference scans it from a key: a leading decimal integer. */
const LEADING_INTEGER = /^[ \t]*([-+]?\d+)/;

function empirical(distribution: Distribution, field: string): Result<LengthSampler> {
  const entries: { tokens: number; weight: number }[] = [];
  for (const [key, weight] of distribution.params) {
    const digits = LEADING_INTEGER.exec(key)?.[1];
    if (digits === undefined) {
      return fail({
        code: 'bad-value',
        message: `${field}.params: found the key "${key}", expected a number of tokens.`,
        field: `${field}.params`,
      });
    }
    entries.push({ tokens: Number(digits), weight });
  }
  if (entries.length === 0) {
    const hint =
      distribution.file === '' ? '' : ` The key "file" is not read by the reference; write the entries out.`;
    return fail({
      code: 'missing-key',
      message: `${field}.params: an empirical distribution needs entries "tokens: weight".${hint}`,
      field: `${field}.params`,
    });
  }
  entries.sort((a, b) => a.tokens - b.tokens);
  const total = entries.reduce((sum, entry) => sum + entry.weight, 0);
  const kept = entries.filter((entry) => entry.weight > 0);
  const [only] = kept;
  if (only === undefined) return ok(() => 1);
  if (kept.length === 1) return ok(() => only.tokens);
  const tokens = Float64Array.from(kept, (entry) => entry.tokens);
  const cumulative = new Float64Array(kept.length);
  let sum = 0;
  kept.forEach((entry, index) => {
    sum += entry.weight / total;
    cumulative[index] = sum;
  });
  cumulative[kept.length - 1] = 1;
  return ok((stream) => tokens[firstAtLeast(cumulative, stream.float64())] ?? 1);
}

/** Index of the first value >= wanted in an ascending list. */
function firstAtLeast(values: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
