import { describe, expect, it } from 'vitest';
import { filesOf } from '../../../src/app/simulate/export/file-kinds';
import { parseRunFile, runFileText, type SavedRun } from '../../../src/app/simulate/export/run-file';
import { settingsOf } from '../../../src/app/simulate/settings';
import type { SimulatedRun } from '../../../src/domain/simulated-run';

const SAVED: SavedRun = {
  name: 'two servers',
  origin: { presetId: undefined, settings: { ...settingsOf(), instances: '2' } },
  workloadHash: 'w',
  resultHash: 'r',
  modelVersion: 'm',
};

const problem = (text: string): string => {
  const parsed = parseRunFile(text, 'run.json');
  if (parsed.ok) throw new Error('expected a problem');
  return parsed.error.message;
};
const changed = (change: Record<string, unknown>): string =>
  JSON.stringify({ ...(JSON.parse(runFileText(SAVED)) as Record<string, unknown>), ...change });

describe('the run file', () => {
  it('opens as it was saved', () => {
    const parsed = parseRunFile(runFileText(SAVED), 'run.json');
    expect(parsed.ok && parsed.value).toEqual(SAVED);
    const founding = { ...SAVED, origin: { presetId: 'founding-readme', settings: undefined } };
    const reread = parseRunFile(runFileText(founding), 'run.json');
    expect(reread.ok && reread.value).toEqual(founding);
  });

  it('fills settings that it lacks with their defaults', () => {
    const parsed = parseRunFile(changed({ settings: { instances: '8' } }), 'run.json');
    expect(parsed.ok && parsed.value.origin.settings).toEqual({ ...settingsOf(), instances: '8' });
  });

  it.each([
    ['{', 'run.json, line 1'],
    ['[]', 'run.json is not a saved run'],
    [changed({ format: 'other' }), 'run.json is not a saved run'],
    [changed({ formatVersion: 2 }), 'run.json has format version 2; this page reads up to 1.'],
    [changed({ settings: { instances: 2 } }), 'run.json, settings.instances: expected a text, found 2.'],
    [changed({ settings: { wings: '2' } }), 'run.json, settings.wings: this page knows no such setting.'],
    [changed({ settings: 'all' }), 'run.json, settings: expected an object of texts, found "all".'],
    [changed({ resultHash: 7 }), 'run.json, resultHash: expected a text, found 7.'],
    [changed({ settings: undefined }), 'run.json has no settings; save the run again.'],
    [changed({ settings: undefined, presetId: 'nobody' }), 'run.json has no settings; save the run again.'],
  ])('refuses %j with the reason', (text, message) => expect(problem(text)).toContain(message));
});

describe('the files that a run has', () => {
  const run = (instances: number): SimulatedRun =>
    ({ instances: Array.from({ length: instances }) }) as unknown as SimulatedRun;
  const kinds = (of: SimulatedRun, isFounding: boolean): string[] =>
    filesOf(of, isFounding)
      .filter(({ isMissing }) => isMissing !== true)
      .map(({ kind }) => kind);

  it('leave out what the founding version does not write, and say that a fleet has no step log', () => {
    expect(kinds(run(1), false)).toContain('steps');
    expect(kinds(run(2), false)).not.toContain('steps');
    expect(filesOf(run(2), false).find(({ kind }) => kind === 'steps')?.hint).toContain('one server alone');
    expect(kinds(run(0), true)).toEqual(['metrics', 'steps']);
  });
});
