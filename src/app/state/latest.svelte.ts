// An answer that is asked for again and again: a newer question makes an older answer worthless, and the last whole answer
// stays on screen, marked as old, until the next one is there.

export class Latest<T> {
  #answer = $state.raw<T | undefined>();
  #failure = $state.raw<string | undefined>();
  #isOld = $state(false);
  #question = 0;

  get answer(): T | undefined {
    return this.#answer;
  }

  /** Why the last question has no answer. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** True while a newer answer is being made. */
  get isOld(): boolean {
    return this.#isOld;
  }

  ask(make: () => Promise<T>): void {
    this.#question += 1;
    const question = this.#question;
    this.#isOld = true;
    void make().then(
      (answer) => this.#settle(question, () => ((this.#answer = answer), (this.#failure = undefined))),
      (error: unknown) =>
        this.#settle(
          question,
          () => (this.#failure = error instanceof Error ? error.message : String(error)),
        ),
    );
  }

  #settle(question: number, take: () => void): void {
    if (question !== this.#question) return;
    take();
    this.#isOld = false;
  }
}
