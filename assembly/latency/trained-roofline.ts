// trained-roofline: roofline basis functions with fitted weights, BLIS 87cc70ed `sim/latency`. Times in µs.
// In the reference two bytes per weight and KV element whatever the precision; all layers alike; every batch member
// counts in β6.

import { OWN, slot, stepFloor } from './params';

const LAYERS: i32 = OWN;
const HIDDEN: i32 = OWN + 1;
/** Heads of one TP rank, head size, weights of the four projections of a layer over d: 2·d + 2·q. */
const RANK_HEADS: i32 = OWN + 2;
const HEAD_DIM: i32 = OWN + 3;
const PROJECTION: i32 = OWN + 4;
/** q / TP. */
const RANK_KV: i32 = OWN + 5;
const FFN: i32 = OWN + 6;
const EXPERTS: i32 = OWN + 7;
const TOP_K: i32 = OWN + 8;
const TP: i32 = OWN + 9;
/** FLOP/µs and byte/µs. */
const RATE: i32 = OWN + 10;
const BANDWIDTH: i32 = OWN + 11;
/** Bytes of attention weights per rank. */
const ATTENTION_BYTES: i32 = OWN + 12;
const BETA: i32 = OWN + 13;
/** β5·layers. */
const LAYER_US: i32 = BETA + 4;
/** 1 = attention of a chunk is charged for what the chunk attends to (corrected mode). */
const CHARGES_CHUNK: i32 = OWN + 20;
/** Bytes per element of weights and KV. */
const WEIGHT_ELEMENT: i32 = OWN + 21;
const KV_ELEMENT: i32 = OWN + 22;

/** FLOPs of one layer's attention over a prefill chunk on one rank; trained-physics shares it through its own slots. */
export function attentionOfChunk(
  rankHeads: f64,
  headDim: f64,
  chargesChunk: bool,
  promptTokens: i64,
  computed: i64,
  newTokens: i64,
): f64 {
  const t = <f64>newTokens;
  const seen = chargesChunk ? <f64>computed : <f64>promptTokens;
  return 4.0 * rankHeads * t * (seen + t / 2.0) * headDim;
}

export function trainedRooflineAttention(p: usize, promptTokens: i64, computed: i64, newTokens: i64): f64 {
  const chunk = slot(p, CHARGES_CHUNK) !== 0.0;
  return attentionOfChunk(slot(p, RANK_HEADS), slot(p, HEAD_DIM), chunk, promptTokens, computed, newTokens);
}

export function trainedRooflineTicks(
  p: usize,
  prefillTokens: i64,
  decodeMembers: i64,
  decodeContext: i64,
  prefillAttention: f64,
  batchSize: i64,
): i64 {
  if (batchSize === 0) return 1;
  const layers = slot(p, LAYERS);
  const d = slot(p, HIDDEN);
  const projection = slot(p, PROJECTION);
  const rankKv = slot(p, RANK_KV);
  const ffn = slot(p, FFN);
  const k = slot(p, TOP_K);
  const tp = slot(p, TP);
  const rate = slot(p, RATE);
  const bandwidth = slot(p, BANDWIDTH);
  const kvElement = slot(p, KV_ELEMENT);
  const a = <f64>prefillTokens;
  const members = <f64>decodeMembers;

  let prefill = 0.0;
  if (prefillTokens > 0) {
    const flops =
      (layers * 2.0 * a * d * projection) / tp +
      layers * prefillAttention +
      (layers * a * k * 6.0 * d * ffn) / tp;
    prefill = max<f64>(flops / rate, (layers * 2.0 * rankKv * a * kvElement) / bandwidth);
  }
  let decode = 0.0;
  if (decodeMembers > 0) {
    const context = <f64>decodeContext;
    const flops =
      (layers * 2.0 * members * d * projection) / tp +
      layers * 4.0 * slot(p, RANK_HEADS) * context * slot(p, HEAD_DIM) +
      (layers * members * k * 6.0 * d * ffn) / tp;
    const bytes = layers * 2.0 * rankKv * kvElement * <f64>(decodeContext + decodeMembers);
    decode = max<f64>(flops / rate, bytes / bandwidth);
  }
  const experts = slot(p, EXPERTS);
  const read = experts > 0.0 ? min<f64>(experts, max<f64>(k, <f64>(prefillTokens + decodeMembers) * k)) : 1.0;
  const expertBytes = (layers * read * 3.0 * d * ffn * slot(p, WEIGHT_ELEMENT)) / tp;
  const weights = (slot(p, ATTENTION_BYTES) + expertBytes) / bandwidth;
  return stepFloor(
    p,
    slot(p, BETA) * prefill +
      slot(p, BETA + 1) * decode +
      slot(p, BETA + 2) * weights +
      slot(p, LAYER_US) +
      slot(p, BETA + 5) * <f64>batchSize +
      slot(p, BETA + 6),
  );
}
