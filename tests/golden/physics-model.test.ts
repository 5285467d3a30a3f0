// Step times, stage-A features and simulated metrics of the physical model against the published figures of the method.

import { expect, it } from 'vitest';
import { DEFAULT_PHYSICS } from '../../src/domain/physics';
import { gemmUs, physicsBlock, physicsStepUs, weightsUs } from '../../src/engine/physics-model';
import { inversionFeatures } from '../../src/calibration/inversion-features';
import { FIT_METRICS, stageValues } from '../../src/calibration/run-metrics';
import { SimulatedRun } from '../../src/calibration/simulated-run';
import { prepareRun } from '../../src/calibration/prepare';
import { ARCHITECTURES, H100, factsOf, measuredExperiment } from '../support/measured';
import { describeShared } from '../support/shared';
import { releaseModule } from '../support/wasm';

const within = (found: number, expected: number, relative: number): void => {
  expect(Math.abs(found / expected - 1), `${found} against ${expected}`).toBeLessThanOrEqual(relative);
};

const blocks = {
  codellama: physicsBlock(
    { architecture: ARCHITECTURES['codellama/CodeLlama-34b-Instruct-hf'], gpu: H100, tp: 2 },
    DEFAULT_PHYSICS,
  ),
  llama70: physicsBlock(
    { architecture: ARCHITECTURES['meta-llama/Llama-2-70b-hf'], gpu: H100, tp: 4 },
    DEFAULT_PHYSICS,
  ),
  llama7: physicsBlock(
    { architecture: ARCHITECTURES['meta-llama/Llama-2-7b-hf'], gpu: H100, tp: 1 },
    DEFAULT_PHYSICS,
  ),
  mixtral: physicsBlock(
    { architecture: ARCHITECTURES['mistralai/Mixtral-8x7B-v0.1'], gpu: H100, tp: 2 },
    DEFAULT_PHYSICS,
  ),
};

describeShared('physical step-time model', () => {
  it.each([
    [
      'codellama',
      [11080.197, 0, 0.052873, 51.72787, 2291.68, 3.1775],
      [13409.3, 14739.0, 26595.6, 15028.5, 34400.4],
    ],
    [
      'llama70',
      [11369.955, 0, 0.044061, 53.29538, 4978.4, 15.8875],
      [16393.2, 17924.8, 29186.3, 18335.4, 45245.7],
    ],
    ['llama7', [4373.086, 0, 0.179066, 20.16864, 1532, 0], [6015.0, 9996.4, 47536.2, 10322.1, 13622.6]],
    [
      'mixtral',
      [487.556, 1871.779, 0.035249, 19.64614, 1921.12, 1.0592],
      [6176.9, 18284.6, 25947.1, 18537.0, 19290.1],
    ],
  ] as const)('gives the published step times of %s', (name, facts, steps) => {
    const block = blocks[name];
    expect(block.denseUs).toBeCloseTo(facts[0], 2);
    expect(block.expertUs).toBeCloseTo(facts[1], 2);
    within(block.kvUsPerToken, facts[2], 1e-4);
    within(block.gemmUsPerToken, facts[3], 1e-5);
    expect(block.fixedUs).toBeCloseTo(facts[4], 1);
    expect(block.commUsPerToken).toBeCloseTo(facts[5], 3);
    expect(weightsUs(block, 128)).toBeLessThanOrEqual(gemmUs(block, 128));
    const found = [
      physicsStepUs(block, 1, 600),
      physicsStepUs(block, 32, 22_400),
      physicsStepUs(block, 128, 230_000),
      physicsStepUs(block, 32, 22_400, [{ computed: 560, newTokens: 10 }]),
      physicsStepUs(block, 0, 0, [{ computed: 0, newTokens: 574 }]),
    ];
    found.forEach((us, k) =>
      expect(Math.abs(us - (steps[k] ?? NaN)), `case ${k}: ${us}`).toBeLessThanOrEqual(0.1),
    );
  });

  const features: readonly (readonly [
    number,
    readonly (readonly [number, number, number, number, number])[],
  ])[] = [
    [
      1,
      [
        [0, 14722, 30.1, 21007, 0.122],
        [1, 16996, 84.8, 59166, 0.343],
      ],
    ],
    [
      2,
      [
        [0, 14446, 18.6, 13328, 0.076],
        [1, 15175, 38.3, 27420, 0.156],
      ],
    ],
    [3, [[0, 14462, 22.7, 20657, 0.091]]],
    [
      5,
      [
        [0, 18581, 37.5, 26199, 0.151],
        [1, 22090, 110.0, 76847, 0.446],
      ],
    ],
    [7, [[0, 17943, 28.0, 25575, 0.112]]],
    [8, [[0, 29615, 127.2, 229917, 0.087]]],
    [
      10,
      [
        [0, 17844, 22.9, 16314, 0.092],
        [1, 19093, 47.8, 34079, 0.195],
      ],
    ],
    [11, [[0, 18390, 28.6, 25970, 0.114]]],
    [
      101,
      [
        [0, 8222, 17.4, 12171, 0.07],
        [1, 16625, 83.0, 58024, 0.336],
      ],
    ],
    [
      102,
      [
        [0, 7228, 9.9, 7106, 0.04],
        [1, 8888, 22.9, 16378, 0.093],
      ],
    ],
  ];
  it.each(features)('reads batch history out of experiment %i', (id, stages) => {
    const experiment = measuredExperiment(id);
    const run = prepareRun(experiment, factsOf(experiment.model));
    if (!run.ok) throw new Error(run.error.message);
    expect(run.value.reuse).toMatchObject({ kind: 'periodic', period: 100 });
    const found = inversionFeatures(run.value);
    for (const [stage, stepUs, decoders, contextTokens, firstTokens] of stages) {
      const mean = found.find((each) => each.stage.stageIndex === stage)?.mean;
      within(mean?.stepUs ?? NaN, stepUs, 0.003);
      // Printed with three digits.
      expect(Math.abs((mean?.decoders ?? NaN) - decoders)).toBeLessThanOrEqual(0.05 + 0.003 * decoders);
      within(mean?.contextTokens ?? NaN, contextTokens, 0.003);
      expect(Math.abs((mean?.firstTokens ?? NaN) - firstTokens)).toBeLessThanOrEqual(
        0.0005 + 0.003 * firstTokens,
      );
    }
  });

  const simulated: readonly (readonly [number, number | undefined, readonly (readonly number[])[]])[] = [
    [
      2,
      82_711,
      [
        [3544.7, 3591.2, 3948.9, 43.93, 49.34, 65.83],
        [3753.5, 3827.4, 3898.5, 46.43, 52.45, 54.82],
      ],
    ],
    [3, undefined, [[3709.7, 3779.3, 4184.6, 44.97, 50.58, 67.51]]],
    [
      10,
      undefined,
      [
        [4486.2, 4535.5, 4567.4, 53.11, 60.42, 62.51],
        [4673.8, 4730.2, 4767.9, 56.08, 63.63, 66.14],
      ],
    ],
    [
      101,
      113_122,
      [
        [2029.9, 2202.2, 2368.1, 27.91, 31.91, 35.49],
        [4138.7, 4729.0, 5239.0, 52.34, 61.43, 70.81],
      ],
    ],
  ];
  it.each(simulated)('simulates experiment %i with the default vector', (id, steps, stages) => {
    const experiment = measuredExperiment(id);
    const run = prepareRun(experiment, factsOf(experiment.model));
    if (!run.ok) throw new Error(run.error.message);
    const simulation = SimulatedRun.create(releaseModule(), run.value);
    if (!simulation.ok) throw new Error(simulation.error.message);
    const times = simulation.value.simulate(DEFAULT_PHYSICS);
    if (steps !== undefined) expect(Math.abs(times.steps - steps)).toBeLessThanOrEqual(5);
    stages.forEach((expected, k) => {
      const stage = run.value.stages[k];
      if (stage === undefined) throw new Error(`no stage ${k}`);
      const found = stageValues(run.value, times, stage, 'all');
      expected.forEach((ms, metric) => {
        const name = FIT_METRICS[metric] ?? 'itl_mean';
        within(found[name], ms, name.endsWith('p99') ? 0.005 : 0.001);
      });
    });
  });
});
