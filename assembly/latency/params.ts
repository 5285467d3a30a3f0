// The block of doubles that describes one resolved latency model, and the number rules all models share.
// Slots 0–7 mean the same for every kind; the rest belong to the kind and are named in its file. Whatever depends on the
// model alone is computed on the host in the reference's operation order, so that nothing here differs by a bit.

/** Doubles per block; blocks of several models lie back to back. */
export const BLOCK_SLOTS: i32 = 48;

export const KIND_ROOFLINE: i32 = 0;
export const KIND_BLACKBOX: i32 = 1;
export const KIND_CROSSMODEL: i32 = 2;
export const KIND_TRAINED_ROOFLINE: i32 = 3;
export const KIND_TRAINED_PHYSICS: i32 = 4;
/** Roofline of BLIS b05154c: classes apart, bandwidth derating, fixed overheads. */
export const KIND_ROOFLINE_EARLY: i32 = 5;
/** trained-physics of BLIS f90a1e3a: data parallelism, dispatch, shared experts. */
export const KIND_TRAINED_PHYSICS_DP: i32 = 6;

/** Ours, no counterpart in the reference. */
export const KIND_PHYSICS: i32 = 7;

const QUEUEING_BASE: i32 = 1;
const QUEUEING_PER_TOKEN: i32 = 2;
const OUTPUT_TOKEN: i32 = 3;
const POST_DECODE: i32 = 4;
const FLOOR: i32 = 5;
/** First slot that a kind may use as it likes. */
export const OWN: i32 = 8;

const TWO_63: f64 = 9223372036854775808.0;

export function slot(p: usize, index: i32): f64 {
  return load<f64>(p + ((<usize>index) << 3));
}

/** trunc-to-tick: toward zero; NaN and everything from 2^63 on is the largest tick. */
export function toTicks(us: f64): i64 {
  return us < TWO_63 ? <i64>us : i64.MAX_VALUE;
}

/** A step's ticks: at least 1, except at the one old version that does not floor. */
export function stepFloor(p: usize, us: f64): i64 {
  return max<i64>(<i64>slot(p, FLOOR), toTicks(us));
}

export function kindOf(p: usize): i32 {
  return <i32>slot(p, 0);
}

/** Delay from arrival to the wait queue: T(0 + α0 + α1·prompt), or a constant for the trained models. */
export function queueingTicks(p: usize, promptTokens: i64): i64 {
  return toTicks(0.0 + slot(p, QUEUEING_BASE) + slot(p, QUEUEING_PER_TOKEN) * <f64>promptTokens);
}

/** Added to every inter-token latency and to TTFT, not to the clock. */
export function outputTokenTicks(p: usize): i64 {
  return toTicks(slot(p, OUTPUT_TOKEN));
}

/** Added once to E2E of a request that has output tokens. */
export function postDecodeTicks(p: usize): i64 {
  return toTicks(slot(p, POST_DECODE));
}
