import { expect, it } from 'vitest';
import { figureValues } from '../../src/figures/data/figure-values';
import { prepareFigureData } from '../../src/figures/data/prepare';
import { publishedRows } from '../support/published';
import { describeShared, sharedJson } from '../support/shared';

interface Expected {
  readonly figures: Record<string, unknown>;
  readonly config_tag: Record<string, string>;
  readonly experiments: number[];
}

/** Same keys in the same places; numbers to 1e-9 relative. */
function expectSame(found: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number' && typeof found === 'number') {
    expect(Math.abs(found - expected), path).toBeLessThanOrEqual(Math.abs(expected) * 1e-9);
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(found ?? {}).sort(), path).toEqual(Object.keys(expected).sort());
    for (const [key, value] of Object.entries(expected)) {
      expectSame((found as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  } else {
    expect(found, path).toEqual(expected);
  }
}

describeShared('figures from the published results', () => {
  const published = publishedRows();
  const expected = sharedJson<Expected>('published-results', 'expected-tables.json');
  const values = figureValues(prepareFigureData(published.errors, published.runtimes));
  const later = figureValues(prepareFigureData(published.errors, published.laterRuntimes));

  it('have a value, or none, wherever the reference has', () => {
    const { fig5_pareto_later_runtimes, table1_real_1200s_later_runtimes, ...figures } = expected.figures;
    expectSame(values, figures, 'figures');
    expectSame(later['fig5_pareto'], fig5_pareto_later_runtimes, 'fig5 later');
    expectSame(later['table1_real_1200s'], table1_real_1200s_later_runtimes, 'table1 later');
  });

  it('tag each experiment as the reference does', () => {
    const tags = new Map(
      prepareFigureData(published.errors, []).summary.map((row) => [String(row.expId), row.configTag]),
    );
    expect(Object.fromEntries(tags)).toEqual(expected.config_tag);
  });
});
