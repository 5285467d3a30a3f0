// A resolved latency model: everything that decides step times, with no look-up left to do.
// Behaviour: BLIS 87cc70ed `sim/latency`; docs/differences.md lists the corrected mode.

import type { Correction } from './corrections';

/** The reference's names, as its `--latency-model` lists them. */
export const LATENCY_MODELS = [
  'roofline',
  'blackbox',
  'crossmodel',
  'trained-roofline',
  'trained-physics',
] as const;
/** The reference's models and ours: `physics` has no counterpart there (domain/physics.ts). */
export type LatencyModelName = (typeof LATENCY_MODELS)[number] | 'physics';

/** Reference versions whose formulas differ; 87cc70ed is the default everywhere. */
export type ReferenceVersion = '87cc70ed' | 'b05154c' | '0074c8c1' | 'f90a1e3a';

/** `reference` reproduces the pinned reference bit for bit; `corrected` fixes what is physically wrong. */
export type Mode = 'reference' | 'corrected';

/** Architecture facts as the reference reads them from config.json. 0 = not stated. */
export interface ModelArchitecture {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  /** Already defaulted to `heads` where config.json states none. */
  readonly kvHeads: number;
  readonly vocab: number;
  readonly ffn: number;
  /** Bytes per element of activations and KV cache. */
  readonly dtypeBytes: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly expertFfn: number;
  readonly sharedExpertFfn: number;
  /** `interleave_moe_layer_step`. */
  readonly interleaveStep: number;
  readonly denseFfn: number;
  readonly activation: string;
  readonly tiedEmbeddings: boolean;
  /** Bytes per weight parameter from quantisation facts; 0 = unset, then `dtypeBytes` applies. */
  readonly weightBytes: number;
  /** `head_dim` of config.json; the reference ignores it and divides hidden by heads. Absent where not stated. */
  readonly statedHeadDim?: number;
  /** Multi-head latent attention: ranks of the cached latent and of its RoPE key. The reference ignores it before f90a1e3a. */
  readonly mla?: { readonly kvRank: number; readonly ropeDim: number };
  /** `first_k_dense_replace`; ignored before f90a1e3a. */
  readonly firstDenseLayers?: number;
}

/** GPU facts. Rates are the dense peaks of one device. */
export interface GpuFacts {
  readonly name: string;
  readonly peakTflops: number;
  /** 0 = no native FP8. */
  readonly peakTflopsFp8: number;
  /** 10^12 byte/s. */
  readonly memoryBandwidthTbs: number;
  readonly mfuPrefill: number;
  readonly mfuDecode: number;
  readonly memoryGib: number;
  /** GPU-to-GPU bandwidth inside a node, 10^9 byte/s per GPU and direction, where known. Only `physics` reads it. */
  readonly linkGbs?: number;
  /** Dense FP8 peak where `peakTflopsFp8` is the sparse one; the corrected mode uses it. */
  readonly peakTflopsFp8Dense?: number;
  /** What only the roofline of b05154c reads. */
  readonly early?: EarlyRooflineFacts;
}

export interface EarlyRooflineFacts {
  readonly bandwidthEfficiency: number;
  readonly stepOverheadUs: number;
  readonly layerOverheadUs: number;
  /** Per all-reduce, two per layer, only with TP > 1. */
  readonly allReduceUs: number;
}

/** α (3 numbers) and β (length by model), in the reference's order; `physics`: see domain/physics.ts. */
export interface Coefficients {
  readonly alpha: readonly number[];
  readonly beta: readonly number[];
}

export interface LatencyModel {
  readonly name: LatencyModelName;
  readonly version: ReferenceVersion;
  readonly mode: Mode;
  /** In corrected mode only these; absent = all. */
  readonly corrections?: readonly Correction[];
  readonly coefficients: Coefficients;
  readonly tp: number;
  /** Data-parallel degree, only f90a1e3a and only for MoE; absent = 1. */
  readonly dp?: number;
  /** How tokens reach their experts when DP > 1 (f90a1e3a); absent = `allgather_reducescatter`. */
  readonly moeCommBackend?: string;
  /** Absent only for blackbox, which needs neither. */
  readonly architecture?: ModelArchitecture;
  readonly gpu?: GpuFacts;
}
