import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { millionthsText, thousandthsText } from '../../src/base/decimal-text';

const EDGES = [
  0, 1, 9, 10, 99, 100, 999, 1000, 1001, 1010, 1100, 999_999, 1e6, 1_000_001, 1_001_000, 1_500_000,
];
const HUGE = [999_999_999_999_999, 1e15, 1_000_000_000_000_001, 2 ** 53 - 1, 2 ** 53, 1e21];
const ODD = [-1, -1500, -0, 0.5, 1234.5, 1e-9, NaN, Infinity, -Infinity];

describe('divided numbers as text', () => {
  it('are the text of the quotient at every edge', () => {
    for (const value of [...EDGES, ...HUGE, ...ODD]) {
      expect(thousandthsText(value)).toBe(String(value / 1e3));
      expect(millionthsText(value)).toBe(String(value / 1e6));
    }
  });

  it('are the text of the quotient for any number', () => {
    const whole = fc.oneof(
      fc.integer({ min: 0, max: 3e6 }),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((value) => value * 1000),
      fc.maxSafeInteger(),
    );
    fc.assert(
      fc.property(fc.oneof(whole, fc.double()), (value) => {
        expect(thousandthsText(value)).toBe(String(value / 1e3));
        expect(millionthsText(value)).toBe(String(value / 1e6));
      }),
      { numRuns: 5000 },
    );
  });
});
