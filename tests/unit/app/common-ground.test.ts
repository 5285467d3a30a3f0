// Averages over the experiments that everybody, or every ranked simulator, has run.

import { describe, expect, it } from 'vitest';
import { choicesOf, verdictView } from '../../../src/app/validate/verdict-view';
import { commonWords, differs } from '../../../src/app/validate/common-ground';
import { errorRecord, experiment } from '../../support/validate-data';

const experiments = [1, 2, 3, 4].map((expId) =>
  experiment({ expId, model: expId === 4 ? 'x/Other' : 'x/One' }),
);

/** One E2E summary record for each experiment that was run: its error in percent. */
const errors = (simulator: string, percents: readonly (number | undefined)[]) =>
  experiments.flatMap((from, index) => {
    const percent = percents[index];
    return percent === undefined ? [] : [errorRecord(from, simulator, 'e2e_mean', 1000, 1000 + 10 * percent)];
  });

/** `a` ran everything, `b` half, `c` one: c is not ranked. On what a and b share, b is worse than it looks. */
const records = [
  ...errors('a', [10, 10, 40, 40]),
  ...errors('b', [20, 20, undefined, undefined]),
  ...errors('c', [undefined, 1, undefined, undefined]),
];

const view = (query: Record<string, string>) =>
  verdictView({
    records,
    runtimes: [],
    simulators: ['a', 'b', 'c'],
    folders: experiments.map(({ folder }) => folder),
    coverage: new Map([
      ['a', 4],
      ['b', 2],
      ['c', 1],
    ]),
    choices: choicesOf(query),
  });

const cell = (result: ReturnType<typeof view>, simulator: string) =>
  [...result.ranked, ...result.unranked].find((row) => row.simulator === simulator)?.cells.e2e_mean?.value;

describe('the common experiments', () => {
  it('offers both ways while coverage differs, and says when the order reverses', () => {
    const all = view({});
    expect(all.commonWays).toEqual([
      { choice: 'all', count: 1 },
      { choice: 'ranked', count: 2 },
    ]);
    expect(all.scope).toBeUndefined();
    expect([cell(all, 'a'), cell(all, 'b')]).toEqual([25, 20]);
    expect(all.verdict?.headline).toContain('b comes closest');
    expect(all.verdict?.support.join(' ')).toContain(
      'On the 2 experiments that b and a both support, the order reverses',
    );
  });

  it('averages over those that every ranked simulator has run', () => {
    const ranked = view({ common: 'ranked' });
    expect(ranked.scope).toBe('2 experiments: those that every ranked simulator has run.');
    expect([cell(ranked, 'a'), cell(ranked, 'b'), cell(ranked, 'c')]).toEqual([10, 20, 1]);
    expect(ranked.commonWays).toEqual([]);
    expect(new Set(ranked.records.map(({ experimentFolder }) => experimentFolder)).size).toBe(2);
    expect(ranked.verdict?.headline).toContain('on 1 of 2 experiments');
  });

  it('averages over those that everybody has run, together with a group', () => {
    const all = view({ common: 'all' });
    expect(all.scope).toBe('1 experiment: those that every simulator has run.');
    expect(all.unranked).toEqual([]);
    expect([cell(all, 'a'), cell(all, 'b'), cell(all, 'c')]).toEqual([10, 20, 1]);
    const group = view({ common: 'ranked', only: 'x/One' });
    expect(group.scope).toBe('2 experiments: model x/One, those that every ranked simulator has run.');
    expect(view({ common: 'ranked', only: 'x/Other' }).records).toEqual([]);
  });

  it('offers nothing where everybody ran the same', () => {
    const same = [...errors('a', [1, 2, 3, 4]), ...errors('b', [1, 2, 3, 4])];
    const covered = new Map([
      ['a', new Set(['x', 'y'])],
      ['b', new Set(['x', 'y'])],
    ]);
    expect(differs(covered, ['a', 'b'])).toBe(false);
    expect(
      verdictView({
        records: same,
        runtimes: [],
        simulators: ['a', 'b'],
        folders: experiments.map(({ folder }) => folder),
        coverage: new Map(),
        choices: choicesOf({ common: 'everything' }),
      }).commonWays,
    ).toEqual([]);
    expect([commonWords(1), commonWords(7)]).toEqual([
      'Compare on the common one',
      'Compare on the 7 common ones',
    ]);
  });
});
