// A run's figures for the page. Percentiles interpolate linearly between neighbouring values, as in the reference; ITL is the
// mean of each request, so its percentiles are over requests, not over tokens.

import { fingerprintOf } from '../base/fingerprint';
import type { ClassicResult } from '../domain/classic';
import type { ClusterResult } from '../domain/cluster-result';
import { resultHash } from '../domain/run-hashes';
import type { FleetDetail } from '../domain/run-detail';
import type { LatencyRow, SimulatedRun } from '../domain/simulated-run';
import { mean, percentile } from './blis-sections';

const US_PER_MS = 1000;
const US_PER_S = 1e6;

interface Shown {
  readonly text: string;
  readonly warnings: readonly string[];
  readonly basis?: readonly string[];
  readonly workloadHash: string;
  readonly elapsedMs: number;
}

/** @param column µs, NaN = no value. */
function latencyRow(metric: LatencyRow['metric'], column: Float64Array): LatencyRow {
  const sorted = column.filter((value) => !Number.isNaN(value)).sort();
  const ms = (us: number): number => (sorted.length === 0 ? NaN : us / US_PER_MS);
  return {
    metric,
    meanMs: ms(mean(sorted)),
    p50Ms: ms(percentile(sorted, 50)),
    p90Ms: ms(percentile(sorted, 90)),
    p99Ms: ms(percentile(sorted, 99)),
  };
}

export function fleetRun(result: ClusterResult, shown: Shown, detail: FleetDetail): SimulatedRun {
  const { aggregate, requests } = result;
  return {
    ...shown,
    detail,
    resultHash: resultHash(result),
    requests: requests.count,
    completed: aggregate.completed_requests,
    durationS: aggregate.vllm_estimated_duration_s,
    outputTokensPerSec: aggregate.tokens_per_sec,
    preemptions: aggregate.preemption_count,
    // Sorted already, for the charts: a million values are sorted once.
    latencies: detail.distributions
      .filter(({ sloClass }) => sloClass === undefined)
      .map(({ metric, meanMs, p50Ms, p90Ms, p99Ms }) => ({ metric, meanMs, p50Ms, p90Ms, p99Ms })),
    instances: result.instances.map(({ name, aggregate: own, kv }) => ({
      name,
      completed: own.completed_requests,
      ttftP99Ms: own.ttft_p99_ms,
      e2eMeanMs: own.e2e_mean_ms,
      preemptions: own.preemption_count,
      cacheHitRate: kv.cacheHitRate,
    })),
  };
}

/** The founding version has no preemption counter and no inter-token latency of its own. */
export function classicRun(result: ClassicResult, requests: number, shown: Shown): SimulatedRun {
  const durationS = result.endUs / US_PER_S;
  return {
    ...shown,
    resultHash: fingerprintOf([result.ttftUs, result.e2eUs, result.outputTokens]),
    requests,
    completed: result.completed,
    durationS,
    outputTokensPerSec: durationS > 0 ? result.outputTokens / durationS : 0,
    preemptions: result.warnings.preemptions,
    latencies: [latencyRow('TTFT', result.ttftUs), latencyRow('E2E', result.e2eUs)],
    instances: [],
  };
}
