import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/base/result';
import { STOP_GRACE_MS, WorkerPool, type PoolHooks, type PoolWorker } from '../../../src/workers/pool';
import type { PairFailure, PairJob, PairOutcome } from '../../../src/workers/protocol';
import { experiment, pairOutcome } from '../../support/validate-data';

interface TestJob extends PairJob {
  readonly id: number;
}

const jobs = (count: number): TestJob[] =>
  Array.from({ length: count }, (_, id) => ({
    id,
    experiment: experiment({ expId: id }),
    simulator: 'blis-roofline',
    options: { mode: 'reference', multiTurn: 'as-profile' },
  }));

/** A pretended worker whose jobs behave as `act` says. */
class PretendedWorkers {
  started = 0;
  terminated = 0;
  running = 0;
  mostRunning = 0;
  constructor(
    readonly act: (job: PairJob, cancelled: Promise<void>) => Promise<Result<PairOutcome, PairFailure>>,
    readonly crashed: () => Promise<string> = () => new Promise(() => undefined),
  ) {}

  start = async (): Promise<PoolWorker<PairJob, PairOutcome>> => {
    this.started += 1;
    let cancel = (): void => undefined;
    return {
      run: async (job, onProgress) => {
        const cancelled = new Promise<void>((resolve) => (cancel = resolve));
        this.running += 1;
        this.mostRunning = Math.max(this.mostRunning, this.running);
        onProgress(1, 2);
        try {
          return await this.act(job, cancelled);
        } finally {
          this.running -= 1;
        }
      },
      cancel: async () => cancel(),
      terminate: () => {
        this.terminated += 1;
      },
      crashed: this.crashed(),
    };
  };
}

class Log implements PoolHooks<TestJob, PairOutcome> {
  readonly ended: { id: number; outcome: Result<PairOutcome, PairFailure> }[] = [];
  progress = 0;
  onStart(): void {}
  onProgress(): void {
    this.progress += 1;
  }
  onEnd(job: TestJob, outcome: Result<PairOutcome, PairFailure>): void {
    this.ended.push({ id: job.id, outcome });
  }
}

const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the worker pool', () => {
  it('runs every job once, at most `size` at a time, and reuses its workers', async () => {
    const workers = new PretendedWorkers(async (job) => {
      await soon(2);
      return { ok: true, value: pairOutcome(job.experiment, job.simulator) };
    });
    const log = new Log();
    await new WorkerPool(3, workers.start).run(jobs(10), log, new AbortController().signal);
    expect(log.ended.map(({ id }) => id).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(log.progress).toBe(10);
    expect(workers.started).toBe(3);
    expect(workers.mostRunning).toBe(3);
  });

  it('has at least one worker', () => {
    expect(new WorkerPool(0, new PretendedWorkers(() => new Promise(() => undefined)).start).size).toBe(1);
  });

  it('replaces a worker whose job throws, and goes on', async () => {
    const workers = new PretendedWorkers(async (job) => {
      if (job.experiment.expId === 1) throw new WebAssembly.RuntimeError('unreachable');
      return { ok: true, value: pairOutcome(job.experiment, job.simulator) };
    });
    const log = new Log();
    await new WorkerPool(1, workers.start).run(jobs(4), log, new AbortController().signal);
    expect(log.ended).toHaveLength(4);
    const failed = log.ended.filter(({ outcome }) => !outcome.ok);
    expect(failed.map(({ id }) => id)).toEqual([1]);
    expect(failed[0]?.outcome).toMatchObject({ error: { problem: { code: 'engine-trap' } } });
    expect(workers.started).toBe(2);
    expect(workers.terminated).toBe(1);
  });

  it('reports a worker that dies without answering', async () => {
    let deaths = 0;
    const workers = new PretendedWorkers(
      () => new Promise(() => undefined),
      async () => {
        await soon(2);
        deaths += 1;
        return 'out of memory';
      },
    );
    const log = new Log();
    await new WorkerPool(1, workers.start).run(jobs(2), log, new AbortController().signal);
    expect(deaths).toBe(2);
    expect(log.ended.map(({ outcome }) => !outcome.ok && outcome.error.problem.message)).toEqual([
      'The simulator stopped unexpectedly (out of memory).',
      'The simulator stopped unexpectedly (out of memory).',
    ]);
  });

  it('stops a worker that listens without ending it', async () => {
    const workers = new PretendedWorkers(async (_job, cancelled) => {
      await cancelled;
      return { ok: false, error: { problem: { code: 'cancelled', message: 'Stopped.' } } };
    });
    const stop = new AbortController();
    const log = new Log();
    const run = new WorkerPool(2, workers.start).run(jobs(6), log, stop.signal);
    await soon(5);
    stop.abort();
    await run;
    expect(log.ended).toHaveLength(2);
    expect(workers.terminated).toBe(0);
  });

  it('stops within the grace time even when the worker does not listen', async () => {
    const workers = new PretendedWorkers(() => new Promise(() => undefined));
    const stop = new AbortController();
    const log = new Log();
    const run = new WorkerPool(2, workers.start).run(jobs(6), log, stop.signal);
    await soon(5);
    const before = performance.now();
    stop.abort();
    await run;
    expect(performance.now() - before).toBeLessThan(STOP_GRACE_MS + 40);
    expect(workers.terminated).toBe(2);
  });

  it('stops while a worker is still starting, and ends the one that comes after it was closed', async () => {
    const workers = new PretendedWorkers(() => new Promise(() => undefined));
    let start = (): void => undefined;
    const started = new Promise<void>((resolve) => (start = resolve));
    const stop = new AbortController();
    const log = new Log();
    const pool = new WorkerPool(1, async () => {
      await started;
      return workers.start();
    });
    const run = pool.run(jobs(3), log, stop.signal);
    stop.abort();
    await run;
    expect(log.ended.map(({ outcome }) => !outcome.ok && outcome.error.problem.code)).toEqual(['cancelled']);
    pool.close();
    start();
    await soon(1);
    expect(workers.terminated).toBe(1);
  });

  it('says so when no worker can be started', async () => {
    const log = new Log();
    const start = (): Promise<PoolWorker<PairJob, PairOutcome>> => Promise.reject(new Error('404'));
    await new WorkerPool(1, start).run(jobs(1), log, new AbortController().signal);
    expect(log.ended[0]?.outcome).toMatchObject({
      error: { problem: { message: 'A simulator worker could not be started (404).' } },
    });
  });
});
