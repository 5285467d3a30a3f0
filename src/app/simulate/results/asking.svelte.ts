// Questions to the worker that follow a hand (a cursor, a zoom): one is on its way at a time, and when it is answered only the
// newest of those that came meanwhile is asked. The last answer stays until the next one is there.

export class Asking<Q, A> {
  readonly #send: (question: Q) => Promise<A | undefined>;
  #answer = $state.raw<A | undefined>();
  #isBusy = false;
  #next: { readonly question: Q } | undefined;

  constructor(send: (question: Q) => Promise<A | undefined>) {
    this.#send = send;
  }

  get answer(): A | undefined {
    return this.#answer;
  }

  ask(question: Q): void {
    if (this.#isBusy) this.#next = { question };
    else void this.#start(question);
  }

  async #start(first: Q): Promise<void> {
    this.#isBusy = true;
    try {
      let question = first;
      for (;;) {
        const answer = await this.#send(question);
        // The worker no longer holds the run: what was drawn of it stays right.
        if (answer !== undefined) this.#answer = answer;
        if (this.#next === undefined) return;
        ({ question } = this.#next);
        this.#next = undefined;
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
