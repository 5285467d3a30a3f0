// The verdict on a replay, and its report in the reference's JSON form (spec 11).

import type { Result } from '../../base/result';
import { fail, ok } from '../../base/result';
import type { ChunkTimes, ReplayResults } from '../../domain/replay-results';
import type { Trace } from '../../domain/trace';
import type { MetricPairs, ReplayMatch } from './match';
import { matchReplay } from './match';
import type { MetricComparison } from './statistics';
import { compareMetric } from './statistics';

export interface JudgeOptions {
  /** Absent = the header's warm_up_requests. */
  readonly warmUpRequests?: number;
  /** Absent = the header's measured_rtt_ms. */
  readonly networkRttUs?: number;
  readonly bandwidthMbps: number;
}

export const REPLAY_METRICS = ['e2e', 'itl', 'ttft'] as const;
export type ReplayMetric = (typeof REPLAY_METRICS)[number];

export interface ReplayVerdict {
  readonly match: ReplayMatch;
  /** In the order of REPLAY_METRICS; a metric without pairs is absent. */
  readonly metrics: ReadonlyMap<ReplayMetric, MetricComparison>;
  readonly warmUpRequests: number;
  readonly networkRttUs: number;
}

export function judgeReplay(
  trace: Trace,
  results: ReplayResults,
  chunks: ChunkTimes | undefined,
  options: JudgeOptions,
): Result<ReplayVerdict> {
  if (results.count === 0) {
    return fail({
      code: 'missing-key',
      message: 'The simulated results are empty; there is nothing to compare.',
    });
  }
  if (!Number.isFinite(options.bandwidthMbps)) {
    return fail({ code: 'bad-value', message: 'The network bandwidth must be a finite number of Mbit/s.' });
  }
  const { measuredRttMs } = trace.header;
  const warmUpRequests = options.warmUpRequests ?? trace.header.warmUpRequests;
  const networkRttUs = options.networkRttUs ?? (measuredRttMs > 0 ? Math.trunc(measuredRttMs * 1000) : 0);
  const match = matchReplay(trace.records, results, chunks, {
    warmUpRequests,
    networkRttUs,
    bandwidthMbps: options.bandwidthMbps,
  });
  if (match.matched === 0) {
    return fail({
      code: 'bad-value',
      message:
        'No record of the trace has a simulated result of the same request_id; check that the results belong to this ' +
        'trace and that the warm-up does not leave everything out.',
    });
  }
  if (match.ttft.real.length === 0) {
    return fail({
      code: 'bad-value',
      message:
        `All ${match.matched} matched records have negative latencies (chunk times before the send time); ` +
        'the trace does not hold measured times.',
    });
  }
  const metrics = new Map<ReplayMetric, MetricComparison>();
  for (const metric of REPLAY_METRICS) {
    const pairs: MetricPairs = match[metric];
    if (pairs.real.length > 0) metrics.set(metric, compareMetric(pairs.real, pairs.simulated));
  }
  return ok({ match, metrics, warmUpRequests, networkRttUs });
}

/** What the numbers cannot show, whatever they are. */
const LIMITATIONS: readonly string[] = [
  'The simulator advances in whole steps, a server admits requests continuously; under load the TTFT differs by up to a step or more.',
  'Prompt contents are synthetic: shared prefixes follow the trace, but real cache hit rates may differ.',
  'Speculative decoding is not modelled.',
];

/** Keys and order of the reference's report. */
export function replayReport(verdict: ReplayVerdict): Record<string, unknown> {
  const { match } = verdict;
  return {
    trace_info: {
      num_requests: match.matched + match.warmUpExcluded + match.unmatchedReal,
      warm_up_excluded: match.warmUpExcluded,
      matched_pairs: match.matched,
      token_mismatches: match.tokenMismatches,
      ...(match.itlDropped > 0 ? { itl_dropped: match.itlDropped } : {}),
    },
    metrics: Object.fromEntries(
      [...verdict.metrics].map(([metric, comparison]) => [metric, metricReport(comparison)]),
    ),
    config_match: {},
    known_limitations: LIMITATIONS,
  };
}

const metricReport = (comparison: MetricComparison): Record<string, unknown> => ({
  workload_level: {
    real_mean: comparison.realMean,
    sim_mean: comparison.simMean,
    mean_error: comparison.meanError,
    mean_percent_error: comparison.meanPercentError,
    real_median: comparison.real.p50,
    sim_median: comparison.sim.p50,
    median_error: comparison.medianError,
    median_percent_error: comparison.medianPercentError,
    real_p50: comparison.real.p50,
    sim_p50: comparison.sim.p50,
    real_p90: comparison.real.p90,
    sim_p90: comparison.sim.p90,
    real_p95: comparison.real.p95,
    sim_p95: comparison.sim.p95,
    real_p99: comparison.real.p99,
    sim_p99: comparison.sim.p99,
  },
  request_level: {
    mape: comparison.mape,
    pearson_r: comparison.pearsonR,
    bias_direction: comparison.bias,
    quality: comparison.quality,
  },
  count: comparison.count,
});
