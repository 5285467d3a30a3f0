// A bundle opened again: the same results, and a word for everything that is not as it was written.

import { strFromU8, strToU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { resultBundle } from '../../../src/report/bundle/bundle';
import { openBundle } from '../../../src/report/bundle/open-bundle';
import type { ReportRun } from '../../../src/report/bundle/report-run';
import { bundleFolder } from '../../../src/sources/bundle-folder';
import { FileTree, memoryFile } from '../../../src/sources/file-tree';
import { recognise } from '../../../src/sources/recognise';
import { compare, runtimeRecord } from '../../../src/validation/compare';
import { rejudge } from '../../../src/validation/quality/rejudge';
import { madeExperiment, madeResult } from '../../support/made-experiment';

const experiment = madeExperiment({
  requests: {
    count: 1,
    arrivalUs: new Float64Array(1),
    inputTokens: new Uint32Array([77_777]),
    outputTokens: new Uint32Array(1),
    ttftUs: new Float64Array(1),
    e2eUs: new Float64Array(1),
    failed: new Uint8Array(1),
  },
});
const result = madeResult({ wallClockSeconds: 2, notes: ['a note'] });
const summary = { ...experiment.summary, e2e: { ...experiment.summary.e2e, mean: 1 / 3 } };
const measured = { ...experiment, summary };

function run(changes: Partial<ReportRun> = {}): ReportRun {
  const records = compare(experiment, result);
  const runtime = runtimeRecord(experiment, result);
  return {
    name: 'made',
    version: '1.2.3+abc',
    options: { mode: 'corrected', multiTurn: 'off', arrivals: 'both' },
    experiments: [experiment],
    simulators: [{ name: 'made', label: 'Made Up', usesTables: true }],
    outcomes: [{ result, records, ...(runtime ? { runtime } : {}) }],
    missing: [
      {
        folder: experiment.folder,
        simulator: 'other',
        kind: 'excluded',
        cause: 'GPU',
        reason: 'No such GPU.',
      },
    ],
    leftOut: [{ folder: '9-broken', reason: 'no KV cache size' }],
    imports: [
      {
        file: 'a/request_metrics.csv',
        simulator: 'vidur',
        expId: 1,
        reason: 'The name says so.',
        warnings: [],
      },
    ],
    ...changes,
  };
}

const filesOf = (made: ReportRun): Record<string, Uint8Array> =>
  unzipSync(resultBundle(made, { figures: [], runtimes: [] }));

const treeOf = (files: Record<string, Uint8Array>, folder = ''): FileTree =>
  new FileTree({
    name: 'opened',
    files: Object.entries(files).map(([path, bytes]) => memoryFile(`${folder}${path}`, bytes)),
  });

async function open(files: Record<string, Uint8Array>) {
  return openBundle(treeOf(files), '');
}

async function project(made: ReportRun) {
  const opened = await open(filesOf(made));
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value.project;
}

async function refusal(files: Record<string, Uint8Array>): Promise<string> {
  const opened = await open(files);
  return opened.ok ? 'opened' : opened.error.message;
}

const changedText = (files: Record<string, Uint8Array>, path: string, from: string, to: string) => {
  const text = strFromU8(files[path] ?? new Uint8Array());
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  return { ...files, [path]: strToU8(text.replace(from, to)) };
};

describe('a bundle opened again', () => {
  it('gives the same results, options, gaps and imports', async () => {
    const made = run();
    const opened = await project(made);
    expect(opened.outcomes).toEqual(made.outcomes);
    const { requests: _requests, ...numbers } = experiment;
    expect(opened.experiments).toEqual([numbers]);
    for (const key of ['options', 'version', 'name', 'simulators', 'missing', 'leftOut', 'imports'] as const)
      expect(opened[key]).toEqual(made[key]);
    expect(opened.seed).toBe(42);
  });

  it('holds no measured request', () => {
    expect(strFromU8(filesOf(run())['project.json'] ?? new Uint8Array())).not.toMatch(/requests"|77777/);
  });

  it('keeps numbers that JSON lacks', async () => {
    const odd = madeResult({
      summary: { ...result.summary, rateRps: Infinity, e2e: { mean: NaN, p90: -Infinity } },
    });
    const opened = await project(run({ outcomes: [{ result: odd, records: compare(experiment, odd) }] }));
    expect(opened.outcomes[0]?.result).toEqual(odd);
    expect(opened.outcomes[0]?.records).toEqual(compare(experiment, odd));
  });

  it('keeps what was left out of the means beside what was reported', async () => {
    const reported = compare(experiment, result);
    const opened = await project(
      run({
        experiments: [measured],
        leaveOut: { checks: ['empty-requests'], reported: [experiment], problems: ['One stage is empty.'] },
        outcomes: [
          { result, records: rejudge(reported, measured), reportedRecords: reported, isStale: true },
        ],
      }),
    );
    expect(opened.experiments[0]?.summary).toEqual(experiment.summary);
    expect(opened.leaveOut?.measured[0]?.summary.e2e.mean).toBe(1 / 3);
    expect(opened.leaveOut?.problems).toEqual(['One stage is empty.']);
    expect(opened.outcomes[0]?.records).toEqual(reported);
    expect(opened.outcomes[0]?.isStale).toBe(true);
  });

  it('names changed and missing files, its own first of all', async () => {
    const { 'runtime.csv': _gone, ...files } = changedText(filesOf(run()), 'tables.txt', 'made', 'Made');
    const opened = await open(changedText(files, 'project.json', '"a note"', '"another"'));
    expect(opened).toMatchObject({
      ok: true,
      value: { changed: ['tables.txt', 'project.json'], absent: ['runtime.csv'] },
    });
    expect(await open(filesOf(run()))).toMatchObject({ ok: true, value: { changed: [], absent: [] } });
  });

  it('refuses newer versions and says what to do', async () => {
    const files = filesOf(run());
    const sentence = /format version 2; this Plumbline reads up to 1\. Open the bundle in a newer one\./;
    const newProject = changedText(files, 'project.json', '"formatVersion": 1', '"formatVersion": 2');
    expect(await refusal(newProject)).toMatch(sentence);
    const newManifest = changedText(files, 'manifest.json', '"formatVersion": 1', '"formatVersion": 2');
    expect(await refusal(newManifest)).toMatch(sentence);
  });

  it('names the line and the key of what is wrong', async () => {
    const files = filesOf(run());
    expect(await refusal(changedText(files, 'project.json', '"mode":"corrected"', '"mode":"fast"'))).toMatch(
      /^project\.json, line 7: options\.mode/,
    );
    const folder = JSON.stringify(experiment.folder);
    expect(
      await refusal(changedText(files, 'project.json', `"folder":${folder}`, '"folder":"elsewhere"')),
    ).toMatch(/^project\.json, line \d+: the experiment .* is not in the list of experiments\.$/);
    expect(await refusal({ ...files, 'project.json': strToU8('{') })).toMatch(/^project\.json, line 1/);
  });
});

describe('what was opened', () => {
  it('is told to be a bundle, as a zip and unpacked', async () => {
    const bytes = resultBundle(run(), { figures: [], runtimes: [] });
    const zip = new FileTree({ name: 'b', files: [memoryFile('results.zip', bytes)] });
    expect(await recognise(zip)).toBe('bundle');
    const unpacked = treeOf(unzipSync(bytes), 'inner/');
    expect(await recognise(unpacked)).toBe('bundle');
    expect(bundleFolder(unpacked)).toBe('inner');
  });

  it('is results to import where a bundle has no project', async () => {
    const { 'project.json': _none, ...older } = filesOf(run());
    expect(await recognise(treeOf(older))).toBe('results');
  });
});
