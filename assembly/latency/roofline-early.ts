// roofline of BLIS b05154c: prefill and decode are timed apart and added (weights are read twice in a mixed step), three
// FFN matrices, experts ignored, bandwidth derated, fixed overheads per step, layer and all-reduce; rounded, not floored.
// Its four sums per class do not fit the one pair of sums of the later formula; they live here between the first member of
// a step and its end. One step is evaluated at a time, so this state never crosses steps.

import { OWN, slot, toTicks } from './params';
import { matrixFlops, meanContext, vectorFlops } from './roofline';

// Slots up to OWN + 22 as in roofline.ts (dense FFN of three matrices, no MoE layers).
const KV_BYTES: i32 = OWN + 16;
const ACTIVATION_BYTES: i32 = OWN + 17;
const TP: i32 = OWN + 18;
const PREFILL_RATE: i32 = OWN + 19;
const DECODE_RATE: i32 = OWN + 20;
/** Derated byte/s. */
const BANDWIDTH: i32 = OWN + 21;
/** FLOP/s of the vector unit. */
const VECTOR_RATE: i32 = OWN + 27;
const WEIGHTS: i32 = OWN + 28;
/** Whole terms added at the end, µs. */
const LAYER_US: i32 = OWN + 29;
const REDUCE_US: i32 = OWN + 30;
const STEP_US: i32 = OWN + 31;

let prefillMembers: i32 = 0;
let prefillMatrix: f64 = 0.0;
let prefillVector: f64 = 0.0;
let prefillBytes: f64 = 0.0;
let decodeMembers: i32 = 0;
let decodeMatrix: f64 = 0.0;
let decodeVector: f64 = 0.0;
let decodeBytes: f64 = 0.0;

export function addEarlyMember(p: usize, isPrefill: bool, computed: i64, newTokens: i64): void {
  const tp = slot(p, TP);
  const granted = isPrefill ? newTokens : 1;
  const n = <f64>granted;
  const x = meanContext(computed, granted);
  const matrix = matrixFlops(p, x, n) / tp;
  const vector = vectorFlops(p, x, n) / tp;
  const kv = slot(p, KV_BYTES);
  const weights = slot(p, WEIGHTS);
  const total = slot(p, ACTIVATION_BYTES) * n + kv * <f64>computed + kv * n + weights;
  const bytes = (total - weights) / tp;
  if (isPrefill) {
    prefillMembers += 1;
    prefillMatrix += matrix;
    prefillVector += vector;
    prefillBytes += bytes;
  } else {
    decodeMembers += 1;
    decodeMatrix += matrix;
    decodeVector += vector;
    decodeBytes += bytes;
  }
}

export function earlyRooflineTicks(p: usize): i64 {
  const weights = slot(p, WEIGHTS) / slot(p, TP);
  const vectorRate = slot(p, VECTOR_RATE);
  const bandwidth = slot(p, BANDWIDTH);
  let seconds = 0.0;
  if (prefillMembers > 0) {
    const compute = prefillMatrix / slot(p, PREFILL_RATE) + prefillVector / vectorRate;
    seconds += max<f64>(compute, (weights + prefillBytes) / bandwidth);
  }
  if (decodeMembers > 0) {
    const compute = decodeMatrix / slot(p, DECODE_RATE) + decodeVector / vectorRate;
    seconds += max<f64>(compute, (weights + decodeBytes) / bandwidth);
  }
  prefillMembers = 0;
  prefillMatrix = 0.0;
  prefillVector = 0.0;
  prefillBytes = 0.0;
  decodeMembers = 0;
  decodeMatrix = 0.0;
  decodeVector = 0.0;
  decodeBytes = 0.0;
  const us = seconds * 1e6 + slot(p, LAYER_US) + slot(p, REDUCE_US) + slot(p, STEP_US);
  // Half away from zero; times are not negative.
  return toTicks(floor<f64>(us + 0.5));
}
