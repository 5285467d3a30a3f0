// How many KV blocks fit beside the weights: BLIS 87cc70ed `sim/latency` (KV capacity), with the deviations of 0074c8c1
// and f90a1e3a, and our corrected rule. Bytes are whole numbers, GiB = 2^30 byte, κ = KV bytes per token on one GPU.
//
// The reference divides the free memory of all TP GPUs by the KV bytes of one GPU, so its counts grow with TP²; the
// corrected rule counts one GPU, whose share of weights is 1/TP. The reference keeps a practically unlimited default when a
// model does not fit; that decision is the caller's (adapters/blis/resolve-options).

import { isCorrected, type Corrected } from '../domain/corrections';
import type { GpuFacts, ModelArchitecture, ReferenceVersion } from '../domain/latency';
import { unevenHeads } from '../domain/tensor-parallel';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { CapacityShape } from './catalog';

export const CAPACITY_CODES = [
  'utilization_out_of_range',
  'block_size_not_positive',
  'ffn_not_positive',
  'vocab_not_positive',
  'memory_not_positive',
  'weight_bytes_negative',
  'expert_count_missing',
  'activation_unsupported',
  'tp_not_positive',
  'heads_not_positive',
  'layers_not_positive',
  'hidden_not_positive',
  'dtype_unknown',
  'hidden_not_divisible_by_heads',
  'kv_heads_negative',
  'kv_heads_not_divisible_by_tp',
  'kv_bytes_not_positive',
  'block_bytes_not_positive',
  'does_not_fit',
  'no_block_fits',
] as const;
export type CapacityCode = (typeof CAPACITY_CODES)[number];

export interface CapacityFailure {
  readonly code: CapacityCode;
  readonly message: string;
}

export interface CapacityQuestion extends Corrected {
  readonly architecture: ModelArchitecture;
  readonly shape: CapacityShape;
  readonly gpu: Pick<GpuFacts, 'name' | 'memoryGib'>;
  readonly tp: number;
  /** f90a1e3a only. */
  readonly dp?: number;
  readonly blockSizeTokens: number;
  readonly gpuMemoryUtilization: number;
  readonly version?: ReferenceVersion;
}

/** Blocks, and what fills the memory they were computed from (all GPUs in the reference, one GPU when corrected). */
export interface KvCapacity {
  readonly blocks: number;
  readonly kvBytesPerTokenPerGpu: number;
  readonly blockBytes: number;
  readonly parameters: number;
  readonly availableGib: number;
  readonly weightGib: number;
  readonly activationGib: number;
  readonly nonTorchGib: number;
  readonly freeBytes: number;
}

const GIB = 2 ** 30;
const DENSE_ACTIVATION_GIB = 5.5;
const MOE_ACTIVATION_GIB = 8;
const NON_TORCH_GIB = { single: 0.15, parallel: 0.6 };
const GATED_ACTIVATIONS: readonly string[] = ['silu', 'swiglu', 'geglu', ''];
/** Compute type that vLLM would choose where config.json is silent. */
const DEFAULT_DTYPE_BYTES = 2;

const failure = (
  code: CapacityCode,
  message: string,
): { readonly ok: false; readonly error: CapacityFailure } => fail({ code, message });

type Rules = Pick<CapacityQuestion, 'version' | 'mode' | 'corrections'>;

/** f90a1e3a made several of our corrections its own. */
const isLater = (rules: Rules): boolean => rules.version === 'f90a1e3a';
const usesQuantization = (rules: Rules): boolean =>
  rules.version !== '0074c8c1' && rules.version !== 'b05154c';

const kvHeadsOf = (architecture: ModelArchitecture): number =>
  architecture.kvHeads === 0 ? architecture.heads : architecture.kvHeads;

function headDimOf(architecture: ModelArchitecture, rules: Rules): number {
  const usesStated = isLater(rules) || isCorrected(rules, 'stated-head-size');
  const stated = usesStated ? architecture.statedHeadDim : undefined;
  return stated ?? architecture.hidden / architecture.heads;
}

function dtypeBytesOf(architecture: ModelArchitecture, rules: Rules): number {
  const { dtypeBytes } = architecture;
  return dtypeBytes === 0 && isCorrected(rules, 'default-dtype') ? DEFAULT_DTYPE_BYTES : dtypeBytes;
}

/** κ, also the unit of prefill→decode transfers. */
export function kvBytesPerToken(
  question: Pick<CapacityQuestion, 'architecture' | 'tp'> & Rules,
): Result<number, CapacityFailure> {
  const { architecture, tp } = question;
  const rules: Rules = question;
  const { heads, layers, hidden } = architecture;
  if (!(tp > 0)) return failure('tp_not_positive', `TP is ${tp}; it must be at least 1.`);
  if (heads <= 0) return failure('heads_not_positive', `The model states ${heads} attention heads.`);
  if (layers <= 0) return failure('layers_not_positive', `The model states ${layers} layers.`);
  if (hidden <= 0) return failure('hidden_not_positive', `The model states hidden size ${hidden}.`);
  const bytes = dtypeBytesOf(architecture, rules);
  if (!(bytes > 0) || !Number.isFinite(bytes)) {
    return failure('dtype_unknown', 'The compute type of the model is not stated or not known.');
  }
  const headDim = headDimOf(architecture, rules);
  if (!Number.isInteger(headDim)) {
    const message = `Hidden size ${hidden} does not divide by ${heads} heads.`;
    return failure('hidden_not_divisible_by_heads', message);
  }
  const kvHeads = kvHeadsOf(architecture);
  if (kvHeads < 0) return failure('kv_heads_negative', `The model states ${kvHeads} KV heads.`);
  if (kvHeads >= tp && kvHeads % tp !== 0) {
    return failure('kv_heads_not_divisible_by_tp', unevenHeads(tp, 'KV', architecture));
  }
  let kappa = (layers * 2 * headDim * kvHeads * bytes) / tp;
  const cachesLatent = isLater(rules) || isCorrected(rules, 'latent-cache');
  if (cachesLatent && architecture.mla !== undefined) {
    kappa = layers * (architecture.mla.kvRank + architecture.mla.ropeDim) * bytes;
  } else if (kvHeads < tp && isCorrected(rules, 'kv-head-replication')) {
    // Each GPU holds at least one whole KV head, so heads are replicated.
    kappa = layers * 2 * headDim * bytes;
  }
  if (!(kappa > 0)) return failure('kv_bytes_not_positive', 'The KV cache of one token takes no bytes.');
  return ok(kappa);
}

/** Parameters of the whole model; three FFN matrices, router included. */
export function parameterCount(architecture: ModelArchitecture, shape: CapacityShape, rules: Rules): number {
  const { hidden: d, layers, vocab, ffn } = architecture;
  const headDim = headDimOf(architecture, rules);
  const kvWidth = kvHeadsOf(architecture) * headDim;
  const isStated = isCorrected(rules, 'stated-head-size') && architecture.statedHeadDim !== undefined;
  const queryWidth = isStated ? architecture.heads * headDim : d;
  const attention = d * (queryWidth + 2 * kvWidth) + queryWidth * d;
  const norms = 2 * d;
  const denseFfn = architecture.denseFfn > 0 ? architecture.denseFfn : ffn;
  const dense = 3 * d * (shape.kind === 'moe' ? denseFfn : ffn);
  let mlp = layers * dense;
  if (shape.kind === 'moe') {
    const expert = shape.expertFfn > 0 ? shape.expertFfn : ffn;
    const moe = 3 * d * expert * shape.experts + 3 * d * shape.sharedExpertFfn + shape.experts * d;
    const denseLayers = leadingOrInterleavedDense(architecture, rules);
    mlp = (layers - denseLayers) * moe + denseLayers * dense;
  }
  const embeddings = vocab * d;
  return embeddings + layers * (attention + norms) + mlp + (architecture.tiedEmbeddings ? 0 : embeddings) + d;
}

/** Layers of a MoE model that have a plain FFN: none in the reference, which counts experts everywhere. */
function leadingOrInterleavedDense(architecture: ModelArchitecture, rules: Rules): number {
  const { layers, interleaveStep, firstDenseLayers = 0 } = architecture;
  const isFixed = isCorrected(rules, 'dense-layers-in-memory');
  if (!isLater(rules) && !isFixed) return 0;
  if (isFixed && interleaveStep > 0) return layers - Math.trunc(layers / (interleaveStep + 1));
  return Math.min(layers, firstDenseLayers);
}

function weightElementOf(architecture: ModelArchitecture, rules: Rules): number {
  const quantised = usesQuantization(rules) && architecture.weightBytes !== 0;
  return quantised ? architecture.weightBytes : dtypeBytesOf(architecture, rules);
}

/** Checks in the reference's order; the first that fails is the answer. */
export function kvCapacity(question: CapacityQuestion): Result<KvCapacity, CapacityFailure> {
  const { architecture, shape, gpu, tp, blockSizeTokens, gpuMemoryUtilization: utilisation } = question;
  const rules: Rules = question;
  if (!(utilisation > 0 && utilisation <= 1)) {
    return failure(
      'utilization_out_of_range',
      `GPU memory utilisation is ${utilisation}; it must lie in (0, 1].`,
    );
  }
  if (!(blockSizeTokens > 0)) {
    return failure(
      'block_size_not_positive',
      `Block size is ${blockSizeTokens}; it must be at least 1 token.`,
    );
  }
  if (shape.kind === 'expert-count-missing') {
    return failure(
      'expert_count_missing',
      'The model mentions experts but states no number of them above 1.',
    );
  }
  if (architecture.ffn <= 0)
    return failure('ffn_not_positive', `The model states FFN size ${architecture.ffn}.`);
  if (architecture.vocab <= 0) {
    return failure('vocab_not_positive', `The model states vocabulary size ${architecture.vocab}.`);
  }
  if (!(gpu.memoryGib > 0)) return failure('memory_not_positive', `${gpu.name} states ${gpu.memoryGib} GiB.`);
  const element = weightElementOf(architecture, rules);
  if (element < 0) return failure('weight_bytes_negative', `A weight takes ${element} bytes.`);
  const activations = isLater(rules) ? [...GATED_ACTIVATIONS, 'situ'] : GATED_ACTIVATIONS;
  if (!activations.includes(architecture.activation)) {
    const message = `Activation "${architecture.activation}" is not one of the gated ones (silu, swiglu, geglu).`;
    return failure('activation_unsupported', message);
  }
  const kappa = kvBytesPerToken(question);
  if (!kappa.ok) return kappa;

  const parameters = parameterCount(architecture, shape, question);
  const blockBytes = Math.trunc(kappa.value * blockSizeTokens);
  if (blockBytes <= 0) return failure('block_bytes_not_positive', 'A KV block takes less than one byte.');
  const isPerGpu = isCorrected(rules, 'kv-per-gpu');
  const gpus = isPerGpu ? 1 : tp;
  const weightBytes = Math.trunc(parameters * element);
  const weightGib = (isPerGpu ? weightBytes / tp : weightBytes) / GIB;
  const activationGib = shape.kind === 'moe' ? MOE_ACTIVATION_GIB : DENSE_ACTIVATION_GIB;
  const nonTorchGib = (tp === 1 ? NON_TORCH_GIB.single : NON_TORCH_GIB.parallel) * gpus;
  const availableGib = gpu.memoryGib * utilisation * gpus;
  const overheadGib = weightGib + activationGib + nonTorchGib;
  if (overheadGib >= availableGib) {
    return failure(
      'does_not_fit',
      `Weights and overhead need ${overheadGib.toFixed(1)} GiB; ${gpus} × ${gpu.name} at utilisation ` +
        `${utilisation} offer ${availableGib.toFixed(1)} GiB. Use a higher TP or a larger GPU.`,
    );
  }
  const freeBytes = Math.trunc((availableGib - overheadGib) * GIB);
  const replicas = question.version === 'f90a1e3a' && shape.kind === 'moe' ? (question.dp ?? 1) : 1;
  const blocks = Math.floor(freeBytes / blockBytes) * replicas;
  if (blocks <= 0) return failure('no_block_fits', 'Not one KV block fits into the free memory.');
  return ok({
    blocks,
    kvBytesPerTokenPerGpu: kappa.value,
    blockBytes,
    parameters,
    availableGib,
    weightGib,
    activationGib,
    nonTorchGib,
    freeBytes,
  });
}
