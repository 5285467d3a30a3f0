// Normal and exponential draws by ziggurat (workload spec 1.4; math/rand/normal.go and exp.go of Go 1.24). Table entries
// are single precision, products with them double; the wedge test is done in single precision, as in the source.

import { exp, ln } from './elementary';
import { randomFloat64, randomUint32 } from './go-source';
import {
  EXPONENTIAL_BOUND,
  EXPONENTIAL_DENSITY,
  EXPONENTIAL_WIDTH,
  NORMAL_BOUND,
  NORMAL_DENSITY,
  NORMAL_WIDTH,
} from './go-tables';

const NORMAL_EDGE: f64 = 3.442619855899;
/** The double next to 1 / NORMAL_EDGE. */
const NORMAL_EDGE_INVERSE: f64 = 0.29047645161474317;
const EXPONENTIAL_EDGE: f64 = 7.69711747013104972;

/** Mean 0, standard deviation 1. */
export function randomNormal(p: usize): f64 {
  for (;;) {
    const j = <i32>randomUint32(p);
    const layer = (<usize>(j & 127)) << 2;
    const x = <f64>j * <f64>load<f32>(NORMAL_WIDTH + layer);
    const size: u32 = j < 0 ? 0 - <u32>j : <u32>j;
    if (size < load<u32>(NORMAL_BOUND + layer)) return x;
    if (layer == 0) {
      let tail: f64;
      let y: f64;
      do {
        tail = -ln(randomFloat64(p)) * NORMAL_EDGE_INVERSE;
        y = -ln(randomFloat64(p));
      } while (y + y < tail * tail);
      return j > 0 ? NORMAL_EDGE + tail : -NORMAL_EDGE - tail;
    }
    const here = load<f32>(NORMAL_DENSITY + layer);
    const above = load<f32>(NORMAL_DENSITY + layer - 4);
    const height = here + <f32>randomFloat64(p) * (above - here);
    if (height < <f32>exp(-0.5 * x * x)) return x;
  }
  // The compiler wants an end that is never reached.
  return 0;
}

/** Mean 1. */
export function randomExponential(p: usize): f64 {
  for (;;) {
    const j = randomUint32(p);
    const layer = (<usize>(j & 255)) << 2;
    const x = <f64>j * <f64>load<f32>(EXPONENTIAL_WIDTH + layer);
    if (j < load<u32>(EXPONENTIAL_BOUND + layer)) return x;
    if (layer == 0) return EXPONENTIAL_EDGE - ln(randomFloat64(p));
    const here = load<f32>(EXPONENTIAL_DENSITY + layer);
    const above = load<f32>(EXPONENTIAL_DENSITY + layer - 4);
    const height = here + <f32>randomFloat64(p) * (above - here);
    if (height < <f32>exp(-x)) return x;
  }
  return 0;
}
