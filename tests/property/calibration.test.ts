// A server whose parameters are known is recovered within the reported bands, and a wrong model is not reported as good.

import { expect, it } from 'vitest';
import { assessFit } from '../../src/calibration/assessment';
import { crossValidate } from '../../src/calibration/cross-validation';
import { fitServer, type ServerFit } from '../../src/calibration/fit';
import { finish } from '../../src/calibration/least-squares';
import { predictWithBands } from '../../src/calibration/predict';
import { prepareRun } from '../../src/calibration/prepare';
import type { PreparedRun } from '../../src/calibration/prepared-run';
import { SimulatedRun } from '../../src/calibration/simulated-run';
import { DEFAULT_PHYSICS, PHYSICS_FACTS, physicsVector, type PhysicsVector } from '../../src/domain/physics';
import type { Experiment } from '../../src/domain/experiment';
import type { HardwareFacts, PrepareOptions } from '../../src/calibration/prepare';
import { ARCHITECTURES } from '../support/measured';
import {
  measureSynthetic,
  seededUniform,
  syntheticFacts,
  type SyntheticLoad,
} from '../support/synthetic-server';
import { releaseModule } from '../support/wasm';

const CASES = 50;
const module = releaseModule();
const MODELS = [
  ['meta-llama/Llama-2-7b-hf', 1],
  ['codellama/CodeLlama-34b-Instruct-hf', 2],
  ['mistralai/Mixtral-8x7B-v0.1', 2],
  ['meta-llama/Llama-2-70b-hf', 4],
] as const;

const prepared = (
  experiment: Experiment,
  facts: HardwareFacts,
  options: PrepareOptions = {},
): PreparedRun => {
  const run = prepareRun(experiment, facts, options);
  if (!run.ok) throw new Error(run.error.message);
  return run.value;
};
const fitOf = (runs: readonly PreparedRun[]): ServerFit => {
  const fit = finish(fitServer(module, runs));
  if (!fit.ok) throw new Error(fit.error.message);
  return fit.value;
};

/** A server drawn from the prior, and a pair of loads for it: one to fit, one to predict. */
function drawCase(seed: number): {
  vector: PhysicsVector;
  fit: SyntheticLoad;
  predict: SyntheticLoad;
  starts: readonly [number, number];
} {
  const uniform = seededUniform(seed);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const vector = physicsVector((name) => {
    const { min, max, sigma } = PHYSICS_FACTS[name];
    return Math.min(Math.max(DEFAULT_PHYSICS[name] * Math.exp(sigma * gauss()), min), max);
  });
  const [model, tp] = MODELS[seed % MODELS.length] ?? MODELS[0];
  const load = (expId: number): SyntheticLoad => ({
    expId,
    model,
    tp,
    rates: [2 + 3 * uniform(), 5 + 5 * uniform()],
    requestsPerStage: 500,
    promptTokens: Math.round(300 + 600 * uniform()),
    outputTokens: Math.round(120 + 150 * uniform()),
    seed: 10 * seed + expId,
  });
  return { vector, fit: load(1), predict: load(2), starts: [1 + 0.01 * gauss(), 1 + 0.01 * gauss()] };
}

const JUDGED = ['e2e_mean', 'ttft_mean', 'itl_mean'];

it(`recovers ${CASES} random servers within the reported bands`, () => {
  let recovered = 0;
  let parametersInBand = 0;
  let parameters = 0;
  for (let seed = 1; seed <= CASES; seed++) {
    const { vector, fit: fitLoad, predict: predictLoad, starts } = drawCase(seed);
    const facts = syntheticFacts(fitLoad);
    const measured = measureSynthetic(module, fitLoad, vector, { startScale: starts[0] });
    const fit = fitOf([prepared(measured, facts)]);
    for (const { name, value, sigma } of fit.estimates) {
      if (!fit.covariances.some(({ names }) => names.includes(name))) continue;
      parameters++;
      if (Math.abs(Math.log(value / vector[name])) <= 2 * sigma) parametersInBand++;
    }
    const target = prepared(measureSynthetic(module, predictLoad, vector, { startScale: starts[1] }), facts);
    const simulated = SimulatedRun.create(module, target);
    if (!simulated.ok) throw new Error(simulated.error.message);
    const { predictions } = predictWithBands(simulated.value, fit);
    const isRecovered = predictions
      .filter(({ set, metric }) => set === 'warm' && JUDGED.includes(metric))
      .every(({ band, measured: ms }) => band !== undefined && band[0] <= ms && ms <= band[1]);
    if (isRecovered) recovered++;
  }
  expect(recovered).toBeGreaterThanOrEqual(0.9 * CASES);
  expect(parametersInBand / parameters).toBeGreaterThanOrEqual(0.9);
});

/** What the report says of a fit on two runs, and how far it really is from a third at another load. */
function judge(
  experiments: readonly Experiment[],
  third: Experiment,
  facts: HardwareFacts,
  options: PrepareOptions = {},
): { isConsistent: boolean; worstError: number } {
  const runs = experiments.map((each) => prepared(each, facts, options));
  const fit = fitOf(runs);
  const validation = finish(crossValidate(module, runs));
  const simulated = SimulatedRun.create(module, prepared(third, facts, options));
  if (!simulated.ok) throw new Error(simulated.error.message);
  const errors = predictWithBands(simulated.value, fit)
    .predictions.filter(({ set, metric }) => set === 'warm' && metric === 'e2e_mean')
    .map(({ predicted, measured }) => Math.abs(predicted / measured - 1));
  return {
    isConsistent: assessFit(fit, validation.ok ? validation.value : undefined).isConsistent,
    worstError: Math.max(...errors),
  };
}

it('does not report a wrong model as good', () => {
  let wrong = 0;
  let doubted = 0;
  for (let seed = 1; seed <= 5; seed++) {
    const { fit, predict, starts } = drawCase(seed);
    const measure = (load: SyntheticLoad, start: number): Experiment =>
      measureSynthetic(module, load, DEFAULT_PHYSICS, { startScale: start });
    const both = [measure(fit, starts[0]), measure(predict, starts[1])];
    const third = measure({ ...predict, expId: 3, rates: [12] }, 1);
    const facts = syntheticFacts(fit);
    const right = judge(both, third, facts);
    expect(right.isConsistent, `case ${seed}`).toBe(true);
    expect(right.worstError, `case ${seed}`).toBeLessThan(0.06);

    const withTp = (experiment: Experiment): Experiment => ({ ...experiment, tp: experiment.tp * 2 });
    const judgements = [
      ...Object.entries(ARCHITECTURES)
        .filter(([model]) => model !== fit.model)
        .map(([, architecture]) => judge(both, third, { ...facts, architecture })),
      judge(both.map(withTp), withTp(third), facts),
      judge(both, third, facts, { promptPeriod: 'distinct' }),
    ];
    for (const { isConsistent, worstError } of judgements) {
      wrong++;
      if (!isConsistent) doubted++;
      // A wrong fact that still predicts the third load is an equivalent description; one that misses it must be doubted.
      expect(isConsistent && worstError > 0.08, `case ${seed}`).toBe(false);
    }
  }
  expect(doubted / wrong).toBeGreaterThan(0.6);
});
