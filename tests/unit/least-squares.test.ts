import { describe, expect, it } from 'vitest';
import { finish, leastSquares, type LeastSquaresOptions } from '../../src/calibration/least-squares';
import { choleskyFactor, choleskySolve, invertPositive } from '../../src/calibration/symmetric-matrix';

const precise: LeastSquaresOptions = {
  differenceStep: 1e-6,
  robustScale: 1e6,
  maxIterations: 200,
  tolerance: 1e-14,
  maxStep: 10,
};
const anywhere = { lower: [-Infinity, -Infinity], upper: [Infinity, Infinity] };

describe('small positive-definite systems', () => {
  const matrix = Float64Array.of(4, 2, 2, 3);

  it('solves a system that can be checked by hand', () => {
    // 4x + 2y = 10, 2x + 3y = 9  →  x = 1.5, y = 2
    const factor = choleskyFactor(matrix, 2);
    expect(factor).toBeDefined();
    const [x, y] = choleskySolve(factor ?? matrix, 2, Float64Array.of(10, 9));
    expect(x).toBeCloseTo(1.5, 12);
    expect(y).toBeCloseTo(2, 12);
    expect([...(invertPositive(matrix, 2) ?? [])].map((value) => Math.round(value * 8e9) / 1e9)).toEqual([
      3, -2, -2, 4,
    ]);
  });

  it('refuses an indefinite matrix', () => {
    expect(choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
    expect(invertPositive(Float64Array.of(0, 0, 0, 1), 2)).toBeUndefined();
  });
});

describe('least squares', () => {
  it('fits a straight line exactly as the closed form does', () => {
    const points = [
      [0, 1],
      [1, 3],
      [2, 4],
      [3, 8],
    ] as const;
    // Closed form: slope = Σ(x − x̄)(y − ȳ)/Σ(x − x̄)² = 11/5, intercept = 4 − 1.5 · 2.2.
    const fit = finish(
      leastSquares(
        {
          start: [0, 0],
          ...anywhere,
          residuals: ([a = 0, b = 0]) => ({ robust: points.map(([x, y]) => a + b * x - y), quadratic: [] }),
        },
        precise,
      ),
    );
    expect(fit.x[0]).toBeCloseTo(0.7, 6);
    expect(fit.x[1]).toBeCloseTo(2.2, 6);
    // Inverse normal matrix of the design: [[n, Σx], [Σx, Σx²]]⁻¹ = [[14, −6], [−6, 4]] / 20.
    expect([...(fit.inverseNormal ?? [])].map((value) => Math.round(value * 20))).toEqual([14, -6, -6, 4]);
  });

  it('finds the end of a curved valley', () => {
    const fit = finish(
      leastSquares(
        {
          start: [-1.2, 1],
          ...anywhere,
          residuals: ([x = 0, y = 0]) => ({ robust: [10 * (y - x * x), 1 - x], quadratic: [] }),
        },
        precise,
      ),
    );
    expect(fit.x[0]).toBeCloseTo(1, 5);
    expect(fit.x[1]).toBeCloseTo(1, 5);
  });

  it('weighs a prior row against the data', () => {
    // Minimise (x − 3)² + 4 (x − 0)²: x = 3/5.
    const fit = finish(
      leastSquares(
        {
          start: [0],
          lower: [-9],
          upper: [9],
          residuals: ([x = 0]) => ({ robust: [x - 3], quadratic: [2 * x] }),
        },
        precise,
      ),
    );
    expect(fit.x[0]).toBeCloseTo(0.6, 6);
  });

  it('stops at a bound and still moves the other unknown to its optimum', () => {
    // (x + y − 4)² + (x − y)² with x ≤ 1: y minimises (y − 3)² + (y − 1)², so y = 2.
    const fit = finish(
      leastSquares(
        {
          start: [0, 0],
          lower: [-9, -9],
          upper: [1, 9],
          residuals: ([x = 0, y = 0]) => ({ robust: [x + y - 4, x - y], quadratic: [] }),
        },
        precise,
      ),
    );
    expect(fit.x[0]).toBe(1);
    expect(fit.x[1]).toBeCloseTo(2, 5);
  });

  it('is hardly moved by one wild row', () => {
    const values = [1, 1.02, 0.98, 1.01, 50];
    const fit = finish(
      leastSquares(
        {
          start: [0],
          lower: [-99],
          upper: [99],
          residuals: ([x = 0]) => ({ robust: values.map((v) => x - v), quadratic: [] }),
        },
        { ...precise, robustScale: 0.05 },
      ),
    );
    expect(fit.x[0]).toBeGreaterThan(0.98);
    expect(fit.x[0]).toBeLessThan(1.08);
  });

  it('never raises the cost from one iteration to the next', () => {
    const costs: number[] = [];
    const steps = leastSquares(
      {
        start: [3],
        lower: [-9],
        upper: [9],
        residuals: ([x = 0]) => ({ robust: [Math.sin(3 * x) + x], quadratic: [] }),
      },
      precise,
    );
    for (const state of steps) costs.push(state.cost);
    expect(costs.length).toBeGreaterThan(1);
    costs.slice(1).forEach((cost, k) => expect(cost).toBeLessThanOrEqual(costs[k] ?? NaN));
  });
});
