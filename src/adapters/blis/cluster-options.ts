// Cluster flags and policy bundle → one ClusterConfig (BLIS 87cc70ed `cmd/root.go`). An explicitly given flag beats the
// bundle, the bundle beats the defaults; "explicit" counts even when the value equals the default.

import { fail, ok, type Result } from '../../base/result';
import {
  ADMISSION_DEFAULTS,
  ADMISSION_POLICIES,
  ANALYZER_DEFAULTS,
  PD_DECIDERS,
  ROUTING_POLICIES,
  SATURATION_DETECTORS,
  SCORERS,
  SCORER_PROFILES,
  type AdmissionConfig,
  type AdmissionPolicyName,
  type ClusterConfig,
  type DisaggregationConfig,
  type FlowControlConfig,
  type PdDecider,
  type RoutingPolicyName,
  type SaturationDetector,
  type ScorerName,
  type WeightedScorer,
} from '../../domain/cluster-config';
import { PRIORITY_POLICIES, SCHEDULERS, type PriorityPolicy, type Scheduler } from '../../domain/run-config';
import { goNumber, parseGoFloat } from './go-numbers';
import type { PolicyBundle } from './policy-bundle';

/** Cluster flags with their defaults filled in; `explicit` holds the flag names (without dashes) that were given. */
export interface ClusterFlags {
  readonly explicit: ReadonlySet<string>;
  readonly numInstances: number;
  readonly admissionPolicy: string;
  readonly tokenBucketCapacity: number;
  readonly tokenBucketRefillRate: number;
  readonly routingPolicy: string;
  readonly routingScorers: string;
  /** Scorers of `weighted` when none are named: the reference's current ones or the founding era's. */
  readonly scorerProfile: keyof typeof SCORER_PROFILES;
  readonly legacySignals: boolean;
  readonly priorityPolicy: string;
  readonly scheduler: string;
  readonly snapshotRefreshIntervalUs: number;
  readonly cacheSignalDelayUs: number;
  readonly traceLevel: string;
  readonly counterfactualK: number;
  readonly summarizeTrace: boolean;
  readonly flowControl: boolean;
  readonly saturationDetector: string;
  readonly dispatchOrder: string;
  readonly maxGatewayQueueDepth: number;
  readonly queueDepthThreshold: number;
  readonly kvCacheUtilThreshold: number;
  readonly maxConcurrency: number;
  readonly prefillInstances: number;
  readonly decodeInstances: number;
  readonly pdDecider: string;
  readonly pdPrefixThreshold: number;
  readonly pdTransferBandwidthGbs: number;
  readonly pdTransferBaseLatencyMs: number;
  readonly pdTransferContention: boolean;
  readonly prefillRoutingScorers: string;
  readonly decodeRoutingScorers: string;
  readonly modelAutoscalerIntervalUs: number;
}

export const CLUSTER_FLAG_DEFAULTS: Omit<ClusterFlags, 'explicit'> = {
  numInstances: 1,
  admissionPolicy: 'always-admit',
  tokenBucketCapacity: 10_000,
  tokenBucketRefillRate: 1_000,
  routingPolicy: 'round-robin',
  routingScorers: '',
  scorerProfile: 'default',
  legacySignals: false,
  priorityPolicy: 'constant',
  scheduler: 'fcfs',
  snapshotRefreshIntervalUs: 0,
  cacheSignalDelayUs: 50_000,
  traceLevel: 'none',
  counterfactualK: 0,
  summarizeTrace: false,
  flowControl: false,
  saturationDetector: 'never',
  dispatchOrder: 'fifo',
  maxGatewayQueueDepth: 0,
  queueDepthThreshold: 5,
  kvCacheUtilThreshold: 0.8,
  maxConcurrency: 100,
  prefillInstances: 0,
  decodeInstances: 0,
  pdDecider: 'never',
  pdPrefixThreshold: 512,
  pdTransferBandwidthGbs: 25,
  pdTransferBaseLatencyMs: 0.05,
  pdTransferContention: false,
  prefillRoutingScorers: '',
  decodeRoutingScorers: '',
  modelAutoscalerIntervalUs: 0,
};

export interface ResolvedCluster {
  /** Without what only the caller knows: pool overrides' models and KV bytes per token, GPU facts. */
  readonly config: ClusterConfig;
  readonly scheduler: Scheduler;
  readonly priorityPolicy: PriorityPolicy;
  readonly warnings: readonly string[];
}

/** Thrown inside this file only, to leave nested checks at the first violated rule. */
class Refusal extends Error {
  constructor(
    message: string,
    readonly field: string | undefined,
  ) {
    super(message);
  }
}
/** The flag is the first that the message names, unless told. */
const refuse = (message: string, field = /--([a-z-]+)/.exec(message)?.[1]): never => {
  throw new Refusal(message, field);
};

const quoted = (value: string): string => JSON.stringify(value);
const isPositive = (value: number): boolean => Number.isFinite(value) && value > 0;

function oneOf<T extends string>(what: string, value: string, valid: readonly T[]): T {
  const found = valid.find((name) => name === value);
  return (
    found ??
    refuse(
      `Unknown ${what} ${quoted(value)}. Valid: ${[...valid].sort().join(', ')}`,
      what.toLowerCase().replaceAll(' ', '-'),
    )
  );
}

function parseScorers(flag: string, source: string): readonly WeightedScorer[] {
  const scorers: WeightedScorer[] = [];
  const invalid = (reason: string): never => refuse(`Invalid --${flag}: ${reason}`);
  for (const part of source.split(',').map((text) => text.trim())) {
    const colon = part.indexOf(':');
    if (colon < 0) invalid(`invalid scorer config ${quoted(part)} (expected name:weight)`);
    const name = part.slice(0, colon).trim();
    const weightText = part.slice(colon + 1).trim();
    const known: ScorerName =
      SCORERS.find((scorer) => scorer === name) ??
      invalid(`unknown scorer ${quoted(name)}; valid: ${SCORERS.join(', ')}`);
    if (scorers.some((scorer) => scorer.name === known)) {
      invalid(`duplicate scorer ${quoted(name)}; each scorer may appear at most once`);
    }
    const weight =
      parseGoFloat(weightText) ??
      invalid(
        `invalid weight for scorer ${quoted(name)}: strconv.ParseFloat: parsing ${quoted(weightText)}: invalid syntax`,
      );
    if (!isPositive(weight)) {
      invalid(`scorer ${quoted(name)} weight must be a finite positive number, got ${goNumber(weight)}`);
    }
    scorers.push({ name: known, weight });
  }
  return scorers;
}

function resolveAdmission(
  flags: ClusterFlags,
  bundle: PolicyBundle | undefined,
  warnings: string[],
): AdmissionConfig {
  const pick = <T>(flag: string, given: T, stated: T | undefined): T =>
    flags.explicit.has(flag) ? given : (stated ?? given);
  const policy: AdmissionPolicyName = oneOf(
    'admission policy',
    pick('admission-policy', flags.admissionPolicy, bundle?.admissionPolicy),
    ADMISSION_POLICIES,
  );
  const capacity = pick('token-bucket-capacity', flags.tokenBucketCapacity, bundle?.tokenBucketCapacity);
  const refill = pick('token-bucket-refill-rate', flags.tokenBucketRefillRate, bundle?.tokenBucketRefillRate);
  if (policy === 'token-bucket') {
    if (!isPositive(capacity)) {
      refuse(`--token-bucket-capacity must be a finite value > 0, got ${goNumber(capacity)}`);
    }
    if (!isPositive(refill)) {
      refuse(`--token-bucket-refill-rate must be a finite value > 0, got ${goNumber(refill)}`);
    }
  }
  // A bundle that asks for tier-shed protects everything below `standard` unless it says otherwise; a bare flag sheds
  // only classes with negative priority.
  const bundleSheds = bundle?.admissionPolicy === 'tier-shed';
  const minPriority =
    bundle?.tierShedMinPriority ?? (bundleSheds ? 3 : ADMISSION_DEFAULTS.tierShedMinPriority);
  if (policy === 'tier-shed' && !bundleSheds && bundle?.tierShedMinPriority === undefined) {
    warnings.push(
      'tier-shed without tier_shed_min_priority in a policy bundle: only classes with negative priority are shed',
    );
  }
  return {
    policy,
    tokenBucketCapacity: capacity,
    tokenBucketRefillRate: refill,
    tierShedThreshold: bundle?.tierShedThreshold ?? ADMISSION_DEFAULTS.tierShedThreshold,
    tierShedMinPriority: minPriority,
    gaieQdThreshold: bundle?.gaieQdThreshold ?? ADMISSION_DEFAULTS.gaieQdThreshold,
    gaieKvThreshold: bundle?.gaieKvThreshold ?? ADMISSION_DEFAULTS.gaieKvThreshold,
  };
}

function resolveRouting(
  flags: ClusterFlags,
  bundle: PolicyBundle | undefined,
  warnings: string[],
): ClusterConfig['routing'] {
  const name = flags.explicit.has('routing-policy')
    ? flags.routingPolicy
    : (bundle?.routingPolicy ?? flags.routingPolicy);
  const policy: RoutingPolicyName =
    flags.legacySignals && name === 'prefix-affinity'
      ? 'prefix-affinity'
      : oneOf('routing policy', name, ROUTING_POLICIES);
  const hasFlag = flags.explicit.has('routing-scorers') && flags.routingScorers !== '';
  if (policy !== 'weighted') {
    if (hasFlag) {
      warnings.push(
        `--routing-scorers has no effect when routing policy is ${quoted(policy)} (only applies to 'weighted')`,
      );
    }
    return { policy, scorers: [] };
  }
  if (hasFlag) return { policy, scorers: parseScorers('routing-scorers', flags.routingScorers) };
  if (bundle && bundle.scorers.length > 0) return { policy, scorers: bundle.scorers };
  return { policy, scorers: SCORER_PROFILES[flags.scorerProfile] };
}

function resolveFlowControl(flags: ClusterFlags, warnings: string[]): FlowControlConfig | undefined {
  if (!flags.flowControl) return undefined;
  const detector: SaturationDetector = oneOf(
    'saturation detector',
    flags.saturationDetector,
    SATURATION_DETECTORS,
  );
  if (flags.dispatchOrder !== 'fifo' && flags.dispatchOrder !== 'priority') {
    refuse(`--dispatch-order must be 'fifo' or 'priority', got ${quoted(flags.dispatchOrder)}`);
  }
  if (flags.maxGatewayQueueDepth < 0) {
    refuse(`--max-gateway-queue-depth must be >= 0, got ${flags.maxGatewayQueueDepth}`);
  }
  if (detector === 'utilization') {
    for (const [flag, value] of [
      ['queue-depth-threshold', flags.queueDepthThreshold],
      ['kv-cache-util-threshold', flags.kvCacheUtilThreshold],
    ] as const) {
      if (!isPositive(value)) refuse(`--${flag} must be a finite value > 0, got ${goNumber(value)}`);
    }
  }
  if (detector === 'concurrency' && flags.maxConcurrency <= 0) {
    refuse(`--max-concurrency must be > 0, got ${flags.maxConcurrency}`);
  }
  if (detector === 'never') {
    warnings.push(
      `--flow-control enabled but --saturation-detector is "never" (pass-through); specify 'utilization' or 'concurrency' for actual gating`,
    );
  }
  return {
    detector,
    dispatchOrder: flags.dispatchOrder === 'priority' ? 'priority' : 'fifo',
    maxQueueDepth: flags.maxGatewayQueueDepth,
    queueDepthThreshold: flags.queueDepthThreshold,
    kvCacheUtilThreshold: flags.kvCacheUtilThreshold,
    maxConcurrency: flags.maxConcurrency,
  };
}

/** Topology and transfer; pool overrides and KV bytes per token are the caller's to fill in. */
function resolveDisaggregation(flags: ClusterFlags): DisaggregationConfig | undefined {
  const decider: PdDecider = oneOf('PD decider', flags.pdDecider, PD_DECIDERS);
  const { prefillInstances: prefill, decodeInstances: decode, numInstances } = flags;
  const topology = (reason: string): never =>
    refuse(`Invalid PD pool topology: ${reason}`, /(prefill|decode)-instances/.exec(reason)?.[0]);
  if (prefill < 0) topology(`prefill-instances must be >= 0, got ${prefill}`);
  if (decode < 0) topology(`decode-instances must be >= 0, got ${decode}`);
  if (prefill === 0 && decode === 0) return undefined;
  if (prefill === 0 || decode === 0) {
    topology(
      `both --prefill-instances and --decode-instances must be set when PD disaggregation is enabled (got prefill=${prefill}, decode=${decode})`,
    );
  }
  if (prefill + decode > numInstances) {
    topology(
      `prefill-instances (${prefill}) + decode-instances (${decode}) = ${prefill + decode} exceeds num-instances (${numInstances})`,
    );
  }
  if (flags.pdPrefixThreshold < 0)
    refuse(`--pd-prefix-threshold must be >= 0, got ${flags.pdPrefixThreshold}`);
  if (!isPositive(flags.pdTransferBandwidthGbs)) {
    refuse(
      `--pd-transfer-bandwidth must be a finite value > 0, got ${goNumber(flags.pdTransferBandwidthGbs)}`,
    );
  }
  if (!(Number.isFinite(flags.pdTransferBaseLatencyMs) && flags.pdTransferBaseLatencyMs >= 0)) {
    refuse(
      `--pd-transfer-base-latency must be a finite value >= 0, got ${goNumber(flags.pdTransferBaseLatencyMs)}`,
    );
  }
  const own = (flag: 'prefill-routing-scorers' | 'decode-routing-scorers', text: string) =>
    text === '' ? undefined : parseScorers(flag, text);
  const prefillScorers = own('prefill-routing-scorers', flags.prefillRoutingScorers);
  const decodeScorers = own('decode-routing-scorers', flags.decodeRoutingScorers);
  return {
    prefillInstances: prefill,
    decodeInstances: decode,
    decider,
    prefixThresholdTokens: flags.pdPrefixThreshold,
    transferBandwidthGbs: flags.pdTransferBandwidthGbs,
    transferBaseLatencyMs: flags.pdTransferBaseLatencyMs,
    transferContention: flags.pdTransferContention,
    kvBytesPerToken: 0,
    ...(prefillScorers ? { prefillScorers } : {}),
    ...(decodeScorers ? { decodeScorers } : {}),
    prefill: {},
    decode: {},
  };
}

function checkSignals(flags: ClusterFlags, warnings: string[]): void {
  if (flags.numInstances < 1) refuse('num-instances must be >= 1', 'num-instances');
  for (const [flag, value] of [
    ['snapshot-refresh-interval', flags.snapshotRefreshIntervalUs],
    ['cache-signal-delay', flags.cacheSignalDelayUs],
    ['counterfactual-k', flags.counterfactualK],
    ['model-autoscaler-interval-us', flags.modelAutoscalerIntervalUs],
  ] as const) {
    if (!(value >= 0)) refuse(`--${flag} must be >= 0, got ${goNumber(value)}`);
  }
  if (!['none', 'decisions', ''].includes(flags.traceLevel)) {
    refuse(`Unknown trace level ${quoted(flags.traceLevel)}. Valid: none, decisions`, 'trace-level');
  }
  if (flags.traceLevel !== 'decisions') {
    const noEffect = 'has no effect without --trace-level decisions';
    if (flags.counterfactualK > 0) warnings.push(`--counterfactual-k=${flags.counterfactualK} ${noEffect}`);
    if (flags.summarizeTrace) warnings.push(`--summarize-trace ${noEffect}`);
  }
}

/** Applies precedence and every validation rule; the first violated rule is the problem. */
export function resolveCluster(
  flags: ClusterFlags,
  bundle: PolicyBundle | undefined,
): Result<ResolvedCluster> {
  const warnings: string[] = [];
  const stated = (flag: string, given: string, bundled: string | undefined): string =>
    flags.explicit.has(flag) ? given : (bundled ?? given);
  try {
    checkSignals(flags, warnings);
    const admission = resolveAdmission(flags, bundle, warnings);
    const routing = resolveRouting(flags, bundle, warnings);
    const priorityPolicy = oneOf(
      'priority policy',
      stated('priority-policy', flags.priorityPolicy, bundle?.priorityPolicy),
      PRIORITY_POLICIES,
    );
    const scheduler = oneOf('scheduler', stated('scheduler', flags.scheduler, bundle?.scheduler), SCHEDULERS);
    const flowControl = resolveFlowControl(flags, warnings);
    const disaggregation = resolveDisaggregation(flags);
    const interval = flags.explicit.has('model-autoscaler-interval-us')
      ? flags.modelAutoscalerIntervalUs
      : (bundle?.autoscaler?.intervalUs ?? 0);
    const config: ClusterConfig = {
      instances: flags.numInstances,
      admission,
      sloPriorities: bundle?.sloPriorities ?? {},
      tenantBudgets: bundle?.tenantBudgets ?? {},
      routing,
      snapshotRefreshIntervalUs: flags.snapshotRefreshIntervalUs,
      cacheSignalDelayUs: flags.cacheSignalDelayUs,
      recordDecisions: flags.traceLevel === 'decisions',
      counterfactualK: flags.counterfactualK,
      nodePools: bundle?.nodePools ?? [],
      legacySignals: flags.legacySignals,
      ...(flowControl ? { flowControl } : {}),
      ...(disaggregation ? { disaggregation } : {}),
      ...(interval > 0
        ? { autoscaler: { ...AUTOSCALER_DEFAULTS, ...bundle?.autoscaler, intervalUs: interval } }
        : {}),
    };
    return ok({ config, scheduler, priorityPolicy, warnings });
  } catch (error) {
    if (error instanceof Refusal) {
      const { message, field } = error;
      return fail({ code: 'bad-value', message, ...(field === undefined ? {} : { field }) });
    }
    throw error;
  }
}

const AUTOSCALER_DEFAULTS = {
  scaleUpCooldownUs: 0,
  scaleDownCooldownUs: 0,
  actuationDelay: { meanS: 0, stddevS: 0 },
  ...ANALYZER_DEFAULTS,
};
