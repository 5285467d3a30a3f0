// State of the Convert tab: what was handed in, the text being edited, what it generates, and the chosen output. Answers come
// from the worker; an older answer never replaces a newer one.

import type { Problem } from '../../base/problem';
import type { Result } from '../../base/result';
import type { LoadSummary } from '../../report/convert/summarise-load';
import type { Target } from '../../report/convert/write-load';
import type { LoadPreview } from '../../workload/load-preview';
import type { Converter } from '../../workers/converter-client';
import type { OutputFile, OutputOptions, OutputPreview, ReadAnswer } from '../../workers/converter-protocol';
import type { FilesInput } from '../../workers/protocol';
import { notLoaded } from '../own-files';
import { Latest } from '../state/latest.svelte';

export type ConvertInput =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly problem: Problem }
  | { readonly kind: 'ready'; readonly answer: ReadAnswer };

/** Typing pauses this long before the text is checked. */
const PAUSE_MS = 250;

/** A text to start from: the smallest that generates something. */
const BLANK_SPEC = `version: "2"
seed: 42
num_requests: 1000
aggregate_rate: 10
clients:
  - id: chat
    rate_fraction: 1
    arrival: {process: poisson}
    input_distribution: {type: gaussian, params: {mean: 512, std_dev: 128, min: 16, max: 2048}}
    output_distribution: {type: exponential, params: {mean: 200}}
`;

export class ConvertState {
  #input = $state.raw<ConvertInput>({ kind: 'none' });
  #yaml = $state('');
  #original = $state('');
  #target = $state<Target>('tracev2');
  #sortByStart = $state(false);
  #dropFailed = $state(false);
  #presets = $state.raw<readonly string[]>([]);
  /** Of the latest text that was valid. */
  #preview = $state.raw<LoadPreview | undefined>();
  readonly summary = new Latest<Result<LoadSummary, readonly Problem[]>>();
  readonly output = new Latest<Result<OutputPreview>>();
  #cancelPause: (() => void) | undefined;
  #files: FilesInput | undefined;

  constructor(
    private readonly converter: () => Promise<Result<Converter>>,
    private readonly later: (run: () => void, ms: number) => () => void,
  ) {}

  get input(): ConvertInput {
    return this.#input;
  }

  get yaml(): string {
    return this.#yaml;
  }

  get isEdited(): boolean {
    return this.#yaml !== this.#original;
  }

  get presets(): readonly string[] {
    return this.#presets;
  }

  /** What the load is: of a specification as it was when last valid. */
  get preview(): LoadPreview | undefined {
    return this.answer?.preview ?? this.#preview;
  }

  get options(): OutputOptions {
    const { answer } = this;
    return {
      target: this.#target,
      sortByStart: this.#sortByStart,
      dropFailed: this.#dropFailed,
      ...(answer?.kind === 'spec' ? { yaml: this.#yaml } : {}),
    };
  }

  get answer(): ReadAnswer | undefined {
    return this.#input.kind === 'ready' ? this.#input.answer : undefined;
  }

  /** Names of the presets, once the worker is there. */
  async listPresets(): Promise<void> {
    const converter = await this.#open('presets');
    if (converter !== undefined) this.#presets = converter.presets;
  }

  /** The files that the answer was read from; absent for presets and typed texts. */
  get files(): FilesInput | undefined {
    return this.#files;
  }

  read(input: FilesInput): Promise<void> {
    this.#files = input;
    return this.#take(input.name, (converter) => converter.read(input));
  }

  usePreset(name: string): Promise<void> {
    return this.#take(name, (converter) => converter.preset(name, 1, 100));
  }

  writeOwn(): Promise<void> {
    return this.#take('workload.yaml', async (converter) => ({
      ok: true,
      value: await converter.paste(BLANK_SPEC),
    }));
  }

  clear(): void {
    this.#cancelPause?.();
    this.#input = { kind: 'none' };
  }

  /** A change of the text; checked when typing pauses. */
  edit(yaml: string): void {
    this.#yaml = yaml;
    this.#cancelPause?.();
    this.#cancelPause = this.later(() => this.#ask(), PAUSE_MS);
  }

  revert(): void {
    this.edit(this.#original);
  }

  choose(change: Partial<Pick<OutputOptions, 'target' | 'sortByStart' | 'dropFailed'>>): void {
    this.#target = change.target ?? this.#target;
    this.#sortByStart = change.sortByStart ?? this.#sortByStart;
    this.#dropFailed = change.dropFailed ?? this.#dropFailed;
    this.#askOutput();
  }

  /** The whole output, ready to be saved. */
  async make(): Promise<Result<readonly OutputFile[]>> {
    const converter = await this.converter();
    return converter.ok ? converter.value.makeOutput(this.options) : converter;
  }

  async #take(name: string, ask: (converter: Converter) => Promise<Result<ReadAnswer>>): Promise<void> {
    this.#cancelPause?.();
    this.#input = { kind: 'reading', name };
    const reading = this.#input;
    const converter = await this.#open(name);
    if (converter === undefined) return;
    const answer = await ask(converter);
    // Something else was handed in meanwhile.
    if (this.#input !== reading) return;
    if (!answer.ok) {
      this.#input = { kind: 'failed', name, problem: answer.error };
      return;
    }
    this.#yaml = answer.value.yaml ?? '';
    this.#original = this.#yaml;
    const { targets } = answer.value;
    if (!targets.includes(this.#target)) this.#target = targets[0] ?? 'tracev2';
    this.#preview = undefined;
    this.#input = { kind: 'ready', answer: answer.value };
    this.#ask();
  }

  async #open(name: string): Promise<Converter | undefined> {
    let converter: Result<Converter>;
    try {
      converter = await this.converter();
    } catch (error) {
      converter = { ok: false, error: notLoaded(error) };
    }
    if (converter.ok) return converter.value;
    this.#input = { kind: 'failed', name, problem: converter.error };
    return undefined;
  }

  #ask(): void {
    const { answer } = this;
    if (answer === undefined) return;
    if (answer.kind === 'spec') {
      const yaml = this.#yaml;
      this.summary.ask(async () => {
        const converter = await this.converter();
        if (!converter.ok) return { ok: false, error: [converter.error] };
        const checked = await converter.value.check(yaml);
        if (checked.ok && yaml === this.#yaml) this.#preview = checked.value.preview;
        return checked;
      });
    }
    this.#askOutput();
  }

  #askOutput(): void {
    if (this.answer === undefined) return;
    const { options } = this;
    this.output.ask(async () => {
      const converter = await this.converter();
      return converter.ok ? converter.value.showOutput(options) : converter;
    });
  }
}
