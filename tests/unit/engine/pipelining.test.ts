// The full engine with the physical model and pipelined scheduling against the lean replay kernel of the calibration: two
// implementations of one schedule. The engine's steps are whole ticks and its cache decides what is cached.

import { describe, expect, it } from 'vitest';
import { DEFAULT_PHYSICS, physicsCoefficients } from '../../../src/domain/physics';
import { ENGINE_DEFAULTS, type EngineConfig } from '../../../src/domain/run-config';
import type { Workload } from '../../../src/domain/workload';
import { prepareRun } from '../../../src/calibration/prepare';
import { SimulatedRun } from '../../../src/calibration/simulated-run';
import { simulate } from '../../../src/engine/simulate';
import { ARCHITECTURES, H100 } from '../../support/measured';
import { requestsOf } from '../../support/requests';
import { syntheticExperiment, syntheticFacts, type SyntheticLoad } from '../../support/synthetic-server';
import { debugModule, releaseModule } from '../../support/wasm';

const load: SyntheticLoad = {
  expId: 1,
  model: 'meta-llama/Llama-2-7b-hf',
  tp: 1,
  rates: [6, 14],
  requestsPerStage: 300,
  promptTokens: 400,
  outputTokens: 90,
  seed: 5,
};

const config = (change: Partial<EngineConfig> = {}): EngineConfig => ({
  ...ENGINE_DEFAULTS,
  model: 'made',
  latency: {
    name: 'physics',
    version: '87cc70ed',
    mode: 'corrected',
    coefficients: physicsCoefficients(DEFAULT_PHYSICS),
    tp: 1,
    architecture: ARCHITECTURES[load.model],
    gpu: H100,
  },
  maxNumRunningReqs: 128,
  totalKvBlocks: 40_000,
  horizonUs: Infinity,
  pipelinedScheduling: true,
  ...change,
});

const mean = (values: Iterable<number>): number => {
  const list = [...values];
  return list.reduce((sum, value) => sum + value, 0) / list.length;
};

async function engineMeans(
  module: WebAssembly.Module,
  workload: Workload,
  change: Partial<EngineConfig> = {},
) {
  const result = await simulate(module, config(change), workload);
  if (!result.ok) throw new Error(result.error.message);
  const { requests, stepCount } = result.value;
  return { ttft: mean(requests.ttftUs), e2e: mean(requests.e2eUs), steps: stepCount };
}

describe('pipelined scheduling', () => {
  const experiment = syntheticExperiment(load);
  const { requests } = experiment;
  if (requests === undefined) throw new Error('a synthetic experiment has rows');
  // Every prompt is one of 100, whole.
  const workload: Workload = {
    requests: requestsOf(
      Array.from(requests.arrivalUs, (arrivalUs, i) => {
        const input = requests.inputTokens[i] ?? 0;
        return { arrivalUs, input, output: requests.outputTokens[i] ?? 0, prefix: [i % 100, input] as const };
      }),
    ),
  };

  it.each([true, false])('agrees with the replay kernel (pipelined: %s)', async (pipelinedScheduling) => {
    const run = prepareRun(
      { ...experiment, profile: { ...experiment.profile, systemPromptLen: 0 } },
      syntheticFacts(load),
      { pipelinedScheduling, promptPeriod: 100 },
    );
    if (!run.ok) throw new Error(run.error.message);
    const kernel = SimulatedRun.create(releaseModule(), run.value);
    if (!kernel.ok) throw new Error(kernel.error.message);
    const { ttftUs, e2eUs, steps } = kernel.value.simulate(DEFAULT_PHYSICS);
    const engine = await engineMeans(releaseModule(), workload, { pipelinedScheduling });
    expect(Math.abs(engine.ttft / mean(ttftUs) - 1)).toBeLessThan(0.01);
    expect(Math.abs(engine.e2e / mean(e2eUs) - 1)).toBeLessThan(0.002);
    expect(Math.abs(engine.steps / steps - 1)).toBeLessThan(0.002);
  });

  it('makes a request wait for the decision after its arrival', async () => {
    const on = await engineMeans(releaseModule(), workload);
    const off = await engineMeans(releaseModule(), workload, { pipelinedScheduling: false });
    // Roughly one step of 6 to 8 ms more to the first token, nothing between tokens.
    expect(on.ttft - off.ttft).toBeGreaterThan(3000);
    expect(on.ttft - off.ttft).toBeLessThan(9000);
  });

  it('takes the same steps when every member of every step is visited', async () => {
    const fast = await engineMeans(releaseModule(), workload);
    const literal = await engineMeans(debugModule(), workload);
    expect(literal).toEqual(fast);
  });

  it('serves one slot at a time without stalling', async () => {
    const few: Workload = {
      requests: requestsOf([0, 10, 20].map((arrivalUs) => ({ arrivalUs, input: 50, output: 3 }))),
    };
    const result = await simulate(releaseModule(), config({ maxNumRunningReqs: 1 }), few);
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.aggregate.completed_requests).toBe(3);
    expect(result.value.stepCount).toBe(9);
  });
});
