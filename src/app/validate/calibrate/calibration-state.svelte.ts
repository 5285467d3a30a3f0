// The Calibrate tab's state: which runs are fitted and predicted, how far the fit is, what came out. Kept while the page lives.

import { SvelteMap } from 'svelte/reactivity';
import type { CalibrationAnswer } from '../../../calibration/answer';
import type { PrepareOptions } from '../../../calibration/prepare';
import type { Problem } from '../../../base/problem';
import type { Result } from '../../../base/result';
import type { CalibrationJob, CalibrationStatus } from '../../../workers/calibrator-protocol';
import { hasRows, objection, proposeUses, type Candidate, type Use } from './proposal';

export type FitState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly abort: AbortController }
  | { readonly kind: 'ready' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly problem: Problem };

export type RunCalibration = (
  job: CalibrationJob,
  onStatus: (status: CalibrationStatus) => void,
  signal: AbortSignal,
) => Promise<Result<CalibrationAnswer>>;

export class CalibrationWorkspace {
  readonly #candidates: () => readonly Candidate[];
  readonly #run: RunCalibration;
  #uses = new SvelteMap<string, Use>();
  /** The candidates that the uses were proposed for. */
  #proposedFor = '';
  #state = $state.raw<FitState>({ kind: 'idle' });
  #statuses = $state.raw<readonly CalibrationStatus[]>([]);
  #answer = $state.raw<CalibrationAnswer | undefined>();
  #options = $state.raw<PrepareOptions>({});

  constructor(candidates: () => readonly Candidate[], run: RunCalibration) {
    this.#candidates = candidates;
    this.#run = run;
  }

  get candidates(): readonly Candidate[] {
    return this.#candidates();
  }
  get state(): FitState {
    return this.#state;
  }
  /** Every iteration so far. */
  get statuses(): readonly CalibrationStatus[] {
    return this.#statuses;
  }
  /** The last finished calibration; it stays, dimmed, while another runs. */
  get answer(): CalibrationAnswer | undefined {
    return this.#answer;
  }
  get options(): PrepareOptions {
    return this.#options;
  }
  get objection(): string | undefined {
    return objection(this.candidates, this.#uses);
  }

  useOf(folder: string): Use {
    return this.#uses.get(folder) ?? 'leave';
  }

  /** Proposes uses when other runs are open than the last time. */
  propose(): void {
    const key = this.candidates.map((row) => `${row.folder} ${hasRows(row)}`).join('\n');
    if (key === this.#proposedFor) return;
    this.stop();
    this.#proposedFor = key;
    this.#uses.clear();
    for (const [folder, use] of proposeUses(this.candidates)) this.#uses.set(folder, use);
    this.#answer = undefined;
    this.#statuses = [];
    this.#state = { kind: 'idle' };
  }

  setUse(folder: string, use: Use): void {
    this.#uses.set(folder, use);
  }

  setOptions(options: PrepareOptions): void {
    this.#options = options;
  }

  /** Fits and predicts as chosen. What was fitted is predicted too, to be shown in grey. */
  async start(): Promise<void> {
    if (this.#state.kind === 'running' || this.objection !== undefined) return;
    const chosen = (use: Use): readonly Candidate[] =>
      this.candidates.filter(({ folder }) => this.useOf(folder) === use);
    const experiments = (rows: readonly Candidate[]) => rows.map(({ experiment }) => experiment);
    const abort = new AbortController();
    this.#state = { kind: 'running', abort };
    this.#statuses = [];
    const answer = await this.#run(
      {
        calibrate: experiments(chosen('fit')),
        predict: experiments([...chosen('predict'), ...chosen('fit')]),
        options: this.#options,
      },
      (status) => {
        if (!abort.signal.aborted) this.#statuses = [...this.#statuses, status];
      },
      abort.signal,
    );
    if (abort.signal.aborted) return;
    if (answer.ok) {
      this.#answer = answer.value;
      this.#state = { kind: 'ready' };
    } else {
      this.#state = { kind: 'failed', problem: answer.error };
    }
  }

  stop(): void {
    if (this.#state.kind !== 'running') return;
    this.#state.abort.abort();
    this.#state = { kind: 'stopped' };
  }
}
