// One run of many pairs: what the pool reports, turned into states of pairs and values to keep.

import { RemainingTime } from '../../workers/remaining-time';
import type { PairOutcome } from '../../workers/protocol';
import type { EngineRoom } from './engine-room';
import { PairUpdates } from './pair-updates';
import { shareOf, type Job, type PairKey, type PairState } from './pairs';

export interface JobsOutlet {
  /** False once another project has taken the place of this one. */
  isCurrent(): boolean;
  show(changes: Iterable<readonly [PairKey, PairState]>): void;
  /** s; absent while too few pairs are finished to judge. */
  showRemaining(seconds: number | undefined): void;
  stateOf(key: PairKey): PairState | undefined;
  keep(job: Job, outcome: PairOutcome): void;
}

/** Resolves when every job has ended or the signal has stopped them. */
export async function runJobs(
  room: Pick<EngineRoom, 'run' | 'workerCount'>,
  jobs: readonly Job[],
  outlet: JobsOutlet,
  signal: AbortSignal,
): Promise<void> {
  const clock = new RemainingTime();
  const estimate = (): number | undefined =>
    clock.estimate(
      jobs.flatMap((job) => {
        const state = outlet.stateOf(job.key);
        if (state?.kind === 'queued') return [job];
        return state?.kind === 'running' ? [{ ...job, share: shareOf(state) }] : [];
      }),
      room.workerCount,
    );
  const updates = new PairUpdates(jobs.length, (changes) => {
    if (!outlet.isCurrent()) return;
    outlet.show(changes);
    outlet.showRemaining(estimate());
  });
  signal.addEventListener('abort', () => updates.flush());
  await room.run(
    jobs,
    {
      onStart: (job) => {
        if (!signal.aborted) updates.set(job.key, { kind: 'running', done: 0 });
      },
      onProgress: (job, done, total) => {
        if (signal.aborted) return;
        updates.set(job.key, { kind: 'running', done, ...(total === undefined ? {} : { total }) });
      },
      onEnd: (job, outcome) => {
        // Finished is finished: kept even when the stop, or another project, came at the same moment.
        if (outcome.ok) outlet.keep(job, outcome.value);
        if (!outlet.isCurrent()) return;
        if (outcome.ok) {
          clock.addFinished(job, outcome.value.result.wallClockSeconds ?? 0);
          updates.set(job.key, { kind: 'done', outcome: outcome.value });
        } else if (!signal.aborted) {
          updates.set(job.key, { kind: 'failed', failure: outcome.error });
        }
      },
    },
    signal,
  );
  updates.flush();
}
