import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorRow } from '../../../src/domain/record-rows';
import { bootstrap, bootstrapMean } from '../../../src/validation/statistics/bootstrap';
import {
  commonExperiments,
  compareSimulators,
  coverageOf,
  meanError,
  orderReverses,
} from '../../../src/validation/statistics/coverage';
import { mean, median, quantile } from '../../../src/validation/statistics/order';
import {
  comparePaired,
  pairedSentence,
  signTest,
  wilcoxonTest,
} from '../../../src/validation/statistics/paired';
import { SeededRandom } from '../../../src/validation/statistics/seeded-random';

describe('order statistics', () => {
  it('interpolate linearly between ranks', () => {
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
    expect(quantile([10], 0.9)).toBe(10);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([1, 2])).toBe(1.5);
    expect(mean([1, 2, 6])).toBe(3);
    expect([quantile([], 0.5), median([]), mean([])]).toEqual([undefined, undefined, undefined]);
  });

  it('keep infinities and never make NaN', () => {
    expect(median([Infinity, Infinity])).toBe(Infinity);
    expect(quantile([1, Infinity], 0.5)).toBe(Infinity);
  });
});

describe('the resampling generator', () => {
  it('gives xoshiro128** of a splitmix32 seed, the same for the same seed', () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 4 },
        (
          (random) => () =>
            random.next()
        )(new SeededRandom(seed)),
      );
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('is uniform: each of ten faces within five standard deviations', () => {
    const random = new SeededRandom(9);
    const faces = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw++) faces[random.below(10)]!++;
    const deviation = Math.sqrt(100_000 * 0.1 * 0.9);
    for (const count of faces) expect(Math.abs(count - 10_000)).toBeLessThan(5 * deviation);
  });
});

describe('bootstrap', () => {
  it('has the spread of the plug-in standard error', () => {
    const values = Array.from({ length: 400 }, (_, index) => [index % 20]);
    const interval = bootstrapMean(values, { resamples: 4000 })!;
    // Mean of 0 … 19 is 9.5, population variance (20² − 1) / 12.
    const error = Math.sqrt((20 ** 2 - 1) / 12 / 400);
    expect(interval.estimate).toBeCloseTo(9.5, 12);
    expect(interval.low).toBeCloseTo(9.5 - 1.96 * error, 1);
    expect(interval.high).toBeCloseTo(9.5 + 1.96 * error, 1);
  });

  it('draws experiments, not rows: repeating rows within an experiment does not narrow it', () => {
    const once = bootstrapMean([[1], [5], [9]])!;
    const often = bootstrapMean([
      [1, 1, 1, 1],
      [5, 5, 5, 5],
      [9, 9, 9, 9],
    ])!;
    expect([often.low, often.high]).toEqual([once.low, once.high]);
  });

  it('of two experiments has three outcomes, with weights 1/4, 1/2, 1/4', () => {
    const seen = new Map<number, number>();
    bootstrap(2, { resamples: 8000 }, (rows) => {
      const sum = rows[0]! + rows[1]!;
      seen.set(sum, (seen.get(sum) ?? 0) + 1);
      return sum;
    });
    expect([...seen.keys()].sort()).toEqual([0, 1, 2]);
    expect(seen.get(1)! / 8000).toBeCloseTo(0.5, 1);
  });

  it('says nothing about a single experiment', () => {
    expect(bootstrapMean([[1, 2, 3]])).toBeUndefined();
    expect(bootstrapMean([[1], []])).toBeUndefined();
  });
});

describe('paired tests', () => {
  it('sign test is the binomial tail', () => {
    // 2 × (1 + 10) / 2^10
    expect(signTest(9, 1)).toBeCloseTo(22 / 1024, 12);
    expect(signTest(5, 5)).toBe(1);
    expect(signTest(0, 0)).toBe(1);
  });

  it('Wilcoxon is exact: all n positive gives 2 ÷ 2^n', () => {
    expect(wilcoxonTest([1, 2, 3, 4, 5, 6])).toBeCloseTo(2 / 64, 12);
    // W− = 1 (the smallest is negative): sums 0 and 1 have one way each.
    expect(wilcoxonTest([-1, 2, 3, 4, 5, 6])).toBeCloseTo(4 / 64, 12);
    // Ties: |1|, |1| share rank 1.5; W− = 1.5 can be had by two of eight sign choices, W− = 0 by one.
    expect(wilcoxonTest([-1, 1, 2])).toBeCloseTo(Math.min(1, (2 * 3) / 8), 12);
    expect(wilcoxonTest([0, 0])).toBe(1);
  });

  it('Wilcoxon agrees with its normal approximation where the two meet', () => {
    const differences = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? -1 : 1) * (index + 1));
    const exact = wilcoxonTest(differences);
    const approximate = wilcoxonTest([...differences, 0.5]);
    expect(Math.abs(exact - approximate)).toBeLessThan(0.03);
  });

  it('does not depend on the order of the pairs and swaps with the names', () => {
    const pair = fc.record({
      a: fc.double({ min: 0, max: 100, noNaN: true }),
      b: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 20 }), (pairs) => {
        const forward = comparePaired(pairs)!;
        const swapped = comparePaired(pairs.map(({ a, b }) => ({ a: b, b: a })))!;
        const reversed = comparePaired([...pairs].reverse())!;
        expect(swapped.winsA).toBe(forward.winsB);
        expect(swapped.wilcoxonP).toBeCloseTo(forward.wilcoxonP, 12);
        expect(swapped.medianAdvantage).toBeCloseTo(-forward.medianAdvantage, 9);
        expect(reversed.wilcoxonP).toBeCloseTo(forward.wilcoxonP, 12);
        expect(forward.winsA + forward.winsB + forward.ties).toBe(pairs.length);
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  it('is put into words', () => {
    const pairs = Array.from({ length: 12 }, (_, index) => ({ a: 5, b: 15 + index }));
    expect(pairedSentence(comparePaired(pairs)!, 'BLIS', 'Vidur', 'E2E mean')).toMatch(
      /^E2E mean: BLIS is closer than Vidur on 12 of 12 experiments \(median advantage 15\.5 percentage points, 95 % interval \d+\.\d to \d+\.\d\)\. Chance alone would rarely do this \(Wilcoxon p < 0\.001\)\.$/,
    );
    expect(pairedSentence(comparePaired(pairs.slice(0, 3))!, 'A', 'B', 'TTFT mean')).toContain(
      'With 3 experiments chance cannot be ruled out.',
    );
    expect(pairedSentence(comparePaired([{ a: 1, b: 1 }])!, 'A', 'B', 'ITL mean')).toBe(
      'A and B have the same ITL mean error on all 1 experiment.',
    );
    const behind = pairs.map(({ a, b }) => ({ a: b, b: a }));
    expect(pairedSentence(comparePaired(behind)!, 'A', 'B', 'E2E mean')).toContain(
      'B is closer than A on 12 of 12',
    );
  });
});

describe('coverage', () => {
  const row = (simulator: string, expId: number, mape: number): ErrorRow => ({
    simulator,
    expId,
    experimentFolder: `${expId}-x`,
    model: 'm',
    workload: 'general',
    stageIndex: -1,
    metricName: 'e2e_mean',
    mape,
  });
  // b skips the hard experiments 3 and 4 and so looks better than a, which beats it on what both ran.
  const rows = [
    ...[row('a', 1, 10), row('a', 2, 20), row('a', 3, 90), row('a', 4, 80)],
    ...[row('b', 1, 15), row('b', 2, 25)],
  ];

  it('counts experiments', () => {
    expect(coverageOf(rows)).toEqual([
      { simulator: 'a', covered: 4, of: 4 },
      { simulator: 'b', covered: 2, of: 4 },
    ]);
  });

  it('averages over the common subset on request', () => {
    const common = commonExperiments(rows, ['a', 'b'], 'e2e_mean');
    expect([...common]).toEqual(['#1', '#2']);
    expect(meanError(rows, 'a', 'e2e_mean')).toMatchObject({ mean: 50, experiments: 4 });
    expect(meanError(rows, 'a', 'e2e_mean', common)).toMatchObject({ mean: 15, experiments: 2 });
    expect(meanError(rows, 'a', 'ttft_mean')).toBeUndefined();
  });

  it('notices that the order reverses there', () => {
    expect(orderReverses(rows, 'a', 'b', 'e2e_mean')).toBe(true);
    expect(orderReverses(rows.slice(0, 2).concat(rows.slice(4)), 'a', 'b', 'e2e_mean')).toBe(false);
  });

  it('pairs by experiment', () => {
    expect(compareSimulators(rows, 'a', 'b', 'e2e_mean')).toMatchObject({ count: 2, winsA: 2, winsB: 0 });
    expect(compareSimulators(rows, 'a', 'c', 'e2e_mean')).toBeUndefined();
  });
});
