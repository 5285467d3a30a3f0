// Fitness of a run: a weighted sum of components in [0, 1], for comparing policies by one chosen number (BLIS 87cc70ed
// `sim/cluster/metrics.go`). Throughputs saturate towards 1, latencies fall from 1 (1 ms gives one half). Weights are not
// normalised, as in the reference.

import { fail, ok, type Result } from '../base/result';

/** Distribution of a latency in µs; all 0 when nothing was observed. */
export interface LatencySummaryUs {
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

export interface FitnessInput {
  readonly requestsPerSec: number;
  readonly tokensPerSec: number;
  readonly ttft: LatencySummaryUs;
  readonly e2e: LatencySummaryUs;
}

const saturating = (rate: number, half: number): number => rate / (rate + half);
const falling = (latencyUs: number): number => 1 / (1 + latencyUs / 1000);

/** In the order in which the reference lists valid keys. */
const COMPONENTS: Readonly<Record<string, (run: FitnessInput) => number>> = {
  throughput: (run) => saturating(run.requestsPerSec, 100),
  tokens_per_sec: (run) => saturating(run.tokensPerSec, 10_000),
  p99_ttft: (run) => falling(run.ttft.p99Us),
  p50_ttft: (run) => falling(run.ttft.p50Us),
  mean_ttft: (run) => falling(run.ttft.meanUs),
  p99_e2e: (run) => falling(run.e2e.p99Us),
  p50_e2e: (run) => falling(run.e2e.p50Us),
  mean_e2e: (run) => falling(run.e2e.meanUs),
};

export interface Fitness {
  readonly score: number;
  /** Unweighted components, keys ascending. */
  readonly components: readonly { readonly key: string; readonly value: number }[];
}

/**
 * Scores a run.
 * @param weights pairs sorted or not; a repeated key keeps its last weight.
 * @returns the score, or the first key that is no component.
 */
export function evaluateFitness(
  weights: readonly { readonly key: string; readonly weight: number }[],
  run: FitnessInput,
): Result<Fitness> {
  const byKey = new Map(weights.map(({ key, weight }) => [key, weight]));
  let score = 0;
  const components: { key: string; value: number }[] = [];
  for (const key of [...byKey.keys()].sort()) {
    const component = Object.hasOwn(COMPONENTS, key) ? COMPONENTS[key] : undefined;
    if (component === undefined) {
      const valid = Object.keys(COMPONENTS).join(', ');
      const message = `Fitness evaluation failed: unknown fitness metric key ${JSON.stringify(key)}; valid keys: ${valid}`;
      return fail({ code: 'unknown-name', message, field: 'fitness-weights' });
    }
    const value = component(run);
    score += (byKey.get(key) ?? 0) * value;
    components.push({ key, value });
  }
  return ok({ score, components });
}
