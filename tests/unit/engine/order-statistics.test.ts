// Mean and percentiles of the aggregate, against the definition: linear interpolation between the closest ranks of the
// sorted sample.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanMs, percentileMs, sortedCounts, upperTicks } from '../../../src/engine/order-statistics';

function defined(values: readonly number[], percent: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (percent / 100) * (sorted.length - 1);
  const low = Math.floor(rank);
  const below = sorted[low] ?? NaN;
  if (low === rank) return below / 1000;
  return below / 1000 + (((sorted[low + 1] ?? NaN) - below) * (rank - low)) / 1000;
}

describe('percentiles of ticks', () => {
  it('interpolate between the two closest ranks', () => {
    // Rank 0.9 · 3 = 2.7: 30 + 0.7 · (50 − 30) = 44 µs.
    const ticks = upperTicks(Float64Array.of(50_000, NaN, 10_000, 30_000, 20_000));
    expect(percentileMs(ticks, 90)).toBeCloseTo(44, 12);
    expect(meanMs(ticks)).toBe(27.5);
    expect(percentileMs(upperTicks(Float64Array.of(NaN)), 99)).toBe(0);
  });

  it('are the same by sorting and by selection, which takes over in large samples', () => {
    for (const count of [1, 2, 10, 32_768, 32_769, 40_000]) {
      const values = Float64Array.from({ length: count }, (_, row) => (row * 7919) % 10_007);
      for (const percent of [90, 95, 99]) {
        expect(percentileMs(upperTicks(values), percent)).toBe(defined([...values], percent));
      }
    }
  });

  it('count repeated values, from several ascending lists', () => {
    const list = fc.uniqueArray(fc.tuple(fc.nat({ max: 50 }), fc.integer({ min: 1, max: 9 })), {
      selector: ([value]) => value,
    });
    fc.assert(
      fc.property(fc.array(list, { maxLength: 4 }), (lists) => {
        const pairs = lists.flatMap((entries) => [...entries].sort(([a], [b]) => a - b));
        const all = pairs.flatMap(([value, count]) => Array<number>(count).fill(value));
        const ticks = sortedCounts(Float64Array.from(pairs.flat()));
        expect(ticks.count).toBe(all.length);
        expect(ticks.sumUs).toBe(all.reduce((sum, value) => sum + value, 0));
        for (const percent of [90, 95, 99]) expect(percentileMs(ticks, percent)).toBe(defined(all, percent));
      }),
    );
  });
});
