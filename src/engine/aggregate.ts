// The reference's aggregate over one instance (BLIS 87cc70ed sim/metrics.go): latencies are 0 when nothing completed, TTFT
// counts every request that has one, E2E and ITL only completed requests.

import type { Aggregate, KvSummary, RequestResultColumns } from '../domain/run-result';
import type { InstanceSummary } from './binding';
import { meanMs, percentileMs, upperTicks, type SortedTicks } from './order-statistics';

const US_PER_S = 1e6;
const NOTHING: SortedTicks = { count: 0, sumUs: 0, at: () => NaN };

/** µs, NaN = no value. */
export type LatencyColumns = Pick<RequestResultColumns, 'ttftUs' | 'e2eUs' | 'schedulingDelayUs'>;

export function aggregateOf(
  summary: InstanceSummary,
  endUs: number,
  requests: LatencyColumns,
  itl: SortedTicks,
): Aggregate {
  const any = summary.completed > 0;
  const durationS = endUs / US_PER_S;
  const perSecond = (amount: number): number => (any && durationS > 0 ? amount / durationS : 0);
  const e2e = any ? upperTicks(requests.e2eUs) : NOTHING;
  const ttft = any ? upperTicks(requests.ttftUs) : NOTHING;
  const delay = any ? upperTicks(requests.schedulingDelayUs) : NOTHING;
  const shown = any ? itl : NOTHING;
  return {
    instance_id: 'cluster',
    completed_requests: summary.completed,
    still_queued: summary.queued,
    still_running: summary.running,
    injected_requests:
      summary.completed + summary.queued + summary.running + summary.dropped + summary.timedOut,
    total_input_tokens: summary.inputTokens,
    total_output_tokens: summary.outputTokens,
    vllm_estimated_duration_s: durationS,
    responses_per_sec: perSecond(summary.completed),
    tokens_per_sec: perSecond(summary.outputTokens),
    e2e_mean_ms: meanMs(e2e),
    e2e_p90_ms: percentileMs(e2e, 90),
    e2e_p95_ms: percentileMs(e2e, 95),
    e2e_p99_ms: percentileMs(e2e, 99),
    ttft_mean_ms: meanMs(ttft),
    ttft_p90_ms: percentileMs(ttft, 90),
    ttft_p95_ms: percentileMs(ttft, 95),
    ttft_p99_ms: percentileMs(ttft, 99),
    itl_mean_ms: meanMs(shown),
    itl_p90_ms: percentileMs(shown, 90),
    itl_p95_ms: percentileMs(shown, 95),
    itl_p99_ms: percentileMs(shown, 99),
    scheduling_delay_p99_ms: percentileMs(delay, 99),
    ...(summary.allocationFailures > 0 ? { kv_allocation_failures: summary.allocationFailures } : {}),
    preemption_count: summary.preemptions,
    dropped_unservable: summary.dropped,
    length_capped_requests: summary.lengthCapped,
    timed_out_requests: summary.timedOut,
  };
}

export function kvSummaryOf(summary: InstanceSummary): KvSummary {
  const lookups = summary.cacheHits + summary.cacheMisses + summary.cpuMisses;
  return {
    preemptionRate: summary.completed > 0 ? summary.preemptions / summary.completed : 0,
    cacheHitRate: lookups > 0 ? summary.cacheHits / lookups : 0,
    thrashingRate: summary.cpuMirrored > 0 ? summary.cpuEvictions / summary.cpuMirrored : 0,
  };
}
