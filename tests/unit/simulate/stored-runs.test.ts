// What the worker answers about a finished run, on fleets small enough to check against the columns.

import { beforeAll, describe, expect, test } from 'vitest';
import { CLUSTER_FLAG_DEFAULTS, resolveCluster } from '../../../src/adapters/blis/cluster-options';
import type { FleetDetail } from '../../../src/domain/run-detail';
import type { ClusterResult } from '../../../src/domain/cluster-result';
import type { Workload } from '../../../src/domain/workload';
import { simulateCluster } from '../../../src/engine/simulate-cluster';
import { SpanRecorder, StoredRuns, traced } from '../../../src/workers/stored-runs';
import { blackboxConfig, requestsOf } from '../../support/requests';
import { releaseModule } from '../../support/wasm';

const module = releaseModule();
const COUNT = 300;
/** Tight enough for preemptions; every third request is critical. */
const config = blackboxConfig([0, 0, 0], [5000, 10, 20], { totalKvBlocks: 60, blockSizeTokens: 16 });

function made(): Workload {
  const requests = requestsOf(
    Array.from({ length: COUNT }, (_, row) => ({
      arrivalUs: row * 15_000,
      input: 40 + (row % 7) * 30,
      output: 20 + (row % 5) * 20,
    })),
  );
  return {
    requests: {
      ...requests,
      sloClass: {
        names: ['critical'],
        index: Int32Array.from({ length: COUNT }, (_, row) => (row % 3 === 0 ? 0 : -1)),
      },
    },
  };
}

let runs: StoredRuns;
let detail: FleetDetail;
let result: ClusterResult;

beforeAll(async () => {
  const resolved = resolveCluster(
    {
      ...CLUSTER_FLAG_DEFAULTS,
      explicit: new Set(['routing-policy']),
      numInstances: 3,
      routingPolicy: 'round-robin',
    },
    undefined,
  );
  if (!resolved.ok) throw new Error(resolved.error.message);
  const cluster = traced(resolved.value.config, COUNT);
  const recorder = new SpanRecorder(cluster, config);
  const workload = made();
  const outcome = await simulateCluster(module, cluster, config, workload, { onSpans: recorder.sink });
  if (!outcome.ok) throw new Error(outcome.error.message);
  result = outcome.value;
  runs = new StoredRuns();
  detail = runs.add({
    cluster,
    instance: config,
    workload,
    result,
    recorder,
    again: (watch) => simulateCluster(module, cluster, config, made(), { watch }),
  });
});

const present = (values: Float64Array): number[] => [...values].filter((value) => !Number.isNaN(value));

describe('detail', () => {
  test('every request has one fate, and the counters agree', () => {
    expect(detail.conservation.holds).toBe(true);
    expect(detail.conservation.parts.reduce((sum, { count }) => sum + count, 0)).toBe(COUNT);
  });

  test('preemptions are explained, and groups add up', () => {
    expect(result.aggregate.preemption_count).toBeGreaterThan(0);
    expect(detail.anomalies.map(({ title }) => title).join(' ')).toContain('preemption');
    expect(detail.bySloClass.map(({ name, requests }) => [name, requests])).toEqual([
      ['critical', 100],
      ['default', 200],
    ]);
    expect(detail.byTenant).toEqual([]);
    expect(detail.instances.reduce((sum, { routed }) => sum + routed, 0)).toBe(COUNT);
  });

  test('round-robin is told its regret in requests', () => {
    expect(detail.decisions).toMatchObject({ routings: COUNT, candidates: 3, unit: 'requests' });
  });
});

describe('course', () => {
  const window = (columns: number) => ({ fromUs: 0, toUs: detail.endUs, columns });

  test('arrivals and preemptions of all columns are those of the run, for the fleet and by instance', async () => {
    for (const instance of [undefined, 0, 1, 2]) {
      const lanes = await runs.lanes(detail.key, instance, window(97));
      const sum = (values: Uint32Array | undefined): number =>
        [...(values ?? [])].reduce((total, each) => total + each, 0);
      const own = instance === undefined ? result : result.instances[instance];
      expect(sum(lanes?.preemptions)).toBe(own?.aggregate.preemption_count);
      expect(sum(lanes?.arrivals)).toBe(instance === undefined ? COUNT : detail.instances[instance]?.routed);
      expect(Math.max(...present(lanes?.lanes.kvUse.greatest ?? new Float64Array()))).toBeLessThanOrEqual(1);
    }
  });

  test('strips keep the peak of each instance', async () => {
    const strips = await runs.strips(detail.key, window(13), 16);
    expect(strips?.strips.map(({ name }) => name)).toEqual(['instance_0', 'instance_1', 'instance_2']);
    strips?.strips.forEach(({ peak, instance }) => {
      expect(Math.max(...peak)).toBeCloseTo(detail.instances[instance]?.kvPeak ?? NaN, 6);
    });
    const two = await runs.strips(detail.key, window(13), 2);
    expect(two?.strips).toHaveLength(2);
    expect(two?.instances).toBe(3);
  });

  test('regret ends at the mean of the summary', async () => {
    const regrets = await runs.regrets(detail.key, { fromUs: 0, toUs: detail.endUs + 1, columns: 50 });
    expect(present(regrets?.meanSoFar ?? new Float64Array()).at(-1)).toBeCloseTo(
      detail.decisions?.meanRegret ?? NaN,
      12,
    );
    expect(Math.max(...present(regrets?.greatest ?? new Float64Array()))).toBe(detail.decisions?.maxRegret);
  });
});

describe('decisions', () => {
  test('those about a time, with the alternatives best first', async () => {
    const rows = await runs.decisions(detail.key, 1_500_000, 10);
    expect(rows).toHaveLength(10);
    expect(rows?.[5]).toMatchObject({ stage: 'routing', request: 'request_100', atUs: 1_500_000 });
    for (const { candidates, regret, value } of rows ?? []) {
      const scores = candidates.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      const own = candidates.find(({ instance }) => instance === value)?.score ?? NaN;
      expect(regret).toBe((scores[0] ?? NaN) - own);
    }
  });
});

describe('requests', () => {
  test('sorted by a latency from the top, those without it at the end', async () => {
    const page = await runs.requests(detail.key, { sort: 'ttft', isDescending: true }, 0, 5);
    const expected = [...result.requests.ttftUs].sort((a, b) => b - a).slice(0, 5);
    expect(page?.rows.map(({ ttftUs }) => ttftUs)).toEqual(expected);
    expect(page?.matching).toBe(COUNT);
  });

  test('filtered by instance and class', async () => {
    const page = await runs.requests(
      detail.key,
      { sort: 'arrival', isDescending: false, instance: 1, sloClass: 'critical', status: 'completed' },
      0,
      COUNT,
    );
    for (const { instance, sloClass, status } of page?.rows ?? [])
      expect([instance, sloClass, status]).toEqual(['instance_1', 'critical', 'completed']);
    expect(page?.matching).toBe(page?.rows.length);
  });

  test('the story of the slowest one spends its latency', async () => {
    const slowest = (await runs.requests(detail.key, { sort: 'e2e', isDescending: true }, 0, 1))?.rows[0];
    const story = await runs.story(detail.key, slowest?.row ?? 0);
    if (!story.ok) throw new Error(story.error.message);
    expect(story.value.request).toEqual(slowest);
    expect(story.value.events[0]?.kind).toBe('queued');
    expect(story.value.events.at(-1)?.kind).toBe('decode');
    expect(story.value.events.at(-1)?.endUs).toBe((slowest?.arrivalUs ?? 0) + (slowest?.e2eUs ?? 0));
  });

  test('shares within a target count every request', async () => {
    const shares = await runs.targetShares(detail.key, { metric: 'TTFT', targetMs: 100 });
    const within = [...result.requests.ttftUs].filter((us) => us <= 100_000).length;
    expect(shares?.[0]).toEqual({ within, measured: COUNT, requests: COUNT });
    expect(shares?.slice(1).reduce((sum, share) => sum + share.within, 0)).toBe(within);
  });
});

test('a run that is no longer kept has no answers, and a newer one stays', async () => {
  await runs.keepOnly([detail.key]);
  expect(await runs.lanes(detail.key, undefined, { fromUs: 0, toUs: 1, columns: 1 })).toBeDefined();
  await runs.keepOnly([detail.key + 1]);
  expect(await runs.lanes(detail.key, undefined, { fromUs: 0, toUs: 1, columns: 1 })).toBeUndefined();
  expect(await runs.story(detail.key, 0)).toMatchObject({ ok: false });
});
