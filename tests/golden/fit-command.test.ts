// The `fit` command over the measured kit: shape of its answer, and what it says when it cannot answer.

import { expect, it } from 'vitest';
import { fitCommand } from '../../src/headless/commands/fit';
import { runCommand, type Captured } from '../support/captured-io';
import { describeShared, sharedPath } from '../support/shared';

interface Report {
  readonly source: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly simulations: number;
  readonly seconds: number;
  readonly detections: readonly {
    readonly exp_id: number;
    readonly distinct_prompts: number | null;
    readonly cached_share: number;
  }[];
  readonly predictions: readonly {
    readonly exp_id: number;
    readonly stage: number;
    readonly set: string;
    readonly metric: string;
    readonly predicted: number;
    readonly measured: number;
  }[];
  readonly left_out: readonly unknown[];
}

describeShared('fit command', () => {
  const run = (calibrate: string, predict: string): Promise<Captured> =>
    runCommand(fitCommand, [
      '--data-dir',
      sharedPath('ground-truth'),
      '--calibrate',
      calibrate,
      '--predict',
      predict,
      '--output',
      'fit.json',
    ]);
  const report = ({ written, problems }: Captured): Report => {
    expect(problems).toEqual([]);
    return JSON.parse(written.get('fit.json') ?? '') as Report;
  };

  it('fits one experiment and predicts two others in both request sets', async () => {
    const answer = report(await run('2', '1,3'));
    expect(answer.source).toBe('rows');
    expect(answer.simulations).toBeLessThanOrEqual(150);
    expect(Object.keys(answer.parameters)).toHaveLength(13);
    expect(answer.parameters['eW']).toBeCloseTo(0.893, 3);
    // Two stages and one, two sets, seven metrics.
    expect(answer.predictions).toHaveLength(3 * 2 * 7);
    expect(answer.detections.map(({ distinct_prompts }) => distinct_prompts)).toEqual([100, 100, 100]);
    expect(answer.detections[0]?.cached_share).toBeGreaterThan(0.98);
    const row = answer.predictions.find(
      (each) => each.exp_id === 1 && each.stage === 1 && each.set === 'all' && each.metric === 'e2e_mean',
    );
    expect(row?.measured).toBeCloseTo(4251.8, 1);
    expect(Math.abs((row?.predicted ?? NaN) / (row?.measured ?? NaN) - 1)).toBeLessThan(0.03);
  });

  it('predicts with the default vector when nothing is calibrated', async () => {
    const answer = report(await run('none', '101'));
    expect(answer).toMatchObject({ source: 'default', simulations: 0, left_out: [] });
    expect(answer.parameters['t0']).toBe(1180);
  });

  it('names an experiment that is not there', async () => {
    expect((await run('2', '77')).problems[0]).toMatch(/no readable experiment 77/);
    expect((await run('two', '1')).problems[0]).toMatch(/found "two", expected experiment ids/);
  });
});
