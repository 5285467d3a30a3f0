// The error arithmetic, and which pairs of numbers it is applied to.

import { describe, expect, it } from 'vitest';
import type { Experiment, StageMetrics } from '../../../src/domain/experiment';
import { compare, percentageErrors, runtimeRecord, stageMismatch } from '../../../src/validation/compare';
import { madeExperiment, madeResult, madeStage } from '../../support/made-experiment';

describe('percentage errors', () => {
  it.each([
    [12, 10, 20, 20, 2],
    [8, 10, 20, -20, 2],
    [10, 10, 0, 0, 0],
    [0, 10, 100, -100, 10],
    [0, 0, 0, 0, 0],
    [3, 0, Infinity, Infinity, 3],
    [-3, 0, Infinity, -Infinity, 3],
    // Against the size of the measured value.
    [-8, -10, 20, 20, 2],
  ])('of %d against %d', (predicted, actual, mape, mpe, absoluteError) => {
    expect(percentageErrors(predicted, actual)).toEqual({ mape, mpe, absoluteError });
  });
});

describe('compare', () => {
  it('gives seven records a stage for a full simulator: measured ITL has no percentiles', () => {
    const records = compare(madeExperiment(), madeResult());
    expect(records).toHaveLength(21);
    expect(records.map(({ stageIndex }) => stageIndex)).toEqual([
      ...Array<number>(7).fill(0),
      ...Array<number>(7).fill(1),
      ...Array<number>(7).fill(-1),
    ]);
    expect(records.slice(0, 7).map(({ metricName }) => metricName)).toEqual([
      'e2e_mean',
      'e2e_p90',
      'e2e_p99',
      'ttft_mean',
      'ttft_p90',
      'ttft_p99',
      'itl_mean',
    ]);
    expect(records[0]).toMatchObject({
      predicted: 1100,
      actual: 1000,
      mape: 10,
      mpe: 10,
      absoluteError: 100,
    });
  });

  it('gives three for an estimator, which predicts means only', () => {
    const means = (stage: StageMetrics): StageMetrics => ({
      ...stage,
      e2e: { mean: 1 },
      ttft: { mean: 1 },
      itl: { mean: 1 },
    });
    const result = madeResult();
    const records = compare(madeExperiment(), {
      ...result,
      stages: result.stages.map(means),
      summary: means(result.summary),
    });
    expect(records).toHaveLength(9);
  });

  it('matches stages by index and leaves out those that were not measured', () => {
    const experiment: Experiment = madeExperiment();
    const result = { ...madeResult(), stages: [madeStage(1, 500), madeStage(2, 500)] };
    expect(compare(experiment, result).map(({ stageIndex }) => stageIndex)).toEqual([
      ...Array<number>(7).fill(1),
      ...Array<number>(7).fill(-1),
    ]);
    expect(stageMismatch(experiment, { ...result, stages: [] })).toContain('answered 0 stages');
    expect(stageMismatch(experiment, madeResult())).toBeUndefined();
  });

  it('repeats the experiment’s properties on each record', () => {
    const [record] = compare({ ...madeExperiment(), dp: 2 }, madeResult());
    expect(record).toMatchObject({
      simulator: 'made',
      experimentFolder: '1-m-tp2-general',
      model: 'org/m',
      workload: 'general',
      expId: 1,
      hardware: 'H100',
      dp: 2,
      cpuOffload: false,
      gpuMemUtil: 0.9,
      precision: 'FP16',
      tp: 2,
      maxNumBatchedTokens: 2048,
    });
    expect(compare(madeExperiment(), madeResult())[0]).not.toHaveProperty('dp');
  });
});

it('has no runtime record where nobody measured the time', () => {
  expect(runtimeRecord(madeExperiment(), madeResult())).toBeUndefined();
  expect(runtimeRecord(madeExperiment(), { ...madeResult(), wallClockSeconds: 2 })?.wallClockSeconds).toBe(2);
});
