import { describe, expect, it } from 'vitest';
import {
  errorsByGroup,
  errorsBySimulator,
  naturalOrder,
  pool,
} from '../../../src/report/verdict/error-table';
import { isRanked, verdictOf, type VerdictInput } from '../../../src/report/verdict/headline';
import { plumbRows, plumbStrips } from '../../../src/report/verdict/plumb-rows';
import { experimentDetail } from '../../../src/report/verdict/experiment-detail';
import type { ErrorRecord } from '../../../src/domain/prediction';
import { errorRecord, experiment, pairOutcome } from '../../support/validate-data';

const MEAN = { statistic: 'mean', rows: 'all' } as const;
const experiments = Array.from({ length: 4 }, (_, index) => experiment({ expId: index + 1 }));

/** E2E-mean and TTFT-mean records of one simulator: one error in percent for each experiment, absent = not run. */
function errors(simulator: string, e2e: readonly (number | undefined)[], ttft = e2e): ErrorRecord[] {
  return experiments.flatMap((from, index) => {
    const [x, y] = [e2e[index], ttft[index]];
    if (x === undefined || y === undefined) return [];
    return [
      errorRecord(from, simulator, 'e2e_mean', 1000, 1000 + 10 * x),
      errorRecord(from, simulator, 'ttft_mean', 100, 100 + y),
    ];
  });
}

function judge(records: ErrorRecord[], change: Partial<VerdictInput> = {}) {
  const names = [...new Set(records.map((record) => record.simulator))];
  const table = errorsBySimulator(records, [], names, MEAN);
  const ranked = new Set(
    table.filter((row) => isRanked(row.experiments.size, 4)).map((row) => row.simulator),
  );
  return verdictOf({
    table,
    records,
    pooling: MEAN,
    experimentCount: 4,
    ranked,
    labelOf: (name) => name,
    ...change,
  });
}

describe('pooled errors', () => {
  it('average all rows of a simulator, stages and summary, as the reference does', () => {
    const from = experiments[0]!;
    const records = [
      errorRecord(from, 'a', 'e2e_mean', 100, 110, 0),
      errorRecord(from, 'a', 'e2e_mean', 100, 130, 1),
      errorRecord(from, 'a', 'e2e_mean', 100, 120),
    ];
    const value = (rows: 'all' | 'summaries' | 'stages', statistic: 'mean' | 'median' = 'mean') =>
      errorsBySimulator(records, [], ['a'], { statistic, rows })[0]?.cells.e2e_mean?.value;
    expect(value('all')).toBeCloseTo(20, 12);
    expect(value('summaries')).toBeCloseTo(20, 12);
    expect(value('stages', 'median')).toBeCloseTo(20, 12);
  });

  it('keep the range and the count beside the value', () => {
    const [row] = errorsBySimulator(errors('a', [1, -3, 8, 2]), [], ['a'], MEAN);
    expect(row?.cells.e2e_mean).toEqual({ value: 3.5, n: 4, median: 2.5, min: 1, max: 8 });
    expect(row?.bias).toBe(2);
    expect(row?.biasAgreement).toBe(0.75);
    expect(row?.cells.itl_mean).toBeUndefined();
  });

  it('are infinite when a measured zero was missed, never undefined', () => {
    expect(pool([1, Infinity], 'mean')).toBe(Infinity);
    expect(pool([Infinity, Infinity], 'median')).toBe(Infinity);
    expect(pool([1, 2, Infinity], 'median')).toBe(2);
    expect(pool([], 'mean')).toBeUndefined();
  });

  it('break down by a property, with the number of experiments', () => {
    const other = experiment({ expId: 9, tp: 16, folder: '9-other' });
    const records = [...errors('a', [10, 20, 30, 40]), errorRecord(other, 'a', 'e2e_mean', 100, 150)];
    const grouped = errorsByGroup(records, ['a', 'b'], 'tp', 'e2e_mean', MEAN);
    expect(grouped.groups).toEqual([
      { key: 'TP 1', experiments: 4 },
      { key: 'TP 16', experiments: 1 },
    ]);
    expect(grouped.rows.map(({ simulator, cells }) => [simulator, cells.map((cell) => cell?.value)])).toEqual(
      [['a', [25, 50]]],
    );
  });

  it('order text naturally', () => {
    expect(['TP 16', 'TP 2', 'a10', 'a9b', 'a9a'].sort(naturalOrder)).toEqual([
      'TP 2',
      'TP 16',
      'a9a',
      'a9b',
      'a10',
    ]);
  });
});

describe('the headline', () => {
  it('names the closest simulator with the table’s own number', () => {
    const verdict = judge([...errors('Near', [5, 5, 5, 5]), ...errors('Far', [40, 40, 40, 40])]);
    expect(verdict?.headline).toBe(
      'Near comes closest to the measured end-to-end latency: 5.0\u00a0% mean error on 4 of 4 experiments.',
    );
    expect(verdict?.support[0]).toBe('Far follows at 40.0\u00a0%.');
  });

  it('calls two within one point equal', () => {
    const verdict = judge([...errors('A', [5, 5, 5, 5]), ...errors('B', [5.5, 5.5, 5.5, undefined])]);
    expect(verdict?.headline).toBe(
      'A and B come equally close to the measured end-to-end latency: 5.0\u00a0% and 5.5\u00a0% mean error on 4 and 3 of 4 experiments.',
    );
  });

  it('does not call anything close above 50 %', () => {
    expect(judge(errors('A', [80, 80, 80, 80]))?.headline).toBe(
      'No simulator comes within 50\u00a0% of the measured end-to-end latency; A is least far, at 80.0\u00a0% mean error on 4 of 4 experiments.',
    );
  });

  it('says how much is finished while it runs', () => {
    expect(judge(errors('A', [8, 8, 8, 8]), { progress: { done: 4, total: 9 } })?.headline).toBe(
      'So far: A comes closest to the measured end-to-end latency: 8.0\u00a0% mean error on 4 of 4 experiments (4 of 9 runs).',
    );
  });

  it('leaves simulators under half of the experiments out of the ranking', () => {
    const verdict = judge([
      ...errors('Wide', [30, 30, 30, 30]),
      ...errors('Narrow', [1, undefined, undefined, undefined]),
    ]);
    expect(verdict?.headline).toContain('Wide comes closest');
    expect(judge(errors('Narrow', [1, undefined, undefined, undefined]))).toBeUndefined();
  });

  it('always says when the order reverses on the common experiments', () => {
    const verdict = judge([...errors('A', [10, 10, undefined, undefined]), ...errors('B', [5, 5, 60, 60])]);
    expect(verdict?.headline).toContain('A comes closest');
    expect(verdict?.support.at(-1)).toBe(
      'On the 2 experiments that A and B both support, the order reverses: 5.0\u00a0% against 10.0\u00a0%.',
    );
    expect(judge([...errors('A', [5, 5, 5, 5]), ...errors('B', [9, 9, 9, 9])])?.support.join()).not.toContain(
      'reverses',
    );
  });

  it('names the hardest metric and a bias that most share', () => {
    const verdict = judge([
      ...errors('A', [-12, -12, -12, -12], [20, 20, 20, 20]),
      ...errors('B', [-30, -30, -30, -30], [300, 300, 300, 300]),
      ...errors('C', [-40, -40, -40, 4], [90, 90, 90, 90]),
    ]);
    expect(verdict?.support).toContain('TTFT is the hardest to predict: only A stays below 50\u00a0%.');
    expect(verdict?.support).toContain('A, B and C predict latencies that are too low.');
  });
});

describe('plumb strips', () => {
  it('stand for many rows by their quantiles, simulators without a mark left out', () => {
    const rows = [0.5, 1, 1.5, 2, 2.5].map((ratio, index) => ({
      folder: `${index}-x`,
      expId: index,
      workload: 'general',
      marks: [{ simulator: 'a', ratio, predictedMs: ratio, measuredMs: 1 }],
    }));
    expect(plumbStrips(rows, ['a', 'b'])).toEqual([
      { simulator: 'a', count: 5, quantiles: [0.7, 1, 1.5, 2, 2.3] },
    ]);
  });
});

describe('plumb rows and detail', () => {
  it('give ratios of the summaries, grouped by model and sorted by number', () => {
    const big = experiment({ expId: 20, folder: '20-big', model: 'example/Model-70B' });
    const records = [...pairOutcome(big, 'a', 2).records, ...pairOutcome(experiments[0]!, 'a', 0.5).records];
    const { groups, measuredZero } = plumbRows(records, 'e2e_mean');
    expect(groups.map(({ key, rows }) => [key, rows.map((row) => row.marks[0]?.ratio)])).toEqual([
      ['Model-8B', [0.5]],
      ['Model-70B', [2]],
    ]);
    expect(measuredZero).toEqual([]);
  });

  it('list a measured zero instead of dividing by it, and keep a predicted zero', () => {
    const records = [
      errorRecord(experiments[0]!, 'a', 'ttft_mean', 0, 5),
      errorRecord(experiments[1]!, 'a', 'ttft_mean', 5, 0),
    ];
    const { groups, measuredZero } = plumbRows(records, 'ttft_mean');
    expect(measuredZero).toEqual([1]);
    expect(groups[0]?.rows.map(({ expId, marks }) => [expId, marks[0]?.ratio])).toEqual([[2, 0]]);
  });

  it('put predicted beside measured for each stage and the summary', () => {
    const from = experiments[0]!;
    const stages = experimentDetail(from, pairOutcome(from, 'a', 1.1).records, ['a', 'b']);
    expect(stages.map((stage) => stage.stageIndex)).toEqual([0, -1]);
    const row = stages[0]?.rows.find(({ metric }) => metric === 'e2e_mean');
    expect(row?.measuredMs).toBe(3600);
    expect(row?.cells[0]?.predictedMs).toBeCloseTo(3960, 9);
    expect(row?.cells[0]?.deltaPercent).toBeCloseTo(10, 9);
    expect(row?.cells[1]).toBeUndefined();
    expect(stages[0]?.rows.map(({ metric }) => metric)).not.toContain('itl_p99');
  });
});
