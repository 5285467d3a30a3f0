// trained-physics: physical basis functions with fitted weights, BLIS 87cc70ed `sim/latency` and its successor f90a1e3a.
// Times in µs, FLOP/µs, byte/µs. Against trained-roofline: FP8 rate, weights in their own precision, MoE and dense layers
// apart, all-reduce traffic. The number of coefficients, not their values, decides whether prefill and decode take the
// larger of compute and KV time or their weighted sum.

import { OWN, slot, stepFloor } from './params';
import { attentionOfChunk } from './trained-roofline';

const LAYERS: i32 = OWN;
const HIDDEN: i32 = OWN + 1;
const RANK_HEADS: i32 = OWN + 2;
const HEAD_DIM: i32 = OWN + 3;
/** 2·d + 2·q. */
const PROJECTION: i32 = OWN + 4;
/** q / TP, at f90a1e3a q / (TP·DP). */
const RANK_KV: i32 = OWN + 5;
const MOE_LAYERS: i32 = OWN + 6;
const DENSE_LAYERS: i32 = OWN + 7;
const EXPERT_FFN: i32 = OWN + 8;
const DENSE_FFN: i32 = OWN + 9;
const SHARED_FFN: i32 = OWN + 10;
/** 0 or 1 counts as dense. */
const EXPERTS: i32 = OWN + 11;
const TOP_K: i32 = OWN + 12;
const TP: i32 = OWN + 13;
const RATE: i32 = OWN + 14;
const BANDWIDTH: i32 = OWN + 15;
/** Bytes per rank and step: attention weights of all layers; FFN weights that do not depend on the batch. */
const ATTENTION_BYTES: i32 = OWN + 16;
const FIXED_FFN_BYTES: i32 = OWN + 17;
const WEIGHT_ELEMENT: i32 = OWN + 18;
const KV_ELEMENT: i32 = OWN + 19;
const ACTIVATION_ELEMENT: i32 = OWN + 20;
/** All-reduces per token: two a dense layer, one a MoE layer. */
const REDUCE_UNITS: i32 = OWN + 21;
/** (TP − 1) / TP; 0 = no communication. */
const REDUCE_SHARE: i32 = OWN + 22;
const CHARGES_CHUNK: i32 = OWN + 23;
const SUMS_PREFILL: i32 = OWN + 24;
const SUMS_DECODE: i32 = OWN + 25;
/** β1 … β4 at BETA … BETA + 3, then β5·layers, β6, β7, β8·I·MoE layers, β9, β10, β11. */
const BETA: i32 = OWN + 26;
const DP: i32 = OWN + 37;
/** GPUs that share the experts. */
const GROUP: i32 = OWN + 38;
/** 1 = all-to-all dispatch, 0 = all-gather. */
const ALL_TO_ALL: i32 = OWN + 39;

export function trainedPhysicsAttention(p: usize, promptTokens: i64, computed: i64, newTokens: i64): f64 {
  const chunk = slot(p, CHARGES_CHUNK) !== 0.0;
  return attentionOfChunk(slot(p, RANK_HEADS), slot(p, HEAD_DIM), chunk, promptTokens, computed, newTokens);
}

function projectionFlops(p: usize, tokens: f64): f64 {
  return (
    (slot(p, LAYERS) * 2.0 * tokens * slot(p, HIDDEN) * slot(p, PROJECTION)) / (slot(p, TP) * slot(p, DP))
  );
}

function decodeAttentionFlops(p: usize, context: f64): f64 {
  return (slot(p, LAYERS) * 4.0 * slot(p, RANK_HEADS) * context * slot(p, HEAD_DIM)) / slot(p, DP);
}

/** FFN of a step on one rank; shared experts cost nothing unless their size is set (corrected mode). */
function ffnFlops(p: usize, tokens: f64): f64 {
  const d = slot(p, HIDDEN);
  const tp = slot(p, TP);
  const moeLayers = slot(p, MOE_LAYERS);
  const denseLayers = slot(p, DENSE_LAYERS);
  let flops = 0.0;
  if (moeLayers > 0.0) {
    flops += (moeLayers * tokens * slot(p, TOP_K) * 6.0 * d * slot(p, EXPERT_FFN)) / tp;
    flops += (moeLayers * tokens * 6.0 * d * slot(p, SHARED_FFN)) / tp;
  }
  if (denseLayers > 0.0) flops += (denseLayers * tokens * 6.0 * d * slot(p, DENSE_FFN)) / tp;
  return flops;
}

/** The same at f90a1e3a, where experts are spread over TP·DP GPUs and shared experts are charged. */
function ffnFlopsDp(p: usize, tokens: f64): f64 {
  const d = slot(p, HIDDEN);
  const ranks = slot(p, TP) * slot(p, DP);
  const moeLayers = slot(p, MOE_LAYERS);
  const denseLayers = slot(p, DENSE_LAYERS);
  let flops = 0.0;
  if (moeLayers > 0.0) {
    flops += moeLayers * ((tokens * slot(p, TOP_K)) / slot(p, GROUP)) * 6.0 * d * slot(p, EXPERT_FFN);
    flops += (moeLayers * tokens * 6.0 * d * slot(p, SHARED_FFN)) / ranks;
  }
  if (denseLayers > 0.0) flops += (denseLayers * tokens * 6.0 * d * slot(p, DENSE_FFN)) / ranks;
  return flops;
}

/** Weighted prefill and decode time; `prefillFfn` and `decodeFfn` are the FLOPs of the two classes' FFN. */
function classTimes(
  p: usize,
  prefillTokens: i64,
  decodeMembers: i64,
  decodeContext: i64,
  prefillAttention: f64,
  prefillFfn: f64,
  decodeFfn: f64,
): f64 {
  const layers = slot(p, LAYERS);
  const rankKv = slot(p, RANK_KV);
  const rate = slot(p, RATE);
  const bandwidth = slot(p, BANDWIDTH);
  const kvElement = slot(p, KV_ELEMENT);
  let compute = 0.0;
  let traffic = 0.0;
  if (prefillTokens > 0) {
    const tokens = <f64>prefillTokens;
    compute = (projectionFlops(p, tokens) + (layers * prefillAttention) / slot(p, DP) + prefillFfn) / rate;
    traffic = (layers * 2.0 * rankKv * tokens * kvElement) / bandwidth;
  }
  const prefill =
    slot(p, SUMS_PREFILL) !== 0.0
      ? slot(p, BETA) * compute + slot(p, BETA + 8) * traffic
      : slot(p, BETA) * max<f64>(compute, traffic);
  compute = 0.0;
  traffic = 0.0;
  if (decodeMembers > 0) {
    const members = <f64>decodeMembers;
    compute = (projectionFlops(p, members) + decodeAttentionFlops(p, <f64>decodeContext) + decodeFfn) / rate;
    traffic = (layers * 2.0 * rankKv * kvElement * <f64>(decodeContext + decodeMembers)) / bandwidth;
  }
  const decode =
    slot(p, SUMS_DECODE) !== 0.0
      ? slot(p, BETA + 1) * compute + slot(p, BETA + 9) * traffic
      : slot(p, BETA + 1) * max<f64>(compute, traffic);
  return prefill + decode;
}

export function trainedPhysicsTicks(
  p: usize,
  prefillTokens: i64,
  decodeMembers: i64,
  decodeContext: i64,
  prefillAttention: f64,
  batchSize: i64,
): i64 {
  if (batchSize === 0) return 1;
  const d = slot(p, HIDDEN);
  const tp = slot(p, TP);
  const bandwidth = slot(p, BANDWIDTH);
  const tokens = <f64>(prefillTokens + decodeMembers);
  const classes = classTimes(
    p,
    prefillTokens,
    decodeMembers,
    decodeContext,
    prefillAttention,
    ffnFlops(p, <f64>prefillTokens),
    ffnFlops(p, <f64>decodeMembers),
  );
  const experts = slot(p, EXPERTS);
  const moeLayers = slot(p, MOE_LAYERS);
  let ffnBytes = 0.0;
  if (moeLayers > 0.0) {
    const k = slot(p, TOP_K);
    const read = min<f64>(experts, max<f64>(k, tokens * k));
    ffnBytes = (moeLayers * read * 3.0 * d * slot(p, EXPERT_FFN) * slot(p, WEIGHT_ELEMENT)) / tp;
  }
  ffnBytes += slot(p, FIXED_FFN_BYTES);
  const weights = (slot(p, ATTENTION_BYTES) + ffnBytes) / bandwidth;
  const reduce =
    (slot(p, REDUCE_UNITS) * tokens * d * slot(p, ACTIVATION_ELEMENT) * 2.0 * slot(p, REDUCE_SHARE)) /
    bandwidth;
  return stepFloor(
    p,
    classes +
      slot(p, BETA + 2) * weights +
      slot(p, BETA + 3) * reduce +
      slot(p, BETA + 4) +
      slot(p, BETA + 5) * <f64>batchSize +
      slot(p, BETA + 6) +
      slot(p, BETA + 7),
  );
}

/** All-reduce of `units` activations per token, µs. */
function reduceUs(p: usize, units: f64, tokens: f64): f64 {
  const bytes = units * tokens * slot(p, HIDDEN) * slot(p, ACTIVATION_ELEMENT) * 2.0 * slot(p, REDUCE_SHARE);
  return bytes / slot(p, BANDWIDTH);
}

export function trainedPhysicsDpTicks(
  p: usize,
  prefillTokens: i64,
  decodeMembers: i64,
  decodeContext: i64,
  prefillAttention: f64,
  batchSize: i64,
): i64 {
  if (batchSize === 0) return 1;
  const dp = slot(p, DP);
  const bandwidth = slot(p, BANDWIDTH);
  const moeLayers = slot(p, MOE_LAYERS);
  const tokens = <f64>(prefillTokens + decodeMembers);
  const classes = classTimes(
    p,
    prefillTokens,
    decodeMembers,
    decodeContext,
    prefillAttention,
    ffnFlopsDp(p, <f64>prefillTokens),
    ffnFlopsDp(p, <f64>decodeMembers),
  );
  const weights = (slot(p, ATTENTION_BYTES) + slot(p, FIXED_FFN_BYTES)) / bandwidth;
  let reduce = reduceUs(p, slot(p, LAYERS), tokens) / dp + reduceUs(p, slot(p, DENSE_LAYERS), tokens) / dp;
  if (dp === 1.0) reduce += reduceUs(p, moeLayers, tokens);
  let dispatch = 0.0;
  if (dp > 1.0) {
    const group = slot(p, GROUP);
    const share = slot(p, ALL_TO_ALL) !== 0.0 ? (tokens / dp) * slot(p, TOP_K) : tokens / dp;
    const bytes = ((share * (group - 1.0)) / group) * 2.0 * slot(p, HIDDEN) * slot(p, ACTIVATION_ELEMENT);
    dispatch = moeLayers * (bytes / bandwidth);
  }
  return stepFloor(
    p,
    classes +
      slot(p, BETA + 2) * weights +
      slot(p, BETA + 3) * reduce +
      slot(p, BETA + 10) * dispatch +
      slot(p, BETA + 4) +
      slot(p, BETA + 5) * <f64>batchSize +
      slot(p, BETA + 6) +
      slot(p, BETA + 7),
  );
}
