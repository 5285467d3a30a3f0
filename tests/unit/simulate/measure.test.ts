// What a cell of a sweep keeps: the reference's aggregate of the same flags, the share within targets, and the two hashes.

import { describe, expect, it } from 'vitest';
import { scenarioOf, settingsOf, type FleetSettings } from '../../../src/app/simulate/settings';
import type { RequestTargets, RunFigures } from '../../../src/domain/run-figures';
import type { RequestResultColumns } from '../../../src/domain/run-result';
import { runCommand as buildRun } from '../../../src/headless/commands/run';
import { shareWithin } from '../../../src/report/run-figures';
import { measureScenario } from '../../../src/workers/measure-scenario';
import { runCommand } from '../../support/captured-io';
import { shippedCatalog } from '../../support/catalog';
import { releaseModule } from '../../support/wasm';

const SMALL: FleetSettings = {
  ...settingsOf(),
  instances: '2',
  numRequests: '60',
  rateRps: '8',
  promptMean: '300',
  outputMean: '120',
};

/** Prompts of about 300 tokens never fit into one block. */
const NO_ROOM = { totalKvBlocks: '1', promptStddev: '2' };

async function measured(
  change: Partial<FleetSettings> = {},
  targets: RequestTargets = {},
): Promise<RunFigures> {
  const scenario = scenarioOf({ ...SMALL, ...change });
  if (!scenario.ok) throw new Error(scenario.error.message);
  const figures = await measureScenario(
    releaseModule(),
    shippedCatalog(),
    { scenario: scenario.value, targets },
    {},
  );
  if (!figures.ok) throw new Error(figures.error.message);
  return figures.value;
}

describe('a measured scenario', () => {
  it('has the aggregate that the command prints for the same flags', async () => {
    const flags =
      '--model qwen/qwen3-14b --hardware H100 --tp 1 --latency-model trained-physics --max-num-running-reqs 256 ' +
      '--max-num-scheduled-tokens 2048 --num-instances 2 --routing-policy round-robin --rate 8 --num-requests 60 --seed 42 ' +
      '--prompt-tokens 300 --prompt-tokens-stdev 256 --prompt-tokens-min 2 --prompt-tokens-max 7000 ' +
      '--output-tokens 120 --output-tokens-stdev 256 --output-tokens-min 2 --output-tokens-max 7000';
    const printed = await runCommand(buildRun, flags.split(' '));
    expect(printed.problems).toEqual([]);
    const from = printed.stdout.lastIndexOf('"instance_id": "cluster"');
    const figure = (key: string): number =>
      Number(new RegExp(`"${key}": ([^,\n]+)`).exec(printed.stdout.slice(from))?.[1]);
    const figures = await measured();
    expect(figures.completed).toBe(figure('completed_requests'));
    expect(figures.ttft?.p99Ms).toBe(figure('ttft_p99_ms'));
    expect(figures.itl?.meanMs).toBe(figure('itl_mean_ms'));
    expect(figures.e2e?.p90Ms).toBe(figure('e2e_p90_ms'));
    expect(figures.outputTokensPerSec).toBe(figure('tokens_per_sec'));
  });

  it('counts GPUs, and tells workloads and results apart', async () => {
    const [one, again, other, faster] = await Promise.all([
      measured(),
      measured({ maxNumRunningReqs: '255' }),
      measured({ seed: '7' }),
      measured({ tp: '2' }),
    ]);
    expect(one.gpus).toBe(2);
    expect(faster.gpus).toBe(4);
    // 60 requests never fill 255 slots.
    expect(again.resultHash).toBe(one.resultHash);
    expect(faster.workloadHash).toBe(one.workloadHash);
    expect(faster.resultHash).not.toBe(one.resultHash);
    expect(other.workloadHash).not.toBe(one.workloadHash);
  });

  it('has no latencies when nothing completed, rather than zeros', async () => {
    const none = await measured(NO_ROOM);
    expect(none.completed).toBe(0);
    expect(none).not.toHaveProperty('ttft');
    const share = await measured(NO_ROOM, { ttftMs: 1e9 });
    expect(share.withinTargets).toBe(0);
  });
});

describe('the share within targets', () => {
  const requests = {
    count: 4,
    outputTokens: Uint32Array.of(2, 2, 1, 5),
    ttftUs: Float64Array.of(100_000, 300_000, 100_000, 100_000),
    e2eUs: Float64Array.of(200_000, 350_000, 100_000, NaN),
    itlMeanUs: Float64Array.of(100_000, 50_000, NaN, NaN),
  } as unknown as RequestResultColumns;

  it('is over all requests; what did not complete has missed, one token has no gap', () => {
    expect(shareWithin(requests, { ttftMs: 100 })).toBe(2 / 4);
    expect(shareWithin(requests, { e2eMs: 1000 })).toBe(3 / 4);
    expect(shareWithin(requests, { itlMs: 60 })).toBe(2 / 4);
    expect(shareWithin(requests, { ttftMs: 100, itlMs: 60 })).toBe(1 / 4);
  });

  it('is nothing without targets', () => {
    expect(shareWithin(requests, {})).toBeUndefined();
  });
});
