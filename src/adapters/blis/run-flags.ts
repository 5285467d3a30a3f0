// The flags of `run`, once: the command line, the form of the page, its YAML document and its links all read these tables
// (names of BLIS 87cc70ed `cmd/root.go`). A flag that was not given is absent, which is not the same as its default.

import type { ClusterFlags } from './cluster-options';
import type { BlisOptions } from './blis-options';
import type { PoolOptions } from './resolve-options';

/** `whole` is read as a double; `int64` exactly; `number` may be infinite, and the rule that refuses it says so. */
export type FlagKind = 'text' | 'whole' | 'int64' | 'number' | 'switch' | 'numbers';

/** Flag, kind, key of what it sets, what it means with its default in brackets. */
type Row<Key extends string> = readonly [flag: string, kind: FlagKind, key: Key, about: string];

/** One serving instance. */
export const INSTANCE_FLAGS = [
  ['model', 'text', 'model', 'model to serve, for example qwen/qwen3-14b'],
  ['hardware', 'text', 'hardware', 'GPU type; default from the catalogue'],
  ['tp', 'whole', 'tp', 'tensor-parallel degree; default from the catalogue'],
  ['vllm-version', 'text', 'vllmVersion', 'selects black-box coefficients'],
  [
    'latency-model',
    'text',
    'latencyModel',
    'roofline, blackbox, crossmodel, trained-roofline or trained-physics; physics is ours',
  ],
  ['alpha-coeffs', 'numbers', 'alpha', 'queueing and output overheads, comma-joined'],
  ['beta-coeffs', 'numbers', 'beta', 'step-time coefficients, comma-joined'],
  ['gpu-memory-utilization', 'number', 'gpuMemoryUtilization', 'share of GPU memory to use (0.9)'],
  ['total-kv-blocks', 'whole', 'totalKvBlocks', 'KV blocks (computed for analytical models, else 1000000)'],
  ['block-size-in-tokens', 'whole', 'blockSizeTokens', 'tokens per KV block (16)'],
  ['max-num-running-reqs', 'whole', 'maxNumRunningReqs', 'batch slots (256)'],
  ['max-num-scheduled-tokens', 'whole', 'maxNumScheduledTokens', 'token budget of a step (2048)'],
  [
    'long-prefill-token-threshold',
    'whole',
    'longPrefillTokenThreshold',
    'most prompt tokens of one request in a step; 0 = off',
  ],
  ['max-model-len', 'whole', 'maxModelLen', 'context limit in tokens; 0 = unlimited or derived'],
  ['kv-cpu-blocks', 'whole', 'kvCpuBlocks', 'blocks of the CPU tier; 0 = none'],
  ['kv-offload-threshold', 'number', 'kvOffloadThreshold', 'accepted, without effect (0.9)'],
  ['kv-transfer-bandwidth', 'number', 'kvTransferBandwidth', 'tokens per tick between CPU and GPU (100)'],
  ['kv-transfer-base-latency', 'whole', 'kvTransferBaseLatencyUs', 'ticks per transferred block (0)'],
  ['admission-latency', 'whole', 'admissionLatencyUs', 'ticks before the admission decision (0)'],
  ['routing-latency', 'whole', 'routingLatencyUs', 'ticks before the routing decision (0)'],
  [
    'pipelined-scheduling',
    'switch',
    'pipelinedScheduling',
    'decide each batch one step ahead, as vLLM 0.14 and later; the reference does not',
  ],
  ['mode', 'text', 'mode', 'reference, or corrected without the reference’s mistakes (reference)'],
  ['horizon', 'int64', 'horizonUs', 'end of the simulation in µs'],
  ['seed', 'int64', 'seed', 'seed of everything random (42)'],
] as const satisfies readonly Row<keyof BlisOptions>[];

/** A fleet and the policies in front of it; scheduler and priority policy act in the instances, but bundles name them too. */
export const CLUSTER_FLAGS = [
  ['num-instances', 'whole', 'numInstances', 'serving instances (1)'],
  [
    'admission-policy',
    'text',
    'admissionPolicy',
    'always-admit, token-bucket, reject-all, tier-shed or gaie-legacy',
  ],
  ['token-bucket-capacity', 'number', 'tokenBucketCapacity', 'tokens the admission bucket holds (10000)'],
  ['token-bucket-refill-rate', 'number', 'tokenBucketRefillRate', 'tokens per second (1000)'],
  ['routing-policy', 'text', 'routingPolicy', 'round-robin, least-loaded, weighted or always-busiest'],
  ['routing-scorers', 'text', 'routingScorers', 'scorers of weighted routing, name:weight,…'],
  [
    'scorer-profile',
    'text',
    'scorerProfile',
    'scorers of weighted routing when none are named: default or seed (default; seed with legacy signals)',
  ],
  ['legacy-signals', 'switch', 'legacySignals', "the founding era's load signals and tie-breaks"],
  ['scheduler', 'text', 'scheduler', 'fcfs, priority-fcfs, sjf or reverse-priority (fcfs)'],
  ['priority-policy', 'text', 'priorityPolicy', 'constant, slo-based or inverted-slo (constant)'],
  [
    'snapshot-refresh-interval',
    'whole',
    'snapshotRefreshIntervalUs',
    'age in µs up to which load signals may be stale (0)',
  ],
  ['cache-signal-delay', 'whole', 'cacheSignalDelayUs', 'age in µs of the prefix-cache signal (50000)'],
  ['trace-level', 'text', 'traceLevel', 'none or decisions (none)'],
  ['counterfactual-k', 'whole', 'counterfactualK', 'alternatives recorded with each decision (0)'],
  ['summarize-trace', 'switch', 'summarizeTrace', 'print the decision summary'],
  ['flow-control', 'switch', 'flowControl', 'hold admitted requests at the gateway while saturated'],
  ['saturation-detector', 'text', 'saturationDetector', 'never, utilization or concurrency (never)'],
  ['dispatch-order', 'text', 'dispatchOrder', 'fifo or priority (fifo)'],
  ['max-gateway-queue-depth', 'whole', 'maxGatewayQueueDepth', 'places at the gateway; 0 = unlimited'],
  [
    'queue-depth-threshold',
    'number',
    'queueDepthThreshold',
    'waiting requests that saturate an instance (5)',
  ],
  ['kv-cache-util-threshold', 'number', 'kvCacheUtilThreshold', 'KV use that saturates an instance (0.8)'],
  [
    'max-concurrency',
    'whole',
    'maxConcurrency',
    'requests in flight per instance for the concurrency detector (100)',
  ],
  ['prefill-instances', 'whole', 'prefillInstances', 'instances that only prefill (0)'],
  ['decode-instances', 'whole', 'decodeInstances', 'instances that only decode (0)'],
  ['pd-decider', 'text', 'pdDecider', 'never, always or prefix-threshold (never)'],
  [
    'pd-prefix-threshold',
    'whole',
    'pdPrefixThreshold',
    'unknown prompt tokens above which a request is taken apart (512)',
  ],
  ['pd-transfer-bandwidth', 'number', 'pdTransferBandwidthGbs', 'GB/s from prefill to decode (25)'],
  ['pd-transfer-base-latency', 'number', 'pdTransferBaseLatencyMs', 'ms of every transfer (0.05)'],
  ['pd-transfer-contention', 'switch', 'pdTransferContention', 'transfers share the bandwidth'],
  ['prefill-routing-scorers', 'text', 'prefillRoutingScorers', 'scorers of the prefill pool'],
  ['decode-routing-scorers', 'text', 'decodeRoutingScorers', 'scorers of the decode pool'],
  [
    'model-autoscaler-interval-us',
    'whole',
    'modelAutoscalerIntervalUs',
    'µs between autoscaler ticks; 0 = off',
  ],
] as const satisfies readonly Row<Exclude<keyof ClusterFlags, 'explicit'>>[];

/** What the prefill and the decode pool may have of their own; the pool's name stands in front of the flag. */
export const POOL_FLAGS = [
  ['tp', 'whole', 'tp', 'tensor-parallel degree'],
  ['hardware', 'text', 'hardware', 'GPU type'],
  ['latency-model', 'text', 'latencyModel', 'latency model'],
  ['max-model-len', 'whole', 'maxModelLen', 'context limit'],
] as const satisfies readonly Row<keyof PoolOptions>[];

/** Requests that flags alone describe. */
export const WORKLOAD_FLAGS = [
  ['workload', 'text', 'workload', 'distribution, traces, or a preset of the catalogue (distribution)'],
  ['rate', 'number', 'rate', 'requests per second (1)'],
  ['num-requests', 'whole', 'numRequests', 'cap on the number of requests (100)'],
  ['concurrency', 'whole', 'concurrency', 'virtual users instead of a rate (0)'],
  ['think-time-ms', 'whole', 'thinkTimeMs', 'pause of a virtual user between requests (0)'],
  ['prompt-tokens', 'whole', 'promptMean', 'mean prompt length (512)'],
  ['prompt-tokens-stdev', 'whole', 'promptStddev', 'its standard deviation (256)'],
  ['prompt-tokens-min', 'whole', 'promptMin', 'shortest prompt (2)'],
  ['prompt-tokens-max', 'whole', 'promptMax', 'longest prompt (7000)'],
  ['output-tokens', 'whole', 'outputMean', 'mean output length (512)'],
  ['output-tokens-stdev', 'whole', 'outputStddev', 'its standard deviation (256)'],
  ['output-tokens-min', 'whole', 'outputMin', 'shortest output (2)'],
  ['output-tokens-max', 'whole', 'outputMax', 'longest output (7000)'],
  ['prefix-tokens', 'whole', 'prefixTokens', 'tokens shared by all prompts (0)'],
] as const satisfies readonly Row<string>[];

export const POOLS = ['prefill', 'decode'] as const;
export type Pool = (typeof POOLS)[number];

interface Values {
  readonly text: string;
  readonly whole: number;
  readonly int64: bigint;
  readonly number: number;
  readonly switch: boolean;
  readonly numbers: readonly number[];
}

type PlainRow =
  (typeof INSTANCE_FLAGS)[number] | (typeof CLUSTER_FLAGS)[number] | (typeof WORKLOAD_FLAGS)[number];
type PoolRow = (typeof POOL_FLAGS)[number];

/** What was given, by flag name without dashes; can be cloned to a worker. */
export type RunValues = {
  readonly [R in PlainRow as R[0]]?: Values[R[1]];
} & {
  readonly [R in PoolRow as `${Pool}-${R[0]}`]?: Values[R[1]];
};
export type RunFlag = keyof RunValues;

export interface FlagFacts {
  readonly kind: FlagKind;
  readonly about: string;
}

/** Kind and meaning of every flag of RunValues. */
export const RUN_FLAGS: ReadonlyMap<RunFlag, FlagFacts> = new Map<RunFlag, FlagFacts>([
  ...[...INSTANCE_FLAGS, ...CLUSTER_FLAGS, ...WORKLOAD_FLAGS].map(
    ([flag, kind, , about]) => [flag, { kind, about }] as const,
  ),
  ...POOLS.flatMap((pool) =>
    POOL_FLAGS.map(
      ([flag, kind, , about]) =>
        [`${pool}-${flag}`, { kind, about: `${about} of the ${pool} pool` }] as const,
    ),
  ),
]);
