// crossmodel: one global regression over architecture features, BLIS 87cc70ed `sim/latency`.
// Slots: β0·layers (µs), β1 (µs per scaled KV unit), v = KV feature, β2 (µs per token), m = 1 for experts,
// β3·t (µs; t = 1 for TP > 1), and whether an empty batch takes no time (BLIS b05154c).

import { OWN, slot, stepFloor } from './params';

export function crossmodelTicks(p: usize, prefillTokens: i64, decodeTokens: i64, batchSize: i64): i64 {
  if (batchSize === 0 && slot(p, OWN + 6) !== 0.0) return 0;
  const layers = slot(p, OWN);
  const kv = slot(p, OWN + 1) * <f64>decodeTokens * slot(p, OWN + 2);
  const experts = slot(p, OWN + 3) * <f64>(prefillTokens + decodeTokens) * slot(p, OWN + 4);
  return stepFloor(p, layers + kv + experts + slot(p, OWN + 5));
}
