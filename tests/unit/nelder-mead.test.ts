import { describe, expect, it } from 'vitest';
import { finish } from '../../src/calibration/least-squares';
import { nelderMead } from '../../src/calibration/nelder-mead';

const options = { size: 0.4, tolerance: 1e-12, maxEvaluations: 2000 };

describe('simplex search', () => {
  it('finds the lowest point of a bowl and of a curved valley', () => {
    const bowl = finish(nelderMead(([x = 0, y = 0]) => (x - 1) ** 2 + 3 * (y + 2) ** 2, [0, 0], options));
    expect(bowl.x[0]).toBeCloseTo(1, 4);
    expect(bowl.x[1]).toBeCloseTo(-2, 4);
    const valley = finish(
      nelderMead(([x = 0, y = 0]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2, [-1.2, 1], options),
    );
    expect(valley.x[0]).toBeCloseTo(1, 3);
  });

  it('is not stopped by steps in the cost', () => {
    const rough = finish(
      nelderMead(([x = 0]) => Math.floor(20 * Math.abs(x - 3)), [0], { ...options, tolerance: 0.5 }),
    );
    expect(Math.abs((rough.x[0] ?? NaN) - 3)).toBeLessThan(0.2);
  });

  it('keeps to its evaluations', () => {
    const fit = finish(nelderMead(([x = 0]) => x * x, [1000], { ...options, maxEvaluations: 10 }));
    expect(fit.evaluations).toBeLessThanOrEqual(12);
  });
});
