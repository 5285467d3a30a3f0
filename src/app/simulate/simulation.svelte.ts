// What the Simulate place knows: the chosen preset, the form, and the runs. Outlives its screen.

import type { Problem } from '../../base/problem';
import { fail, type Result } from '../../base/result';
import type { RunQuestions } from '../../workers/run-questions';
import type { SimulateWorker } from '../../workers/simulate-client';
import { notLoaded, once } from '../own-files';
import { PRESETS, type Preset } from './presets';
import type { RunOrigin } from './runs/difference';
import { RunList, type ListedRun } from './runs/run-list.svelte';
import { scenarioOfOrigin } from './scenario-of-origin';
import { settingsOf, type FleetSettings, type SettingName } from './settings';

export type RunState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly done: number; readonly total: number | undefined }
  | { readonly kind: 'failed'; readonly problem: Problem };

export class SimulationState {
  #preset = $state.raw<Preset | undefined>(PRESETS[0]);
  #settings = $state.raw<FleetSettings>(settingsOf());
  #state = $state.raw<RunState>({ kind: 'idle' });
  /** Finished runs; the shown one stays while a newer one is made. */
  readonly runs = new RunList();
  #names = $state.raw<Pick<SimulateWorker, 'models' | 'gpus'>>({ models: [], gpus: [] });
  #questions = $state.raw<RunQuestions | undefined>();
  #worker: () => Promise<Result<SimulateWorker>>;

  constructor(start: () => Promise<Result<SimulateWorker>>) {
    this.#worker = once(start);
  }

  get preset(): Preset | undefined {
    return this.#preset;
  }

  get settings(): FleetSettings {
    return this.#settings;
  }

  get state(): RunState {
    return this.#state;
  }

  get names(): Pick<SimulateWorker, 'models' | 'gpus'> {
    return this.#names;
  }

  /** What may be asked about finished runs; undefined until the worker has started. */
  get questions(): RunQuestions | undefined {
    return this.#questions;
  }

  async open(): Promise<void> {
    const worker = await this.#started();
    if (worker.ok) this.#names = worker.value;
    else this.#state = { kind: 'failed', problem: worker.error };
  }

  choose(id: string): void {
    const preset = PRESETS.find((candidate) => candidate.id === id);
    if (preset === undefined) return;
    this.#preset = preset;
    if (preset.start.kind === 'fleet') this.#settings = preset.start.settings;
  }

  change(name: SettingName, text: string): void {
    this.#settings = { ...this.#settings, [name]: text };
    // The preset no longer says what would run.
    this.#preset = undefined;
  }

  /** Puts the form back to where a run was started from. */
  restore({ presetId, settings }: RunOrigin): void {
    const preset = PRESETS.find(({ id }) => id === presetId);
    this.#preset = preset;
    if (settings !== undefined) this.#settings = settings;
  }

  /** Puts the form to a configuration and runs it; the finished run, or nothing when there is none. */
  async runFrom(origin: RunOrigin): Promise<ListedRun | undefined> {
    if (this.#state.kind === 'running') return undefined;
    this.restore(origin);
    const before = this.runs.current;
    await this.run();
    return this.runs.current === before ? undefined : this.runs.current;
  }

  async run(): Promise<void> {
    if (this.#state.kind === 'running') return;
    const origin = this.#origin();
    const scenario = scenarioOfOrigin(origin);
    if (!scenario.ok) {
      this.#state = { kind: 'failed', problem: scenario.error };
      return;
    }
    this.#state = { kind: 'running', done: 0, total: undefined };
    const label = this.#preset?.label ?? 'Own settings';
    const worker = await this.#started();
    const outcome = worker.ok
      ? await worker.value.run(scenario.value, (done, total) => {
          if (this.#state.kind === 'running') this.#state = { kind: 'running', done, total };
        })
      : worker;
    if (outcome.ok) {
      this.runs.finish({ label, origin, run: outcome.value });
      this.#state = { kind: 'idle' };
    } else {
      this.#state =
        outcome.error.code === 'cancelled' ? { kind: 'idle' } : { kind: 'failed', problem: outcome.error };
    }
  }

  async stop(): Promise<void> {
    const worker = await this.#started();
    if (worker.ok) await worker.value.cancel();
  }

  #origin(): RunOrigin {
    const preset = this.#preset;
    return {
      presetId: preset?.id,
      settings: preset?.start.kind === 'classic' ? undefined : this.#settings,
    };
  }

  async #started(): Promise<Result<SimulateWorker>> {
    try {
      const worker = await this.#worker();
      if (worker.ok) this.#questions = worker.value.questions;
      return worker;
    } catch (error) {
      return fail(notLoaded(error));
    }
  }
}
