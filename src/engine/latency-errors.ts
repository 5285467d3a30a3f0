// Which latency models the reference refuses to build, and why: BLIS 87cc70ed `sim/latency` constructors. Checks run in the
// listed order and the first failure is reported, except roofline's architecture checks, which are reported together.
// Step times of a model that fails here are meaningless: check before encoding.

import type { GpuFacts, LatencyModel, ModelArchitecture } from '../domain/latency';
import { unevenHeads } from '../domain/tensor-parallel';
import { ALL_GATHER_BACKENDS, ALL_TO_ALL_BACKENDS } from './trained-params';

interface Subject {
  readonly model: LatencyModel;
  readonly architecture: ModelArchitecture;
  readonly gpu: GpuFacts;
}

/** [code, true when it is wrong, what to tell]. */
type Check = readonly [
  code: string,
  isWrong: (subject: Subject) => boolean,
  message: (subject: Subject) => string,
];

export interface LatencyError {
  /** Our name of the failure, stable. */
  readonly code: string;
  readonly message: string;
}

const isPositive = (value: number): boolean => value > 0 && Number.isFinite(value);
const isBadOptional = (value: number): boolean => value !== 0 && (value < 0 || !Number.isFinite(value));
const isBadCoefficient = (value: number): boolean => !(value >= 0 && Number.isFinite(value));
const kvHeadsOf = ({ kvHeads, heads }: ModelArchitecture): number => (kvHeads === 0 ? heads : kvHeads);
const fact =
  (name: string, read: (architecture: ModelArchitecture) => number) =>
  ({ architecture }: Subject): string =>
    `The model's ${name} is ${read(architecture)}.`;
const rate =
  (name: string, read: (gpu: GpuFacts) => number) =>
  ({ gpu }: Subject): string =>
    `${gpu.name}'s ${name} is ${read(gpu)}; it must be positive and finite.`;

const TP: Check = [
  'tp_not_positive',
  ({ model }) => model.tp <= 0,
  ({ model }) => `TP is ${model.tp}; it must be at least 1.`,
];
const HEADS: Check = [
  'heads_not_positive',
  ({ architecture }) => architecture.heads <= 0,
  fact('number of attention heads', (a) => a.heads),
];
const LAYERS: Check = [
  'layers_not_positive',
  ({ architecture }) => architecture.layers <= 0,
  fact('number of layers', (a) => a.layers),
];
const HIDDEN: Check = [
  'hidden_not_positive',
  ({ architecture }) => architecture.hidden <= 0,
  fact('hidden size', (a) => a.hidden),
];
const FFN: Check = [
  'ffn_not_positive',
  ({ architecture }) => architecture.ffn <= 0,
  fact('FFN size', (a) => a.ffn),
];
const HEADS_BY_TP: Check = [
  'heads_not_divisible_by_tp',
  ({ architecture, model }) => architecture.heads % model.tp !== 0,
  ({ architecture, model }) => unevenHeads(model.tp, 'attention', architecture),
];
const KV_HEADS_BY_TP: Check = [
  'kv_heads_not_divisible_by_tp',
  ({ architecture, model }) => kvHeadsOf(architecture) % model.tp !== 0,
  ({ architecture, model }) => unevenHeads(model.tp, 'KV', architecture),
];
const DTYPE: Check = [
  'dtype_bytes_invalid',
  ({ architecture }) => !isPositive(architecture.dtypeBytes),
  () => 'The compute type of the model is not stated or not known.',
];
const PEAK: Check = [
  'peak_tflops_invalid',
  ({ gpu }) => !isPositive(gpu.peakTflops),
  rate('peak FLOP rate', (g) => g.peakTflops),
];
const BANDWIDTH: Check = [
  'mem_bw_invalid',
  ({ gpu }) => !isPositive(gpu.memoryBandwidthTbs),
  rate('memory bandwidth', (g) => g.memoryBandwidthTbs),
];
const TOP_K: Check = [
  'experts_per_token_not_positive',
  ({ architecture }) => architecture.experts > 1 && architecture.expertsPerToken <= 0,
  fact('number of experts per token', (a) => a.expertsPerToken),
];
const ALPHA_LENGTH: Check = [
  'alpha_too_short',
  ({ model }) => model.coefficients.alpha.length < 3,
  ({ model }) => `${model.coefficients.alpha.length} alpha coefficients are given; 3 are needed.`,
];
const ALPHA_VALUES: Check = [
  'alpha_invalid_value',
  ({ model }) => model.coefficients.alpha.some(isBadCoefficient),
  () => 'An alpha coefficient is negative, NaN or infinite.',
];
const BETA_VALUES: Check = [
  'beta_invalid_value',
  ({ model }) => model.coefficients.beta.some(isBadCoefficient),
  () => 'A beta coefficient is negative, NaN or infinite.',
];
const betaLength = (needed: number): Check => [
  'beta_too_short',
  ({ model }) => model.coefficients.beta.length < needed,
  ({ model }) => `${model.coefficients.beta.length} beta coefficients are given; ${needed} are needed.`,
];

/** Reported together. */
const ROOFLINE_FACTS: readonly Check[] = [
  HEADS,
  LAYERS,
  HIDDEN,
  DTYPE,
  PEAK,
  BANDWIDTH,
  [
    'mfu_prefill_invalid',
    ({ gpu }) => !isPositive(gpu.mfuPrefill),
    rate('prefill utilisation (MFU)', (g) => g.mfuPrefill),
  ],
  [
    'mfu_decode_invalid',
    ({ gpu }) => !isPositive(gpu.mfuDecode),
    rate('decode utilisation (MFU)', (g) => g.mfuDecode),
  ],
  [
    'experts_negative',
    ({ architecture }) => architecture.experts < 0,
    fact('number of experts', (a) => a.experts),
  ],
  TOP_K,
  [
    'experts_per_token_exceeds_experts',
    ({ architecture }) => architecture.experts > 1 && architecture.expertsPerToken > architecture.experts,
    ({ architecture }) =>
      `${architecture.expertsPerToken} experts per token exceed ${architecture.experts} experts.`,
  ],
  [
    'experts_per_token_without_experts',
    ({ architecture }) => architecture.experts === 0 && architecture.expertsPerToken > 0,
    fact('number of experts per token without any experts', (a) => a.expertsPerToken),
  ],
  [
    'expert_ffn_negative',
    ({ architecture }) => architecture.expertFfn < 0,
    fact('expert FFN size', (a) => a.expertFfn),
  ],
  [
    'shared_expert_ffn_negative',
    ({ architecture }) => architecture.sharedExpertFfn < 0,
    fact('shared-expert FFN size', (a) => a.sharedExpertFfn),
  ],
  ['memory_invalid', ({ gpu }) => isBadOptional(gpu.memoryGib), rate('memory', (g) => g.memoryGib)],
  [
    'peak_tflops_fp8_invalid',
    ({ gpu }) => isBadOptional(gpu.peakTflopsFp8),
    rate('FP8 peak', (g) => g.peakTflopsFp8),
  ],
  [
    'weight_bytes_invalid',
    ({ architecture }) => isBadOptional(architecture.weightBytes),
    fact('bytes per weight', (a) => a.weightBytes),
  ],
];

const DATA_PARALLEL: readonly Check[] = [
  [
    'dp_not_positive',
    ({ model }) => !((model.dp ?? 1) >= 1),
    ({ model }) => `DP is ${model.dp}; it must be at least 1.`,
  ],
  [
    'dp_needs_experts',
    ({ model, architecture }) => (model.dp ?? 1) > 1 && architecture.experts <= 1,
    ({ model }) => `DP ${model.dp} needs a mixture-of-experts model.`,
  ],
  [
    'moe_comm_backend_unknown',
    ({ model: { moeCommBackend: name } }) =>
      name !== undefined && name !== '' && ![...ALL_GATHER_BACKENDS, ...ALL_TO_ALL_BACKENDS].includes(name),
    ({ model }) =>
      `MoE communication backend "${model.moeCommBackend}" is not one of ${[...ALL_GATHER_BACKENDS, ...ALL_TO_ALL_BACKENDS].join(', ')}.`,
  ],
  DTYPE,
];

/** In order, the first failure counts. */
const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  roofline: [ALPHA_LENGTH, ALPHA_VALUES, TP],
  blackbox: [ALPHA_LENGTH, ALPHA_VALUES, betaLength(3), BETA_VALUES],
  crossmodel: [ALPHA_LENGTH, ALPHA_VALUES, TP, LAYERS, HEADS, HIDDEN, betaLength(4), BETA_VALUES],
  'trained-roofline': [
    ALPHA_LENGTH,
    ALPHA_VALUES,
    TP,
    LAYERS,
    HEADS,
    HIDDEN,
    FFN,
    HEADS_BY_TP,
    KV_HEADS_BY_TP,
    PEAK,
    BANDWIDTH,
    betaLength(7),
    BETA_VALUES,
  ],
  'trained-physics': [
    ALPHA_LENGTH,
    betaLength(7),
    TP,
    LAYERS,
    HEADS,
    HIDDEN,
    FFN,
    HEADS_BY_TP,
    KV_HEADS_BY_TP,
    PEAK,
    BANDWIDTH,
    TOP_K,
    ALPHA_VALUES,
    BETA_VALUES,
  ],
};

const NO_ARCHITECTURE: ModelArchitecture = {
  layers: 0,
  hidden: 0,
  heads: 0,
  kvHeads: 0,
  vocab: 0,
  ffn: 0,
  dtypeBytes: 0,
  experts: 0,
  expertsPerToken: 0,
  expertFfn: 0,
  sharedExpertFfn: 0,
  interleaveStep: 0,
  denseFfn: 0,
  activation: '',
  tiedEmbeddings: false,
  weightBytes: 0,
};
const NO_GPU: GpuFacts = {
  name: 'The GPU',
  peakTflops: 0,
  peakTflopsFp8: 0,
  memoryBandwidthTbs: 0,
  mfuPrefill: 0,
  mfuDecode: 0,
  memoryGib: 0,
};

/** Empty = the model can be built. */
export function latencyErrors(model: LatencyModel): readonly LatencyError[] {
  const subject: Subject = {
    model,
    architecture: model.architecture ?? NO_ARCHITECTURE,
    gpu: model.gpu ?? NO_GPU,
  };
  const failing = (checks: readonly Check[]): readonly LatencyError[] =>
    checks
      .filter(([, isWrong]) => isWrong(subject))
      .map(([code, , message]) => ({ code, message: message(subject) }));
  // b05154c accepts any finite or infinite coefficient; lengths are checked all the same.
  const isEarliest = model.version === 'b05154c';
  const checks = (CHECKS[model.name] ?? []).filter(
    (check) => !isEarliest || (check !== ALPHA_VALUES && check !== BETA_VALUES),
  );
  const first = failing(checks).slice(0, 1);
  if (first.length > 0) return first;
  if (model.name === 'roofline') return failing(ROOFLINE_FACTS);
  if (model.name === 'trained-physics' && model.version === 'f90a1e3a')
    return failing(DATA_PARALLEL).slice(0, 1);
  return [];
}
