// What BLIS 87cc70ed prints for a fleet (cmd/root.go, sim/cluster/metrics.go): every instance's aggregate when more than one is
// configured, the fleet's, then the sections of a single run over all of it, and the decision trace's summary.

import type { ClusterResult } from '../domain/cluster-result';
import type { PriorityPolicy } from '../domain/run-config';
import type { RequestResultColumns } from '../domain/run-result';
import { aggregateJson } from './blis-output';
import {
  anomalySection,
  fitnessSection,
  kvSection,
  mean,
  modelSection,
  percentile,
  sloSection,
  tenantSection,
  type Anomalies,
} from './blis-sections';
import { fixed } from '../base/c-format';
import { traceSummarySection } from './decisions';
import type { Fitness, FitnessInput, LatencySummaryUs } from './fitness';
import { priorityInversions } from './priority-inversions';

export interface ClusterSectionOptions {
  readonly priorityPolicy: PriorityPolicy;
  /** As configured; instances added while running do not count. */
  readonly configuredInstances: number;
  readonly fitness?: Fitness;
  readonly summarizeTrace: boolean;
  readonly isReplay: boolean;
}

/** An instance holds up the line when its mean queue is more than this many times the mean of all. */
const HOL_FACTOR = 2;

export function clusterAnomalies(
  result: ClusterResult,
  options: Pick<ClusterSectionOptions, 'priorityPolicy' | 'isReplay'>,
): Anomalies {
  const policy = options.priorityPolicy;
  const { instances } = result;
  const means = instances.map((each) => each.meanQueueLength);
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  const isBlocked = (value: number): boolean => mean > 0 && value > HOL_FACTOR * mean;
  return {
    priorityInversions:
      policy === 'constant'
        ? 0
        : instances.reduce(
            (sum, _, index) => sum + priorityInversions(ownRequests(result.requests, index)),
            0,
          ),
    holBlocking: instances.length < 2 ? 0 : means.filter(isBlocked).length,
    routingRejections: result.routingRejections,
    shedByClass: result.shedByClass,
    // A replay does not print what happened at the gateway.
    gatewayDepth: options.isReplay ? 0 : result.gatewayDepth,
    gatewayShed: options.isReplay ? 0 : result.gatewayShed,
  };
}

/** The requests an instance served; the others count as not completed. */
function ownRequests(requests: RequestResultColumns, index: number): RequestResultColumns {
  const e2eUs = requests.e2eUs.map((value, row) => (requests.handledBy[row] === index ? value : NaN));
  return { ...requests, e2eUs };
}

/** Prefill and decode pools: only when a request was taken apart. */
function disaggregationSection(result: ClusterResult): string {
  const pools = result.disaggregation;
  const { requests, aggregate, instances } = result;
  if (pools === undefined || pools.requests === 0) return '';
  const endS = aggregate.vllm_estimated_duration_s;
  const throughput = (first: number, count: number): number => {
    const done = instances
      .slice(first, first + count)
      .reduce((sum, each) => sum + each.aggregate.completed_requests, 0);
    return endS > 0 ? done / endS : 0;
  };
  const prefill = throughput(0, pools.prefillInstances);
  const decode = throughput(pools.prefillInstances, pools.decodeInstances);
  const whole = requests.ttftUs.filter((value, row) => requests.disaggregated[row] === 1 && value > 0).sort();
  const transfers = requests.transferUs.filter((value) => value > 0).sort();
  const contention =
    pools.peakTransfers === undefined
      ? ''
      : `Peak Concurrent Transfers: ${pools.peakTransfers}\n` +
        `Mean Transfer Queue Depth: ${fixed(pools.meanTransferDepth ?? 0, 4)}\n`;
  return (
    `=== PD Metrics ===\nDisaggregated Requests: ${pools.transferred}\n` +
    `Dropped at Decode KV: ${pools.droppedAtDecode}\n` +
    `Prefill Throughput: ${fixed(prefill, 4)} sub-req/s\nDecode Throughput: ${fixed(decode, 4)} sub-req/s\n` +
    `Load Imbalance Ratio: ${imbalance(prefill, decode)}\n` +
    `Parent TTFT (us): ${spread(whole)}\nKV Transfer Duration (us): ${spread(transfers)}\n${contention}`
  );
}

function imbalance(a: number, b: number): string {
  if (a === 0 && b === 0) return fixed(1, 4);
  return a === 0 || b === 0 ? 'inf (one pool idle)' : fixed(Math.max(a, b) / Math.min(a, b), 4);
}

const spread = (sorted: Float64Array): string =>
  `mean=${fixed(mean(sorted), 1)} p50=${fixed(percentile(sorted, 50), 1)} ` +
  `p95=${fixed(percentile(sorted, 95), 1)} p99=${fixed(percentile(sorted, 99), 1)}`;

/** The metrics objects: each instance's where more than one is configured, then the fleet's. */
export function aggregatesText(
  result: ClusterResult,
  options: Pick<ClusterSectionOptions, 'configuredInstances'>,
): string {
  const each = options.configuredInstances > 1 ? result.instances.map(({ aggregate }) => aggregate) : [];
  return [...each, result.aggregate]
    .map((object) => `=== Simulation Metrics ===\n${aggregateJson(object)}\n`)
    .join('');
}

/** What fitness is scored on: rates, and distributions in µs. */
export function fitnessInput({
  aggregate,
  requests,
}: Pick<ClusterResult, 'aggregate' | 'requests'>): FitnessInput {
  const summary = (column: Float64Array): LatencySummaryUs => {
    const sorted = column.filter((value) => !Number.isNaN(value)).sort();
    return { meanUs: mean(sorted), p50Us: percentile(sorted, 50), p99Us: percentile(sorted, 99) };
  };
  return {
    requestsPerSec: aggregate.responses_per_sec,
    tokensPerSec: aggregate.tokens_per_sec,
    ttft: summary(requests.ttftUs),
    e2e: summary(requests.e2eUs),
  };
}

/** Everything on standard output, newline at the end. */
export function clusterReportText(result: ClusterResult, options: ClusterSectionOptions): string {
  return [
    aggregatesText(result, options),
    fitnessSection(options.fitness),
    anomalySection(clusterAnomalies(result, options), result.aggregate),
    kvSection(result.kv),
    sloSection(result.requests),
    modelSection(result.requests, result.aggregate),
    tenantSection(result.requests),
    options.isReplay ? '' : disaggregationSection(result),
    options.summarizeTrace ? traceSummarySection(result) : '',
  ].join('');
}
