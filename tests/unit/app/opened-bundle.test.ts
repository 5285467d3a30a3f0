// A result bundle as a project: everything shows as it was, survives a reload, and runs made here lie beside it.

import { beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result';
import type { EngineRoom } from '../../../src/app/validate/engine-room';
import { ValidateProject } from '../../../src/app/validate/project.svelte';
import { reportRunOf } from '../../../src/app/validate/result-files';
import type { OpenedBundle } from '../../../src/report/bundle/open-bundle';
import type { FilesInput } from '../../../src/workers/protocol';
import { experiment, pairOutcome } from '../../support/validate-data';
import { memoryShelves } from '../../support/memory-shelf';

const first = experiment({ expId: 1, folder: '1-x' });
const second = experiment({ expId: 2, folder: '2-x' });

const SIMULATORS = [
  { name: 'alpha', label: 'Alpha' },
  { name: 'vidur', label: 'Vidur', imports: 'vidur' },
];

const BUNDLE: OpenedBundle = {
  print: 'p1',
  changed: [],
  absent: [],
  project: {
    name: 'measurements',
    version: 'v0',
    seed: 42,
    options: { mode: 'corrected', multiTurn: 'off' },
    experiments: [first, second],
    leftOut: [{ folder: '3-x', reason: 'no stages' }],
    leaveOut: { checks: ['stalls'], measured: [{ ...first, totalKvBlocks: 5 }], problems: [] },
    remarks: [],
    simulators: SIMULATORS,
    outcomes: [
      pairOutcome(first, 'alpha'),
      { ...pairOutcome(second, 'alpha'), isStale: true },
      pairOutcome(first, 'vidur'),
    ],
    missing: [
      { folder: '2-x', simulator: 'vidur', kind: 'excluded', cause: 'import', reason: 'Add its results.' },
    ],
    imports: [{ file: 'v/request_metrics.csv', simulator: 'vidur', expId: 1, reason: 'named', warnings: [] }],
  },
};

const INPUT: FilesInput = { kind: 'files', name: 'results.zip', files: [] };

class Room implements Partial<EngineRoom> {
  readonly workerCount = 1;
  readonly modelVersion = 'v1';
  readonly ran: string[] = [];
  bundle = BUNDLE;
  readBundle: EngineRoom['readBundle'] = async () => ok(this.bundle);
  plan: EngineRoom['plan'] = async (experiments) =>
    ok({
      simulators: [...SIMULATORS, { name: 'beta', label: 'Beta' }],
      eligibility: experiments.map(() => [
        { canRun: true },
        { canRun: false, cause: 'import', reason: 'Add its results.' },
        { canRun: true },
      ]),
    });
  run: EngineRoom['run'] = async (jobs, hooks) => {
    for (const job of jobs) {
      this.ran.push(`${job.simulator} ${job.experiment.expId}`);
      hooks.onEnd(job, ok(pairOutcome(job.experiment, job.simulator, 1.5)));
    }
  };
}

describe('an opened bundle', () => {
  let room: Room;
  let shelves: ReturnType<typeof memoryShelves>;
  let project: ValidateProject;
  const open = () => new ValidateProject(room as unknown as EngineRoom, shelves, () => 1000);
  beforeEach(async () => {
    room = new Room();
    shelves = memoryShelves();
    project = open();
    expect(await project.openBundle(INPUT)).toBeUndefined();
  });
  const kinds = (of = project): string[] =>
    of.rows.flatMap(({ folder }) => of.simulators.map(({ name }) => of.pair(folder, name).kind));

  it('shows results, options, gaps and what was left out, and runs nothing', () => {
    expect(kinds()).toEqual(['done', 'done', 'stale', 'excluded']);
    expect(project.options).toEqual({ mode: 'corrected', multiTurn: 'off' });
    expect(project.leftOut.checks).toEqual(['stalls']);
    expect(project.measured({ folder: '1-x', experiment: first, fingerprint: '' }).totalKvBlocks).toBe(5);
    expect(project.entries).toHaveLength(3);
    expect(project.bundle).toMatchObject({ version: 'v0', seed: 42, name: 'results.zip' });
    expect(project.name).toBe('measurements');
    expect(room.ran).toEqual([]);
  });

  it('survives a reload', async () => {
    const again = open();
    await again.restore();
    expect(kinds(again)).toEqual(kinds());
    expect(again.results.records).toEqual(project.results.records);
    expect(again.bundle).toEqual(project.bundle);
  });

  it('shows earlier numbers as stale under other settings, and comes back with its own', async () => {
    await project.setOptions({ mode: 'reference', multiTurn: 'off' });
    expect(kinds()).toEqual(['stale', 'done', 'ready', 'stale', 'excluded', 'ready']);
    await project.setOptions({ mode: 'corrected', multiTurn: 'off' });
    expect(kinds()).toEqual(['done', 'done', 'ready', 'stale', 'excluded', 'ready']);
  });

  it('runs again what can run here, and keeps the bundle’s numbers apart', async () => {
    await project.startOver();
    expect(room.ran).toEqual(['alpha 1', 'alpha 2']);
    expect(kinds()).toEqual(['done', 'done', 'done', 'excluded']);
    const again = open();
    await again.openBundle(INPUT);
    const [record] = again.results.records;
    expect(record?.predicted).toBe(pairOutcome(first, 'alpha').records[0]?.predicted);
  });

  it('can be written again, with its mapping and where its numbers come from', () => {
    const run = reportRunOf(project);
    expect(run.imports).toEqual(BUNDLE.project.imports);
    expect(run.remarks?.[0]).toContain('a bundle of Plumbline v0');
    expect(run.outcomes.map(({ isStale }) => isStale)).toEqual([false, false, true]);
  });

  it('ends when something else is opened', async () => {
    await project.close();
    expect(project.bundle).toBeUndefined();
  });
});
