import { expect, it } from 'vitest';
import { figuresCommand } from '../../src/headless/commands/figures';
import { reportCommand } from '../../src/headless/commands/report';
import { runCommand } from '../support/captured-io';
import { describeShared, sharedJson, sharedPath } from '../support/shared';

const SIMULATORS = [
  'aiconfigurator-estimate',
  'blis-roofline',
  'blis-trained-physics',
  'llm-optimizer-estimate',
  'llmservingsim',
  'vidur',
];

describeShared('report, then figures, over the published results', () => {
  it('gives the published figure values and draws every figure', async () => {
    const file = (name: string): string => sharedPath('published-results', name);
    const report = await runCommand(reportCommand, [
      '--actuals',
      file('actuals.csv'),
      '--predictions',
      ...SIMULATORS.map((simulator) => file(`predictions-${simulator}.csv`)),
      '--output-dir',
      'results',
    ]);
    expect(report.problems).toEqual([]);
    const statistics = JSON.parse(report.written.get('results/statistics.json')!) as {
      mape: Record<string, Record<string, { mean: number; low: number; high: number }>>;
    };
    const { mean, low, high } = statistics.mape['blis-trained-physics']!['e2e_mean']!;
    // The table's cell, inside its interval.
    expect(mean).toBeCloseTo(9.34, 2);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
    const drawn = await runCommand(
      figuresCommand,
      ['--results-dir', 'results', '--output-dir', 'out', '--format', 'svg'],
      Object.fromEntries(report.written),
    );
    expect(drawn.problems).toEqual([]);
    expect(drawn.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('  OK: '))).toEqual([
      'Figures saved to out',
    ]);
    expect(drawn.written.size).toBe(16);
    const { figures } = JSON.parse(drawn.written.get('out/figures.json')!) as {
      figures: Record<string, unknown>;
    };
    const expected = sharedJson<{ figures: Record<string, unknown> }>(
      'published-results',
      'expected-tables.json',
    ).figures;
    for (const name of ['fig1_mape_by_model', 'fig4b_moe', 'fig0c_llmservingsim', 'fig5_pareto']) {
      expectClose(figures[name], expected[name], name);
    }
  });
});

function expectClose(found: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number') {
    expect(found, path).toBeCloseTo(expected, 8);
  } else if (typeof expected === 'object' && expected !== null) {
    for (const [key, value] of Object.entries(expected)) {
      expectClose((found as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  } else {
    expect(found, path).toEqual(expected);
  }
}
