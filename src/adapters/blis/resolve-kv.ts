// KV blocks and longest context of a resolved model (BLIS 87cc70ed `cmd/root.go`), and where the numbers come from.
// The reference keeps its default of a million blocks when a capacity cannot be computed, even when the model does not fit;
// the corrected mode makes that an error.

import type { Result } from '../../base/result';
import { fail, ok } from '../../base/result';
import { isCorrected } from '../../domain/corrections';
import { kvCapacity, type CapacityFailure, type KvCapacity } from '../../catalog/kv-capacity';
import { capMaxModelLen, deriveMaxModelLen } from '../../catalog/max-model-len';
import { DEFAULT_GPU_MEMORY_UTILIZATION, DEFAULT_TOTAL_KV_BLOCKS, type BlisOptions } from './blis-options';
import type { ResolvedLatency } from './resolve-latency';

export type KvSource =
  | { readonly kind: 'given' }
  | { readonly kind: 'derived'; readonly capacity: KvCapacity }
  | { readonly kind: 'stored' }
  /** Nothing could be derived: the default stands, which is practically unlimited. */
  | { readonly kind: 'default'; readonly reason: string };

export interface ResolvedKv {
  readonly totalKvBlocks: number;
  readonly maxModelLen: number;
  readonly source: KvSource;
  readonly warnings: readonly string[];
}

type KvOptions = Pick<
  BlisOptions,
  'totalKvBlocks' | 'gpuMemoryUtilization' | 'maxModelLen' | 'blockSizeTokens'
>;

export function resolveKv(
  options: KvOptions,
  resolved: Omit<ResolvedLatency, 'warnings'>,
): Result<ResolvedKv> {
  const warnings: string[] = [];
  const blocks = resolveBlocks(options, resolved, warnings);
  if (!blocks.ok) return blocks;
  const { totalKvBlocks, source } = blocks.value;
  const { latency, facts } = resolved;
  let maxModelLen = options.maxModelLen ?? 0;
  const derives =
    latency.version !== 'b05154c' &&
    (latency.name !== 'blackbox' || isCorrected(latency, 'blackbox-context'));
  if (derives) {
    if (options.maxModelLen === undefined && facts !== undefined) maxModelLen = deriveMaxModelLen(facts);
    const capped = capMaxModelLen(maxModelLen, totalKvBlocks, options.blockSizeTokens ?? 16);
    if (capped.isCapped) {
      warnings.push(
        `A context of ${maxModelLen} tokens does not fit into ${totalKvBlocks} KV blocks; the longest context is lowered to ${capped.maxModelLen}.`,
      );
    }
    maxModelLen = capped.maxModelLen;
  }
  return ok({ totalKvBlocks, maxModelLen, source, warnings });
}

function resolveBlocks(
  options: KvOptions,
  resolved: Omit<ResolvedLatency, 'warnings'>,
  warnings: string[],
): Result<Pick<ResolvedKv, 'totalKvBlocks' | 'source'>> {
  if (options.totalKvBlocks !== undefined) {
    return ok({ totalKvBlocks: options.totalKvBlocks, source: { kind: 'given' } });
  }
  const stored = resolved.storedRow?.kvBlocks;
  const { version } = resolved.latency;
  const usesStored = version === 'b05154c' || version === '0074c8c1';
  if (usesStored && stored !== undefined && stored > 0) {
    return ok({ totalKvBlocks: stored, source: { kind: 'stored' } });
  }
  if (version === 'b05154c') {
    const reason = 'this version stores block counts with coefficient rows and has none here';
    return ok({ totalKvBlocks: DEFAULT_TOTAL_KV_BLOCKS, source: { kind: 'default', reason } });
  }
  const capacity = capacityOf(options, resolved);
  if (capacity.ok) {
    return ok({
      totalKvBlocks: capacity.value.blocks,
      source: { kind: 'derived', capacity: capacity.value },
    });
  }
  const reason = capacity.error.message;
  if (isCorrected(resolved.latency, 'capacity-error')) {
    const message = `${reason} Give --total-kv-blocks to run all the same.`;
    return fail({ code: 'bad-value', message, field: 'total-kv-blocks' });
  }
  warnings.push(
    `KV capacity cannot be computed: ${reason} ${DEFAULT_TOTAL_KV_BLOCKS} blocks are used, a cache that is practically unlimited.`,
  );
  return ok({ totalKvBlocks: DEFAULT_TOTAL_KV_BLOCKS, source: { kind: 'default', reason } });
}

/** Capacity of the resolved place; 0074c8c1 always takes the default utilisation. */
function capacityOf(
  options: KvOptions,
  { latency, facts, gpu }: Omit<ResolvedLatency, 'warnings'>,
): Result<KvCapacity, Pick<CapacityFailure, 'message'>> {
  if (facts === undefined || gpu === undefined) {
    return fail({ message: `${facts === undefined ? 'The model configuration' : 'The GPU'} is not known.` });
  }
  const utilisation = options.gpuMemoryUtilization ?? DEFAULT_GPU_MEMORY_UTILIZATION;
  return kvCapacity({
    architecture: latency.architecture ?? facts.architecture,
    shape: facts.capacity,
    gpu,
    tp: latency.tp,
    ...(latency.dp === undefined ? {} : { dp: latency.dp }),
    blockSizeTokens: options.blockSizeTokens ?? 16,
    gpuMemoryUtilization: latency.version === '0074c8c1' ? DEFAULT_GPU_MEMORY_UTILIZATION : utilisation,
    version: latency.version,
    mode: latency.mode,
    ...(latency.corrections === undefined ? {} : { corrections: latency.corrections }),
  });
}
