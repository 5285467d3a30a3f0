// The result bundle and the HTML page: complete, reproducible, and harmless whatever the names in the data.

import { createHash } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { validateCommand } from '../../../src/headless/commands/validate';
import { resultBundle } from '../../../src/report/bundle/bundle';
import { htmlReport } from '../../../src/report/bundle/html-report';
import { experimentFingerprint, optionLines, type ReportRun } from '../../../src/report/bundle/report-run';
import { compare, recordContext } from '../../../src/validation/compare';
import { runCommand } from '../../support/captured-io';
import { madeExperiment, madeResult } from '../../support/made-experiment';
import { measuredTree } from '../../support/measured-folder';

interface Manifest {
  readonly format: string;
  readonly options: Record<string, string>;
  readonly experiments: readonly { readonly folder: string; readonly fingerprint: string }[];
  readonly pairs: readonly { readonly outcome: string; readonly reason?: string }[];
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

const HOSTILE = '<script>alert("x")</script>';

function runWith(changes: Partial<ReportRun> = {}): ReportRun {
  const experiment = madeExperiment();
  const result = madeResult({ wallClockSeconds: 2, notes: ['a note'] });
  return {
    name: 'made',
    version: '1.2.3+abc',
    options: { mode: 'reference', multiTurn: 'off' },
    experiments: [experiment],
    simulators: [{ name: 'made', label: 'Made Up' }],
    outcomes: [
      {
        result,
        records: compare(experiment, result),
        runtime: { ...recordContext(experiment, 'made'), wallClockSeconds: 2 },
      },
    ],
    missing: [
      { folder: experiment.folder, simulator: 'other', kind: 'excluded', reason: 'It knows no such GPU.' },
    ],
    leftOut: [{ folder: '9-broken', reason: 'no KV cache size' }],
    ...changes,
  };
}

const figure = { name: 'fig1', caption: 'A figure', svg: '<svg xmlns="http://www.w3.org/2000/svg"/>' };
const PICTURES = { figures: [figure], runtimes: [{ name: 'Made Up', medianRuntimeS: 2, speedup: 600 }] };
const opened = (run: ReportRun) => unzipSync(resultBundle(run, PICTURES));
const manifestOf = (files: Record<string, Uint8Array>) =>
  JSON.parse(strFromU8(files['manifest.json'] ?? new Uint8Array())) as Manifest;

describe('the bundle', () => {
  it('holds every file, and a manifest with their hashes', () => {
    const files = opened(runWith());
    expect(Object.keys(files)).toEqual([
      'manifest.json',
      'error_records.csv',
      'runtime.csv',
      'tables.txt',
      'tables.json',
      'report.html',
      'project.json',
      'figures/fig1.svg',
      'figures/table1_runtime.tex',
    ]);
    const manifest = manifestOf(files);
    expect(manifest.files.map(({ path }) => path)).toEqual(Object.keys(files).slice(1));
    for (const { path, bytes, sha256 } of manifest.files) {
      const content = files[path] ?? new Uint8Array();
      expect([bytes, sha256]).toEqual([content.length, createHash('sha256').update(content).digest('hex')]);
    }
  });

  it('states options, seed, version, inputs, and what did not run', () => {
    const manifest = manifestOf(opened(runWith()));
    expect(manifest.options).toMatchObject({
      mode: 'reference',
      multi_turn: 'off',
      arrivals: 'profile',
      study: '5b12a00',
      seed: '42',
      version: '1.2.3+abc',
    });
    expect(manifest.experiments[0]?.fingerprint).toBe(experimentFingerprint(madeExperiment()));
    expect(manifest.pairs).toMatchObject([
      { outcome: 'done', notes: ['a note'] },
      { outcome: 'excluded', reason: 'It knows no such GPU.' },
    ]);
  });

  it('is the same for the same results', () => {
    expect(resultBundle(runWith(), PICTURES)).toEqual(resultBundle(runWith(), PICTURES));
  });

  it('tells inputs apart by their numbers', () => {
    const inputs = (run: ReportRun) => optionLines(run).find(({ name }) => name === 'inputs')?.value;
    const other = madeExperiment({ totalKvBlocks: 1001 });
    expect(inputs(runWith())).not.toBe(inputs(runWith({ experiments: [other] })));
  });
});

describe('the HTML page', () => {
  const page = htmlReport(runWith(), [figure]);

  it('opens with the verdict, and shows coverage, choices, details and gaps', () => {
    expect(page).toMatch(
      /<h1>Made Up comes closest to .* 10\.0\s% mean error on 1 of 1\sexperiments?\.<\/h1>/,
    );
    expect(page).toContain('<td>1 of 1</td>');
    expect(page).toContain('single turns');
    expect(page).toContain('<td>1100.00 (+10.0 %)</td>');
    expect(page).toContain('It knows no such GPU.');
    expect(page).toContain('no KV cache size');
    expect(page).toContain('data:image/svg+xml,%3Csvg');
  });

  it('asks for nothing and runs nothing', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
    expect(page.match(/(src|href)="(?!data:)/g)).toBeNull();
    expect(page).not.toMatch(/<script|<link|@import|url\(/);
  });

  it('shows names with markup as text', () => {
    const experiment = madeExperiment({
      folder: HOSTILE,
      model: HOSTILE,
      workload: HOSTILE,
      warnings: [HOSTILE],
    });
    const result = madeResult({ folder: HOSTILE });
    const hostile = runWith({
      experiments: [experiment],
      simulators: [{ name: 'made', label: HOSTILE }],
      outcomes: [{ result, records: compare(experiment, result) }],
      missing: [{ folder: HOSTILE, simulator: HOSTILE, kind: 'failed', reason: HOSTILE }],
    });
    const text = htmlReport(hostile, [{ ...figure, caption: HOSTILE }]);
    expect(text).not.toContain('<script');
    expect(text).toContain('&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;');
  });
});

it('validate writes both on request', async () => {
  const { written, writtenBytes } = await runCommand(
    validateCommand,
    [
      '--data-dir',
      'data',
      '--adapters',
      'llm-optimizer-estimate',
      'vidur',
      '--bundle',
      'b.zip',
      '--html',
      'r.html',
    ],
    {},
    { data: measuredTree() },
  );
  expect(written.get('r.html')).toContain('LLM-Optimizer');
  const manifest = manifestOf(unzipSync(writtenBytes.get('b.zip') ?? new Uint8Array()));
  expect(manifest.pairs.map(({ outcome }) => outcome)).toEqual(['done', 'excluded']);
  expect(manifest.files.map(({ path }) => path)).toContain('figures/fig5_pareto.svg');
});
