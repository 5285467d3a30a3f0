// The physical step-time model (no counterpart in the reference): memory traffic and arithmetic of a step overlap under a
// smooth maximum, the rest adds up. Real-valued µs; who needs whole ticks truncates. The host turns architecture, GPU, TP and
// the 13 parameters into this block of f64 slots (src/engine/physics-model.ts); slot 0 is the model kind of the full engine.
//
//   1 weights of the dense part, µs a step      6 KV read, µs a context token        11 surcharge of a step with prefill
//   2 weights of one expert, µs                 7 attention FLOPs, µs a token pair   12 front-end delay, µs
//   3 experts (0 = dense)                       8 all-reduce payload, µs a token     13 front-end µs a decoding request
//   4 chance that one token misses an expert    9 fixed µs a step
//   5 matrix products, µs a token              10 µs a decoding sequence

export const PHYSICS_SLOTS: i32 = 14;

function slot(p: usize, index: usize): f64 {
  return load<f64>(p + (index << 3));
}

/** Weight traffic and matrix products of `tokens` tokens, µs: (m⁴ + l⁴)^¼ without overflow. */
export function physicsGemm(p: usize, tokens: i32): f64 {
  const x = <f64>tokens;
  const experts = slot(p, 3);
  let weights = slot(p, 1);
  if (experts > 0.0) weights += slot(p, 2) * experts * (1.0 - Math.pow(slot(p, 4), x));
  const gemm = slot(p, 5) * x;
  const m = weights > gemm ? weights : gemm;
  if (m <= 0.0) return 0.0;
  const r = (weights > gemm ? gemm : weights) / m;
  const r2 = r * r;
  return m * Math.sqrt(Math.sqrt(1.0 + r2 * r2));
}

/** What one prefilling member adds beside its tokens: reading its keys and values, and attention FLOPs. µs. */
export function physicsPrefill(p: usize, computed: f64, newTokens: f64): f64 {
  return slot(p, 6) * (computed + newTokens) + slot(p, 7) * newTokens * (computed + newTokens / 2.0);
}

/** Everything of a step but `physicsGemm` of its tokens, µs. `prefill` = Σ physicsPrefill over the prefilling members. */
export function physicsRest(p: usize, decodes: f64, context: f64, prefillTokens: f64, prefill: f64): f64 {
  return (
    slot(p, 9) +
    slot(p, 6) * context +
    prefill +
    slot(p, 10) * decodes +
    slot(p, 8) * (decodes + prefillTokens) +
    (prefillTokens > 0.0 ? slot(p, 11) : 0.0)
  );
}

/** Whole step, µs. */
export function physicsStep(p: usize, decodes: f64, context: f64, prefillTokens: f64, prefill: f64): f64 {
  return (
    physicsGemm(p, <i32>(decodes + prefillTokens)) + physicsRest(p, decodes, context, prefillTokens, prefill)
  );
}

export function physicsQueueing(p: usize): f64 {
  return slot(p, 12);
}

export function physicsStream(p: usize): f64 {
  return slot(p, 13);
}
