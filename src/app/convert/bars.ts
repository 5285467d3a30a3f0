// A histogram as a chart needs it: rows to read out and a ceiling for the axis.

import type { Histogram } from '../../workload/load-preview';

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** `scale` turns counts into what is drawn, e.g. requests per second. */
export const barsOf = (histogram: Histogram, scale = 1): readonly Bar[] =>
  histogram.counts.map((count, bucket) => ({
    from: histogram.from + bucket * histogram.width,
    to: histogram.from + (bucket + 1) * histogram.width,
    value: count * scale,
  }));

/** The bars up to the last that is not empty; a lone value keeps one bar. */
export function trimmed(bars: readonly Bar[]): readonly Bar[] {
  let end = bars.length;
  while (end > 1 && bars[end - 1]?.value === 0) end -= 1;
  return bars.slice(0, end);
}

/** The next of 1, 2, 5 · 10^k that is not below the tallest bar. */
export function ceilingOf(bars: readonly Bar[]): number {
  const tallest = bars.reduce((most, bar) => Math.max(most, bar.value), 0);
  if (tallest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(tallest));
  return ([1, 2, 5, 10].find((step) => step * power >= tallest * (1 - 1e-9)) ?? 10) * power;
}
