// Device memory of one GPU, bytes (aiconfigurator v0.9.0, sdk/backends/base_backend.py): weights, activations of a step, KV cache,
// communication buffers and a fixed rest.

import type { AicModel, Parallelism } from './model-facts';
import type { OperatorLists } from './operators';
import { KV_FORMATS } from './quantisation';
import { ncclMemoryBytes, OTHER_MEMORY_BYTES, type SystemConstants } from './systems';

export interface MemoryUse {
  readonly totalBytes: number;
  readonly weightBytes: number;
  readonly activationBytes: number;
  readonly kvCacheBytes: number;
  readonly ncclBytes: number;
  readonly otherBytes: number;
  readonly isOutOfMemory: boolean;
}

/** Activation bytes per token and head element, by tensor-parallel width. */
const ACTIVATION_FACTORS: Readonly<Record<AicModel['family'], Readonly<Record<number, number>>>> = {
  LLAMA: { 1: 11, 2: 6.5, 4: 5, 8: 5 },
  MOE: { 1: 22, 2: 13, 4: 10, 8: 10 },
};
const LEAST_ACTIVATIONS = 70 * 2 ** 20;

export interface MemoryLoad {
  readonly batch: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Tokens in one step. */
  readonly stepTokens: number;
}

export function memoryUse(
  model: AicModel,
  parallel: Parallelism,
  operators: OperatorLists,
  kvFormat: string,
  system: SystemConstants,
  load: MemoryLoad,
): MemoryUse {
  const weightBytes =
    operators.context.reduce((sum, operator) => sum + operator.weightBytes, 0) / parallel.pp;
  const factor = ACTIVATION_FACTORS[model.family][Math.min(parallel.tp, 8)] ?? 0;
  const activationBytes = Math.max(
    2 * load.stepTokens * model.heads * model.headSize * factor,
    LEAST_ACTIVATIONS,
  );
  const kvHeads = Math.ceil((model.kvHeads === 0 ? model.heads : model.kvHeads) / parallel.tp);
  const kvCacheBytes =
    load.batch *
    Math.max(0, load.inputTokens + load.outputTokens) *
    (KV_FORMATS[kvFormat]?.bytes ?? 0) *
    2 *
    kvHeads *
    model.headSize *
    model.layers;
  const ncclBytes = ncclMemoryBytes(parallel.tp);
  const totalBytes = weightBytes + activationBytes + kvCacheBytes + ncclBytes + OTHER_MEMORY_BYTES;
  return {
    totalBytes,
    weightBytes,
    activationBytes,
    kvCacheBytes,
    ncclBytes,
    otherBytes: OTHER_MEMORY_BYTES,
    isOutOfMemory: totalBytes >= system.memoryCapacityBytes,
  };
}
