// Flags of a fleet and of the policies in front of it (BLIS 87cc70ed `cmd/root.go`), and what they resolve to.

import type { Command } from 'commander';
import { formatProblem } from '../../base/problem';
import { ok, type Result } from '../../base/result';
import {
  CLUSTER_FLAG_DEFAULTS,
  resolveCluster,
  type ClusterFlags,
  type ResolvedCluster,
} from '../../adapters/blis/cluster-options';
import { parsePolicyBundle, type PolicyBundle } from '../../adapters/blis/policy-bundle';
import {
  resolvePool,
  transferBytesPerToken,
  type BlisOptions,
  type PoolOptions,
  type ResolvedBlis,
} from '../../adapters/blis/resolve-options';
import type { Catalog } from '../../catalog/catalog';
import type { ClusterConfig, DisaggregationConfig } from '../../domain/cluster-config';
import { UsageError, type Io } from '../io';
import { anyNumberOption, booleanOption, wholeOption } from '../option-values';

/** Flag name, key in ClusterFlags, value text for the help, what it means. */
const TEXT_FLAGS = [
  ['admission-policy', 'admissionPolicy', 'always-admit, token-bucket, reject-all, tier-shed or gaie-legacy'],
  ['routing-policy', 'routingPolicy', 'round-robin, least-loaded, weighted or always-busiest'],
  ['routing-scorers', 'routingScorers', 'scorers of weighted routing, name:weight,…'],
  ['trace-level', 'traceLevel', 'none or decisions'],
  ['saturation-detector', 'saturationDetector', 'never, utilization or concurrency'],
  ['dispatch-order', 'dispatchOrder', 'fifo or priority'],
  ['pd-decider', 'pdDecider', 'never, always or prefix-threshold'],
  ['prefill-routing-scorers', 'prefillRoutingScorers', 'scorers of the prefill pool'],
  ['decode-routing-scorers', 'decodeRoutingScorers', 'scorers of the decode pool'],
] as const satisfies readonly (readonly [string, keyof ClusterFlags, string])[];
const WHOLE_FLAGS = [
  ['num-instances', 'numInstances', 'serving instances (1)'],
  [
    'snapshot-refresh-interval',
    'snapshotRefreshIntervalUs',
    'age in µs up to which load signals may be stale (0)',
  ],
  ['cache-signal-delay', 'cacheSignalDelayUs', 'age in µs of the prefix-cache signal (50000)'],
  ['counterfactual-k', 'counterfactualK', 'alternatives recorded with each decision (0)'],
  ['max-gateway-queue-depth', 'maxGatewayQueueDepth', 'places at the gateway; 0 = unlimited'],
  ['max-concurrency', 'maxConcurrency', 'requests in flight per instance for the concurrency detector (100)'],
  ['prefill-instances', 'prefillInstances', 'instances that only prefill (0)'],
  ['decode-instances', 'decodeInstances', 'instances that only decode (0)'],
  [
    'pd-prefix-threshold',
    'pdPrefixThreshold',
    'unknown prompt tokens above which a request is taken apart (512)',
  ],
  ['model-autoscaler-interval-us', 'modelAutoscalerIntervalUs', 'µs between autoscaler ticks; 0 = off'],
] as const satisfies readonly (readonly [string, keyof ClusterFlags, string])[];
const NUMBER_FLAGS = [
  ['token-bucket-capacity', 'tokenBucketCapacity', 'tokens the admission bucket holds (10000)'],
  ['token-bucket-refill-rate', 'tokenBucketRefillRate', 'tokens per second (1000)'],
  ['queue-depth-threshold', 'queueDepthThreshold', 'waiting requests that saturate an instance (5)'],
  ['kv-cache-util-threshold', 'kvCacheUtilThreshold', 'KV use that saturates an instance (0.8)'],
  ['pd-transfer-bandwidth', 'pdTransferBandwidthGbs', 'GB/s from prefill to decode (25)'],
  ['pd-transfer-base-latency', 'pdTransferBaseLatencyMs', 'ms of every transfer (0.05)'],
] as const satisfies readonly (readonly [string, keyof ClusterFlags, string])[];
const SWITCHES = [
  ['summarize-trace', 'summarizeTrace', 'print the decision summary'],
  ['flow-control', 'flowControl', 'hold admitted requests at the gateway while saturated'],
  ['pd-transfer-contention', 'pdTransferContention', 'transfers share the bandwidth'],
  ['legacy-signals', 'legacySignals', "the founding era's load signals and tie-breaks"],
] as const satisfies readonly (readonly [string, keyof ClusterFlags, string])[];

export type ClusterFlagValues = Readonly<Record<string, unknown>>;

export function addClusterFlags(command: Command): Command {
  for (const [flag, , about] of TEXT_FLAGS) command.option(`--${flag} <text>`, about);
  for (const [flag, , about] of WHOLE_FLAGS) command.option(`--${flag} <n>`, about, wholeOption(flag));
  for (const [flag, , about] of NUMBER_FLAGS) command.option(`--${flag} <x>`, about, anyNumberOption(flag));
  for (const [flag, , about] of SWITCHES) command.option(`--${flag} [bool]`, about, booleanOption(flag));
  return command
    .option(
      '--scorer-profile <name>',
      'scorers of weighted routing when none are named: default or seed',
      'default',
    )
    .option('--policy-config <file>', 'policy bundle (YAML)')
    .option('--prefill-tp <n>', 'tensor-parallel degree of the prefill pool', wholeOption('prefill-tp'))
    .option('--decode-tp <n>', 'tensor-parallel degree of the decode pool', wholeOption('decode-tp'))
    .option('--prefill-hardware <gpu>', 'GPU type of the prefill pool')
    .option('--decode-hardware <gpu>', 'GPU type of the decode pool')
    .option('--prefill-latency-model <name>', 'latency model of the prefill pool')
    .option('--decode-latency-model <name>', 'latency model of the decode pool')
    .option(
      '--prefill-max-model-len <n>',
      'context limit of the prefill pool',
      wholeOption('prefill-max-model-len'),
    )
    .option(
      '--decode-max-model-len <n>',
      'context limit of the decode pool',
      wholeOption('decode-max-model-len'),
    )
    .option('--decisions-path <file>', 'every decision of the control plane as CSV');
}

const camelCase = (flag: string): string =>
  flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function clusterFlagsOf(flags: ClusterFlagValues): ClusterFlags {
  const explicit = new Set<string>();
  const values: Record<string, unknown> = {};
  const take = (flag: string, key: string): void => {
    const value = flags[camelCase(flag)];
    if (value === undefined) return;
    explicit.add(flag);
    values[key] = value;
  };
  for (const [flag, key] of [...TEXT_FLAGS, ...WHOLE_FLAGS, ...NUMBER_FLAGS, ...SWITCHES]) take(flag, key);
  take('scheduler', 'scheduler');
  take('priority-policy', 'priorityPolicy');
  const profile = flags['scorerProfile'];
  if (profile !== 'default' && profile !== 'seed') {
    throw new UsageError(`--scorer-profile: found "${String(profile)}", expected default or seed.`);
  }
  return { ...CLUSTER_FLAG_DEFAULTS, ...values, scorerProfile: profile, explicit };
}

async function bundleOf(io: Io, flags: ClusterFlagValues): Promise<PolicyBundle | undefined> {
  const path = flags['policyConfig'];
  if (typeof path !== 'string') return undefined;
  const bundle = parsePolicyBundle(await io.readText(path), path);
  if (!bundle.ok) throw new UsageError(formatProblem(bundle.error));
  return bundle.value;
}

/** The fleet that the flags and the bundle describe; warnings go to stderr, a problem ends the command. */
export async function readCluster(io: Io, flags: ClusterFlagValues): Promise<ResolvedCluster> {
  const resolved = resolveCluster(clusterFlagsOf(flags), await bundleOf(io, flags));
  if (!resolved.ok) throw new UsageError(formatProblem(resolved.error));
  for (const warning of resolved.value.warnings) io.stderr(`warning: ${warning}\n`);
  return resolved.value;
}

function poolOptions(flags: ClusterFlagValues, pool: 'prefill' | 'decode'): PoolOptions {
  const take = (key: string, name: string) => {
    const value = flags[`${pool}${key}`];
    return value === undefined ? {} : { [name]: value };
  };
  return {
    ...take('Tp', 'tp'),
    ...take('Hardware', 'hardware'),
    ...take('LatencyModel', 'latencyModel'),
    ...take('MaxModelLen', 'maxModelLen'),
  };
}

/** Fills in what the pools have of their own and how large a token's KV is. */
export function completePools(
  config: ClusterConfig,
  flags: ClusterFlagValues,
  options: BlisOptions,
  instance: ResolvedBlis,
  catalog: Catalog,
): Result<ClusterConfig> {
  const { disaggregation } = config;
  if (disaggregation === undefined) return ok(config);
  const resolve = (pool: 'prefill' | 'decode'): ReturnType<typeof resolvePool> => {
    const own = poolOptions(flags, pool);
    if (Object.keys(own).length === 0) return ok({ override: {}, warnings: [] });
    return resolvePool(own, options, instance, catalog);
  };
  const prefill = resolve('prefill');
  if (!prefill.ok) return prefill;
  const decode = resolve('decode');
  if (!decode.ok) return decode;
  const bytes = transferBytesPerToken(prefill.value.override.latency ?? instance.config.latency);
  if (!bytes.ok) return bytes;
  const complete: DisaggregationConfig = {
    ...disaggregation,
    kvBytesPerToken: bytes.value,
    prefill: prefill.value.override,
    decode: decode.value.override,
  };
  return ok({ ...config, disaggregation: complete });
}

/** True if one instance, always admitted and with nothing recorded: the engine alone says the same, and logs steps. */
export function isPlain(config: ClusterConfig): boolean {
  return (
    config.instances === 1 &&
    config.admission.policy === 'always-admit' &&
    Object.keys(config.tenantBudgets).length === 0 &&
    !config.recordDecisions &&
    config.flowControl === undefined &&
    config.disaggregation === undefined &&
    config.autoscaler === undefined &&
    config.nodePools.length === 0
  );
}
