// Numbers behind the charts of a finished run, on cases small enough to check by hand.

import { describe, expect, test } from 'vitest';
import { firstTarget, shareWithin } from '../../../src/app/simulate/results/distribution-curve';
import { laneArea, laneLine, laneTop, smoothRates } from '../../../src/app/simulate/results/lane-shapes';
import { storySpans, storySums } from '../../../src/app/simulate/results/story-spans';
import { brushed, panned, revealing, wholeView, zoomed } from '../../../src/app/simulate/results/time-view';
import type { LifeEvent } from '../../../src/domain/cluster-result';
import type { RequestRow } from '../../../src/domain/run-answers';
import { distributionOf } from '../../../src/report/run-detail/distributions';

describe('distributions', () => {
  const steps = distributionOf('TTFT', Float64Array.of(1000, 2000, 3000, 4000));

  test('few values stay as they are, with the reference’s interpolated percentiles', () => {
    expect(steps).toMatchObject({ count: 4, isComplete: true, meanMs: 2.5, p50Ms: 2.5, p90Ms: 3.7 });
    expect([...steps.valuesMs]).toEqual([1, 2, 3, 4]);
    expect(shareWithin(steps, 0.5)).toBe(0);
    expect(shareWithin(steps, 2)).toBe(0.5);
    expect(shareWithin(steps, 99)).toBe(1);
  });

  test('many values become 1 024 quantiles that keep both ends and the share', () => {
    const many = distributionOf(
      'E2E',
      Float64Array.from({ length: 10_001 }, (_, at) => at * 1000),
    );
    expect(many.isComplete).toBe(false);
    expect(many.valuesMs).toHaveLength(1024);
    expect([many.valuesMs[0], many.valuesMs[1023]]).toEqual([0, 10_000]);
    expect(shareWithin(many, 2500)).toBeCloseTo(0.25, 6);
    expect(many.p99Ms).toBeCloseTo(9900, 9);
  });

  test('nothing measured has no percentiles', () => {
    const none = distributionOf('ITL', new Float64Array());
    expect(none.count).toBe(0);
    expect([none.meanMs, none.p50Ms, shareWithin(none, 1)]).toEqual([NaN, NaN, NaN]);
  });

  test('the first target is a round number at or above p90', () => {
    expect(firstTarget({ ...steps, p90Ms: 47.1 })).toBe(50);
    expect(firstTarget({ ...steps, p90Ms: 2363 })).toBe(2500);
    expect(firstTarget({ ...steps, p90Ms: NaN })).toBe(1);
  });
});

describe('lanes', () => {
  const box = { left: 0, top: 0, width: 3, height: 10 };

  test('a line goes through least and greatest, and breaks where nothing is known', () => {
    const lane = { least: Float64Array.of(0, 5, NaN), greatest: Float64Array.of(0, 10, NaN) };
    expect(laneLine(lane, box, 10)).toBe('M0.5 10.0L1.5 5.0L1.5 0.0');
    expect(laneArea(lane, box, 10)).toBe('M0.5 10L0.5 10.0L1.5 0.0L1.5 10Z');
  });

  test('the axis ends on a round number', () => {
    expect(laneTop([Float64Array.of(1, 468, NaN)], 4)).toBe(500);
    expect(laneTop([Float64Array.of(NaN)], 4)).toBe(4);
  });

  test('rates of rare events are means over wider bins, and lose none', () => {
    const counts = Uint32Array.from({ length: 100 }, (_, column) => (column % 5 === 0 ? 1 : 0));
    const { greatest } = smoothRates(counts, 1e6, 8);
    expect(new Set(greatest)).toEqual(new Set([0.2]));
    expect(greatest.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(20, 9);
  });
});

describe('the stretch on screen', () => {
  test('zooming keeps the time under the pointer, and stays within the run', () => {
    expect(zoomed({ fromUs: 0, toUs: 10_000 }, 0.5, 4000, 10_000)).toEqual({ fromUs: 2000, toUs: 7000 });
    expect(zoomed({ fromUs: 2000, toUs: 7000 }, 9, 4000, 10_000)).toEqual(wholeView(10_000));
    expect(panned({ fromUs: 6000, toUs: 9000 }, 0.5, 10_000)).toEqual({ fromUs: 7000, toUs: 10_000 });
    expect(brushed(7000, 3000, 10_000)).toEqual({ fromUs: 3000, toUs: 7000 });
    expect(revealing({ fromUs: 0, toUs: 2000 }, 5000, 10_000)).toEqual({ fromUs: 4000, toUs: 6000 });
    expect(revealing({ fromUs: 0, toUs: 2000 }, 1500, 10_000)).toEqual({ fromUs: 0, toUs: 2000 });
  });
});

describe('the life of a request', () => {
  const request: RequestRow = {
    row: 0,
    id: 'request_0',
    status: 'completed',
    instance: 'instance_0',
    sloClass: '',
    tenant: '',
    arrivalUs: 100,
    inputTokens: 30,
    outputTokens: 3,
    schedulingDelayUs: 20,
    ttftUs: 60,
    itlMeanUs: 15,
    e2eUs: 95,
  };
  const event = (
    kind: LifeEvent['kind'],
    startUs: number,
    endUs: number,
    tokens = 0,
    instance = 0,
  ): LifeEvent => ({
    kind,
    startUs,
    endUs,
    tokens,
    instance,
  });
  const story = (events: readonly LifeEvent[], changes: Partial<RequestRow> = {}) =>
    storySpans({ request: { ...request, ...changes }, events, lostEvents: 0, instances: [] }, 1000);
  const told = (spans: ReturnType<typeof story>['spans']) =>
    spans.map(({ kind, startUs, endUs }) => [kind, startUs, endUs]);

  test('has no gaps from arrival to end', () => {
    const { spans } = story([
      event('queued', 105, 105),
      event('prefill', 120, 140, 20),
      event('prefill', 140, 150, 10),
      event('decode', 150, 180, 2),
    ]);
    expect(told(spans)).toEqual([
      ['front end', 100, 105],
      ['waiting', 105, 120],
      ['prefill', 120, 140],
      ['prefill', 140, 150],
      ['decode', 150, 180],
      ['overheads', 180, 195],
    ]);
    expect(storySums(spans).find(({ kind }) => kind === 'prefill')).toEqual({
      kind: 'prefill',
      count: 2,
      totalUs: 30,
      tokens: 30,
    });
  });

  test('waits again after a preemption, and travels between pools', () => {
    const preempted = story([
      event('queued', 100, 100),
      event('prefill', 100, 120, 30),
      event('preempted', 120, 120),
      event('prefill', 150, 170, 30),
      event('decode', 170, 195, 2),
    ]);
    expect(preempted.preemptionsUs).toEqual([120]);
    expect(told(preempted.spans)).toContainEqual(['waiting', 120, 150]);
    const apart = story([
      event('queued', 100, 100),
      event('prefill', 100, 120, 30),
      event('queued', 130, 130, 0, 1),
      event('decode', 135, 195, 2, 1),
    ]);
    expect(told(apart.spans)).toEqual([
      ['prefill', 100, 120],
      ['transfer', 120, 130],
      ['waiting', 130, 135],
      ['decode', 135, 195],
    ]);
  });

  test('one that never ran waits to the end of the run', () => {
    const { spans } = story([event('queued', 100, 100)], { status: 'queued', e2eUs: NaN, ttftUs: NaN });
    expect(told(spans)).toEqual([['waiting', 100, 1000]]);
  });
});
