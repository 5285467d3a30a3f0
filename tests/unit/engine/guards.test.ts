// Runs that the reference would hang or crash on end in a state that says why.

import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/engine/simulate';
import { blackboxConfig, requestsOf, sessionsOf, workloadOf } from '../../support/requests';
import { debugModule } from '../../support/wasm';

const module = debugModule();
const alpha = [0, 0, 0];
const beta = [1000, 1, 1];
/** 10 + 40 tokens need 13 blocks of 4; there are 6. */
const tooLong = { arrivalUs: 0, input: 10, output: 40 };
const small = { totalKvBlocks: 6, blockSizeTokens: 4 };

describe('livelock', () => {
  it('is named when the horizon ends it, with the results of the reference', async () => {
    const run = await simulate(
      module,
      blackboxConfig(alpha, beta, { ...small, horizonUs: 200_000 }),
      workloadOf([tooLong]),
    );
    if (!run.ok) throw new Error(run.error.message);
    const { end, aggregate } = run.value;
    expect(end).toMatchObject({ kind: 'livelock', request: 'request_0' });
    expect(end.kind === 'livelock' && end.message).toContain(
      '49 tokens need 13 KV blocks of 4 and the cache has 6',
    );
    expect(aggregate.completed_requests).toBe(0);
    expect(aggregate.preemption_count).toBeGreaterThan(3);
    expect(aggregate.still_queued + aggregate.still_running).toBe(1);
  });

  it('stops a run without horizon, after everybody else has finished', async () => {
    const others = [
      { arrivalUs: 5, input: 4, output: 3 },
      { arrivalUs: 60_000, input: 4, output: 3 },
    ];
    const run = await simulate(module, blackboxConfig(alpha, beta, small), workloadOf([tooLong, ...others]));
    if (!run.ok) throw new Error(run.error.message);
    expect(run.value.end).toMatchObject({ kind: 'livelock', request: 'request_0' });
    expect(run.value.aggregate.completed_requests).toBe(2);
  });

  it('is none when a deadline ends the request', async () => {
    const run = await simulate(
      module,
      blackboxConfig(alpha, beta, small),
      workloadOf([{ ...tooLong, deadlineUs: 500_000 }]),
    );
    if (!run.ok) throw new Error(run.error.message);
    expect(run.value.end).toEqual({ kind: 'finished' });
    expect(run.value.aggregate.timed_out_requests).toBe(1);
  });
});

describe('before the start', () => {
  it('refuses sessions that never end', async () => {
    const workload = {
      requests: requestsOf([{ arrivalUs: 0, input: 4, output: 2, session: 0 }]),
      sessions: sessionsOf([{ firstRequest: 0, maxRounds: Infinity, rounds: [] }]),
    };
    const run = await simulate(module, blackboxConfig(alpha, beta), workload);
    expect(run).toMatchObject({ ok: false, error: { code: 'bad-value', field: 'horizon' } });
  });

  it('says how much memory is missing', async () => {
    const rows = Array.from({ length: 200 }, () => ({ arrivalUs: 0, input: 20_000_000, output: 1 }));
    const config = blackboxConfig(alpha, beta, { kvCpuBlocks: 10, totalKvBlocks: 2_000_000 });
    const run = await simulate(module, config, workloadOf(rows));
    expect(run).toMatchObject({ ok: false, error: { code: 'out-of-memory' } });
    expect(!run.ok && run.error.message).toMatch(/need 16\.8 GiB of memory/);
  });
});

it('names a request without any token', async () => {
  const rows = [
    { arrivalUs: 0, input: 3, output: 3 },
    { arrivalUs: 1, input: 0, output: 0, id: 77 },
  ];
  const run = await simulate(module, blackboxConfig(alpha, beta), workloadOf(rows));
  expect(run).toMatchObject({ ok: false, error: { code: 'not-supported' } });
  expect(!run.ok && run.error.message).toContain('request_77 has neither prompt nor output tokens');
});

it('ends as cancelled when asked to', async () => {
  const rows = [{ arrivalUs: 0, input: 50, output: 200_000 }];
  let asked = 0;
  const run = await simulate(module, blackboxConfig(alpha, beta), workloadOf(rows), {
    isCancelled: () => ++asked === 2,
  });
  expect(run).toMatchObject({ ok: false, error: { code: 'cancelled' } });
});
