// The Calibrate tab without a browser: what it proposes, how a fit's state moves, and the rows that it shows.

import { describe, expect, it } from 'vitest';
import { calibrationAnswer, type CalibrationAnswer } from '../../../src/calibration/answer';
import { fitRequest, judgeAndPredict, type CalibrationRequest } from '../../../src/calibration/calibrate';
import { calibratedAdapter } from '../../../src/calibration/calibrated-adapter';
import { finish } from '../../../src/calibration/least-squares';
import { fail, ok } from '../../../src/base/result';
import { DEFAULT_PHYSICS } from '../../../src/domain/physics';
import { withoutRequests, type Experiment } from '../../../src/domain/experiment';
import {
  accuracySentence,
  axisPercent,
  costPoints,
  shownStages,
} from '../../../src/app/validate/calibrate/calibrate-view';
import {
  CalibrationWorkspace,
  type RunCalibration,
} from '../../../src/app/validate/calibrate/calibration-state.svelte';
import { objection, proposeUses } from '../../../src/app/validate/calibrate/proposal';
import { measureSynthetic, syntheticFacts, type SyntheticLoad } from '../../support/synthetic-server';
import { releaseModule } from '../../support/wasm';

const module = releaseModule();
const load = (expId: number, rates: readonly number[]): SyntheticLoad => ({
  expId,
  model: 'meta-llama/Llama-2-7b-hf',
  tp: 1,
  rates,
  requestsPerStage: 300,
  promptTokens: 400,
  outputTokens: 60,
  seed: expId,
});
const measured = [load(1, [4]), load(2, [4, 8]), load(3, [6])].map((each) =>
  measureSynthetic(module, each, DEFAULT_PHYSICS),
);
const candidates = measured.map((experiment) => ({ folder: experiment.folder, experiment }));
const [first, second, third] = measured as [Experiment, Experiment, Experiment];

const request: CalibrationRequest = {
  calibrate: [second],
  predict: [first, third, second],
  hardwareOf: () => ok(syntheticFacts(load(1, [1]))),
  options: {},
};
const answer = ((): CalibrationAnswer => {
  const fitted = finish(fitRequest(module, request));
  if (!fitted.ok) throw new Error(fitted.error.message);
  return calibrationAnswer(finish(judgeAndPredict(module, request, fitted.value)), {}, 0.2);
})();

describe('proposal', () => {
  it('fits the run with most stages and predicts the others of its server', () => {
    const other = { folder: 'other', experiment: { ...first, tp: 2 } };
    expect([...proposeUses([...candidates, other])]).toEqual([
      ['1-synthetic', 'predict'],
      ['2-synthetic', 'fit'],
      ['3-synthetic', 'predict'],
      ['other', 'leave'],
    ]);
  });

  it('proposes nothing without rows, and objects to mixing', () => {
    const bare = candidates.map((each) => ({ ...each, experiment: withoutRequests(each.experiment) }));
    expect(new Set(proposeUses(bare).values())).toEqual(new Set(['leave']));
    expect(objection(bare, new Map())).toMatch(/at least one run to predict/);
    const mixed = [...candidates.slice(0, 1), ...bare.slice(1)];
    const uses = new Map(mixed.map(({ folder }) => [folder, 'fit' as const]));
    expect(objection(mixed, uses)).toMatch(/cannot be fitted together/);
  });
});

describe('workspace', () => {
  const instant: RunCalibration = (job, onStatus) => {
    onStatus({ phase: 'refinement', iteration: 1, cost: 0.1, simulations: 5 });
    return Promise.resolve(
      job.calibrate.length === 1 ? ok(answer) : fail({ code: 'bad-value', message: 'no' }),
    );
  };

  it('proposes once, runs what is chosen and keeps the answer', async () => {
    const workspace = new CalibrationWorkspace(() => candidates, instant);
    workspace.propose();
    expect(workspace.useOf('2-synthetic')).toBe('fit');
    await workspace.start();
    expect(workspace.state.kind).toBe('ready');
    expect(workspace.statuses).toHaveLength(1);
    expect(workspace.answer).toBe(answer);
    workspace.setUse('1-synthetic', 'fit');
    workspace.propose();
    expect(workspace.useOf('1-synthetic')).toBe('fit');
    await workspace.start();
    expect(workspace.state).toMatchObject({ kind: 'failed', problem: { message: 'no' } });
    // The last whole result stays in sight.
    expect(workspace.answer).toBe(answer);
  });

  it('stops at once and ignores what comes late', async () => {
    let arrive: (value: Awaited<ReturnType<RunCalibration>>) => void = () => undefined;
    const workspace = new CalibrationWorkspace(
      () => candidates,
      () => new Promise((resolve) => (arrive = resolve)),
    );
    workspace.propose();
    const run = workspace.start();
    expect(workspace.state.kind).toBe('running');
    workspace.stop();
    expect(workspace.state.kind).toBe('stopped');
    arrive(ok(answer));
    await run;
    expect(workspace.answer).toBeUndefined();
  });
});

describe('what is shown', () => {
  it('puts unseen stages first and marks what the fit has seen', () => {
    const stages = shownStages(answer, 'warm');
    expect(stages.map(({ name, stageIndex, isTraining }) => [name, stageIndex, isTraining])).toEqual([
      ['1', 0, false],
      ['3', 0, false],
      ['2', 0, true],
      ['2', 1, true],
    ]);
    const [row] = stages[0]?.rows ?? [];
    expect(row?.deltaPercent).toBeCloseTo(
      100 * ((row?.predictedMs ?? NaN) / (row?.measuredMs ?? NaN) - 1),
      9,
    );
    expect(Math.abs(row?.deltaPercent ?? NaN)).toBeLessThan(3);
    expect(axisPercent(stages) % 5).toBe(0);
  });

  it('shows what a prediction rests on beside its stages, but not again what was found in the run', () => {
    const [found = ''] = answer.findings[0]?.sentences ?? [];
    const { folder } = answer.findings[0] ?? { folder: '' };
    const noted = {
      ...answer,
      experiments: answer.experiments.map((each) =>
        each.folder === folder ? { ...each, notes: [found, 'Efficiencies are transferred.'] } : each,
      ),
    };
    const remarks = shownStages(noted, 'warm').find((stage) => stage.folder === folder)?.remarks ?? [];
    expect(remarks).toContain('Efficiencies are transferred.');
    expect(remarks).not.toContain(found);
  });

  it('states held-out errors only', () => {
    expect(accuracySentence(answer)).toMatch(/^Held-out error: E2E \d\.\d %, TTFT \d\.\d %, ITL \d\.\d %\.$/);
    const { heldOut: _heldOut, ...without } = answer;
    expect(accuracySentence(without)).toMatch(/unknown/);
    expect(accuracySentence({ ...without, source: 'default' })).toMatch(/default vector/);
  });

  it('draws the cost from high to low', () => {
    expect(costPoints([1, 0.1, 0.01], 100, 10)).toBe('0.0,0.0 50.0,5.0 100.0,10.0');
    expect(costPoints([], 100, 10)).toBe('');
  });
});

describe('calibrated server in Validate', () => {
  it('refuses its own training data and other servers, and predicts the rest', async () => {
    const { server } = answer;
    if (server === undefined) throw new Error('a fit on one deployment can be kept');
    const adapter = calibratedAdapter(server);
    const options = { mode: 'reference', multiTurn: 'off' } as const;
    const can = (experiment: Experiment) =>
      adapter.canRun(experiment, { options } as Parameters<typeof adapter.canRun>[1]);
    expect(can({ ...second, folder: 'renamed' })).toMatchObject({ canRun: false, cause: 'training' });
    expect(can(first)).toEqual({ canRun: true });
    expect(can({ ...first, tp: 2 })).toMatchObject({ canRun: false, cause: 'hardware' });
    expect(can({ ...first, model: 'other/model' })).toMatchObject({ canRun: false, cause: 'model' });
    expect(adapter.label).toMatch(/^Llama-2-7b-hf, 1 × H100 \(calibrated [0-9a-f]{4}\)$/);
  });
});
