// What a fleet's run says beyond its key figures.

import type { ClusterConfig } from '../../domain/cluster-config';
import type { ClusterResult } from '../../domain/cluster-result';
import type { EngineConfig } from '../../domain/run-config';
import type { DecisionFacts, FleetDetail, InstanceDetail } from '../../domain/run-detail';
import { jainIndex } from '../blis-sections';
import { summarizeTrace } from '../decisions';
import type { SpanSeries } from '../timeline/span-series';
import { anomaliesOf, conservationOf } from './anomalies';
import { toldStages } from './decision-rows';
import { distributionsOf, UNNAMED_CLASS } from './distributions';
import { groupRows } from './groups';

const US_PER_S = 1e6;

export interface FleetRunInput {
  readonly cluster: ClusterConfig;
  readonly instance: EngineConfig;
  readonly result: ClusterResult;
  /** By instance. */
  readonly series: readonly SpanSeries[];
  /** KV blocks of each instance. */
  readonly blocks: readonly number[];
}

export function fleetDetail(key: number, input: FleetRunInput): FleetDetail {
  const { cluster, instance, result } = input;
  const { requests } = result;
  const byTenant = groupRows(requests, requests.tenantId, 'no tenant');
  const served = byTenant.filter(({ name, completed }) => completed > 0 && name !== 'no tenant');
  return {
    key,
    mode: instance.mode,
    simulator: `blis-${instance.latency.name}`,
    endUs: result.aggregate.vllm_estimated_duration_s * US_PER_S,
    distributions: distributionsOf(requests),
    instances: instanceDetails(input),
    bySloClass: groupRows(requests, requests.sloClass, UNNAMED_CLASS),
    byTenant,
    byModel: groupRows(requests, requests.model, 'no model'),
    ...(served.length === 0
      ? {}
      : { jainFairness: jainIndex(served.map(({ outputTokens }) => outputTokens)) }),
    anomalies: anomaliesOf(result, instance.priorityPolicy),
    conservation: conservationOf(result),
    ...decisionFacts(cluster, result),
  };
}

function instanceDetails({ cluster, result, series, blocks }: FleetRunInput): readonly InstanceDetail[] {
  const routed = new Uint32Array(result.instances.length);
  for (const index of result.requests.handledBy) if (index >= 0) routed[index] = (routed[index] ?? 0) + 1;
  return result.instances.map(({ name, aggregate, kv }, index): InstanceDetail => {
    const peak = (quantity: 'waiting' | 'running' | 'usedBlocks'): number =>
      series[index]?.peakOf(quantity) ?? 0;
    return {
      name,
      ...roleOf(cluster, index),
      routed: routed[index] ?? 0,
      completed: aggregate.completed_requests,
      ttftP99Ms: aggregate.ttft_p99_ms,
      e2eMeanMs: aggregate.e2e_mean_ms,
      batchPeak: peak('running'),
      waitingPeak: peak('waiting'),
      kvPeak: peak('usedBlocks') / (blocks[index] ?? 1),
      preemptions: aggregate.preemption_count,
      cacheHitRate: kv.cacheHitRate,
    };
  });
}

/** The first instances are the prefill pool, those behind them the decode pool. */
function roleOf({ disaggregation }: ClusterConfig, index: number): Pick<InstanceDetail, 'role'> {
  const prefill = disaggregation?.prefillInstances ?? 0;
  if (index < prefill) return { role: 'prefill' };
  return index < prefill + (disaggregation?.decodeInstances ?? 0) ? { role: 'decode' } : {};
}

function decisionFacts(cluster: ClusterConfig, result: ClusterResult): { decisions?: DecisionFacts } {
  const summary = summarizeTrace(result);
  if (summary === undefined || result.decisions === undefined) return {};
  return {
    decisions: {
      stages: toldStages(result.decisions),
      routings: summary.targets.reduce((sum, { count }) => sum + count, 0),
      candidates: result.decisions?.candidates ?? 0,
      meanRegret: summary.meanRegret,
      maxRegret: summary.maxRegret,
      unit: cluster.routing.policy === 'weighted' ? 'score' : 'requests',
    },
  };
}
