// How long a run will still take: work left over the rate measured from finished pairs. Work is counted in tokens, because a
// pair's time follows its tokens far more than its requests. Simulators differ by orders of magnitude in speed, so each is
// judged by its own finished pairs where it has some. No estimate until three pairs are finished.

/** Pairs that must be finished before an estimate is given. */
export const PAIRS_BEFORE_ESTIMATE = 3;

export interface PairWork {
  readonly simulator: string;
  readonly tokens: number;
}

export class RemainingTime {
  #finished = 0;
  #all = { tokens: 0, seconds: 0 };
  #bySimulator = new Map<string, { tokens: number; seconds: number }>();

  /** Seconds are those of one worker. */
  addFinished(pair: PairWork, seconds: number): void {
    this.#finished += 1;
    const own = this.#bySimulator.get(pair.simulator) ?? { tokens: 0, seconds: 0 };
    own.tokens += pair.tokens;
    own.seconds += seconds;
    this.#bySimulator.set(pair.simulator, own);
    this.#all.tokens += pair.tokens;
    this.#all.seconds += seconds;
  }

  /** Seconds until `left` is done by so many workers; nothing while there is too little to judge by. */
  estimate(left: Iterable<PairWork & { readonly share?: number }>, workers: number): number | undefined {
    if (this.#finished < PAIRS_BEFORE_ESTIMATE) return undefined;
    let seconds = 0;
    for (const pair of left) {
      const rate = this.#bySimulator.get(pair.simulator) ?? this.#all;
      const perToken = rate.tokens === 0 ? 0 : rate.seconds / rate.tokens;
      seconds += pair.tokens * (1 - (pair.share ?? 0)) * perToken;
    }
    return seconds / Math.max(1, workers);
  }
}
