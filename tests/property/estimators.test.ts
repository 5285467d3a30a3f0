// Invariants of the interpolation and of the estimators, over generated inputs.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { floorDivide } from '../../src/adapters/estimators/aiconfigurator/aggregated-run';
import { cloughTocher } from '../../src/adapters/estimators/aiconfigurator/clough-tocher';
import { clampFromBelow, fillGrid } from '../../src/adapters/estimators/aiconfigurator/grid-filling';
import {
  bracketLoosely,
  inGrid,
  straightLine,
} from '../../src/adapters/estimators/aiconfigurator/interpolation';
import { newGrid, setFirst, SortedMap } from '../../src/adapters/estimators/aiconfigurator/sorted-map';
import { matchThroughput } from '../../src/adapters/estimators/match-throughput';
import { estimateWithOptimizer } from '../../src/adapters/estimators/llm-optimizer/estimate';
import { parseOptimizerModel } from '../../src/adapters/estimators/llm-optimizer/model-facts';

const SEED = { seed: 20260718, numRuns: 200 };
const latency = fc.double({ min: 1e-4, max: 1e3, noNaN: true });
const key = fc.integer({ min: 1, max: 1 << 20 });

it('a sorted map keeps its keys ascending and answers like a plain map', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, latency), { maxLength: 60 }), (entries) => {
      const sorted = new SortedMap<number>();
      const plain = new Map<number, number>();
      for (const [k, value] of entries) {
        sorted.set(k, value);
        plain.set(k, value);
      }
      expect(sorted.keys).toEqual([...plain.keys()].sort((a, b) => a - b));
      for (const [k, value] of plain) expect(sorted.get(k)).toBe(value);
    }),
    SEED,
  );
});

it('a bracket holds its value whenever the keys reach that far', () => {
  fc.assert(
    fc.property(fc.uniqueArray(key, { minLength: 2, maxLength: 20 }), key, (keys, x) => {
      const sorted = [...keys].sort((a, b) => a - b);
      const [left = NaN, right = NaN] = bracketLoosely(x, sorted) ?? [];
      expect(sorted.indexOf(right)).toBe(sorted.indexOf(left) + 1);
      if (x >= (sorted[0] ?? 0) && x <= (sorted.at(-1) ?? 0)) {
        expect(left).toBeLessThanOrEqual(x);
        expect(right).toBeGreaterThanOrEqual(x);
      }
    }),
    SEED,
  );
});

it('a line stays between its ends inside, and never falls with size outside', () => {
  fc.assert(
    fc.property(latency, latency, fc.double({ min: -5, max: 5, noNaN: true }), (y0, y1, x) => {
      const y = straightLine(0, 1, y0, y1, x);
      if (x >= 0 && x <= 1) {
        const slack = 1e-12 * (y0 + y1);
        expect(y).toBeGreaterThanOrEqual(Math.min(y0, y1) - slack);
        expect(y).toBeLessThanOrEqual(Math.max(y0, y1) + slack);
      } else if (y1 < y0) expect(y).toBe(y0);
    }),
    SEED,
  );
});

it('the cubic surface passes through its corners and is exact on planes', () => {
  fc.assert(
    fc.property(latency, latency, latency, latency, (a, b, c, d) => {
      const corners = [a, b, c, d] as const;
      const places = [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const;
      for (const [i, [y, z]] of places.entries()) {
        expect(cloughTocher([0, 1], [0, 1], corners, y, z)).toBeCloseTo(corners[i] ?? NaN, 8);
      }
      const plane = [a, a + c, a + b, a + b + c] as const;
      const inside = cloughTocher([0, 1], [0, 1], plane, 0.3, 0.6);
      const exact = a + 0.3 * b + 0.6 * c;
      // The gradients stop at an absolute tolerance of 1e-6.
      expect(Math.abs(inside - exact)).toBeLessThan(1e-5 * Math.max(1, exact));
    }),
    SEED,
  );
});

it('filling a grid keeps every measured value and reaches every target, and the clamp holds afterwards', () => {
  const axis = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(axis, axis, axis, fc.infiniteStream(latency), (xs, ys, zs, values) => {
      const grid = newGrid();
      const measured: [number, number, number, number][] = [];
      for (const x of xs) {
        for (const y of ys) {
          for (const z of zs) measured.push([x, y, z, values.next().value ?? 1]);
        }
      }
      for (const [x, y, z, value] of measured) setFirst(grid, x, y, z, value);
      const targets = [1, 8, 32, 64];
      fillGrid(grid, { x: targets, y: targets, z: targets, isYQuadratic: false });
      for (const [x, y, z, value] of measured) expect(grid.get(x)?.get(y)?.get(z)).toBe(value);
      for (const x of targets) {
        for (const y of targets) {
          for (const z of targets) expect(grid.get(x)?.get(y)?.get(z)).toBeTypeOf('number');
        }
      }
      expect(inGrid(grid, 8, 8, 8, 'bilinear')).toBeCloseTo(grid.get(8)?.get(8)?.get(8) ?? NaN, 6);
      clampFromBelow(grid, () => 2);
      for (const plane of grid.values) {
        for (const line of plane.values) expect(Math.min(...line.values)).toBeGreaterThanOrEqual(2);
      }
    }),
    { ...SEED, numRuns: 60 },
  );
});

it('floor division is the largest whole number of divisors that fits', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4096 }),
      fc.double({ min: 0.01, max: 512, noNaN: true }),
      (a, b) => {
        const quotient = floorDivide(a, b);
        expect(Number.isInteger(quotient)).toBe(true);
        expect(quotient * b).toBeLessThanOrEqual(a * (1 + 1e-12));
        expect((quotient + 1) * b).toBeGreaterThanOrEqual(a * (1 - 1e-12));
      },
    ),
    SEED,
  );
});

it('a throughput match is within 15 %, or no candidate is closer', () => {
  const rates = fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(rates, fc.double({ min: 0.01, max: 1000, noNaN: true }), (candidates, wanted) => {
      const match = matchThroughput(candidates, wanted);
      if (!match.ok) throw new Error(match.error.message);
      const distance = (rate: number) => Math.abs(rate - wanted) / wanted;
      const own = distance(candidates[match.value] ?? NaN);
      const before = candidates.slice(0, match.value).map(distance);
      expect(before.every((other) => other > 0.15 && other > own)).toBe(true);
      if (own > 0.15) expect(candidates.every((rate) => distance(rate) >= own)).toBe(true);
    }),
    SEED,
  );
});

it('llm-optimizer: more requests in flight never lower the throughput of tokens or the memory needed', () => {
  const model = parseOptimizerModel(
    {
      hidden_size: 4096,
      num_hidden_layers: 32,
      intermediate_size: 14336,
      vocab_size: 128256,
      num_attention_heads: 32,
      num_key_value_heads: 8,
    },
    'llama',
  );
  if (!model.ok) throw new Error(model.error.message);
  const lengths = fc.integer({ min: 1, max: 4096 });
  fc.assert(
    fc.property(
      lengths,
      lengths,
      fc.integer({ min: 1, max: 256 }),
      (inputTokens, outputTokens, concurrency) => {
        const at = (batch: number) => {
          const input = {
            gpu: 'H100',
            numGpus: 1,
            precision: 'fp16',
            inputTokens,
            outputTokens,
            concurrency: batch,
          };
          const estimate = estimateWithOptimizer(model.value, input);
          if (!estimate.ok) throw new Error(estimate.error.message);
          return estimate.value;
        };
        const [less, more] = [at(concurrency), at(concurrency + 1)];
        expect(more.memoryNeededGib).toBeGreaterThan(less.memoryNeededGib);
        if (more.fits)
          expect(more.outputTokensPerSec).toBeGreaterThanOrEqual(less.outputTokensPerSec * (1 - 1e-12));
        if (!less.fits) expect(more.fits).toBe(false);
      },
    ),
    SEED,
  );
});
