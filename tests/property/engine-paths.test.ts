// Random runs: the shortcuts change nothing against visiting every member of every step; neither does the slice length or
// the build; nothing is lost; clocks and results keep their order. PLUMBLINE_PROPERTY_RUNS sets the number of runs.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { REQUEST_STATUSES, type RunResult } from '../../src/domain/run-result';
import { simulate, type SimulationHooks } from '../../src/engine/simulate';
import { Simulation } from '../../src/engine/simulation';
import { randomRuns, type RandomRun } from '../support/random-runs';
import { debugModule, releaseModule } from '../support/wasm';

const RUNS = Number(process.env['PLUMBLINE_PROPERTY_RUNS'] ?? 400);
const SEED = Number(process.env['PLUMBLINE_PROPERTY_SEED'] ?? 20_260_101);
const debug = debugModule();
const release = releaseModule();

async function resultOf(
  module: WebAssembly.Module,
  run: RandomRun,
  hooks: SimulationHooks,
): Promise<RunResult> {
  const outcome = await simulate(module, run.config, run.workload, { stepLog: true, ...hooks });
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

function sliced(run: RandomRun): RunResult {
  const simulation = new Simulation(release, run.config, run.workload, { stepLog: true });
  while (simulation.advance(run.slice));
  const outcome = simulation.finish();
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

/** All columns and numbers as one text; comparing texts is much faster than walking columns. */
const fingerprint = (result: RunResult): string =>
  JSON.stringify(comparable(result), (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      : value,
  );

function expectSame(found: RunResult, expected: RunResult): void {
  if (fingerprint(found) !== fingerprint(expected)) expect(comparable(found)).toEqual(comparable(expected));
}

/** Everything but the memory used. */
const comparable = ({ wasmBytes: _bytes, ...result }: RunResult): Omit<RunResult, 'wasmBytes'> => result;

const nameOf = (result: RunResult, row: number): string =>
  REQUEST_STATUSES[result.requests.status[row] ?? 0] ?? '';

function expectConserved(result: RunResult, { config: { latency } }: RandomRun): void {
  const postDecode = latency.name === 'trained-physics' ? Math.trunc(latency.coefficients.alpha[1] ?? 0) : 0;
  const { requests, aggregate, steps } = result;
  const counts = new Map<string, number>();
  for (let row = 0; row < requests.count; row++) {
    const status = nameOf(result, row);
    counts.set(status, (counts.get(status) ?? 0) + 1);
    const arrival = requests.arrivalUs[row] ?? NaN;
    expect(requests.schedulingDelayUs[row] ?? 0).not.toBeLessThan(0);
    if (status !== 'completed') continue;
    const itl = requests.itlSumUs[row] ?? NaN;
    const added = requests.outputTokens[row] === 0 ? 0 : postDecode;
    expect(requests.e2eUs[row]).toBe((requests.ttftUs[row] ?? NaN) + itl + added);
    expect(requests.ttftUs[row]).toBeGreaterThanOrEqual(requests.schedulingDelayUs[row] ?? NaN);
    expect(arrival).toBeLessThanOrEqual(result.aggregate.vllm_estimated_duration_s * 1e6);
  }
  const count = (status: string): number => counts.get(status) ?? 0;
  expect(count('completed')).toBe(aggregate.completed_requests);
  expect(count('queued')).toBe(aggregate.still_queued);
  expect(count('running')).toBe(aggregate.still_running);
  expect(count('dropped')).toBe(aggregate.dropped_unservable);
  expect(count('timed-out')).toBe(aggregate.timed_out_requests);
  if (steps === undefined) return;
  for (let row = 1; row < steps.count; row++) {
    // A step that ends the last request clears the way at once: the next may begin before its time has passed.
    expect(steps.startUs[row]).toBeGreaterThanOrEqual(steps.startUs[row - 1] ?? 0);
  }
}

const sameByAllWays = fc.asyncProperty(randomRuns, async (run) => {
  const fast = await resultOf(debug, run, {});
  expectSame(await resultOf(debug, run, { literal: true }), fast);
  expectSame(sliced(run), fast);
  // Without a step log, stretches of decode-only steps are taken from the counters alone.
  const { steps: _steps, ...unlogged } = fast;
  expectSame(await resultOf(debug, run, { stepLog: false }), unlogged);
  expectSame(await resultOf(release, run, { stepLog: false }), unlogged);
  expectConserved(fast, run);
});

it(
  'gives the same result by counters and by visits, in any slices, in both builds',
  { timeout: 3_600_000 },
  () => fc.assert(sameByAllWays, { numRuns: RUNS, seed: SEED }),
);

it('orders the CPU tier by the last touch when an owner leaves in the middle of a step', () =>
  fc.assert(sameByAllWays, { seed: 777, path: '1593', numRuns: 1 }));
