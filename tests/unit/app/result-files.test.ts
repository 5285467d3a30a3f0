// What the export menu puts into bundle and report: what is switched on, with what became of each pair.

import { strFromU8, unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { bundleBytes, htmlText, reportRunOf } from '../../../src/app/validate/result-files';
import { optionLines } from '../../../src/report/bundle/report-run';
import { NOTHING_LEFT_OUT } from '../../../src/app/validate/project-state';
import type { PairState } from '../../../src/app/validate/pairs';
import type { Experiment } from '../../../src/domain/experiment';
import type { ErrorRecord } from '../../../src/domain/prediction';
import { compare, recordContext } from '../../../src/validation/compare';
import { madeExperiment, madeResult } from '../../support/made-experiment';

const first = madeExperiment();
const second = madeExperiment({ expId: 2, folder: '2-off' });

const doneFor = (simulator: string): PairState => {
  const result = madeResult({ simulator, wallClockSeconds: 1 });
  const runtime = { ...recordContext(first, simulator), wallClockSeconds: 1 };
  return { kind: 'done', outcome: { result, records: compare(first, result), runtime } };
};

const STATES: Readonly<Record<string, PairState>> = {
  a: doneFor('a'),
  b: { kind: 'excluded', cause: 'model', reason: 'It does not know the model.' },
  c: { kind: 'failed', failure: { problem: { code: 'livelock', message: 'It never ends.' } } },
  d: { kind: 'ready' },
};

const project = {
  entries: [
    {
      kind: 'left-out' as const,
      folder: '3-x',
      problem: { code: 'missing-key' as const, message: 'no load.stages' },
    },
  ],
  rows: [first, second].map((experiment) => ({ folder: experiment.folder, experiment, fingerprint: 'f' })),
  simulators: ['a', 'b', 'c', 'd', 'hidden'].map((name) => ({ name, label: name.toUpperCase() })),
  options: { mode: 'reference' as const, multiTurn: 'off' as const },
  modelVersion: '1+a',
  pair: (_folder: string, simulator: string): PairState => STATES[simulator] ?? { kind: 'ready' },
  isOn: () => true,
  isFolderOn: (folder: string) => folder !== '2-off',
  isSimulatorOn: (simulator: string) => simulator !== 'hidden',
  judged: (_folder: string, records: readonly ErrorRecord[]) => records,
  measured: (row: { readonly experiment: Experiment }) => row.experiment,
  leftOutSentence: undefined,
  name: 'measurements',
  bundle: undefined,
  leftOut: NOTHING_LEFT_OUT,
  preRun: { rows: [] },
};

it('lists experiments and simulators that are on, outcomes, gaps and unread folders', () => {
  const run = reportRunOf(project);
  expect(run.experiments.map(({ folder }) => folder)).toEqual([first.folder]);
  expect(run.simulators.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(run.outcomes.map(({ result }) => result.simulator)).toEqual(['a']);
  expect(run.missing).toEqual([
    {
      folder: first.folder,
      simulator: 'b',
      kind: 'excluded',
      cause: 'model',
      reason: 'It does not know the model.',
    },
    { folder: first.folder, simulator: 'c', kind: 'failed', reason: 'It never ends.' },
  ]);
  expect(run.leftOut).toEqual([{ folder: '3-x', reason: 'no load.stages' }]);
});

it('marks what a filter and a quality check took out, and judges by what is left', async () => {
  const judgedAgain = {
    ...project,
    isFolderOn: () => true,
    judged: (_folder: string, records: readonly ErrorRecord[]) =>
      records.map((record) => ({ ...record, actual: 1 })),
    leftOutSentence: 'Left out of the measured means: replies without a token.',
  };
  const [record] = compare(first, madeResult({ simulator: 'a' }));
  const run = reportRunOf(judgedAgain, {
    scope: '1 experiment: those that every simulator has run.',
    records: record === undefined ? [] : [record],
  });
  expect(run.experiments.map(({ folder }) => folder)).toEqual([first.folder]);
  expect(run.outcomes.flatMap(({ records }) => records.map(({ actual }) => actual))).toContain(1);
  const remarks = optionLines(run).filter(({ name }) => name === 'left_out');
  expect(remarks.map(({ value }) => value)).toEqual([
    'Only 1 experiment: those that every simulator has run',
    'Left out of the measured means: replies without a token',
  ]);
  const files = unzipSync(await bundleBytes(run, () => Promise.resolve()));
  const manifest: unknown = JSON.parse(strFromU8(files['manifest.json'] ?? new Uint8Array()));
  expect(manifest).toMatchObject({ remarks: run.remarks });
});

it('makes the bundle and the page, pausing between figures', async () => {
  let pauses = 0;
  const pause = () => {
    pauses++;
    return Promise.resolve();
  };
  const files = unzipSync(await bundleBytes(reportRunOf(project), pause));
  expect(pauses).toBeGreaterThan(5);
  expect(strFromU8(files['error_records.csv'] ?? new Uint8Array())).toContain('a,1-m-tp2-general');
  expect(await htmlText(reportRunOf(project), pause)).toContain('A comes closest');
});
