// A fleet of serving instances and the policies in front of it, fully resolved (BLIS 87cc70ed `sim/cluster`, `sim/bundle.go`).
// One instance is a cluster of one. Names are the reference's flag and bundle names.

import type { LatencyModel } from './latency';

export const ADMISSION_POLICIES = [
  'always-admit',
  'gaie-legacy',
  'reject-all',
  'tier-shed',
  'token-bucket',
] as const;
export type AdmissionPolicyName = (typeof ADMISSION_POLICIES)[number];

export const ROUTING_POLICIES = ['always-busiest', 'least-loaded', 'round-robin', 'weighted'] as const;
/** `prefix-affinity` is the early reference's policy, reachable only with legacy signals. */
export type RoutingPolicyName = (typeof ROUTING_POLICIES)[number] | 'prefix-affinity';

export const SCORERS = [
  'active-requests',
  'kv-utilization',
  'load-aware',
  'load-balance',
  'no-hit-lru',
  'precise-prefix-cache',
  'prefix-affinity',
  'queue-depth',
  'running-requests',
  'vllm-dp',
] as const;
export type ScorerName = (typeof SCORERS)[number];

export interface WeightedScorer {
  readonly name: ScorerName;
  /** Finite, > 0; weights are normalised to sum 1. */
  readonly weight: number;
}

/** Scorers of `weighted` when none are chosen, by the era of the reference. */
export const SCORER_PROFILES = {
  default: [
    { name: 'precise-prefix-cache', weight: 2 },
    { name: 'queue-depth', weight: 1 },
    { name: 'kv-utilization', weight: 1 },
  ],
  seed: [
    { name: 'prefix-affinity', weight: 3 },
    { name: 'queue-depth', weight: 2 },
    { name: 'kv-utilization', weight: 2 },
  ],
} as const satisfies Record<string, readonly WeightedScorer[]>;

/** Higher = more important; negative = may be shed. Unknown and empty classes count as `standard`. */
export const SLO_PRIORITIES: Readonly<Record<string, number>> = {
  critical: 4,
  standard: 3,
  batch: -1,
  sheddable: -2,
  background: -3,
};

export interface AdmissionConfig {
  readonly policy: AdmissionPolicyName;
  readonly tokenBucketCapacity: number;
  /** Tokens per second. */
  readonly tokenBucketRefillRate: number;
  readonly tierShedThreshold: number;
  readonly tierShedMinPriority: number;
  readonly gaieQdThreshold: number;
  readonly gaieKvThreshold: number;
}

export const SATURATION_DETECTORS = ['concurrency', 'never', 'utilization'] as const;
export type SaturationDetector = (typeof SATURATION_DETECTORS)[number];

export interface FlowControlConfig {
  readonly detector: SaturationDetector;
  readonly dispatchOrder: 'fifo' | 'priority';
  /** 0 = unlimited. */
  readonly maxQueueDepth: number;
  readonly queueDepthThreshold: number;
  readonly kvCacheUtilThreshold: number;
  readonly maxConcurrency: number;
}

export const PD_DECIDERS = ['always', 'never', 'prefix-threshold'] as const;
export type PdDecider = (typeof PD_DECIDERS)[number];

/** What a pool's instances have of their own; absent = the cluster's value. */
export interface PoolOverride {
  readonly latency?: LatencyModel;
  readonly totalKvBlocks?: number;
  readonly maxModelLen?: number;
}

/** Prefill and decode on separate instances: the first `prefillInstances` by index prefill, the next ones decode. */
export interface DisaggregationConfig {
  readonly prefillInstances: number;
  readonly decodeInstances: number;
  readonly decider: PdDecider;
  readonly prefixThresholdTokens: number;
  /** 10^9 byte/s. */
  readonly transferBandwidthGbs: number;
  readonly transferBaseLatencyMs: number;
  readonly transferContention: boolean;
  /** KV bytes per token on one prefill GPU. */
  readonly kvBytesPerToken: number;
  readonly prefillScorers?: readonly WeightedScorer[];
  readonly decodeScorers?: readonly WeightedScorer[];
  readonly prefill: PoolOverride;
  readonly decode: PoolOverride;
}

/** Seconds, as the bundle states them. */
export interface DelayDistribution {
  readonly meanS: number;
  readonly stddevS: number;
}

export interface NodePool {
  readonly name: string;
  readonly gpuType: string;
  readonly gpusPerNode: number;
  readonly gpuMemoryGib: number;
  readonly initialNodes: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly provisioningDelay: DelayDistribution;
  readonly costPerHour: number;
}

export interface AutoscalerConfig {
  /** 0 = off. */
  readonly intervalUs: number;
  readonly scaleUpCooldownUs: number;
  readonly scaleDownCooldownUs: number;
  readonly actuationDelay: DelayDistribution;
  readonly kvCacheThreshold: number;
  readonly scaleUpThreshold: number;
  readonly scaleDownBoundary: number;
  readonly avgInputTokens: number;
}

export const ANALYZER_DEFAULTS = {
  kvCacheThreshold: 0.8,
  scaleUpThreshold: 0.8,
  scaleDownBoundary: 0.4,
  avgInputTokens: 512,
} as const;

export interface ClusterConfig {
  readonly instances: number;
  readonly admission: AdmissionConfig;
  /** Additions to and changes of SLO_PRIORITIES. */
  readonly sloPriorities: Readonly<Record<string, number>>;
  /** Share of the fleet's batch slots a tenant may have in flight. */
  readonly tenantBudgets: Readonly<Record<string, number>>;
  readonly routing: { readonly policy: RoutingPolicyName; readonly scorers: readonly WeightedScorer[] };
  readonly snapshotRefreshIntervalUs: number;
  readonly cacheSignalDelayUs: number;
  readonly recordDecisions: boolean;
  readonly counterfactualK: number;
  readonly flowControl?: FlowControlConfig;
  readonly disaggregation?: DisaggregationConfig;
  readonly autoscaler?: AutoscalerConfig;
  readonly nodePools: readonly NodePool[];
  /** What every instance is, for placement and scaling. Without a GPU type ('') the autoscaler skips it. */
  readonly replica?: { readonly model: string; readonly gpuType: string; readonly tp: number };
  /** Load signals and tie-breaks of the founding era: pending-based load, lowest index, only KV use may be stale. */
  readonly legacySignals: boolean;
}

export const ADMISSION_DEFAULTS: AdmissionConfig = {
  policy: 'always-admit',
  tokenBucketCapacity: 10_000,
  tokenBucketRefillRate: 1_000,
  tierShedThreshold: 0,
  tierShedMinPriority: 0,
  gaieQdThreshold: 5,
  gaieKvThreshold: 0.8,
};
