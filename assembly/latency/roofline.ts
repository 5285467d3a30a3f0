// roofline: FLOPs against bytes, no learned part. BLIS 87cc70ed (f90a1e3a alike) and, by slots alone, 0074c8c1.
// Seconds and bytes are summed over members in batch order (all prefills, then all decodes), because the sums are rounded.
// Weights are read once per step; TP divides everything evenly; there is no overhead and no communication.

import { OWN, slot, stepFloor } from './params';

// Architecture: layers, hidden size, attention heads, head size (a quotient, not always whole).
const LAYERS: i32 = OWN;
const HIDDEN: i32 = OWN + 1;
const HEADS: i32 = OWN + 2;
const HEAD_DIM: i32 = OWN + 3;
/** Weights of query, key and value projection of one layer: d·d + 2·d·q. */
const PROJECTION_IN: i32 = OWN + 4;
/** Width of the concatenated heads, which the output projection maps back: d in the reference. */
const HEADS_WIDTH: i32 = OWN + 5;
const MOE_LAYERS: i32 = OWN + 6;
const DENSE_LAYERS: i32 = OWN + 7;
/** FFN parameters of one expert / of one dense layer; shared experts 0 in the reference. */
const EXPERT_WEIGHTS: i32 = OWN + 8;
const DENSE_WEIGHTS: i32 = OWN + 9;
const SHARED_WEIGHTS: i32 = OWN + 10;
const EXPERTS: i32 = OWN + 11;
const TOP_K: i32 = OWN + 12;
// Bytes: attention weights of all layers, of the dense FFN of all dense layers, per weight, KV and activations per token.
const ATTENTION_WEIGHTS: i32 = OWN + 13;
const DENSE_WEIGHTS_ALL: i32 = OWN + 14;
const WEIGHT_BYTES: i32 = OWN + 15;
const KV_BYTES: i32 = OWN + 16;
const ACTIVATION_BYTES: i32 = OWN + 17;
const TP: i32 = OWN + 18;
/** FLOP/s achieved in prefill and decode, byte/s. */
const PREFILL_RATE: i32 = OWN + 19;
const DECODE_RATE: i32 = OWN + 20;
const BANDWIDTH: i32 = OWN + 21;
/** 1 = all experts are read whatever the batch (0074c8c1). */
const READS_ALL_EXPERTS: i32 = OWN + 22;
// FLOPs of a decode member = base + slope · context, exact while whole numbers below 2^53; slope < 0 = not usable.
const DECODE_FLOPS_BASE: i32 = OWN + 23;
const DECODE_FLOPS_SLOPE: i32 = OWN + 24;
/** Weight bytes that one token touches. */
const DECODE_WEIGHTS: i32 = OWN + 25;
const SHARED_WEIGHTS_ALL: i32 = OWN + 26;

const TWO_53: f64 = 9007199254740992.0;

/** base^exponent for whole exponents ≥ 0, by the multiplications of Go's math.Pow (lowest bit first). */
function wholePower(base: f64, exponent: i64): f64 {
  let result = 1.0;
  let square = base;
  for (let rest = exponent; rest !== 0; rest >>= 1) {
    if (rest & 1) result *= square;
    square *= square;
  }
  return result;
}

/** Bytes of weights that a step with `tokens` tokens reads, before TP. */
export function weightBytes(p: usize, tokens: i64): f64 {
  let moe = 0.0;
  const moeLayers = slot(p, MOE_LAYERS);
  if (moeLayers > 0.0) {
    const n = slot(p, EXPERTS);
    const touched =
      slot(p, READS_ALL_EXPERTS) !== 0.0 ? n : n * (1.0 - wholePower((n - slot(p, TOP_K)) / n, tokens));
    moe = slot(p, EXPERT_WEIGHTS) * touched * moeLayers + slot(p, SHARED_WEIGHTS_ALL);
  }
  return (slot(p, ATTENTION_WEIGHTS) + (moe + slot(p, DENSE_WEIGHTS_ALL))) * slot(p, WEIGHT_BYTES);
}

/** FLOPs of one member without vector work (projections, attention, FFN), before TP. */
export function matrixFlops(p: usize, context: f64, n: f64): f64 {
  const layers = slot(p, LAYERS);
  const d = slot(p, HIDDEN);
  const projections = (2.0 * n * slot(p, PROJECTION_IN) + 2.0 * n * slot(p, HEADS_WIDTH) * d) * layers;
  const attention = 4.0 * slot(p, HEADS) * n * context * slot(p, HEAD_DIM) * layers;
  let flops = projections + attention;
  const moeLayers = slot(p, MOE_LAYERS);
  if (moeLayers > 0.0) {
    flops += 2.0 * n * slot(p, EXPERT_WEIGHTS) * slot(p, TOP_K) * moeLayers;
    flops += 2.0 * n * slot(p, SHARED_WEIGHTS) * moeLayers;
  }
  const denseLayers = slot(p, DENSE_LAYERS);
  if (denseLayers > 0.0) flops += 2.0 * n * slot(p, DENSE_WEIGHTS) * denseLayers;
  return flops;
}

/** Softmax, mask and rotary embedding. */
export function vectorFlops(p: usize, context: f64, n: f64): f64 {
  return (5.0 * slot(p, HEADS) * n * context + 2.0 * n * slot(p, HIDDEN)) * slot(p, LAYERS);
}

/** Context that a member's new tokens attend to on average. */
export function meanContext(computed: i64, newTokens: i64): f64 {
  return newTokens > 1 ? <f64>computed + <f64>(newTokens - 1) / 2.0 : <f64>computed;
}

export function rooflineSeconds(p: usize, isPrefill: bool, computed: i64, newTokens: i64): f64 {
  const tp = slot(p, TP);
  if (isPrefill) {
    const x = meanContext(computed, newTokens);
    const n = <f64>newTokens;
    return (matrixFlops(p, x, n) + vectorFlops(p, x, n)) / tp / slot(p, PREFILL_RATE);
  }
  const c = <f64>computed;
  const slope = slot(p, DECODE_FLOPS_SLOPE);
  if (slope >= 0.0) {
    const flops = slot(p, DECODE_FLOPS_BASE) + slope * c;
    if (flops < TWO_53) return flops / tp / slot(p, DECODE_RATE);
  }
  return (matrixFlops(p, c, 1.0) + vectorFlops(p, c, 1.0)) / tp / slot(p, DECODE_RATE);
}

/** Bytes beyond the weights: KV written and read, activations. Formed as total − weights, which rounds for experts. */
export function rooflineBytes(p: usize, computed: i64, newTokens: i64): f64 {
  const n = <f64>newTokens;
  const weights = newTokens === 1 ? slot(p, DECODE_WEIGHTS) : weightBytes(p, newTokens);
  const kv = slot(p, KV_BYTES);
  const total = weights + kv * n + kv * <f64>computed + slot(p, ACTIVATION_BYTES) * n;
  return (total - weights) / slot(p, TP);
}

export function rooflineStep(p: usize, computeSeconds: f64, dynamicBytes: f64, tokens: i64): i64 {
  const memory = (weightBytes(p, tokens) / slot(p, TP) + dynamicBytes) / slot(p, BANDWIDTH);
  return stepFloor(p, max<f64>(computeSeconds, memory) * 1e6);
}
