import { describe, expect, it } from 'vitest';
import { answerSlo, targetsOf, type Candidate, type SloLimit } from '../../../src/app/simulate/sweep/slo';
import { figuresWith } from '../../support/run-figures';

const TTFT: SloLimit = { latency: 'ttft', statistic: 'p99', limitMs: 500 };
const E2E: SloLimit = { latency: 'e2e', statistic: 'p99', limitMs: 10_000 };

const candidate = (index: number, change: Parameters<typeof figuresWith>[0], rateRps = 5): Candidate => ({
  index,
  words: `Instances ${change.instances ?? change.gpus ?? 1}`,
  rateRps,
  runs: [figuresWith(change)],
});

describe('best under this SLO', () => {
  const candidates = [
    candidate(0, { gpus: 1, ttftP99Ms: 900 }),
    candidate(1, { gpus: 2, ttftP99Ms: 480, outputTokensPerSec: 1500 }),
    candidate(2, { gpus: 4, ttftP99Ms: 200, outputTokensPerSec: 1600 }),
  ];

  it('names the configuration, what it aims at, what it reaches, and how many meet it', () => {
    expect(answerSlo(candidates, [TTFT, E2E], 'fewest-gpus', { total: 3, failed: 0 })).toEqual({
      kind: 'best',
      index: 1,
      meeting: [1, 2],
      sentence:
        'Instances 2 meets it with the fewest GPUs (2): TTFT p99 480 ms, E2E p99 9\u202f000 ms. 2 of 3 meet it.',
    });
    expect(answerSlo(candidates, [TTFT], 'highest-output', { total: 3, failed: 0 })).toMatchObject({
      kind: 'best',
      index: 2,
    });
  });

  it('takes the highest rate that still meets it', () => {
    const rates = [2, 4, 8].map((rate, index) => candidate(index, { ttftP99Ms: 100 * rate }, rate));
    expect(answerSlo(rates, [TTFT], 'highest-rate', { total: 3, failed: 0 })).toMatchObject({
      kind: 'best',
      index: 1,
      meeting: [0, 1],
    });
  });

  it('breaks a tie by headroom, then by the order of the grid, and says so', () => {
    const tied = [
      candidate(0, { ttftP99Ms: 400 }),
      candidate(1, { ttftP99Ms: 300 }),
      candidate(2, { ttftP99Ms: 300 }),
    ];
    const answer = answerSlo(tied, [TTFT], 'fewest-gpus', { total: 3, failed: 0 });
    expect(answer).toMatchObject({ kind: 'best', index: 1 });
    expect('sentence' in answer && answer.sentence).toContain(
      '2 more do the same; it has the most headroom.',
    );
  });

  it('prefers more load on as many GPUs, and fewer GPUs for as much load', () => {
    const rates = [2, 4, 8].map((rate, index) => candidate(index, { ttftP99Ms: 100 + rate }, rate));
    const few = answerSlo(rates, [TTFT], 'fewest-gpus', { total: 3, failed: 0 });
    expect(few).toMatchObject({ kind: 'best', index: 2 });
    expect('sentence' in few && few.sentence).toContain(
      '2 more do the same; it takes the highest rate of them.',
    );
    const fleets = [candidate(0, { gpus: 4 }), candidate(1, { gpus: 2 })];
    const high = answerSlo(fleets, [TTFT], 'highest-rate', { total: 2, failed: 0 });
    expect(high).toMatchObject({ kind: 'best', index: 1 });
    expect('sentence' in high && high.sentence).toContain(
      '1 more does the same; it needs the fewest GPUs of them.',
    );
  });

  it('says how far the nearest is when none meets it', () => {
    const strict = { ...TTFT, limitMs: 160 };
    expect(answerSlo(candidates, [strict], 'fewest-gpus', { total: 3, failed: 0 })).toEqual({
      kind: 'none',
      nearest: 2,
      meeting: [],
      sentence: 'None of 3 meets it; the nearest is Instances 4: TTFT p99 200 ms, 25.0 % over the limit.',
    });
  });

  it('does not let a run that dropped work look fast', () => {
    const dropping = [candidate(0, { gpus: 1, ttftP99Ms: 10, completed: 99 }), candidate(1, { gpus: 2 })];
    const answer = answerSlo(dropping, [TTFT], 'fewest-gpus', { total: 2, failed: 0 });
    expect(answer).toMatchObject({ kind: 'best', index: 1, meeting: [1] });
    expect('sentence' in answer && answer.sentence).toContain(
      '1 configuration left requests unfinished and does not count.',
    );
    const none = answerSlo(dropping.slice(0, 1), [TTFT], 'fewest-gpus', { total: 1, failed: 0 });
    expect(none).toMatchObject({
      kind: 'none',
      nearest: undefined,
      sentence: 'None of 1 meets it: each left requests unfinished.',
    });
  });

  it('judges repeated cells by their worst seed', () => {
    const repeated = {
      ...candidate(0, {}),
      runs: [figuresWith({ ttftP99Ms: 100 }), figuresWith({ ttftP99Ms: 600 })],
    };
    expect(answerSlo([repeated], [TTFT], 'fewest-gpus', { total: 1, failed: 0 })).toMatchObject({
      kind: 'none',
      nearest: 0,
      sentence: expect.stringContaining('TTFT p99 600 ms, worst of 2 seeds') as string,
    });
  });

  it('speaks of what is finished while the sweep runs, and asks nothing without limits', () => {
    const partial = answerSlo(candidates.slice(1), [TTFT], 'fewest-gpus', { total: 24, failed: 0 });
    expect('sentence' in partial && partial.sentence).toContain('2 of 2 finished so far meet it.');
    const ended = answerSlo(candidates.slice(1), [TTFT], 'fewest-gpus', { total: 4, failed: 2 });
    expect('sentence' in ended && ended.sentence).toMatch(
      /2 of 4 meet it\. 2 configurations failed and do not count\.$/,
    );
    expect(answerSlo(candidates, [], 'fewest-gpus', { total: 3, failed: 0 })).toEqual({ kind: 'no-slo' });
    expect(answerSlo([], [TTFT], 'fewest-gpus', { total: 3, failed: 0 })).toEqual({ kind: 'no-runs' });
  });

  it('hands the limits to single requests for the share within', () => {
    expect(targetsOf([TTFT, E2E])).toEqual({ ttftMs: 500, e2eMs: 10_000 });
  });
});
