import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotAxis } from '../../src/figures/layout/bar-plot';
import { brokenAxis } from '../../src/figures/layout/broken-panel';
import { MAX_LABEL_DISTANCE_PT, placeLabels } from '../../src/figures/layout/label-placement';
import { shortNumber } from '../../src/figures/layout/number-text';
import { linearScale, logScale, niceCeiling, symlogScale } from '../../src/figures/layout/scale';

describe('numbers', () => {
  it('are short and never a wrong zero', () => {
    const cases: [number, string][] = [
      [0, '0'],
      [0.004, '<0.01'],
      [0.08, '0.08'],
      [0.096, '0.1'],
      [1.64, '1.6'],
      [9.96, '10'],
      [411.6, '412'],
      [999.7, '1.0k'],
      [5240, '5.2k'],
      [23_123, '23.1k'],
      [123_456, '123k'],
      [1.23e6, '1.2M'],
      [Infinity, 'inf'],
    ];
    for (const [value, label] of cases) expect(shortNumber(value)).toBe(label);
  });
});

describe('scales', () => {
  it('put ticks at quarters of the usual limits', () => {
    expect(linearScale(0, 200).ticks.map((tick) => tick.label)).toEqual(['0', '50', '100', '150', '200']);
    expect(linearScale(0, 80).share(20)).toBe(0.25);
    expect(niceCeiling(67)).toBe(80);
  });

  it('are logarithmic by decades', () => {
    const scale = logScale(0.1, 1000);
    expect(scale.ticks.map((tick) => tick.label)).toEqual(['0.1', '1', '10', '100', '1000']);
    expect(scale.share(10)).toBeCloseTo(0.5, 12);
  });

  it('are linear to 100 and logarithmic above in the published symlog', () => {
    const scale = symlogScale(1000);
    // 1 ÷ 0.9 decades to 100, one more to 1000.
    expect(scale.share(100)).toBeCloseTo(1 / 0.9 / (1 / 0.9 + 1), 12);
    expect(scale.share(50)).toBeCloseTo(scale.share(100) / 2, 12);
  });
});

describe('the published broken axis', () => {
  const axis = (...values: number[]) =>
    slotAxis([{ label: '', bars: values.map((value) => ({ simulator: 'x', value, count: 1 })) }], 3);

  it('breaks at 100, at 200 for TTFT, from three bars on', () => {
    const broken = brokenAxis(axis(20, 40, 600), 'e2e_mean', false, true);
    expect(broken.bottom.to).toBe(100);
    expect(broken.bottom.ticks.every((tick) => tick.value < 99)).toBe(true);
    expect([broken.top?.from, broken.top?.to]).toEqual([0.9 * 600, 1.15 * 600]);
    expect(brokenAxis(axis(20, 40, 150), 'ttft_mean', false, true).top).toBeUndefined();
    expect(brokenAxis(axis(20, 600), 'e2e_mean', false, true).top).toBeUndefined();
    expect(brokenAxis(axis(20, 40, 600), 'e2e_mean', false, false).top).toBeUndefined();
  });

  it('ends 20 % above the highest bar otherwise', () => {
    expect(brokenAxis(axis(20, 40), 'e2e_mean', false, true).bottom.to).toBeCloseTo(48, 12);
    expect(brokenAxis(axis(0, 0), 'e2e_mean', false, true).bottom.to).toBe(1);
  });
});

describe('label placement', () => {
  const bounds = { x: 0, y: 0, width: 300, height: 250 };
  const point = fc.record({ x: fc.integer({ min: 40, max: 260 }), y: fc.integer({ min: 30, max: 220 }) });

  it('stays on the page and within 12 pt of the point', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 9 }), (places) => {
        const points = places.map((place) => ({ ...place, radius: 4, width: 50, height: 8 }));
        const labels = placeLabels(points, [], bounds);
        labels.forEach((label, index) => {
          const { x, y, radius } = points[index]!;
          const dx = Math.max(label.x - x, 0, x - label.x - label.width);
          const dy = Math.max(label.y - y, 0, y - label.y - label.height);
          expect(Math.hypot(dx, dy) - radius).toBeLessThanOrEqual(MAX_LABEL_DISTANCE_PT + 1e-9);
          expect(label.x).toBeGreaterThanOrEqual(0);
          expect(label.x + label.width).toBeLessThanOrEqual(bounds.width);
        });
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('keeps two neighbours apart and off a line between them', () => {
    const points = [
      { x: 100, y: 100, radius: 4, width: 50, height: 8 },
      { x: 112, y: 100, radius: 4, width: 50, height: 8 },
    ];
    const [a, b] = placeLabels(points, [{ x1: 0, y1: 100, x2: 300, y2: 100 }], bounds);
    const overlapX = Math.min(a!.x + a!.width, b!.x + b!.width) - Math.max(a!.x, b!.x);
    const overlapY = Math.min(a!.y + a!.height, b!.y + b!.height) - Math.max(a!.y, b!.y);
    expect(Math.min(overlapX, overlapY)).toBeLessThanOrEqual(0);
    for (const label of [a!, b!]) expect(label.y > 100 || label.y + label.height < 100).toBe(true);
  });
});
