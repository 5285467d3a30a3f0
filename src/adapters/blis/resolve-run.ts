// Given flags and a policy bundle → what the engine takes, in the order in which the reference's command looks and refuses
// (BLIS 87cc70ed `cmd/root.go`). The command line and the page both come through here.

import { fail, ok, type Result } from '../../base/result';
import type { Catalog, ModelFacts } from '../../catalog/catalog';
import type { ClusterConfig, DisaggregationConfig } from '../../domain/cluster-config';
import type { Mode } from '../../domain/latency';
import type { EngineConfig } from '../../domain/run-config';
import type { BlisOptions } from './blis-options';
import { CLUSTER_FLAG_DEFAULTS, resolveCluster, type ClusterFlags } from './cluster-options';
import type { PolicyBundle } from './policy-bundle';
import type { KvSource } from './resolve-kv';
import {
  resolveBlisOptions,
  resolvePool,
  transferBytesPerToken,
  type PoolOptions,
  type ResolvedBlis,
} from './resolve-options';
import { CLUSTER_FLAGS, INSTANCE_FLAGS, POOL_FLAGS, type Pool, type RunValues } from './run-flags';

/** Ticks from here on mean "no horizon" (the largest 64-bit integer). */
const UNLIMITED_TICKS = 2n ** 63n - 1n;

export interface ResolvedRun {
  readonly cluster: ClusterConfig;
  readonly instance: EngineConfig;
  readonly kvSource: KvSource;
  /** `--summarize-trace` together with `--trace-level decisions`. */
  readonly summarizesTrace: boolean;
  readonly warnings: readonly string[];
}

/** @param modelFacts a config.json of the user's own, used instead of the catalogue's. */
export function resolveRun(
  values: RunValues,
  bundle: PolicyBundle | undefined,
  catalog: Catalog,
  modelFacts?: ModelFacts,
): Result<ResolvedRun> {
  const profile = values['scorer-profile'];
  if (profile !== undefined && profile !== 'default' && profile !== 'seed') {
    return unknown('scorer-profile', profile, ['default', 'seed']);
  }
  const { mode } = values;
  if (mode !== undefined && mode !== 'reference' && mode !== 'corrected') {
    return unknown('mode', mode, ['reference', 'corrected']);
  }
  const flags = clusterFlagsOf(values, profile ?? (values['legacy-signals'] === true ? 'seed' : 'default'));
  const cluster = resolveCluster(flags, bundle);
  if (!cluster.ok) return cluster;
  const { scheduler, priorityPolicy } = cluster.value;
  const options: BlisOptions = {
    ...instanceOptionsOf(values, mode),
    ...(modelFacts === undefined ? {} : { modelFacts }),
    scheduler,
    priorityPolicy,
  };
  const instance = resolveBlisOptions(options, catalog);
  if (!instance.ok) return instance;
  const replica = {
    model: options.model.toLowerCase(),
    gpuType: options.hardware ?? '',
    tp: options.tp ?? 1,
  };
  const pools = completePools({ ...cluster.value.config, replica }, values, options, instance.value, catalog);
  if (!pools.ok) return pools;
  return ok({
    cluster: pools.value.config,
    instance: instance.value.config,
    kvSource: instance.value.kvSource,
    summarizesTrace: flags.summarizeTrace && pools.value.config.recordDecisions,
    warnings: [...cluster.value.warnings, ...instance.value.warnings, ...pools.value.warnings],
  });
}

const unknown = (flag: string, found: string, valid: readonly string[]) =>
  fail({
    code: 'unknown-name' as const,
    message: `--${flag}: found "${found}", expected ${valid.join(' or ')}.`,
    field: flag,
  });

function clusterFlagsOf(values: RunValues, scorerProfile: ClusterFlags['scorerProfile']): ClusterFlags {
  const given = CLUSTER_FLAGS.filter(([flag]) => values[flag] !== undefined);
  return {
    ...CLUSTER_FLAG_DEFAULTS,
    ...Object.fromEntries(given.map(([flag, , key]) => [key, values[flag]])),
    scorerProfile,
    explicit: new Set(given.map(([flag]) => flag)),
  };
}

function instanceOptionsOf(values: RunValues, mode: Mode | undefined): BlisOptions {
  const { seed } = values;
  const horizonUs = horizonOf(values);
  const plain = INSTANCE_FLAGS.filter(([flag]) => flag !== 'horizon' && flag !== 'seed' && flag !== 'mode');
  return {
    ...Object.fromEntries(
      plain.flatMap(([flag, , key]) => (values[flag] === undefined ? [] : [[key, values[flag]]])),
    ),
    model: values.model ?? '',
    ...(mode === undefined ? {} : { mode }),
    ...(horizonUs === undefined ? {} : { horizonUs }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  };
}

/** µs; absent = not given, Infinity = the largest tick. */
export function horizonOf({ horizon }: RunValues): number | undefined {
  if (horizon === undefined) return undefined;
  return horizon >= UNLIMITED_TICKS ? Infinity : Number(horizon);
}

const poolOptionsOf = (values: RunValues, pool: Pool): PoolOptions =>
  Object.fromEntries(
    POOL_FLAGS.flatMap(([flag, , key]) => {
      const value = values[`${pool}-${flag}`];
      return value === undefined ? [] : [[key, value]];
    }),
  );

/** Fills in what the pools have of their own and how large a token's KV is. */
function completePools(
  config: ClusterConfig,
  values: RunValues,
  options: BlisOptions,
  instance: ResolvedBlis,
  catalog: Catalog,
): Result<{ readonly config: ClusterConfig; readonly warnings: readonly string[] }> {
  const { disaggregation } = config;
  if (disaggregation === undefined) return ok({ config, warnings: [] });
  const resolve = (pool: Pool): ReturnType<typeof resolvePool> => {
    const own = poolOptionsOf(values, pool);
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
  // The pools resolve the same model once more: what they say again is not told twice.
  const said = new Set(instance.warnings);
  const warnings = [...prefill.value.warnings, ...decode.value.warnings].filter((text) => !said.has(text));
  return ok({ config: { ...config, disaggregation: complete }, warnings: [...new Set(warnings)] });
}
