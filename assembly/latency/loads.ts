// What a batch costs in roofline's terms: FLOPs and bytes of the whole model, before TP. For the plot of arithmetic
// intensity; made of the functions that time a step, so that plot and step time cannot disagree. Columns as in batches.ts.

import { matrixFlops, meanContext, rooflineBytes, vectorFlops, weightBytes } from './roofline';

function at(column: usize, row: i32): f64 {
  return load<f64>(column + ((<usize>row) << 3));
}

/** `p` is a roofline block; `tp` its TP degree, which the byte count of a member is divided by. */
export function rooflineLoads(
  p: usize,
  tp: f64,
  batches: i32,
  offsets: usize,
  promptTokens: usize,
  computedTokens: usize,
  newTokens: usize,
  flops: usize,
  bytes: usize,
): void {
  for (let batch = 0; batch < batches; batch++) {
    const first = load<u32>(offsets + ((<usize>batch) << 2));
    const end = load<u32>(offsets + ((<usize>(batch + 1)) << 2));
    let work = 0.0;
    let dynamic = 0.0;
    let tokens: i64 = 0;
    for (let row = <i32>first; row < <i32>end; row++) {
      const computed = <i64>at(computedTokens, row);
      const granted = at(computedTokens, row) < at(promptTokens, row) ? <i64>at(newTokens, row) : 1;
      const context = meanContext(computed, granted);
      work += matrixFlops(p, context, <f64>granted) + vectorFlops(p, context, <f64>granted);
      dynamic += rooflineBytes(p, computed, granted) * tp;
      tokens += granted;
    }
    store<f64>(flops + ((<usize>batch) << 3), work);
    store<f64>(bytes + ((<usize>batch) << 3), weightBytes(p, tokens) + dynamic);
  }
}
