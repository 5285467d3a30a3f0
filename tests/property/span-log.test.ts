// A fleet's log in spans says the same as a row for each step; keeping it, or watching a request, changes no result; and the life
// of a watched request agrees with its latencies.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLUSTER_FLAG_DEFAULTS, resolveCluster } from '../../src/adapters/blis/cluster-options';
import type { ClusterResult } from '../../src/domain/cluster-result';
import type { ClusterConfig } from '../../src/domain/cluster-config';
import { REQUEST_STATUSES } from '../../src/domain/run-result';
import { resultHash } from '../../src/domain/run-hashes';
import { simulate } from '../../src/engine/simulate';
import { simulateCluster, type ClusterHooks } from '../../src/engine/simulate-cluster';
import { SPAN_COLUMNS } from '../../src/engine/step-log';
import { randomRuns, type RandomRun } from '../support/random-runs';
import { debugModule } from '../support/wasm';

const RUNS = Number(process.env['PLUMBLINE_PROPERTY_RUNS'] ?? 200);
const SEED = Number(process.env['PLUMBLINE_PROPERTY_SEED'] ?? 20_260_101);
const module = debugModule();

function fleetOf(instances: number, routingPolicy: string): ClusterConfig {
  const resolved = resolveCluster(
    {
      ...CLUSTER_FLAG_DEFAULTS,
      explicit: new Set(['routing-policy']),
      numInstances: instances,
      routingPolicy,
    },
    undefined,
  );
  if (!resolved.ok) throw new Error(resolved.error.message);
  return resolved.value.config;
}

async function fleetRun(fleet: ClusterConfig, run: RandomRun, hooks: ClusterHooks): Promise<ClusterResult> {
  const outcome = await simulateCluster(module, fleet, run.config, run.workload, hooks);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

const check = (test: (run: RandomRun) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(randomRuns, test), { numRuns: RUNS, seed: SEED });

describe('log in spans', () => {
  it('covers every step of the full log with its batch, its queue and its free blocks', async () => {
    const one = fleetOf(1, 'round-robin');
    await check(async (run) => {
      const rows: number[][] = [];
      await fleetRun(one, run, {
        onSpans: (_, values) => {
          for (let at = 0; at < values.length; at += SPAN_COLUMNS)
            rows.push([...values.subarray(at, at + SPAN_COLUMNS)]);
        },
      });
      const full = await simulate(module, run.config, run.workload, { stepLog: true });
      if (!full.ok || full.value.steps === undefined) throw new Error('no step log');
      const { steps } = full.value;
      let step = 0;
      for (const [
        start = 0,
        duration = 0,
        prefill,
        ,
        batch,
        waiting,
        last = 0,
        first = 0,
        count = 0,
        lost,
      ] of rows) {
        expect(steps.startUs[step]).toBe(start);
        expect(steps.freeBlocks[step]).toBe(first);
        for (let left = count; left > 0; left--, step++) {
          expect([steps.batchSize[step], steps.waiting[step], steps.preemptions[step]]).toEqual([
            batch,
            waiting,
            lost,
          ]);
          expect(steps.prefillTokens[step]).toBe(prefill);
          expect(steps.freeBlocks[step]).toBeLessThanOrEqual(first);
          expect(steps.freeBlocks[step]).toBeGreaterThanOrEqual(last);
        }
        expect((steps.startUs[step - 1] ?? 0) + (steps.durationUs[step - 1] ?? 0)).toBe(start + duration);
        expect(steps.freeBlocks[step - 1]).toBe(last);
      }
      expect(step).toBe(steps.count);
    });
  });

  it.each(['round-robin', 'least-loaded'])(
    'changes no result of a fleet, nor does a watch (%s)',
    async (policy) => {
      const fleet = fleetOf(3, policy);
      await check(async (run) => {
        const plain = await fleetRun(fleet, run, {});
        const logged = await fleetRun({ ...fleet, recordDecisions: true, counterfactualK: 3 }, run, {
          onSpans: () => undefined,
          watch: 0,
        });
        expect(resultHash(logged)).toBe(resultHash(plain));
      });
    },
  );
});

describe('the life of a request', () => {
  it('begins with its queueing and spends its latencies where they were spent', async () => {
    const fleet = fleetOf(2, 'round-robin');
    await check(async (run) => {
      const plain = await fleetRun(fleet, run, {});
      const row = plain.requests.count >> 1;
      const { requests, life } = await fleetRun(fleet, run, { watch: row });
      const events = life?.events ?? [];
      const status = REQUEST_STATUSES[requests.status[row] ?? 0];
      if (status !== 'completed') return;
      const arrival = requests.arrivalUs[row] ?? NaN;
      expect(events[0]?.kind).toBe('queued');
      events.forEach((event, at) => {
        expect(event.instance).toBe(requests.handledBy[row]);
        if (at > 0) expect(event.startUs).toBeGreaterThanOrEqual(events[at - 1]?.endUs ?? 0);
      });
      // The last admission is what counts: a preempted request starts over.
      const restart = events.findLastIndex(({ kind }) => kind === 'queued' || kind === 'preempted');
      const served = events.slice(restart + 1);
      expect(served[0]?.startUs).toBe(arrival + (requests.schedulingDelayUs[row] ?? NaN));
      const tokens = (kind: string): number =>
        served.reduce((sum, event) => sum + (event.kind === kind ? event.tokens : 0), 0);
      expect(tokens('prefill')).toBeLessThanOrEqual(requests.inputTokens[row] ?? 0);
      if (requests.lengthCapped[row] === 0 && (requests.inputTokens[row] ?? 0) > 0)
        expect(tokens('decode')).toBe(Math.max((requests.outputTokens[row] ?? 0) - 1, 0));
    });
  });
});
