// Reductions of a run's course lose no extreme, whatever the room and the window.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addUp } from '../../src/report/timeline/fleet-series';
import { countsIn, extremesIn, preemptionsIn } from '../../src/report/timeline/pixel-columns';
import { SpanSeries } from '../../src/report/timeline/span-series';

interface State {
  readonly startUs: number;
  readonly endUs: number;
  readonly waiting: number;
  readonly used: number;
  readonly preemptions: number;
}

const states = fc
  .array(
    fc.record({
      gap: fc.constantFrom(0, 0, 0, 7),
      length: fc.integer({ min: 1, max: 50 }),
      waiting: fc.integer({ min: 0, max: 1000 }),
      used: fc.integer({ min: 0, max: 1000 }),
      preemptions: fc.constantFrom(0, 0, 0, 1, 3),
    }),
    { minLength: 1, maxLength: 200 },
  )
  .map((drawn) => {
    let now = 0;
    return drawn.map(({ gap, length, ...rest }): State => {
      const startUs = now + gap;
      now = startUs + length;
      return { startUs, endUs: now, ...rest };
    });
  });

function seriesOf(made: readonly State[], most: number): SpanSeries {
  const series = new SpanSeries(most);
  for (const { startUs, endUs, waiting, used, preemptions } of made)
    series.push(startUs, endUs, waiting, 1, used, used + 5, preemptions);
  return series;
}

const greatestOf = (values: Float64Array): number =>
  Math.max(...values.filter((value) => !Number.isNaN(value)));

describe('pixel columns', () => {
  it('shows a stall of one state at any zoom', () => {
    const series = new SpanSeries(1024);
    for (let at = 0; at < 1000; at++) series.push(at * 10, at * 10 + 10, at === 617 ? 99 : 1, 1, 0, 0, 0);
    const { least, greatest } = extremesIn(series, 'waiting', { fromUs: 0, toUs: 10_000, columns: 7 });
    expect([...greatest]).toEqual([1, 1, 1, 1, 99, 1, 1]);
    expect([...least]).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it('gives each column exactly the extremes of the states that reach into it', () => {
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 60 }), (made, columns) => {
        const end = made.at(-1)?.endUs ?? 1;
        const window = { fromUs: 0, toUs: end, columns };
        const { greatest } = extremesIn(seriesOf(made, 1024), 'waiting', window);
        for (let column = 0; column < columns; column++) {
          const from = (column * end) / columns;
          const to = ((column + 1) * end) / columns;
          const inside = made.filter(({ startUs, endUs }) => startUs < to && endUs > from);
          const idle = made.some(({ startUs }, at) => {
            const before = made[at - 1]?.endUs ?? 0;
            return before < startUs && before < to && startUs > from;
          });
          const expected = Math.max(...inside.map(({ waiting }) => waiting), ...(idle ? [0] : []));
          // Rounding of a column's edge may let in a neighbour, never keep out a member.
          expect(greatest[column]).toBeGreaterThanOrEqual(expected);
          const near = made.filter(({ startUs, endUs }) => startUs < to + 1e-6 && endUs > from - 1e-6);
          expect(greatest[column]).toBeLessThanOrEqual(Math.max(...near.map(({ waiting }) => waiting), 0));
        }
      }),
    );
  });

  it('counts every arrival once', () => {
    const times = Float64Array.of(0, 1, 1, 5, 9);
    expect([...countsIn(times, { fromUs: 0, toUs: 10, columns: 5 })]).toEqual([3, 0, 1, 0, 1]);
  });
});

describe('a series without room', () => {
  it('keeps its extremes, its preemptions and its bound', () => {
    fc.assert(
      fc.property(states, fc.constantFrom(2, 4, 16), (made, most) => {
        const series = seriesOf(made, most);
        expect(series.count).toBeLessThanOrEqual(most);
        const window = { fromUs: 0, toUs: series.endUs, columns: 3 };
        expect(greatestOf(extremesIn(series, 'waiting', window).greatest)).toBe(
          Math.max(...made.map(({ waiting }) => waiting)),
        );
        expect(greatestOf(extremesIn(series, 'usedBlocks', window).greatest)).toBe(
          Math.max(...made.map(({ used }) => used + 5)),
        );
        expect(preemptionsIn(series, window).reduce((sum, each) => sum + each, 0)).toBe(
          made.reduce((sum, { preemptions }) => sum + preemptions, 0),
        );
      }),
    );
  });
});

describe('a fleet', () => {
  it('adds up what its instances do at each moment', () => {
    fc.assert(
      fc.property(fc.array(states, { minLength: 1, maxLength: 6 }), (fleet) => {
        const series = addUp(
          fleet.map((made) => seriesOf(made, 1024)),
          1 << 16,
        );
        const valueAt = (time: number): number =>
          fleet.reduce(
            (sum, made) =>
              sum + (made.find(({ startUs, endUs }) => startUs <= time && time < endUs)?.waiting ?? 0),
            0,
          );
        for (let span = 0; span < series.count; span++) {
          const time = series.startAt(span);
          expect(series.greatestAt('waiting', span)).toBe(valueAt(time));
          expect(series.leastAt('waiting', span)).toBe(valueAt(time));
        }
        expect(series.endUs).toBe(Math.max(...fleet.map((made) => made.at(-1)?.endUs ?? 0)));
      }),
    );
  });
});
