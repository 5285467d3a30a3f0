// blackbox: a regression per (model, GPU, TP, vLLM version), BLIS 87cc70ed `sim/latency`.
// β0 µs per step, β1 µs per prefill token, β2 µs per decode token.

import { OWN, slot, stepFloor } from './params';

export function blackboxTicks(p: usize, prefillTokens: i64, decodeTokens: i64): i64 {
  const us =
    0.0 + slot(p, OWN) + slot(p, OWN + 1) * <f64>prefillTokens + slot(p, OWN + 2) * <f64>decodeTokens;
  return stepFloor(p, us);
}
