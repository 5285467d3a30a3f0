// State of the judgement of a replay: files come one by one, settings change, the verdict follows.

import type { Problem } from '../../base/problem';
import type { Result } from '../../base/result';
import type { Converter } from '../../workers/converter-client';
import type { JudgeAnswer, JudgeSettings } from '../../workers/converter-protocol';
import type { FilesInput } from '../../workers/protocol';
import { notLoaded } from '../own-files';

export class JudgeState {
  #answer = $state.raw<JudgeAnswer | undefined>();
  #problem = $state.raw<Problem | undefined>();
  #isReading = $state(false);
  #settings = $state.raw<JudgeSettings>({ bandwidthMbps: 0 });
  #question = 0;

  constructor(private readonly converter: () => Promise<Result<Converter>>) {}

  get answer(): JudgeAnswer | undefined {
    return this.#answer;
  }

  get problem(): Problem | undefined {
    return this.#problem;
  }

  get isReading(): boolean {
    return this.#isReading;
  }

  get settings(): JudgeSettings {
    return this.#settings;
  }

  add(input: FilesInput): Promise<void> {
    return this.#ask(input);
  }

  set(settings: JudgeSettings): Promise<void> {
    this.#settings = settings;
    return this.#answer === undefined ? Promise.resolve() : this.#ask(undefined);
  }

  async clear(): Promise<void> {
    this.#question += 1;
    this.#answer = undefined;
    this.#problem = undefined;
    const converter = await this.converter();
    if (converter.ok) await converter.value.forgetJudge();
  }

  async #ask(input: FilesInput | undefined): Promise<void> {
    this.#question += 1;
    const question = this.#question;
    this.#isReading = true;
    const answer = await this.#judge(input);
    if (question !== this.#question) return;
    this.#isReading = false;
    if (answer.ok) {
      this.#answer = answer.value;
      this.#problem = undefined;
    } else {
      this.#problem = answer.error;
    }
  }

  async #judge(input: FilesInput | undefined): Promise<Result<JudgeAnswer>> {
    try {
      const converter = await this.converter();
      return converter.ok ? await converter.value.judge(input, this.#settings) : converter;
    } catch (error) {
      return { ok: false, error: notLoaded(error) };
    }
  }
}
