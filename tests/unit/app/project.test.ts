import { beforeEach, describe, expect, it } from 'vitest';
import { ok, fail, type Result } from '../../../src/base/result';
import type { EngineRoom } from '../../../src/app/validate/engine-room';
import { ValidateProject } from '../../../src/app/validate/project.svelte';
import type { PairFailure, PairOutcome, SourceEntry, SourceInput } from '../../../src/workers/protocol';
import { experiment, pairOutcome } from '../../support/validate-data';
import { memoryShelves } from '../../support/memory-shelf';

const SIMULATORS = ['alpha', 'beta'];

/** Two experiments and one that could not be read; beta cannot run the second. */
function entries(change = ''): SourceEntry[] {
  return [1, 2]
    .map((expId): SourceEntry => {
      const made = experiment({ expId, folder: `${expId}-x` });
      return { kind: 'ready', folder: made.folder, experiment: made, fingerprint: `print${expId}${change}` };
    })
    .concat({
      kind: 'left-out',
      folder: '3-x',
      problem: { code: 'missing-key', message: '3-x/profile.yaml has no load.stages.' },
    });
}

class PretendedRoom implements EngineRoom {
  readonly workerCount = 2;
  readonly modelVersion = 'v1';
  readonly ran: string[] = [];
  found = entries();
  /** Decides each run; absent = done. */
  answer: (simulator: string, expId: number) => Promise<Result<PairOutcome, PairFailure>> | undefined = () =>
    undefined;

  read: EngineRoom['read'] = async (_input, _choices, onProgress, onEntry) => {
    onProgress({ experimentsDone: 1, experimentsTotal: 3, bytesDone: 10 });
    for (const entry of this.found) onEntry(entry);
    return ok({ entries: this.found, warnings: ['one folder twice'], unsafeCount: 0 });
  };

  plan: EngineRoom['plan'] = async (experiments) =>
    ok({
      simulators: SIMULATORS.map((name) => ({ name, label: name.toUpperCase() })),
      eligibility: experiments.map(({ expId }) =>
        SIMULATORS.map((name) =>
          name === 'beta' && expId === 2
            ? { canRun: false as const, cause: 'model', reason: 'Beta does not know the model.' }
            : { canRun: true as const },
        ),
      ),
    });

  recognise: EngineRoom['recognise'] = async () => ok('measurements');
  readBundle: EngineRoom['readBundle'] = async (input) =>
    fail({ code: 'missing-file', message: `${input.name} holds no result bundle.` });
  readTables: EngineRoom['readTables'] = async (input) =>
    fail({ code: 'missing-file', message: `${input.name} holds no tables.` });
  readPreRun: EngineRoom['readPreRun'] = async (input) =>
    fail({ code: 'missing-file', message: `${input.name} holds nothing.` });
  assignPreRun: EngineRoom['assignPreRun'] = async () => ok([]);

  demo: EngineRoom['demo'] = async () => ok({ kind: 'demo', name: 'Demo', text: '{}' });

  run: EngineRoom['run'] = async (jobs, hooks, signal) => {
    for (const job of jobs) {
      if (signal.aborted) return;
      hooks.onStart(job);
      hooks.onProgress(job, 1, 2);
      this.ran.push(`${job.simulator} ${job.experiment.expId}`);
      const answer = await this.answer(job.simulator, job.experiment.expId);
      hooks.onEnd(job, answer ?? ok(pairOutcome(job.experiment, job.simulator)));
    }
  };
}

const INPUT: SourceInput = { kind: 'files', name: 'measurements', files: [] };

describe('the Validate project', () => {
  let room: PretendedRoom;
  let shelves: ReturnType<typeof memoryShelves>;
  let project: ValidateProject;
  beforeEach(() => {
    room = new PretendedRoom();
    shelves = memoryShelves();
    project = new ValidateProject(room, shelves, () => 1000);
  });
  const kinds = (): string[] =>
    ['1-x', '2-x'].flatMap((folder) => SIMULATORS.map((name) => project.pair(folder, name).kind));

  it('opens a folder, keeps the one that could not be read, and plans', async () => {
    expect(await project.open(INPUT)).toBe(true);
    expect(project.source.kind).toBe('open');
    expect(project.rows.map(({ folder }) => folder)).toEqual(['1-x', '2-x']);
    expect(project.entries).toHaveLength(3);
    expect(project.warnings).toEqual(['one folder twice']);
    expect(kinds()).toEqual(['ready', 'ready', 'ready', 'excluded']);
    expect(project.counts).toMatchObject({ total: 3, done: 0, excluded: 1 });
  });

  it('is not thrown back by a report that comes after the answer', async () => {
    let late: () => void = () => undefined;
    const read = room.read;
    room.read = (input, choices, onProgress, onEntry, signal) => {
      late = () => {
        onProgress({ experimentsDone: 2, experimentsTotal: 3, bytesDone: 20 });
        const [first] = room.found;
        if (first !== undefined) onEntry(first);
      };
      return read(input, choices, onProgress, onEntry, signal);
    };
    await project.open(INPUT);
    late();
    expect(project.source.kind).toBe('open');
    expect(project.entries).toHaveLength(3);
  });

  it('runs what can run, keeps each finished pair at once, and has its records', async () => {
    await project.open(INPUT);
    await project.start();
    expect(room.ran).toEqual(['alpha 1', 'beta 1', 'alpha 2']);
    expect(kinds()).toEqual(['done', 'done', 'done', 'excluded']);
    expect(project.run.kind).toBe('idle');
    expect(project.share).toBe(1);
    expect(shelves.pairs.values.size).toBe(3);
    expect(project.results.records.filter((record) => record.metricName === 'e2e_mean')).toHaveLength(6);
    expect(project.results.runtimes).toHaveLength(3);
  });

  it('keeps over a reload what was left out of the measured means, and what was switched off', async () => {
    await project.open(INPUT);
    await project.start();
    const [row] = project.rows;
    if (row === undefined) throw new Error('no row');
    const summary = { ...row.experiment.summary, e2e: { mean: 1, p90: 1, p99: 1 } };
    project.leaveOut({
      checks: ['empty-requests'],
      measured: new Map([[row.folder, { ...row.experiment, summary }]]),
      problems: ['2-x: a stage would keep no request.'],
    });
    project.switchFolder('2-x', false);
    const before = project.results.records;
    await Promise.resolve();
    const again = new ValidateProject(room, shelves, () => 2000);
    await again.restore();
    expect(again.leftOut.checks).toEqual(['empty-requests']);
    expect(again.leftOut.problems).toEqual(['2-x: a stage would keep no request.']);
    expect(again.isFolderOn('2-x')).toBe(false);
    expect(again.results.records).toEqual(before);
    expect(
      before.some(
        ({ metricName, stageIndex, actual }) =>
          metricName === 'e2e_mean' && stageIndex === -1 && actual === 1,
      ),
    ).toBe(true);
    // Counting again is kept, too.
    again.leaveOut({ checks: [], measured: new Map(), problems: [] });
    await Promise.resolve();
    const third = new ValidateProject(room, shelves, () => 3000);
    await third.restore();
    expect(third.leftOut.checks).toEqual([]);
  });

  it('does not restore a choice of checks that this version does not know', async () => {
    await project.open(INPUT);
    const kept = shelves.project.values.get('current');
    if (kept === undefined) throw new Error('nothing kept');
    const unknown = JSON.parse('["no-such-check"]') as [];
    shelves.project.values.set('current', {
      ...kept,
      leftOut: { checks: unknown, measured: new Map(), problems: [] },
    });
    const again = new ValidateProject(room, shelves, () => 2000);
    await again.restore();
    expect(again.leftOut.checks).toEqual([]);
  });

  it('leaves out what is switched off', async () => {
    await project.open(INPUT);
    project.switchSimulator('beta', false);
    project.switchFolder('2-x', false);
    await project.start();
    expect(room.ran).toEqual(['alpha 1']);
    expect(project.counts.total).toBe(1);
    project.switchFolder('2-x', true);
    expect(project.counts.total).toBe(2);
  });

  it('goes on when a pair fails, and runs it again on request', async () => {
    room.answer = (simulator, expId) =>
      simulator === 'beta' && expId === 1
        ? Promise.resolve(fail({ problem: { code: 'livelock', message: 'It makes no progress.' } }))
        : undefined;
    await project.open(INPUT);
    await project.start();
    expect(kinds()).toEqual(['done', 'failed', 'done', 'excluded']);
    expect(project.counts).toMatchObject({ done: 2, failed: 1 });
    expect(project.coverage.get('beta')).toBe(0);
    room.answer = () => undefined;
    await project.retry('1-x', 'beta');
    expect(kinds()[1]).toBe('done');
  });

  it('stops, keeps what was finished, and resumes with the rest only', async () => {
    let release = (): void => undefined;
    room.answer = (simulator, expId) =>
      simulator === 'beta' && expId === 1
        ? new Promise((resolve) => {
            release = () => resolve(fail({ problem: { code: 'cancelled', message: 'Stopped.' } }));
          })
        : undefined;
    await project.open(INPUT);
    const run = project.start();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(kinds()).toEqual(['done', 'running', 'queued', 'excluded']);
    project.stop();
    expect(project.run.kind).toBe('stopped');
    expect(kinds()).toEqual(['done', 'ready', 'ready', 'excluded']);
    release();
    await run;
    expect(kinds()).toEqual(['done', 'ready', 'ready', 'excluded']);
    room.answer = () => undefined;
    await project.start();
    expect(room.ran).toEqual(['alpha 1', 'beta 1', 'beta 1', 'alpha 2']);
    expect(kinds()).toEqual(['done', 'done', 'done', 'excluded']);
  });

  it('comes back after a reload in the middle of a run', async () => {
    room.answer = (_simulator, expId) => (expId === 2 ? new Promise(() => undefined) : undefined);
    await project.open(INPUT);
    void project.start();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const reloaded = new ValidateProject(new PretendedRoom(), shelves, () => 2000);
    await reloaded.restore();
    expect(reloaded.run.kind).toBe('restored');
    expect(reloaded.counts).toMatchObject({ total: 3, done: 2 });
    await reloaded.start();
    expect(reloaded.counts.done).toBe(3);
    const again = new ValidateProject(new PretendedRoom(), shelves, () => 3000);
    await again.restore();
    expect(again.run.kind).toBe('idle');
  });

  it('shows earlier numbers as stale when the sources have changed', async () => {
    await project.open(INPUT);
    await project.start();
    room.found = entries('changed');
    await project.open(INPUT);
    expect(kinds()).toEqual(['stale', 'stale', 'stale', 'excluded']);
    expect(project.results.records.length).toBeGreaterThan(0);
    await project.start();
    expect(kinds()).toEqual(['done', 'done', 'done', 'excluded']);
  });

  it('works, and says so, where nothing can be kept', async () => {
    for (const shelf of Object.values(shelves)) shelf.refuses = true;
    await project.open(INPUT);
    await project.start();
    expect(kinds()).toEqual(['done', 'done', 'done', 'excluded']);
    expect(project.storageProblem?.code).toBe('not-stored');
  });

  it('says why a folder could not be read at all', async () => {
    room.read = async () =>
      fail({ code: 'missing-file', message: 'Manifest not found: x/experiments.json.' });
    expect(await project.open(INPUT)).toBe(false);
    expect(project.source).toMatchObject({ kind: 'failed', problem: { code: 'missing-file' } });
  });

  it('links rows by number, or by fingerprint where the number is not unique', async () => {
    await project.open(INPUT);
    expect(project.rows.map((row) => project.linkOf(row))).toEqual(['1', '2']);
    expect(project.rowOf('2')?.folder).toBe('2-x');
    const twins = [1, 2].map((n): SourceEntry => {
      const made = experiment({ expId: 0, folder: `legacy-${n}` });
      return { kind: 'ready', folder: made.folder, experiment: made, fingerprint: `abcdef${n}0999` };
    });
    room.found = twins;
    await project.open(INPUT);
    expect(project.rows.map((row) => project.linkOf(row))).toEqual(['abcdef10', 'abcdef20']);
  });
});

describe('how CPU blocks are found', () => {
  it('is asked of the reader again, said beside the data, and unknown after a reload', async () => {
    const room = new PretendedRoom();
    const asked: (string | undefined)[] = [];
    const { read } = room;
    room.read = (input, choices, ...rest) => {
      asked.push(choices.cpuBlocks);
      return read(input, choices, ...rest);
    };
    const shelves = memoryShelves();
    const project = new ValidateProject(room, shelves, () => 1000);
    await project.open(INPUT);
    expect(project.cpuBlocks).toBe('configured');
    await project.setCpuBlocks('kv_events.jsonl');
    expect(asked).toEqual([undefined, 'kv_events.jsonl']);
    expect(project.cpuBlocks).toBe('kv_events.jsonl');
    expect(project.warnings.at(-1)).toContain('peak counts of kv_events.jsonl');
    const again = new ValidateProject(room, shelves, () => 1000);
    await again.restore();
    expect(again.cpuBlocks).toBeUndefined();
    expect(again.warnings).toEqual(project.warnings);
  });
});
