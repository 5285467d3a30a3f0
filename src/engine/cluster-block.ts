// The configuration of a cluster as the block of f64 slots that the module reads (assembly/cluster/prepare.ts), and the
// request columns that only the control plane needs.

import {
  SCORERS,
  SLO_PRIORITIES,
  type AdmissionPolicyName,
  type ClusterConfig,
  type DisaggregationConfig,
  type FlowControlConfig,
  type PdDecider,
  type RoutingPolicyName,
  type SaturationDetector,
  type ScorerName,
  type WeightedScorer,
} from '../domain/cluster-config';
import type { EngineConfig } from '../domain/run-config';
import type { RequestColumns, Workload } from '../domain/workload';
import type { EngineExports, RequestLayout } from './binding';
import { DECISION_LOG_ROWS } from './decision-log';
import { streamSeed } from './random-seeds';

const ROUTING: Readonly<Record<RoutingPolicyName, number>> = {
  'round-robin': 0,
  'least-loaded': 1,
  weighted: 2,
  'always-busiest': 3,
  'prefix-affinity': 4,
};
const ADMISSION: Readonly<Record<AdmissionPolicyName, number>> = {
  'always-admit': 0,
  'reject-all': 1,
  'token-bucket': 2,
  'tier-shed': 3,
  'gaie-legacy': 4,
};

const DECIDERS: Readonly<Record<PdDecider, number>> = { never: 0, always: 1, 'prefix-threshold': 2 };

/** 0 = no flow control. */
const DETECTORS: Readonly<Record<SaturationDetector, number>> = { never: 1, utilization: 2, concurrency: 3 };

export interface ClusterShape {
  readonly horizonUs: number;
  readonly sharedBlocks: number;
  readonly names: readonly string[];
  /** Prompts stitched together from several streams: conversations. */
  readonly hasConversations: boolean;
  /** Number of the content of a request's full blocks, for the founding era's prefix policy. */
  readonly contentOf?: Uint32Array;
}

/** Priority of an SLO class under a bundle's changes; empty and unknown classes count as standard. */
export function priorityOf(sloClass: string, changes: Readonly<Record<string, number>>): number {
  const known = (table: Readonly<Record<string, number>>): number | undefined =>
    Object.hasOwn(table, sloClass) ? table[sloClass] : undefined;
  return known(changes) ?? known(SLO_PRIORITIES) ?? 3;
}

/** Whether any decision looks at an instance, so that instances must be advanced before it. */
function looksAtInstances(config: ClusterConfig): boolean {
  return (
    config.routing.policy !== 'round-robin' ||
    config.admission.policy === 'tier-shed' ||
    config.admission.policy === 'gaie-legacy' ||
    Object.keys(config.tenantBudgets).length > 0 ||
    config.flowControl !== undefined ||
    config.disaggregation !== undefined ||
    // Decisions renew the stale signals that the autoscaler reads.
    (config.autoscaler !== undefined && config.snapshotRefreshIntervalUs > 0) ||
    (config.recordDecisions && config.counterfactualK > 0)
  );
}

function writeU32(engine: EngineExports, values: Uint32Array | Int32Array): number {
  const at = engine.allocate(values.byteLength + 4);
  new Uint8Array(engine.memory.buffer, at, values.byteLength).set(
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  return at;
}

function writeF64(engine: EngineExports, values: readonly number[]): number {
  const at = engine.allocate(values.length * 8 + 8);
  new Float64Array(engine.memory.buffer, at, values.length).set(values);
  return at;
}

function nameRanks(names: readonly string[]): Uint32Array {
  const order = names.map((_, index) => index).sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
  const ranks = new Uint32Array(names.length);
  order.forEach((index, rank) => {
    ranks[index] = rank;
  });
  return ranks;
}

/** Lays out a cluster without instances. The request table has been written. */
export function writeCluster(
  engine: EngineExports,
  layout: RequestLayout,
  table: number,
  config: ClusterConfig,
  instance: EngineConfig,
  workload: Workload,
  shape: ClusterShape,
): number {
  const { requests, sessions } = workload;
  const { count } = requests;
  writeLabels(engine, layout, table, config, requests);
  const tenants = requests.tenantId.names;
  const hasBudgets = Object.keys(config.tenantBudgets).length > 0;
  const share = tenants.map((name) =>
    Object.hasOwn(config.tenantBudgets, name) ? (config.tenantBudgets[name] ?? NaN) : NaN,
  );
  const { scorers, policy } = config.routing;
  const names = scorers.map((scorer) => scorer.name);
  const seed = streamSeed(instance.seed, 'router');
  // Columns first: allocating may move the memory under a view.
  const at = {
    share: hasBudgets ? writeF64(engine, share) : 0,
    scorers: writeScorers(engine, scorers),
    ranks: writeU32(engine, nameRanks(shape.names)),
    legacyMap:
      policy === 'prefix-affinity'
        ? writeU32(engine, Uint32Array.from([...(shape.contentOf ?? []), ...new Uint32Array(count)]))
        : 0,
  };
  const flag = (value: boolean): number => (value ? 1 : 0);
  const slots = [
    config.instances,
    shape.names.length,
    count,
    shape.horizonUs,
    instance.admissionLatencyUs,
    instance.routingLatencyUs,
    instance.blockSizeTokens,
    config.snapshotRefreshIntervalUs,
    config.cacheSignalDelayUs,
    shape.sharedBlocks,
    flag(readsCache(names) || poolScorers(config).some((pool) => readsCache(pool.map((each) => each.name)))),
    flag(config.legacySignals),
    flag(looksAtInstances(config)),
    ADMISSION[config.admission.policy],
    config.admission.tokenBucketCapacity,
    config.admission.tokenBucketRefillRate,
    config.admission.tierShedThreshold,
    config.admission.tierShedMinPriority,
    config.admission.gaieQdThreshold,
    config.admission.gaieKvThreshold,
    ROUTING[policy],
    Number(seed >> 32n),
    Number(BigInt.asUintN(32, seed)),
    scorers.length,
    at.scorers,
    flag(names.includes('prefix-affinity')),
    flag(instance.kvCpuBlocks > 0),
    flag(sessions !== undefined || config.flowControl !== undefined || config.disaggregation !== undefined),
    tenants.length,
    at.share,
    Math.max(1, config.instances * instance.maxNumRunningReqs),
    at.ranks,
    at.legacyMap,
    config.recordDecisions ? DECISION_LOG_ROWS : 0,
    config.counterfactualK,
    flag(shape.hasConversations),
    ...gatewaySlots(config.flowControl),
    flag(readsCache(names)),
    config.disaggregation === undefined ? 0 : writePools(engine, config.disaggregation, instance.seed),
  ];
  return engine.clusterBegin(writeF64(engine, slots));
}

const readsCache = (names: readonly ScorerName[]): boolean =>
  names.includes('precise-prefix-cache') || names.includes('no-hit-lru');

const poolScorers = (config: ClusterConfig): readonly (readonly WeightedScorer[])[] => [
  config.disaggregation?.prefillScorers ?? [],
  config.disaggregation?.decodeScorers ?? [],
];

/** Pairs (kind, normalised weight). */
function writeScorers(engine: EngineExports, scorers: readonly WeightedScorer[]): number {
  const weights = scorers.reduce((sum, scorer) => sum + scorer.weight, 0);
  return writeF64(
    engine,
    scorers.flatMap((scorer) => [SCORERS.indexOf(scorer.name), scorer.weight / weights]),
  );
}

function writePools(engine: EngineExports, pools: DisaggregationConfig, seed: number): number {
  const policy = (scorers: readonly WeightedScorer[] | undefined, stream: string): readonly number[] => {
    if (scorers === undefined) return [0, 0, 0, 0, 0, 0];
    const names = scorers.map((scorer) => scorer.name);
    const own = streamSeed(seed, stream);
    return [
      scorers.length,
      writeScorers(engine, scorers),
      readsCache(names) ? 1 : 0,
      names.includes('prefix-affinity') ? 1 : 0,
      Number(own >> 32n),
      Number(BigInt.asUintN(32, own)),
    ];
  };
  return writeF64(engine, [
    pools.prefillInstances,
    pools.decodeInstances,
    DECIDERS[pools.decider],
    pools.prefixThresholdTokens,
    pools.transferBandwidthGbs,
    pools.transferBaseLatencyMs,
    pools.transferContention ? 1 : 0,
    pools.kvBytesPerToken,
    ...policy(pools.prefillScorers, 'prefill-router'),
    ...policy(pools.decodeScorers, 'decode-router'),
  ]);
}

function gatewaySlots(flow: FlowControlConfig | undefined): readonly number[] {
  if (flow === undefined) return [0, 0, 0, 1, 1, 1];
  return [
    DETECTORS[flow.detector],
    flow.dispatchOrder === 'priority' ? 1 : 0,
    flow.maxQueueDepth,
    flow.queueDepthThreshold,
    flow.kvCacheUtilThreshold,
    flow.maxConcurrency,
  ];
}

/** What the control plane knows of each request: tenant, priority of its class; nobody serves it yet. */
function writeLabels(
  engine: EngineExports,
  layout: RequestLayout,
  table: number,
  config: ClusterConfig,
  requests: RequestColumns,
): void {
  const classPriority = requests.sloClass.names.map((name) => priorityOf(name, config.sloPriorities));
  const standard = priorityOf('', config.sloPriorities);
  const tenants = requests.tenantId.names;
  const i32 = new Int32Array(engine.memory.buffer);
  for (let row = 0; row < requests.count; row++) {
    const record = (table + row * layout.bytes) >> 2;
    const tenant = requests.tenantId.index[row] ?? -1;
    i32[record + (layout.tenant >> 2)] = (tenants[tenant] ?? '') === '' ? -1 : tenant;
    i32[record + (layout.sloPriority >> 2)] = classPriority[requests.sloClass.index[row] ?? -1] ?? standard;
    i32[record + (layout.handledBy >> 2)] = -1;
  }
}
