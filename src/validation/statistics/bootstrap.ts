// How far a mean error would move if other experiments of the same kind had been measured: percentile bootstrap intervals (Efron
// and Tibshirani 1993, chapter 13). The unit that is drawn again is the experiment, because the rows of one experiment (its stages
// and its summary) are wrong together; drawing rows would make intervals too narrow.

import { quantileSorted, sorted } from './order';
import { SeededRandom } from './seeded-random';

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** E.g. 0.95. */
  readonly level: number;
  /** Experiments behind it. */
  readonly count: number;
}

export interface BootstrapOptions {
  readonly seed?: number;
  readonly resamples?: number;
  readonly level?: number;
}

const DEFAULTS = { seed: 42, resamples: 2000, level: 0.95 } as const;

/** One group of numbers an experiment → interval of the mean over all numbers. Undefined for fewer than two experiments. */
export function bootstrapMean(
  groups: readonly (readonly number[])[],
  options: BootstrapOptions = {},
): Interval | undefined {
  const used = groups.filter((values) => values.length > 0);
  const sums = used.map((values) => values.reduce((sum, value) => sum + value, 0));
  const sizes = used.map((values) => values.length);
  return bootstrap(used.length, options, (rows) => {
    let sum = 0;
    let size = 0;
    for (const row of rows) {
      sum += sums[row] ?? 0;
      size += sizes[row] ?? 0;
    }
    return sum / size;
  });
}

/** Interval of any statistic of the experiments numbered 0 … count − 1; `rows` may repeat. Undefined for fewer than two. */
export function bootstrap(
  count: number,
  options: BootstrapOptions,
  statistic: (rows: Uint32Array) => number,
): Interval | undefined {
  if (count < 2) return undefined;
  const { seed, resamples, level } = { ...DEFAULTS, ...options };
  const random = new SeededRandom(seed);
  const rows = new Uint32Array(count);
  const estimate = statistic(Uint32Array.from({ length: count }, (_, row) => row));
  const draws: number[] = [];
  for (let draw = 0; draw < resamples; draw++) {
    for (let place = 0; place < count; place++) rows[place] = random.below(count);
    draws.push(statistic(rows));
  }
  const ascending = sorted(draws);
  const tail = (1 - level) / 2;
  const low = quantileSorted(ascending, tail);
  const high = quantileSorted(ascending, 1 - tail);
  return low === undefined || high === undefined ? undefined : { estimate, low, high, level, count };
}
