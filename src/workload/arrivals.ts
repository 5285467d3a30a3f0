// Inter-arrival times (spec 3.1, 3.2, 4.1; BLIS 87cc70ed sim/workload/arrival.go): whole µs, at least 1. Rates are requests
// per µs. The order of the floating-point operations is the reference's.

import type { RandomMath, RandomStream } from '../domain/random';
import { SMALLEST_DRAW } from './distributions';
import type { ArrivalSpec } from './spec';

/** The next inter-arrival time in µs, or 0 when there are no more arrivals. */
export type ArrivalSampler = (stream: RandomStream) => number;

const LOWEST_RATE = 1e-15;
/** Below this shape (cv > 10) the reference falls back to Poisson. */
const LOWEST_GAMMA_SHAPE = 0.01;

const wholeUs = (value: number): number => Math.max(1, Math.trunc(value));

export function arrivalSampler(arrival: ArrivalSpec, rate: number, math: RandomMath): ArrivalSampler {
  const lambda = Math.max(rate, LOWEST_RATE);
  const cv = arrival.cv ?? 1;
  const poisson: ArrivalSampler = (stream) => wholeUs(stream.exponential() / lambda);
  switch (arrival.process) {
    case 'constant': {
      const interval = wholeUs(1 / lambda);
      return () => interval;
    }
    case 'gamma': {
      const shape = 1 / (cv * cv);
      const scale = (1 / lambda) * cv * cv;
      if (shape < LOWEST_GAMMA_SHAPE) return poisson;
      return (stream) => wholeUs(gammaDraw(stream, math, shape, scale));
    }
    case 'weibull': {
      const shape = weibullShape(cv, math);
      const scale = 1 / lambda / math.gamma(1 + 1 / shape);
      return (stream) => {
        const u = stream.float64() || SMALLEST_DRAW;
        return wholeUs(scale * math.pow(-math.ln(u), 1 / shape));
      };
    }
    default:
      return poisson;
  }
}

/** Marsaglia and Tsang's method, with the boost for shapes below 1. */
function gammaDraw(stream: RandomStream, math: RandomMath, shape: number, scale: number): number {
  if (shape < 1) {
    const u = stream.float64();
    return gammaDraw(stream, math, shape + 1, scale) * math.pow(u, 1 / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    let x: number;
    let v: number;
    do {
      x = stream.normal();
      v = 1 + c * x;
    } while (v <= 0);
    v = v * v * v;
    const u = stream.float64();
    if (u < 1 - 0.0331 * (x * x) * (x * x)) return d * v * scale;
    if (math.ln(u) < 0.5 * x * x + d * (1 - v + math.ln(v))) return d * v * scale;
  }
}

const SHAPE_TOLERANCE = 0.001;
const SHAPE_STEPS = 100;

/** Weibull shape for a coefficient of variation, by bisection on [0.1, 100]. */
export function weibullShape(cv: number, math: RandomMath): number {
  let low = 0.1;
  let high = 100;
  let middle = 0;
  for (let step = 0; step < SHAPE_STEPS; step++) {
    middle = (low + high) / 2;
    const g1 = math.gamma(1 + 1 / middle);
    const g2 = math.gamma(1 + 2 / middle);
    const reached = Math.sqrt(g2 / (g1 * g1) - 1);
    if (Math.abs(reached - cv) < SHAPE_TOLERANCE) return middle;
    if (reached > cv) low = middle;
    else high = middle;
  }
  return middle;
}

/** `count` arrivals whose exponential gaps are stretched to fill `durationUs`, drawn at once from their own stream. */
export function exactArrivals(stream: RandomStream, count: number, durationUs: number): ArrivalSampler {
  const rate = count / durationUs;
  const gaps = new Float64Array(count);
  let sum = 0;
  for (let index = 0; index < count; index++) {
    const gap = stream.exponential() / rate;
    gaps[index] = gap;
    sum += gap;
  }
  const stretch = durationUs / sum;
  let next = 0;
  return () => (next < count ? wholeUs((gaps[next++] ?? 0) * stretch) : 0);
}
