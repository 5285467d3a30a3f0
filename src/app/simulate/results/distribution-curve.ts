// Distributions as curves: share of requests at or below a latency. Few values are steps; quantiles are joined.

import type { Distribution } from '../../../domain/run-detail';

/** Share of the requests at or below a latency, 0 … 1; of quantiles by linear interpolation. NaN for none. */
export function shareWithin({ valuesMs, isComplete }: Distribution, latencyMs: number): number {
  const count = valuesMs.length;
  if (count === 0) return NaN;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((valuesMs[middle] ?? 0) <= latencyMs) low = middle + 1;
    else high = middle;
  }
  if (isComplete || low === 0 || low === count) return isComplete ? low / count : low === 0 ? 0 : 1;
  const below = valuesMs[low - 1] ?? 0;
  const above = valuesMs[low] ?? 0;
  return (low - 1 + (latencyMs - below) / (above - below)) / (count - 1);
}

/** Path of the curve. Values of 0 stand at the left edge, as a log axis has no place for them. */
export function curvePath(
  { valuesMs, isComplete }: Distribution,
  x: (ms: number) => number,
  y: (share: number) => number,
  leastMs: number,
): string {
  const count = valuesMs.length;
  if (count === 0) return '';
  const at = (index: number): number => x(Math.max(valuesMs[index] ?? leastMs, leastMs));
  let path = `M${at(0).toFixed(1)} ${y(0).toFixed(1)}`;
  for (let index = 0; index < count; index++) {
    if (isComplete) path += `H${at(index).toFixed(1)}V${y((index + 1) / count).toFixed(1)}`;
    else path += `L${at(index).toFixed(1)} ${y(index / (count - 1)).toFixed(1)}`;
  }
  return path;
}

/** A round target near the 90th percentile, so that a first look at it says something. */
export function firstTarget(distribution: Distribution): number {
  const { p90Ms } = distribution;
  if (!(p90Ms > 0)) return 1;
  const decade = 10 ** Math.floor(Math.log10(p90Ms));
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((each) => each * decade >= p90Ms) ?? 10;
  return Number((step * decade).toPrecision(2));
}
