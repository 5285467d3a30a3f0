// Fleets end in the states of a single server: livelocked, refused before the start, or stopped by a fault.

import { describe, expect, it } from 'vitest';
import { CLUSTER_FLAG_DEFAULTS, resolveCluster } from '../../../src/adapters/blis/cluster-options';
import { simulateCluster } from '../../../src/engine/simulate-cluster';
import { blackboxConfig, requestsOf, sessionsOf, workloadOf } from '../../support/requests';
import { debugModule } from '../../support/wasm';

const module = debugModule();
/** 10 + 40 tokens need 13 blocks of 4; there are 6. */
const tooLong = { arrivalUs: 0, input: 10, output: 40 };
const config = (horizonUs: number) =>
  blackboxConfig([0, 0, 0], [1000, 1, 1], { totalKvBlocks: 6, blockSizeTokens: 4, horizonUs });

const fleet = () => {
  const cluster = resolveCluster(
    { ...CLUSTER_FLAG_DEFAULTS, explicit: new Set<string>(), numInstances: 2 },
    undefined,
  );
  if (!cluster.ok) throw new Error(cluster.error.message);
  return cluster.value.config;
};

describe('a fleet', () => {
  it.each([200_000, Infinity])('names request and instance of a livelock, horizon %d', async (horizonUs) => {
    const run = await simulateCluster(module, fleet(), config(horizonUs), workloadOf([tooLong]));
    if (!run.ok) throw new Error(run.error.message);
    const { end } = run.value;
    expect(end).toMatchObject({ kind: 'livelock', request: 'request_0' });
    expect(end.kind === 'livelock' && end.message).toContain(
      'On instance_0, request_0 can never finish: its 49 tokens',
    );
  });

  it('runs the other instances to their end', async () => {
    const short = { arrivalUs: 5, input: 4, output: 3 };
    const run = await simulateCluster(module, fleet(), config(Infinity), workloadOf([tooLong, short]));
    if (!run.ok) throw new Error(run.error.message);
    expect(run.value.end.kind).toBe('livelock');
    expect(run.value.aggregate.completed_requests).toBe(1);
  });

  it('refuses sessions that never end', async () => {
    const workload = {
      requests: requestsOf([{ arrivalUs: 0, input: 4, output: 2, session: 0 }]),
      sessions: sessionsOf([{ firstRequest: 0, maxRounds: Infinity, rounds: [] }]),
    };
    const run = await simulateCluster(module, fleet(), config(Infinity), workload);
    expect(run).toMatchObject({ ok: false, error: { code: 'bad-value', field: 'horizon' } });
  });

  it('stops at a request without tokens', async () => {
    const empty = workloadOf([{ arrivalUs: 0, input: 0, output: 0 }]);
    const run = await simulateCluster(module, fleet(), config(Infinity), empty);
    expect(run).toMatchObject({ ok: false, error: { code: 'not-supported' } });
    expect(!run.ok && run.error.message).toContain('request_0 has neither prompt nor output tokens');
  });
});
