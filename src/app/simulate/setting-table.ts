// Every setting of a fleet: its name here, where it stands in the YAML document, and its text when nobody says anything. A
// setting that the command line knows stands under its flag's name; what only a policy bundle knows stands under
// `policy-config`, as a bundle spells it; files that were handed in stand under the flag that names them.

import type { RunFlag } from '../../adapters/blis/run-flags';

/** Name, flag, text of the default ('' where not giving it is not the same as any value), place in a policy bundle. */
type FlagRow = readonly [name: string, flag: RunFlag, fallback: string, bundlePath?: readonly string[]];

export const FLAG_SETTINGS = [
  ['model', 'model', ''],
  ['hardware', 'hardware', ''],
  ['tp', 'tp', ''],
  ['latencyModel', 'latency-model', ''],
  ['alpha', 'alpha-coeffs', ''],
  ['beta', 'beta-coeffs', ''],
  ['vllmVersion', 'vllm-version', ''],
  ['mode', 'mode', 'reference'],
  ['totalKvBlocks', 'total-kv-blocks', ''],
  ['gpuMemoryUtilization', 'gpu-memory-utilization', '0.9'],
  ['maxModelLen', 'max-model-len', ''],
  ['maxNumRunningReqs', 'max-num-running-reqs', '256'],
  ['maxNumScheduledTokens', 'max-num-scheduled-tokens', '2048'],
  ['longPrefillTokenThreshold', 'long-prefill-token-threshold', '0'],
  ['blockSizeTokens', 'block-size-in-tokens', '16'],
  ['pipelinedScheduling', 'pipelined-scheduling', 'false'],
  ['scheduler', 'scheduler', 'fcfs', ['scheduler']],
  ['priorityPolicy', 'priority-policy', 'constant', ['priority', 'policy']],
  ['kvCpuBlocks', 'kv-cpu-blocks', '0'],
  ['kvTransferBandwidth', 'kv-transfer-bandwidth', '100'],
  ['kvTransferBaseLatencyUs', 'kv-transfer-base-latency', '0'],
  ['kvOffloadThreshold', 'kv-offload-threshold', '0.9'],
  ['instances', 'num-instances', '1'],
  ['admissionPolicy', 'admission-policy', 'always-admit', ['admission', 'policy']],
  ['tokenBucketCapacity', 'token-bucket-capacity', '10000', ['admission', 'token_bucket_capacity']],
  ['tokenBucketRefillRate', 'token-bucket-refill-rate', '1000', ['admission', 'token_bucket_refill_rate']],
  ['routingPolicy', 'routing-policy', 'round-robin', ['routing', 'policy']],
  ['routingScorers', 'routing-scorers', '', ['routing', 'scorers']],
  ['scorerProfile', 'scorer-profile', 'default'],
  ['legacySignals', 'legacy-signals', 'false'],
  ['snapshotRefreshIntervalUs', 'snapshot-refresh-interval', '0'],
  ['cacheSignalDelayUs', 'cache-signal-delay', '50000'],
  ['admissionLatencyUs', 'admission-latency', '0'],
  ['routingLatencyUs', 'routing-latency', '0'],
  ['flowControl', 'flow-control', 'false'],
  ['saturationDetector', 'saturation-detector', 'never'],
  ['dispatchOrder', 'dispatch-order', 'fifo'],
  ['maxGatewayQueueDepth', 'max-gateway-queue-depth', '0'],
  ['queueDepthThreshold', 'queue-depth-threshold', '5'],
  ['kvCacheUtilThreshold', 'kv-cache-util-threshold', '0.8'],
  ['maxConcurrency', 'max-concurrency', '100'],
  ['prefillInstances', 'prefill-instances', '0'],
  ['decodeInstances', 'decode-instances', '0'],
  ['pdDecider', 'pd-decider', 'never'],
  ['pdPrefixThreshold', 'pd-prefix-threshold', '512'],
  ['pdTransferBandwidthGbs', 'pd-transfer-bandwidth', '25'],
  ['pdTransferBaseLatencyMs', 'pd-transfer-base-latency', '0.05'],
  ['pdTransferContention', 'pd-transfer-contention', 'false'],
  ['prefillRoutingScorers', 'prefill-routing-scorers', ''],
  ['decodeRoutingScorers', 'decode-routing-scorers', ''],
  ['prefillTp', 'prefill-tp', ''],
  ['decodeTp', 'decode-tp', ''],
  ['prefillHardware', 'prefill-hardware', ''],
  ['decodeHardware', 'decode-hardware', ''],
  ['prefillLatencyModel', 'prefill-latency-model', ''],
  ['decodeLatencyModel', 'decode-latency-model', ''],
  ['prefillMaxModelLen', 'prefill-max-model-len', ''],
  ['decodeMaxModelLen', 'decode-max-model-len', ''],
  ['autoscalerIntervalUs', 'model-autoscaler-interval-us', '0', ['autoscaler', 'interval_us']],
  ['traceLevel', 'trace-level', 'none'],
  ['counterfactualK', 'counterfactual-k', '0'],
  ['summarizeTrace', 'summarize-trace', 'false'],
  ['horizonUs', 'horizon', ''],
  ['seed', 'seed', ''],
  ['workload', 'workload', 'distribution'],
  ['rateRps', 'rate', ''],
  ['numRequests', 'num-requests', ''],
  ['concurrency', 'concurrency', '0'],
  ['thinkTimeMs', 'think-time-ms', '0'],
  ['promptMean', 'prompt-tokens', '512'],
  ['promptStddev', 'prompt-tokens-stdev', '256'],
  ['promptMin', 'prompt-tokens-min', '2'],
  ['promptMax', 'prompt-tokens-max', '7000'],
  ['outputMean', 'output-tokens', '512'],
  ['outputStddev', 'output-tokens-stdev', '256'],
  ['outputMin', 'output-tokens-min', '2'],
  ['outputMax', 'output-tokens-max', '7000'],
  ['prefixTokens', 'prefix-tokens', '0'],
] as const satisfies readonly FlagRow[];

export type BundleKind = 'whole' | 'number' | 'pairs' | 'list';

/** Name, place in a policy bundle, kind, what it means. Not giving one leaves the reference's default. */
type BundleRow = readonly [name: string, path: readonly string[], kind: BundleKind, about: string];

export const BUNDLE_SETTINGS = [
  [
    'tierShedThreshold',
    ['admission', 'tier_shed_threshold'],
    'whole',
    'load of the busiest instance up to which all is admitted (0)',
  ],
  [
    'tierShedMinPriority',
    ['admission', 'tier_shed_min_priority'],
    'whole',
    'classes below this priority are shed (0: only negative ones)',
  ],
  [
    'gaieQdThreshold',
    ['admission', 'gaie_qd_threshold'],
    'number',
    'waiting requests that saturate an instance (5)',
  ],
  [
    'gaieKvThreshold',
    ['admission', 'gaie_kv_threshold'],
    'number',
    'KV use that saturates an instance (0.8)',
  ],
  [
    'sloPriorities',
    ['admission', 'slo_priorities'],
    'pairs',
    'priority of SLO classes (critical 4, standard 3, batch −1, sheddable −2, background −3)',
  ],
  [
    'tenantBudgets',
    ['tenant_budgets'],
    'pairs',
    'share of all batch slots that a tenant may have in flight, 0 to 1',
  ],
  [
    'scaleUpCooldownUs',
    ['autoscaler', 'scale_up_cooldown_us'],
    'number',
    'least time between two decisions to grow (0)',
  ],
  [
    'scaleDownCooldownUs',
    ['autoscaler', 'scale_down_cooldown_us'],
    'number',
    'least time between two decisions to shrink (0)',
  ],
  [
    'actuationDelayMeanS',
    ['autoscaler', 'actuation_delay', 'mean'],
    'number',
    'mean time from a decision to its effect (0)',
  ],
  [
    'actuationDelayStddevS',
    ['autoscaler', 'actuation_delay', 'stddev'],
    'number',
    'its standard deviation (0)',
  ],
  [
    'analyzerKvCacheThreshold',
    ['autoscaler', 'analyzer', 'kv_cache_threshold'],
    'number',
    'share of a replica’s KV cache that counts as supply (0.8)',
  ],
  [
    'analyzerScaleUpThreshold',
    ['autoscaler', 'analyzer', 'scale_up_threshold'],
    'number',
    'use of the supply above which the fleet grows (0.8)',
  ],
  [
    'analyzerScaleDownBoundary',
    ['autoscaler', 'analyzer', 'scale_down_boundary'],
    'number',
    'use of the supply below which it shrinks (0.4)',
  ],
  [
    'analyzerAvgInputTokens',
    ['autoscaler', 'analyzer', 'avg_input_tokens'],
    'number',
    'prompt tokens that a waiting request counts as (512)',
  ],
  ['nodePools', ['node_pools'], 'list', 'pools of GPU nodes that instances are placed on, as a YAML list'],
] as const satisfies readonly BundleRow[];

/** Name, key in the document, text of the default, what it means: what the command line reads from files, or `run` beside it. */
type OwnRow = readonly [name: string, key: string, fallback: string, about: string];

export const OWN_SETTINGS = [
  ['workloadSpec', 'workload-spec', '', 'workload specification; wins over --workload'],
  ['recordedLoad', 'trace-data', '', 'fingerprint of a recorded load that was handed in as files'],
  ['sessionMode', 'session-mode', 'fixed', 'rounds at recorded times, or each after the one before (fixed)'],
  ['fitnessWeights', 'fitness-weights', '', 'scores the run, key:weight,…'],
] as const satisfies readonly OwnRow[];

export type SettingName =
  (typeof FLAG_SETTINGS)[number][0] | (typeof BUNDLE_SETTINGS)[number][0] | (typeof OWN_SETTINGS)[number][0];

/** As typed; '' = not given. */
export type FleetSettings = Readonly<Record<SettingName, string>>;

/** Nothing said: the reference's defaults. A model has to be named. */
export const DEFAULT_SETTINGS: FleetSettings = Object.fromEntries([
  ...FLAG_SETTINGS.map(([name, , fallback]) => [name, fallback] as const),
  ...BUNDLE_SETTINGS.map(([name]) => [name, ''] as const),
  ...OWN_SETTINGS.map(([name, , fallback]) => [name, fallback] as const),
]) as FleetSettings; // every row gave its entry

export const SETTING_NAMES = Object.keys(DEFAULT_SETTINGS) as readonly SettingName[];
