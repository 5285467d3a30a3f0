// The physical step-time model (no counterpart in the reference): memory traffic and arithmetic of a step overlap under a
// smooth maximum, the rest adds up. Real-valued µs; who needs whole ticks truncates. The host turns architecture, GPU, TP and
// the 13 parameters into this block of f64 slots (src/engine/physics-model.ts), which the full engine finds behind the slots
// that all its models share. Slot 0 is unused.
//
//   1 weights of the dense part, µs a step      6 KV read, µs a context token        11 surcharge of a step with prefill
//   2 weights of one expert, µs                 7 attention FLOPs, µs a token pair   12 front-end delay, µs
//   3 experts (0 = dense)                       8 all-reduce payload, µs a token     13 front-end µs a decoding request
//   4 chance that one token misses an expert    9 fixed µs a step
//   5 matrix products, µs a token              10 µs a decoding sequence

import { KIND_PHYSICS, OWN, kindOf, slot, stepFloor } from './params';

/** Where the block begins inside a model block of the full engine: its slot 1 is the first own slot. */
const INSIDE: usize = (<usize>(OWN - 1)) << 3;

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

/** Whole ticks for the full engine. `prefill` = Σ physicsTerm over the prefilling members. */
export function physicsTicks(p: usize, prefillTokens: i64, decodes: i64, context: i64, prefill: f64): i64 {
  return stepFloor(p, physicsStep(p + INSIDE, <f64>decodes, <f64>context, <f64>prefillTokens, prefill));
}

/** One prefilling member's term for the full engine. */
export function physicsTerm(p: usize, computed: i64, newTokens: i64): f64 {
  return physicsPrefill(p + INSIDE, <f64>computed, <f64>newTokens);
}

/** Front-end µs that every decoding request adds to token times as the client sees them; 0 for other models. */
export function streamTime(p: usize): f64 {
  return kindOf(p) === KIND_PHYSICS ? physicsStream(p + INSIDE) : 0.0;
}
