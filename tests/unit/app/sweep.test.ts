import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../src/app/simulate/settings';
import { sweepCsv } from '../../../src/app/simulate/sweep/sweep-csv';
import { SweepState, type SweepRoom } from '../../../src/app/simulate/sweep/sweep.svelte';
import { figuresWith } from '../../support/run-figures';

/** Workers that answer with the number of instances as TTFT; three instances fail. */
class PretendedRoom implements SweepRoom {
  readonly workerCount = 2;
  readonly asked: number[] = [];
  #stopAfter: number;

  constructor(stopAfter = Infinity) {
    this.#stopAfter = stopAfter;
  }

  async run(...[jobs, hooks, signal]: Parameters<SweepRoom['run']>): Promise<void> {
    for (const job of jobs) {
      if (signal.aborted) return;
      this.asked.push(job.at);
      hooks.onStart(job);
      await Promise.resolve();
      const { scenario } = job;
      const instances = scenario.kind === 'fleet' ? (scenario.values['num-instances'] ?? 1) : 0;
      if (this.asked.length > this.#stopAfter) {
        this.#stopAfter = Infinity;
        this.stop();
        hooks.onEnd(job, { ok: false, error: { problem: { code: 'cancelled', message: 'Stopped.' } } });
      } else if (instances === 3) {
        hooks.onEnd(job, {
          ok: false,
          error: { problem: { code: 'bad-value', message: 'Three is too many.' } },
        });
      } else {
        hooks.onEnd(job, { ok: true, value: figuresWith({ ttftP99Ms: 1000 / instances, gpus: instances }) });
      }
    }
  }

  stop = (): void => undefined;
}

describe('the sweep', () => {
  it('keeps going past a failed cell, answers, and exports a row a run', async () => {
    const sweep = new SweepState(new PretendedRoom(), () => 0);
    sweep.setParameter(0, 'instances', '1..4');
    await sweep.start(settingsOf());
    expect(sweep.activity).toBe('idle');
    expect(sweep.cells.map(({ kind }) => kind)).toEqual(['done', 'done', 'failed', 'done']);
    expect(sweep.answer).toMatchObject({ kind: 'best', index: 1, meeting: [1, 3] });
    const { started } = sweep;
    if (started === undefined) throw new Error('started above');
    const lines = sweepCsv(started.axes, started.cells, started.repeats, sweep.runs).trimEnd().split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^instances,seed,state,requests,completed,ttft_mean_ms,/);
    expect(lines[2]).toMatch(/^2,42,done,100,100,/);
    expect(lines[3]).toMatch(/^3,42,failed,,,.*,Three is too many\.$/);
  });

  it('keeps what is finished when stopped, and goes on with the rest', async () => {
    const room = new PretendedRoom(2);
    const sweep = new SweepState(room, () => 0);
    room.stop = () => sweep.stop();
    sweep.setParameter(0, 'instances', '1, 2, 4, 8');
    await sweep.start(settingsOf());
    expect(sweep.activity).toBe('stopped');
    expect(sweep.cells.map(({ kind }) => kind)).toEqual(['done', 'done', 'waiting', 'waiting']);
    await sweep.resume();
    expect(sweep.cells.every(({ kind }) => kind === 'done')).toBe(true);
    expect(room.asked).toEqual([0, 1, 2, 2, 3]);
  });

  it('says when shares were counted for other limits', async () => {
    const sweep = new SweepState(new PretendedRoom(), () => 0);
    sweep.setParameter(0, 'instances', '1');
    await sweep.start(settingsOf());
    expect(sweep.areSharesOld).toBe(false);
    sweep.setLimit(0, { statistic: 'mean' });
    expect(sweep.areSharesOld).toBe(false);
    sweep.setLimit(0, { limitMs: '400' });
    expect(sweep.areSharesOld).toBe(true);
  });
});
