import { describe, expect, it } from 'vitest';
import {
  compareCsv,
  compareMarkdown,
  compareTable,
  showChange,
} from '../../../src/app/simulate/runs/compare';
import {
  changesBetween,
  compareRuns,
  differenceLine,
  shortDifference,
} from '../../../src/app/simulate/runs/difference';
import { settingsOf, type FleetSettings } from '../../../src/app/simulate/settings';
import type { SimulatedRun } from '../../../src/domain/simulated-run';

const A = settingsOf();
const B: FleetSettings = { ...A, tp: '2', routingPolicy: 'weighted', totalKvBlocks: '5000' };

function run(change: Partial<SimulatedRun> & { readonly ttftMs?: number } = {}): SimulatedRun {
  const { ttftMs = 100, ...rest } = change;
  return {
    requests: 500,
    completed: 500,
    durationS: 60,
    outputTokensPerSec: 1000,
    preemptions: 0,
    latencies: [{ metric: 'TTFT', meanMs: ttftMs, p50Ms: ttftMs, p90Ms: ttftMs, p99Ms: NaN }],
    workloadHash: 'same',
    resultHash: 'one',
    ...rest,
  } as SimulatedRun;
}

describe('the difference of two configurations', () => {
  it('is one line in the words of the form; what is not given reads auto', () => {
    const changes = changesBetween(A, B);
    expect(new Set(differenceLine(changes).split(', '))).toEqual(
      new Set(['Tensor parallelism 1→2', 'KV blocks auto→5000', 'Routing round-robin→weighted']),
    );
    expect(changesBetween(A, { ...A, rateRps: '5.0', seed: ' 42 ' })).toEqual([]);
  });

  it('is short on a chip', () => {
    const words = shortDifference(changesBetween(A, { ...B, seed: '7' }), 'to').split(', ');
    expect(words).toHaveLength(4);
    expect(words[3]).toBe('1 more');
    expect(shortDifference(changesBetween(A, { ...A, routingPolicy: 'weighted' }), 'to')).toBe('weighted');
  });

  const origin = (settings: FleetSettings | undefined, presetId?: string) => ({ settings, presetId });

  it('names the knobs that had no effect', () => {
    const a = { letter: 'A', origin: origin(A), run: run() };
    const b = {
      letter: 'B',
      origin: origin({ ...A, maxNumRunningReqs: '128', totalKvBlocks: '9000' }),
      run: run(),
    };
    expect(compareRuns(a, b).noEffect).toMatch(
      /^A and B have equal results: (KV blocks and Batch slots|Batch slots and KV blocks) had no effect\.$/,
    );
    expect(compareRuns(a, { ...b, run: run({ resultHash: 'two' }) })).not.toHaveProperty('noEffect');
    expect(compareRuns(a, { ...b, origin: origin(A) })).toEqual({ difference: 'Same configuration' });
  });

  it('says a large change of the p99 TTFT as a multiple, of the same requests alone', () => {
    const p99 = (p99Ms: number, change: Partial<SimulatedRun> = {}) =>
      run({
        resultHash: String(p99Ms),
        latencies: [{ metric: 'TTFT', meanMs: 1, p50Ms: 1, p90Ms: 1, p99Ms }],
        ...change,
      });
    const a = { letter: 'A', origin: origin(A), run: p99(2635.5) };
    const b = (of: SimulatedRun) => ({ letter: 'B', origin: origin(B), run: of });
    expect(compareRuns(a, b(p99(9072.5))).multiple).toBe(
      'TTFT p99 is 3.4 times that of A: 9\u202f073 against 2\u202f636 ms.',
    );
    expect(compareRuns(a, b(p99(1000))).multiple).toContain('0.38 times');
    expect(compareRuns(a, b(p99(4000)))).not.toHaveProperty('multiple');
    expect(compareRuns(a, b(p99(9072.5, { workloadHash: 'other' })))).not.toHaveProperty('multiple');
  });

  it('warns when the requests were not the same', () => {
    const a = { letter: 'A', origin: origin(A), run: run() };
    const b = { letter: 'C', origin: origin({ ...A, seed: '7' }), run: run({ workloadHash: 'other' }) };
    expect(compareRuns(a, b)).toEqual({
      difference: 'Seed 42→7',
      caveat: 'A and C served different requests; latencies are not comparable one to one.',
    });
  });

  it('tells the founding version apart', () => {
    const a = { letter: 'A', origin: origin(undefined, 'founding-readme'), run: run() };
    const b = { letter: 'B', origin: origin(A), run: run({ workloadHash: 'other' }) };
    expect(compareRuns(a, b).difference).toBe('Different engines: the founding version and the current one');
    expect(compareRuns(a, { ...a, letter: 'B' }).difference).toBe('Same configuration');
  });
});

describe('the table of runs', () => {
  const a = { letter: 'A', name: 'TP 1', run: run() };
  const b = {
    letter: 'B',
    name: '=TP 2',
    run: run({ ttftMs: 70, preemptions: 3, outputTokensPerSec: 1100 }),
  };

  it('has a change against the baseline, and which way is better', () => {
    const rows = compareTable([a, b], a);
    const mean = rows.find(({ label }) => label === 'TTFT mean');
    expect(mean?.cells.map(({ text }) => text)).toEqual(['100', '70.0']);
    expect(mean?.cells.map(showChange)).toEqual(['', '−30.0 %']);
    expect(mean?.cells[1]?.isBetter).toBe(true);
    const preemptions = rows.find(({ label }) => label === 'Preemptions');
    // From zero there is no change in percent, but it is worse all the same.
    expect(preemptions?.cells.map(showChange)).toEqual(['', '']);
    expect(preemptions?.cells[1]?.isBetter).toBe(false);
    const requests = rows.find(({ label }) => label === 'Requests');
    expect(requests?.cells.map(showChange)).toEqual(['', '0.0 %']);
    // No run has a p99 of TTFT, or an ITL.
    expect(rows.some(({ label }) => label === 'TTFT p99' || label.startsWith('ITL'))).toBe(false);
  });

  it('goes out as CSV in full precision, with formulas made harmless', () => {
    const lines = compareCsv([a, b], a).trimEnd().split('\r\n');
    expect(lines[0]).toBe('metric,A TP 1,B =TP 2,"B against A, %"');
    expect(lines[1]).toBe('"TTFT mean, ms",100,70,-30');
    const named = compareCsv(
      [
        { ...a, letter: '', name: '' },
        { ...b, letter: '=B', name: '' },
      ],
      undefined,
    );
    expect(named.split('\r\n')[0]).toBe("metric,,'=B");
  });

  it('goes out as Markdown as on screen, with what differs under it', () => {
    const text = compareMarkdown([a, { ...b, name: 'TP|2' }], a, ['B against A: Tensor parallelism 1→2']);
    expect(text.split('\n').slice(0, 3)).toEqual([
      '|  | A TP 1 | B TP\\|2 |',
      '| --- | ---: | ---: |',
      '| TTFT mean, ms | 100 | 70.0 (−30.0 %) |',
    ]);
    expect(text.endsWith('\n\nB against A: Tensor parallelism 1→2\n')).toBe(true);
  });
});
