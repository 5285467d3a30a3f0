// The file that is being written, if any, and why the last one was not.

import type { Problem } from '../../../base/problem';
import type { Result } from '../../../base/result';
import type { WriteJob } from '../../../workers/simulate-protocol';
import type { RunFile } from './file-kinds';

export type ExportActivity =
  | { readonly kind: 'idle' }
  /** The total is absent until the workload has been made. */
  | {
      readonly kind: 'writing';
      readonly file: RunFile;
      readonly done: number;
      readonly total: number | undefined;
    }
  | { readonly kind: 'failed'; readonly file: RunFile; readonly problem: Problem };

export type WriteFile = (
  job: WriteJob,
  onProgress: (done: number, total: number | undefined) => void,
  signal: AbortSignal,
) => Promise<Result<Blob>>;

export class ExportState {
  #activity = $state.raw<ExportActivity>({ kind: 'idle' });
  #stop: AbortController | undefined;
  #write: WriteFile;

  constructor(write: WriteFile) {
    this.#write = write;
  }

  get activity(): ExportActivity {
    return this.#activity;
  }

  /** One at a time. @returns the file, or nothing when it was stopped or failed. */
  async write(file: RunFile, job: Result<WriteJob>): Promise<Blob | undefined> {
    if (this.#activity.kind === 'writing') return undefined;
    if (!job.ok) {
      this.#activity = { kind: 'failed', file, problem: job.error };
      return undefined;
    }
    this.#activity = { kind: 'writing', file, done: 0, total: undefined };
    const stop = new AbortController();
    this.#stop = stop;
    const written = await this.#write(
      job.value,
      (done, total) => {
        if (this.#activity.kind === 'writing') this.#activity = { kind: 'writing', file, done, total };
      },
      stop.signal,
    );
    const isStopped = !written.ok && written.error.code === 'cancelled';
    this.#activity =
      written.ok || isStopped ? { kind: 'idle' } : { kind: 'failed', file, problem: written.error };
    return written.ok ? written.value : undefined;
  }

  stop(): void {
    this.#stop?.abort();
  }

  /** Takes the message of a failure away. */
  dismiss(): void {
    if (this.#activity.kind === 'failed') this.#activity = { kind: 'idle' };
  }
}
