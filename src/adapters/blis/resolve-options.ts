// Options → one runnable instance: the order in which the reference's command fills in, looks up, derives and refuses
// (BLIS 87cc70ed `cmd/root.go`). Construction errors come last, after the capacity has been derived or given up.

import type { Result } from '../../base/result';
import { fail, ok } from '../../base/result';
import type { Catalog } from '../../catalog/catalog';
import { kvBytesPerToken } from '../../catalog/kv-capacity';
import type { PoolOverride } from '../../domain/cluster-config';
import { latencyErrors } from '../../engine/latency-errors';
import type { LatencyModel } from '../../domain/latency';
import { ENGINE_DEFAULTS, type EngineConfig } from '../../domain/run-config';
import type { BlisOptions } from './blis-options';
import { firstOutOfRange } from './engine-limits';
import { resolveKv, type KvSource } from './resolve-kv';
import { resolveLatency } from './resolve-latency';

export type { BlisOptions } from './blis-options';

export interface ResolvedBlis {
  readonly config: EngineConfig;
  readonly warnings: string[];
  /** Where the number of KV blocks comes from. */
  readonly kvSource: KvSource;
}

export function resolveBlisOptions(options: BlisOptions, catalog: Catalog): Result<ResolvedBlis> {
  const wrong = firstOutOfRange(options);
  if (wrong !== undefined) return fail({ code: 'bad-value', ...wrong });
  const resolved = resolveLatency(options, catalog);
  if (!resolved.ok) return resolved;
  const kv = resolveKv(options, resolved.value);
  if (!kv.ok) return kv;
  const { latency } = resolved.value;
  const built = checkBuildable(latency);
  if (!built.ok) return built;
  const { totalKvBlocks, maxModelLen } = kv.value;
  const blockSizeTokens = options.blockSizeTokens ?? ENGINE_DEFAULTS.blockSizeTokens;
  if (maxModelLen > 0 && Math.ceil(maxModelLen / blockSizeTokens) > totalKvBlocks) {
    const message = `A context of ${maxModelLen} tokens needs ${Math.ceil(maxModelLen / blockSizeTokens)} KV blocks of ${blockSizeTokens}; ${totalKvBlocks} exist. Lower --max-model-len or raise --total-kv-blocks.`;
    return fail({ code: 'bad-value', message, field: 'max-model-len' });
  }
  return ok({
    config: {
      ...ENGINE_DEFAULTS,
      ...givenEngineOptions(options),
      model: options.model.toLowerCase(),
      latency,
      totalKvBlocks,
      maxModelLen,
      mode: latency.mode,
    },
    warnings: [...resolved.value.warnings, ...kv.value.warnings],
    kvSource: kv.value.source,
  });
}

/** One clear problem for everything the model's constructor refuses. */
function checkBuildable(latency: LatencyModel): Result<LatencyModel> {
  const errors = latencyErrors(latency);
  if (errors.length === 0) return ok(latency);
  const reasons = errors.map((error) => error.message).join(' ');
  const field = flagOf(errors[0]?.code ?? '');
  // A degree that does not fit says all by itself.
  const message = field === 'tp' ? reasons : `The ${latency.name} model cannot be built: ${reasons}`;
  return fail({ code: 'bad-value', message, field });
}

/** The flag to look at when a model cannot be built. */
function flagOf(code: string): string {
  if (code.startsWith('tp') || code.endsWith('_by_tp')) return 'tp';
  if (code.startsWith('alpha')) return 'alpha-coeffs';
  if (code.startsWith('beta')) return 'beta-coeffs';
  return code.startsWith('peak') || code.startsWith('mem') || code.startsWith('mfu') ? 'hardware' : 'model';
}

const ENGINE_KEYS = [
  'blockSizeTokens',
  'maxNumRunningReqs',
  'maxNumScheduledTokens',
  'longPrefillTokenThreshold',
  'kvCpuBlocks',
  'kvTransferBandwidth',
  'kvTransferBaseLatencyUs',
  'admissionLatencyUs',
  'routingLatencyUs',
  'scheduler',
  'priorityPolicy',
  'horizonUs',
  'seed',
  'pipelinedScheduling',
] as const satisfies readonly (keyof BlisOptions & keyof EngineConfig)[];

/** The options that pass through unchanged; absent ones leave the default. */
const givenEngineOptions = (options: BlisOptions): Partial<EngineConfig> =>
  Object.fromEntries(ENGINE_KEYS.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])));

/** What a prefill or decode pool has of its own; absent = the cluster's value. */
export interface PoolOptions {
  readonly tp?: number;
  readonly hardware?: string;
  readonly latencyModel?: string;
  readonly maxModelLen?: number;
}

/**
 * The instances of a pool. Coefficients stay those resolved for the whole cluster, so a model with other lengths is refused;
 * KV blocks are derived again only where TP or GPU differ, and then bound the context.
 */
export function resolvePool(
  pool: PoolOptions,
  options: BlisOptions,
  cluster: ResolvedBlis,
  catalog: Catalog,
): Result<{ readonly override: PoolOverride; readonly warnings: readonly string[] }> {
  const global = cluster.config.latency;
  const tp = pool.tp ?? global.tp;
  const hardware = pool.hardware ?? global.gpu?.name;
  const name = pool.latencyModel ?? global.name;
  const movesElsewhere = tp !== global.tp || hardware !== global.gpu?.name;
  const { alpha: _alpha, beta: _beta, gpu: _gpu, ...rest } = options;
  const resolved = resolveLatency(
    {
      ...rest,
      tp,
      latencyModel: name,
      ...(hardware === undefined ? {} : { hardware }),
      ...(movesElsewhere || options.gpu === undefined ? {} : { gpu: options.gpu }),
      // A regression needs no row of its own here: its vectors are the cluster's.
      ...(name === 'blackbox' ? global.coefficients : {}),
    },
    catalog,
  );
  if (!resolved.ok) return resolved;
  const latency: LatencyModel = { ...resolved.value.latency, coefficients: global.coefficients };
  const built = checkBuildable(latency);
  if (!built.ok) return built;
  if (!movesElsewhere || name === 'blackbox') {
    const maxModelLen = pool.maxModelLen === undefined ? {} : { maxModelLen: pool.maxModelLen };
    return ok({ override: { latency, ...maxModelLen }, warnings: resolved.value.warnings });
  }
  const { totalKvBlocks: _blocks, ...derivable } = options;
  const kv = resolveKv(
    { ...derivable, maxModelLen: cluster.config.maxModelLen },
    { ...resolved.value, latency },
  );
  if (!kv.ok) return kv;
  return ok({
    override: {
      latency,
      totalKvBlocks: kv.value.totalKvBlocks,
      maxModelLen: pool.maxModelLen ?? kv.value.maxModelLen,
    },
    warnings: [...resolved.value.warnings, ...kv.value.warnings],
  });
}

/** KV bytes per token on one GPU of a model, which sizes prefill→decode transfers (with the prefill pool's TP). */
export function transferBytesPerToken(latency: LatencyModel): Result<number> {
  const { architecture } = latency;
  if (architecture === undefined) {
    const message =
      'Prefill and decode pools need the architecture of the model to size KV transfers; add its config.json.';
    return fail({ code: 'missing-key', message, field: 'model' });
  }
  const kappa = kvBytesPerToken({ ...latency, architecture });
  return kappa.ok ? kappa : fail({ code: 'bad-value', message: kappa.error.message, field: 'tp' });
}
