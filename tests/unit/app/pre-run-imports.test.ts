// Imported results in the Validate project, through the real readers, rules and adapters: added, matched, changed, kept, removed.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Adapter, AdapterContext } from '../../../src/adapters/adapter';
import { rowAdapters } from '../../../src/adapters/pre-run/row-results';
import { vidur } from '../../../src/adapters/pre-run/vidur';
import { fail, ok } from '../../../src/base/result';
import type { EngineRoom } from '../../../src/app/validate/engine-room';
import { editOf, headlineOf, importRows, secondsOf } from '../../../src/app/validate/pre-run/import-view';
import { ValidateProject } from '../../../src/app/validate/project.svelte';
import { FileTree, memoryFile } from '../../../src/sources/file-tree';
import { runPair } from '../../../src/validation/run-pairs';
import { assignResults, inFolder, readPreRunTree } from '../../../src/workers/pre-run-reading';
import type { SourceEntry, SourceInput } from '../../../src/workers/protocol';
import { experimentOf, smallCatalog, stageOf } from '../../support/experiments';
import { memoryShelves } from '../../support/memory-shelf';

const vidurTable = (seconds: number): string =>
  [
    'Request Id,request_e2e_time,prefill_e2e_time,decode_time_execution_plus_preemption_normalized,request_num_prefill_tokens,request_num_decode_tokens,request_num_restarts',
    ...Array.from({ length: 4 }, (_, row) => `${row},${seconds},0.5,0.01,607.0,60.0,0`),
    '',
  ].join('\n');

const experiments = [7, 8].map((expId) =>
  experimentOf({ expId, folder: `${expId}-model-general`, stages: [stageOf(0, 2, 2, 4)] }),
);

/** `alpha` computes (nothing here needs it to succeed); the others read imports. */
const alpha: Adapter = {
  name: 'alpha',
  label: 'Alpha',
  canRun: () => ({ canRun: true }),
  run: async () => fail({ code: 'engine-trap', message: 'not asked for' }),
};
const adaptersFor = (preRun: AdapterContext['preRun'] = []): readonly Adapter[] => [
  alpha,
  vidur,
  ...rowAdapters(preRun, ['alpha'], ['vidur']),
];
const base = {
  catalog: smallCatalog,
  wasm: new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])),
};

class ImportRoom implements EngineRoom {
  readonly workerCount = 1;
  readonly modelVersion = 'v1';
  /** What the next reading finds. */
  files: Record<string, string> = {};
  readonly ran: string[] = [];

  read: EngineRoom['read'] = async () => {
    const entries = experiments.map((experiment): SourceEntry => {
      const { folder } = experiment;
      return { kind: 'ready', folder, experiment, fingerprint: `print of ${folder}` };
    });
    return ok({ entries, warnings: [], unsafeCount: 0 });
  };
  demo: EngineRoom['demo'] = async () => fail({ code: 'missing-file', message: 'no demo here' });
  recognise: EngineRoom['recognise'] = async () => ok('results');
  readBundle: EngineRoom['readBundle'] = async (input) =>
    fail({ code: 'missing-file', message: `${input.name} holds no result bundle.` });
  readTables: EngineRoom['readTables'] = async () =>
    fail({ code: 'missing-file', message: 'no tables here' });
  readPreRun: EngineRoom['readPreRun'] = async ({ name }) => {
    const files = Object.entries(this.files).map(([path, text]) => memoryFile(path, text));
    const tree = new FileTree({ name, files });
    return ok(await readPreRunTree(name === 'loose' ? tree : inFolder(name, tree)));
  };
  assignPreRun: EngineRoom['assignPreRun'] = async (reading, rows, edits) =>
    ok(assignResults(reading, rows, edits));
  plan: EngineRoom['plan'] = async (rows, options, preRun) => {
    const adapters = adaptersFor(preRun);
    return ok({
      simulators: adapters.map(({ name, label, isImported, importedName }) => ({
        name,
        label,
        ...(isImported === true ? { imports: importedName ?? name } : {}),
      })),
      eligibility: rows.map((row) =>
        adapters.map((adapter) => adapter.canRun(row, { ...base, options, preRun })),
      ),
    });
  };
  run: EngineRoom['run'] = async (jobs, hooks) => {
    for (const job of jobs) {
      const preRun = job.preRun === undefined ? [] : [job.preRun];
      const adapter = adaptersFor(preRun).find(({ name }) => name === job.simulator);
      if (adapter === undefined) throw new Error(job.simulator);
      this.ran.push(`${job.simulator} ${job.experiment.expId}`);
      const context = { ...base, options: job.options, preRun };
      const ran = await runPair({ experiment: job.experiment, adapter }, context, () => 0);
      hooks.onEnd(job, ran.ok ? ran : fail({ problem: ran.error }));
    }
  };
}

const input = (name: string): SourceInput => ({ kind: 'files', name, files: [] });

describe('imported results of a project', () => {
  let room: ImportRoom;
  let shelves: ReturnType<typeof memoryShelves>;
  let project: ValidateProject;
  beforeEach(async () => {
    room = new ImportRoom();
    shelves = memoryShelves();
    project = new ValidateProject(room, shelves, () => 1);
    await project.open(input('measurements'));
  });
  const state = (expId: number, simulator = 'vidur') => project.pair(`${expId}-model-general`, simulator);
  const e2eOf = (expId: number, simulator = 'vidur'): number | undefined => {
    const pair = state(expId, simulator);
    return pair.kind === 'done' ? pair.outcome.result.summary.e2e.mean : undefined;
  };
  const view = () => importRows(project.preRun.rows, project.rows);

  it('become finished pairs of their experiment, without running anything else', async () => {
    room.files = { 'request_metrics.csv': vidurTable(2) };
    await project.addResults(input('7-vidur'));
    expect(view()).toMatchObject([{ chosen: '7', reason: 'The path names experiment 7.' }]);
    expect(e2eOf(7)).toBe(2000);
    expect(state(8)).toMatchObject({ kind: 'excluded' });
    expect(room.ran).toEqual(['vidur 7']);
    expect(new Set(project.results.records.map(({ simulator }) => simulator))).toEqual(new Set(['vidur']));
    expect(project.results.runtimes).toEqual([]);
    expect(project.run.kind).toBe('idle');
  });

  it('follow the choice of the reader, back to the proposal, and out', async () => {
    room.files = { 'request_metrics.csv': vidurTable(2) };
    await project.addResults(input('7-vidur'));
    const key = view()[0]?.key ?? '';
    await project.editResult(key, editOf('8'));
    expect([state(7).kind, e2eOf(8)]).toEqual(['excluded', 2000]);
    await project.editResult(key, { wallClockSeconds: 9 });
    expect(project.results.runtimes).toMatchObject([{ expId: 8, wallClockSeconds: 9 }]);
    await project.editResult(key, editOf('proposed'));
    expect([e2eOf(7), state(8).kind]).toEqual([2000, 'excluded']);
    await project.editResult(key, editOf('none'));
    expect(view()[0]?.chosen).toBe('none');
    expect(project.results.records).toEqual([]);
  });

  it('wait for a choice where several experiments fit', async () => {
    room.files = { 'request_metrics.csv': vidurTable(2) };
    await project.addResults(input('loose'));
    expect(view()[0]).toMatchObject({ chosen: '', reason: '2 experiments have 4 requests; please choose.' });
    expect(view()[0]?.likely.map(({ value }) => value)).toEqual(['7', '8']);
    expect(headlineOf(view())).toBe('0 of 1 count, 1 without an experiment');
    expect(room.ran).toEqual([]);
  });

  it('replace what was read from the same folder; loose files of one name stand side by side', async () => {
    room.files = { 'request_metrics.csv': vidurTable(2) };
    await project.addResults(input('7-vidur'));
    room.files = { 'request_metrics.csv': vidurTable(3) };
    await project.addResults(input('7-vidur'));
    expect(view()).toHaveLength(1);
    expect(e2eOf(7)).toBe(3000);
    await project.addResults(input('loose'));
    await project.addResults(input('loose'));
    room.files = { 'request_metrics.csv': vidurTable(5) };
    await project.addResults(input('loose'));
    expect(view().map(({ file }) => file)).toEqual([
      '7-vidur/request_metrics.csv',
      'request_metrics.csv',
      'added-2/request_metrics.csv',
    ]);
  });

  it('are simulators of their own where only rows are given, also beside one that is computed', async () => {
    room.files = {
      'predictions-mine.csv': 'exp_id,stage,metric,predicted,runtime_s\n7,0,e2e_mean,1234,3\n',
      'predictions-alpha.csv': 'exp_id,stage,metric,predicted\n8,0,e2e_mean,999\n',
      'predictions-bad.csv': 'exp_id,metric,predicted\n8,e2e_mean,999\n',
    };
    await project.addResults(input('loose'));
    expect(project.simulators.map(({ name }) => name).sort()).toEqual([
      'alpha',
      'alpha (imported)',
      'mine',
      'vidur',
    ]);
    expect([state(7, 'mine').kind, state(8, 'alpha (imported)').kind]).toEqual(['done', 'done']);
    expect(state(8, 'alpha').kind).toBe('ready');
    expect(project.preRun.skipped.map(({ message }) => message)).toEqual([
      expect.stringContaining('predictions-bad.csv'),
    ]);
  });

  it('are there after a reload, and gone once removed', async () => {
    room.files = { 'request_metrics.csv': vidurTable(2) };
    await project.addResults(input('7-vidur'));
    await project.editResult(view()[0]?.key ?? '', editOf('8'));
    project = new ValidateProject(room, shelves, () => 2);
    await project.restore();
    expect(view()).toMatchObject([{ chosen: '8', isEdited: true }]);
    expect(e2eOf(8)).toBe(2000);
    expect(project.run.kind).toBe('idle');
    await project.removeResults(view()[0]?.key);
    expect([view(), state(8).kind]).toEqual([[], 'excluded']);
    project = new ValidateProject(room, shelves, () => 3);
    await project.restore();
    expect([view(), state(8).kind]).toEqual([[], 'excluded']);
  });

  it('leave with their project, and say when there is nothing in a folder', async () => {
    room.files = { 'notes.csv': 'a,b\n1,2\n' };
    await project.addResults(input('empty'));
    expect(project.preRun.problem?.message).toContain('empty holds no result');
    room.files = { 'request_metrics.csv': vidurTable(2) };
    await project.addResults(input('7-vidur'));
    await project.open(input('measurements'));
    expect([view().length, e2eOf(7)]).toEqual([1, 2000]);
    await project.open(input('other measurements'));
    expect([view().length, state(7).kind]).toEqual([0, 'excluded']);
  });
});

describe('what was typed', () => {
  it('reads seconds', () => {
    expect(['8.93', '8,5', ' 0 ', '', 'x', '-1'].map(secondsOf)).toEqual([
      8.93,
      8.5,
      0,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
