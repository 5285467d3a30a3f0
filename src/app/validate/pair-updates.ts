// States of pairs on their way to the screen. In a run of thousands of pairs each change would recount all of them; there they
// wait a moment and arrive together. Small runs show every change at once.

import type { PairKey, PairState } from './pairs';

/** Above this many pairs, changes are gathered. */
const MANY = 200;
/** How long a change may wait, ms. */
const WAIT_MS = 150;

export class PairUpdates {
  #apply: (changes: Iterable<readonly [PairKey, PairState]>) => void;
  #isGathered: boolean;
  #waiting = new Map<PairKey, PairState>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(pairCount: number, apply: (changes: Iterable<readonly [PairKey, PairState]>) => void) {
    this.#isGathered = pairCount > MANY;
    this.#apply = apply;
  }

  set(key: PairKey, state: PairState): void {
    if (!this.#isGathered) {
      this.#apply([[key, state]]);
      return;
    }
    this.#waiting.set(key, state);
    this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  /** Everything that waits, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    if (waiting.length > 0) this.#apply(waiting);
  }
}
