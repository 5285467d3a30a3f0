// One simulation of a fleet, reduced to the figures that a sweep shows.

import type { ClusterConfig } from '../domain/cluster-config';
import type { ClusterResult } from '../domain/cluster-result';
import type { EngineConfig } from '../domain/run-config';
import type { LatencyFigures, RequestTargets, RunFigures } from '../domain/run-figures';
import { resultHash } from '../domain/run-hashes';
import type { Aggregate, RequestResultColumns } from '../domain/run-result';

const US_PER_MS = 1000;

export interface MeasuredFleet {
  readonly cluster: ClusterConfig;
  readonly instance: EngineConfig;
  readonly result: ClusterResult;
  readonly workloadHash: string;
}

export function runFigures(fleet: MeasuredFleet, targets: RequestTargets): RunFigures {
  const { aggregate, requests } = fleet.result;
  const any = aggregate.completed_requests > 0;
  const share = shareWithin(requests, targets);
  return {
    requests: requests.count,
    completed: aggregate.completed_requests,
    ...(any
      ? {
          ttft: figuresOf(aggregate, 'ttft'),
          itl: figuresOf(aggregate, 'itl'),
          e2e: figuresOf(aggregate, 'e2e'),
        }
      : {}),
    outputTokensPerSec: aggregate.tokens_per_sec,
    requestsPerSec: aggregate.responses_per_sec,
    preemptions: aggregate.preemption_count,
    durationS: aggregate.vllm_estimated_duration_s,
    instances: fleet.cluster.instances,
    gpus: gpusOf(fleet.cluster, fleet.instance),
    ...(share === undefined ? {} : { withinTargets: share }),
    workloadHash: fleet.workloadHash,
    resultHash: resultHash(fleet.result),
  };
}

const figuresOf = (aggregate: Aggregate, latency: 'ttft' | 'itl' | 'e2e'): LatencyFigures => ({
  meanMs: aggregate[`${latency}_mean_ms`],
  p90Ms: aggregate[`${latency}_p90_ms`],
  p95Ms: aggregate[`${latency}_p95_ms`],
  p99Ms: aggregate[`${latency}_p99_ms`],
});

/** GPUs of the whole fleet; the prefill and the decode pool may have a tensor parallelism of their own. */
function gpusOf({ instances, disaggregation }: ClusterConfig, { latency }: EngineConfig): number {
  const prefill = disaggregation?.prefillInstances ?? 0;
  const decode = disaggregation?.decodeInstances ?? 0;
  return (
    prefill * (disaggregation?.prefill.latency ?? latency).tp +
    decode * (disaggregation?.decode.latency ?? latency).tp +
    (instances - prefill - decode) * latency.tp
  );
}

/** @returns 0 … 1 over all requests; absent without targets or requests. */
export function shareWithin(requests: RequestResultColumns, targets: RequestTargets): number | undefined {
  const { ttftMs = Infinity, itlMs = Infinity, e2eMs = Infinity } = targets;
  if (requests.count === 0 || (ttftMs === Infinity && itlMs === Infinity && e2eMs === Infinity))
    return undefined;
  let within = 0;
  for (let row = 0; row < requests.count; row++) {
    const ttftUs = requests.ttftUs[row] ?? NaN;
    // A request that did not complete has no E2E, and NaN is within nothing.
    const e2eUs = requests.e2eUs[row] ?? NaN;
    const isWithin =
      ttftUs <= ttftMs * US_PER_MS &&
      e2eUs <= e2eMs * US_PER_MS &&
      meanItlUs(requests, row) <= itlMs * US_PER_MS;
    if (isWithin) within += 1;
  }
  return within / requests.count;
}

/** The engine's own mean, and for requests served by two pools, which have none, the time from first to last token over the gaps. */
function meanItlUs(requests: RequestResultColumns, row: number): number {
  const own = requests.itlMeanUs[row] ?? NaN;
  if (!Number.isNaN(own)) return own;
  const gaps = (requests.outputTokens[row] ?? 0) - 1;
  return gaps > 0 ? ((requests.e2eUs[row] ?? NaN) - (requests.ttftUs[row] ?? NaN)) / gaps : 0;
}
