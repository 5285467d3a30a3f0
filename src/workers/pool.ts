// Runs jobs on a fixed number of workers. One job a worker; a worker that traps or crashes is replaced and its job reported;
// a stop is answered within `STOP_GRACE_MS` even by a worker that does not listen. Knows no DOM: how a worker starts is handed
// in, so the same class runs under test with pretended workers.

import { fail, ok, type Result } from '../base/result';
import type { Problem } from '../base/problem';

/** `stack` is there when the failure was not an expected one; it goes into the copied report. */
export interface JobFailure {
  readonly problem: Problem;
  readonly stack?: string;
}

/** A started worker, ready for jobs `J` that answer with `O`. */
export interface PoolWorker<J, O> {
  run(job: J, onProgress: (done: number, total: number | undefined) => void): Promise<Result<O, JobFailure>>;
  cancel(): Promise<void>;
  terminate(): void;
  /** Settles (with a message) if the worker dies outside a call. */
  readonly crashed: Promise<string>;
}

export interface PoolHooks<J, O> {
  onStart(job: J): void;
  onProgress(job: J, done: number, total: number | undefined): void;
  onEnd(job: J, outcome: Result<O, JobFailure>): void;
}

/** How long a worker may take to leave its job before it is ended from outside, ms. */
export const STOP_GRACE_MS = 60;

export class WorkerPool<J, O, W extends PoolWorker<J, O> = PoolWorker<J, O>> {
  readonly size: number;
  #start: () => Promise<W>;
  #idle: W[] = [];
  #live = new Set<W>();
  #closings = 0;
  readonly #stopGraceMs: number;

  /** @param stopGraceMs see `STOP_GRACE_MS`; 0 for workers that nobody needs after a stop. */
  constructor(size: number, start: () => Promise<W>, stopGraceMs = STOP_GRACE_MS) {
    this.size = Math.max(1, Math.floor(size));
    this.#start = start;
    this.#stopGraceMs = stopGraceMs;
  }

  /** Runs the jobs in order, as many at once as there are workers; settles when all have ended or the signal says stop. */
  async run<T extends J>(jobs: readonly T[], hooks: PoolHooks<T, O>, signal: AbortSignal): Promise<void> {
    const queue = [...jobs];
    const stopped = stopOf(signal);
    const lane = async (): Promise<void> => {
      for (let job = queue.shift(); job !== undefined && !signal.aborted; job = queue.shift())
        await this.#runOne(job, hooks, signal, stopped);
    };
    await Promise.all(Array.from({ length: Math.min(this.size, queue.length) }, lane));
  }

  /** Lends a worker for something short that is not a job. */
  async use<T>(work: (worker: W) => Promise<T>): Promise<Result<T>> {
    const worker = await this.#take();
    if (!worker.ok) return fail(worker.error.problem);
    try {
      return ok(await work(worker.value));
    } finally {
      this.#idle.push(worker.value);
    }
  }

  /** Ends every worker. */
  close(): void {
    this.#closings += 1;
    for (const worker of this.#live) worker.terminate();
    this.#live.clear();
    this.#idle = [];
  }

  async #runOne<T extends J>(
    job: T,
    hooks: PoolHooks<T, O>,
    signal: AbortSignal,
    stopped: Promise<undefined>,
  ): Promise<void> {
    hooks.onStart(job);
    const taken = this.#take();
    const worker = await Promise.race([taken, stopped]);
    if (worker === undefined) {
      // Whoever stops does not wait for a worker that is still starting; it serves the next job.
      void taken.then((late) => {
        if (late.ok && this.#live.has(late.value)) this.#idle.push(late.value);
      });
      hooks.onEnd(job, fail({ problem: STOPPED }));
      return;
    }
    if (!worker.ok) {
      hooks.onEnd(job, worker);
      return;
    }
    const outcome = await settle(worker.value, job, hooks, signal, this.#stopGraceMs);
    const isDead = !outcome.ok && (outcome.error.problem.code === 'engine-trap' || outcome.isDead);
    if (isDead) {
      worker.value.terminate();
      this.#live.delete(worker.value);
    } else {
      this.#idle.push(worker.value);
    }
    hooks.onEnd(job, outcome);
  }

  async #take(): Promise<Result<W, JobFailure>> {
    const idle = this.#idle.pop();
    if (idle) return ok(idle);
    const closings = this.#closings;
    try {
      const worker = await this.#start();
      // Closed meanwhile: nobody else would end it.
      if (closings === this.#closings) this.#live.add(worker);
      else worker.terminate();
      return ok(worker);
    } catch (error) {
      return fail(describeCrash('A simulator worker could not be started', error));
    }
  }
}

type Ending<O> = Result<O, JobFailure> & { readonly isDead?: boolean };

/** The first of: the job's own outcome, the worker's death, a stop that the worker did not answer in time. */
function settle<J, O, T extends J>(
  worker: PoolWorker<J, O>,
  job: T,
  hooks: PoolHooks<T, O>,
  signal: AbortSignal,
  stopGraceMs: number,
): Promise<Ending<O>> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const end = (ending: Ending<O>): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(ending);
    };
    const stop = (): void => {
      timer = setTimeout(() => end({ ...fail({ problem: STOPPED }), isDead: true }), stopGraceMs);
      worker.cancel().catch((error: unknown) => end(dead('The simulator could not be stopped', error)));
    };
    signal.addEventListener('abort', stop);
    worker
      .run(job, (done, total) => {
        if (!isOver) hooks.onProgress(job, done, total);
      })
      .then(end, (error: unknown) => end(dead('The simulator stopped unexpectedly', error)));
    worker.crashed.then((message) => end(dead('The simulator stopped unexpectedly', message)));
    if (signal.aborted) stop();
  });
}

/** Settles with nothing when the signal says stop. */
function stopOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

const STOPPED = { code: 'cancelled', message: 'Stopped before it finished.' } as const;

const dead = (what: string, error: unknown): Ending<never> => ({
  ...fail(describeCrash(what, error)),
  isDead: true,
});

function describeCrash(what: string, error: unknown): JobFailure {
  const detail = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    problem: { code: 'engine-trap', message: `${what} (${detail}).` },
    ...(stack === undefined ? {} : { stack }),
  };
}
