// A run file that was opened: its settings go into the form, it runs, and what comes out is held against the file's hashes.

import type { Result } from '../../../base/result';
import type { SimulatedRun } from '../../../domain/simulated-run';
import type { SavedRun } from './run-file';

export interface OpenOutcome {
  readonly tone: 'info' | 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
}

export class OpenedRun {
  #outcome = $state.raw<OpenOutcome | undefined>();

  get outcome(): OpenOutcome | undefined {
    return this.#outcome;
  }

  dismiss(): void {
    this.#outcome = undefined;
  }

  /**
   * @param run starts the saved configuration; the finished run, or nothing when it did not run (the form then says why).
   * @param modelVersion of this page.
   */
  async open(
    file: string,
    saved: Result<SavedRun>,
    run: (saved: SavedRun) => Promise<SimulatedRun | undefined>,
    modelVersion: string,
  ): Promise<void> {
    this.#outcome = undefined;
    if (!saved.ok) {
      this.#outcome = { tone: 'bad', title: 'The run file was not opened.', text: saved.error.message };
      return;
    }
    const finished = await run(saved.value);
    if (finished !== undefined) this.#outcome = outcomeOf(file, saved.value, finished, modelVersion);
  }
}

function outcomeOf(file: string, saved: SavedRun, run: SimulatedRun, modelVersion: string): OpenOutcome {
  if (saved.resultHash === run.resultHash)
    return {
      tone: 'info',
      title: 'Reproduced.',
      text: `The result is the one in ${file}, request by request.`,
    };
  const why =
    saved.workloadHash !== run.workloadHash
      ? 'The requests differ already.'
      : 'The same requests came to another result.';
  const version =
    saved.modelVersion === modelVersion
      ? ''
      : ` The file was written by another version (${saved.modelVersion}; this is ${modelVersion}).`;
  return { tone: 'warn', title: `Not the result in ${file}.`, text: `${why}${version}` };
}
