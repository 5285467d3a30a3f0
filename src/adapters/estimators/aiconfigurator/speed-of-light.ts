// Roofline times of the operators (aiconfigurator v0.9.0, sdk/perf_database.py): the larger of the compute and the memory time, ms.
// They clamp the measured tables from below, and, divided by an efficiency, stand in for them.

import type { NumberFormat } from './quantisation';
import { peerBandwidth, tensorFlops, type SystemConstants } from './systems';

/** Share of the roofline that each operator reaches when nothing was measured. */
export const EFFICIENCY = {
  gemm: 0.8,
  contextAttention: 0.6,
  generationAttention: 0.8,
  moe: 0.4,
  communication: 0.8,
} as const;

const roofline = (ops: number, flops: number, bytes: number, bandwidth: number): number =>
  Math.max(ops / flops, bytes / bandwidth) * 1e3;

/** [m × k] · [k × n]. */
export interface GemmShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export function gemmSol(system: SystemConstants, shape: GemmShape, format: NumberFormat): number {
  const { m, n, k } = shape;
  const bytes = format.bytes * (m * n + m * k + n * k);
  return roofline(2 * m * n * k, tensorFlops(system, format.compute), bytes, system.memoryBandwidth);
}

export interface AttentionHeads {
  /** Query heads on this GPU. */
  readonly heads: number;
  /** KV heads on this GPU; equal to `heads` for multi-head attention. */
  readonly kvHeads: number;
  readonly headSize: number;
  /** Sliding window, tokens; 0 = full attention. */
  readonly window: number;
}

export interface ContextShape extends AttentionHeads {
  readonly batch: number;
  /** New tokens of each sequence. */
  readonly tokens: number;
  /** Tokens of each sequence that are already cached. */
  readonly prefix: number;
}

export function contextAttentionSol(
  system: SystemConstants,
  shape: ContextShape,
  kv: NumberFormat,
  fmha: NumberFormat,
): number {
  const { batch, tokens, prefix, heads, kvHeads, headSize, window } = shape;
  const full = tokens + prefix;
  const ops =
    window > 0 && full > window
      ? 2 * batch * tokens * window * heads * headSize * 2
      : (2 * batch * (full * full - prefix * prefix) * heads * headSize * 2) / 2;
  const bytes =
    2 * batch * (2 * heads * tokens * headSize) + kv.bytes * batch * 2 * kvHeads * full * headSize;
  return roofline(ops, system.bfloat16Flops * fmha.compute, bytes, system.memoryBandwidth);
}

export interface GenerationShape extends AttentionHeads {
  readonly batch: number;
  /** Sequence length including the new token. */
  readonly length: number;
}

export function generationAttentionSol(
  system: SystemConstants,
  shape: GenerationShape,
  kv: NumberFormat,
): number {
  const { batch, length, heads, kvHeads, headSize, window } = shape;
  const seen = window > 0 ? Math.min(length - 1, window) : length - 1;
  const ops = 4 * batch * heads * headSize * seen;
  const bytes = batch * (4 * heads * headSize + 2 * kvHeads * seen * headSize * kv.bytes);
  return roofline(ops, system.bfloat16Flops * kv.compute, bytes, system.memoryBandwidth);
}

export interface MoeShape {
  readonly tokens: number;
  readonly hidden: number;
  readonly inner: number;
  readonly topk: number;
  readonly experts: number;
  readonly moeTp: number;
  readonly moeEp: number;
}

/** `matrices` is 3 for gated experts (gate, up, down) and 2 otherwise. */
export function moeSol(system: SystemConstants, shape: MoeShape, format: NumberFormat, matrices = 3): number {
  const { tokens, hidden, inner, topk, experts, moeTp, moeEp } = shape;
  const routed = tokens * topk;
  const perRank = Math.floor(routed / moeEp);
  const ops = Math.floor(Math.floor((2 * routed * hidden * inner * matrices) / moeEp) / moeTp);
  const activations = perRank * 2 * hidden + Math.floor((perRank * inner * matrices) / moeTp);
  const weights =
    Math.floor((hidden * inner * matrices) / moeTp) * Math.min(Math.floor(experts / moeEp), perRank);
  return roofline(
    ops,
    system.bfloat16Flops * format.compute,
    format.bytes * (activations + weights),
    system.memoryBandwidth,
  );
}

/** All-reduce of `elements` half-precision numbers over `tp` GPUs. */
export function allReduceSol(system: SystemConstants, tp: number, elements: number): number {
  if (tp === 1) return 0;
  return ((2 * 2 * elements * (tp - 1)) / tp / peerBandwidth(system, tp)) * 1e3;
}

export const NCCL_OPERATIONS = ['all_reduce', 'all_gather', 'alltoall', 'reduce_scatter'] as const;
export type NcclOperation = (typeof NCCL_OPERATIONS)[number];

export function ncclSol(
  system: SystemConstants,
  operation: NcclOperation,
  gpus: number,
  elements: number,
  bytes: number,
): number {
  const once = ((bytes * elements * (gpus - 1)) / gpus / peerBandwidth(system, gpus)) * 1e3;
  return operation === 'all_reduce' ? 2 * once : once;
}
