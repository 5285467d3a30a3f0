import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../src/app/simulate/settings';
import { cellWords, expandCells, expandRuns, planOf, runCount } from '../../../src/app/simulate/sweep/grid';
import { parametersReadWith } from '../../../src/app/simulate/sweep/parameters';
import { metricOf, SWEEP_METRICS } from '../../../src/app/simulate/sweep/metrics';
import { parametersWithoutEffect } from '../../../src/app/simulate/sweep/no-effect';
import {
  cellState,
  KeptCellStates,
  spreadOf,
  unfinishedOf,
  type CellState,
  type RunState,
} from '../../../src/app/simulate/sweep/run-state';
import { parseLines, parseNumbers } from '../../../src/app/simulate/sweep/values';
import { figuresWith } from '../../support/run-figures';

const numbers = (text: string): readonly string[] | string => {
  const parsed = parseNumbers(text);
  return parsed.ok ? parsed.value : parsed.error.message;
};

describe('values as typed', () => {
  it.each([
    ['1, 2,4', ['1', '2', '4']],
    ['4 ; 2\n4', ['4', '2']],
    ['1..4', ['1', '2', '3', '4']],
    ['1..8 by 3', ['1', '4', '7']],
    ['0.1..0.5 by 0.1', ['0.1', '0.2', '0.3', '0.4', '0.5']],
    ['1..64 x2', ['1', '2', '4', '8', '16', '32', '64']],
    ['10, 1 .. 2, 2', ['10', '1', '2']],
    ['1e3', ['1000']],
  ])('reads %j', (text, values) => expect(numbers(text)).toEqual(values));

  it.each([
    ['', 'No values yet.'],
    ['1, x', 'Found “x”, expected a number or a range like 1..8, 1..9 by 2 or 1..64 x2.'],
    ['5..1', '“5..1” ends before it starts.'],
    ['1..5 by 0', '“1..5 by 0”: the step must be greater than 0.'],
    ['0..5 x2', '“0..5 x2”: a factor must be greater than 1, and the start greater than 0.'],
    ['1..5 x1', '“1..5 x1”: a factor must be greater than 1, and the start greater than 0.'],
    ['1..1000000000', 'More than 200 values. Take larger steps.'],
  ])('refuses %j with the reason', (text, message) => expect(numbers(text)).toBe(message));

  it('reads one text a line, where values hold commas', () => {
    const lines = parseLines('queue-depth:1\n\n kv-utilization:2,queue-depth:1 \nqueue-depth:1');
    expect(lines.ok && lines.value).toEqual(['queue-depth:1', 'kv-utilization:2,queue-depth:1']);
  });
});

describe('the parameters on offer', () => {
  const names = (...asked: Parameters<typeof parametersReadWith>): readonly string[] =>
    parametersReadWith(...asked).map(({ name }) => name);
  const spec = { ...settingsOf(), workload: '', workloadSpec: 'version: "2"' };

  it('are those that make a difference beside the form', () => {
    expect(names(settingsOf())).toEqual(expect.arrayContaining(['rateRps', 'instances', 'routingPolicy']));
    expect(names(settingsOf())).not.toContain('tokenBucketCapacity');
    expect(names(spec)).not.toContain('rateRps');
  });

  it('or beside a value that is swept with them', () => {
    const policies = { name: 'admissionPolicy', values: ['always-admit', 'token-bucket'] } as const;
    expect(names(settingsOf(), policies)).toContain('tokenBucketCapacity');
  });

  it('are refused where nothing reads them', () => {
    const rates = { name: 'rateRps', values: '1, 2' } as const;
    const plan = planOf(spec, [rates], '1');
    expect(!plan.ok && plan.error.message).toMatch(/^Rate makes no difference:/);
    const both = [
      { name: 'tokenBucketCapacity', values: '10, 20' },
      { name: 'admissionPolicy', values: 'always-admit\ntoken-bucket' },
    ] as const;
    expect(planOf(settingsOf(), both, '1').ok).toBe(true);
    expect(planOf(settingsOf(), both.slice(0, 1), '1').ok).toBe(false);
  });
});

describe('the grid of a sweep', () => {
  const base = settingsOf();

  it('expands two parameters row by row, and seeds within a cell', () => {
    const plan = planOf(
      base,
      [
        { name: 'instances', values: '1, 2' },
        { name: 'rateRps', values: '4..12 by 4' },
      ],
      '2',
    );
    if (!plan.ok) throw new Error(plan.error.message);
    expect(runCount(plan.value)).toBe(12);
    const cells = expandCells(plan.value);
    expect(cells.map(({ settings }) => [settings.instances, settings.rateRps])).toEqual([
      ['1', '4'],
      ['1', '8'],
      ['1', '12'],
      ['2', '4'],
      ['2', '8'],
      ['2', '12'],
    ]);
    expect(cells[4]?.at).toEqual([1, 1]);
    expect(cellWords(plan.value.axes, { at: [1, 2] })).toBe('Instances 2, Rate 12');
    const runs = expandRuns(cells, 2);
    expect(runs.map(({ cell, repeat }) => [cell, repeat]).slice(0, 3)).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
    ]);
    const seeds = runs.map(({ settings }) => settings.seed);
    expect(seeds.slice(0, 3)).toEqual(['42', '43', '42']);
  });

  it.each([
    [
      [{ name: 'instances', values: '0..2' }],
      '1',
      'Instances: found “0”, expected a whole number from 1 to 256.',
    ],
    [[{ name: 'instances', values: 'x' }], '1', 'Instances: found “x”, expected a number or a range'],
    [[{ name: 'instances', values: ' ' }], '1', 'Instances: no values yet.'],
    [
      [{ name: 'routingPolicy', values: 'fastest' }],
      '1',
      'Routing: found “fastest”, expected always-busiest',
    ],
    [[{ name: 'instances', values: '1' }], '0', 'Seeds: found “0”, expected a whole number from 1 to 20.'],
    [[{ name: 'seed', values: '1..3' }], '2', 'Seeds are swept already'],
    [
      [
        { name: 'rateRps', values: '1..101' },
        { name: 'instances', values: '1..10' },
      ],
      '1',
      '1010 runs; a sweep can have 1000.',
    ],
    [
      [
        { name: 'rateRps', values: '1' },
        { name: 'rateRps', values: '2' },
      ],
      '1',
      'Rate is swept twice.',
    ],
  ] as const)('refuses %j with %s seeds', (inputs, repeats, message) => {
    const plan = planOf(base, inputs, repeats);
    expect(!plan.ok && plan.error.message).toContain(message);
  });
});

describe('a cell', () => {
  it('is as far as its runs, and fails with the first reason', () => {
    const done = { kind: 'done', figures: figuresWith({}) } as const;
    expect(cellState([{ kind: 'waiting' }, { kind: 'waiting' }])).toEqual({ kind: 'waiting' });
    expect(cellState([done, { kind: 'running', done: 1, total: 4 }])).toEqual({
      kind: 'running',
      share: 0.625,
    });
    expect(cellState([done, { kind: 'waiting' }])).toEqual({ kind: 'running', share: 0.5 });
    expect(cellState([done, done]).kind).toBe('done');
    expect(cellState([{ kind: 'failed', message: 'No room.' }])).toEqual({
      kind: 'failed',
      message: 'No room.',
    });
    expect(cellState([done, { kind: 'failed', message: 'No room.' }])).toEqual({
      kind: 'failed',
      message: '1 of 2 seeds failed: No room.',
    });
  });

  it('stays the same object while nothing happens to it', () => {
    const kept = new KeptCellStates();
    const done: RunState = { kind: 'done', figures: figuresWith({}) };
    const waiting: RunState = { kind: 'waiting' };
    const first = kept.of(0, [done, waiting]);
    expect(kept.of(0, [done, waiting])).toBe(first);
    expect(kept.of(1, [done, waiting])).not.toBe(first);
    expect(kept.of(0, [done, done]).kind).toBe('done');
    expect(kept.of(0, [done]).kind).toBe('done');
  });

  it('shows the mean over its seeds with the range, and nothing where a seed has no figure', () => {
    const runs = [figuresWith({ ttftP99Ms: 100 }), figuresWith({ ttftP99Ms: 300 })];
    expect(spreadOf(metricOf('ttft-p99'), runs)).toEqual({ mean: 200, least: 100, most: 300 });
    const { ttft: _none, ...without } = figuresWith({ completed: 0 });
    expect(spreadOf(metricOf('ttft-p99'), [...runs, without])).toBeUndefined();
    expect(unfinishedOf([figuresWith({ completed: 90 }), figuresWith({})])).toBe(10);
  });

  it('reads each metric from one run', () => {
    const figures = { ...figuresWith({ completed: 50 }), withinTargets: 0.25 };
    const shown = SWEEP_METRICS.map((metric) => {
      const value = metric.read(figures);
      return `${metric.id} ${value === undefined ? 'N/A' : metric.show(value)}`;
    });
    expect(shown).toContain('completed 50.0');
    expect(shown).toContain('within 25.0');
    expect(shown).toContain('e2e-p99 9\u202f000');
  });
});

describe('parameters without effect', () => {
  const plan = planOf(
    settingsOf(),
    [
      { name: 'rateRps', values: '1, 2' },
      { name: 'maxNumRunningReqs', values: '100, 200' },
    ],
    '1',
  );
  if (!plan.ok) throw new Error(plan.error.message);
  const cells = expandCells(plan.value);
  const done = (resultHash: string): CellState => ({
    kind: 'done',
    runs: [{ ...figuresWith({}), resultHash }],
  });
  const labels = (states: readonly CellState[]): readonly string[] =>
    parametersWithoutEffect(plan.value.axes, cells, states);

  it('are those whose values all lead to the same result', () => {
    expect(labels([done('a'), done('a'), done('b'), done('b')])).toEqual(['Batch slots']);
    expect(labels([done('a'), done('b'), done('b'), done('b')])).toEqual([]);
    expect(labels([done('a'), done('a'), done('a'), done('a')])).toEqual(['Rate', 'Batch slots']);
  });

  it('are told when all is finished, and not from failed cells', () => {
    expect(labels([done('a'), done('a'), done('b'), { kind: 'waiting' }])).toEqual([]);
    const failed: CellState = { kind: 'failed', message: 'No.' };
    expect(labels([done('a'), done('a'), failed, failed])).toEqual(['Batch slots']);
    expect(labels([done('a'), failed, failed, done('b')])).toEqual([]);
  });
});
