// The states of one instance (or a fleet) over time, in bounded memory. A span is a stretch of time with the least and the
// greatest value of each quantity in it. As long as there is room a span is one state as logged; when the room is used up,
// neighbours are merged in pairs, and from then on twice as many states go into each span. No extreme is ever lost, only the
// exact moment at which it stood.

/** Columns of one quantity. */
interface Extremes {
  least: Uint32Array;
  greatest: Uint32Array;
}

export const QUANTITIES = ['waiting', 'running', 'usedBlocks'] as const;
export type Quantity = (typeof QUANTITIES)[number];

const FIRST_ROOM = 256;

export class SpanSeries {
  readonly #most: number;
  #startUs = new Float64Array(FIRST_ROOM);
  #preemptions = new Uint32Array(FIRST_ROOM);
  readonly #values: Readonly<Record<Quantity, Extremes>> = {
    waiting: room(FIRST_ROOM),
    running: room(FIRST_ROOM),
    usedBlocks: room(FIRST_ROOM),
  };
  #count = 0;
  #endUs = 0;
  /** States that go into a span, and those in the last one. */
  #stride = 1;
  #filled = 0;

  /** @param most spans to keep, an even number. */
  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  get endUs(): number {
    return this.#endUs;
  }

  /** Every span is one state as logged. */
  get isExact(): boolean {
    return this.#stride === 1;
  }

  /** Starts ascend; a span ends where the next one starts, the last one at `endUs`. */
  startAt(span: number): number {
    return span < this.#count ? (this.#startUs[span] ?? 0) : this.#endUs;
  }

  leastAt(quantity: Quantity, span: number): number {
    return this.#values[quantity].least[span] ?? 0;
  }

  greatestAt(quantity: Quantity, span: number): number {
    return this.#values[quantity].greatest[span] ?? 0;
  }

  preemptionsAt(span: number): number {
    return this.#preemptions[span] ?? 0;
  }

  /**
   * Appends a state. Between the end of the last one and `startUs` nothing waited, ran or was held.
   * @param usedLeast, usedGreatest KV blocks held, which may move within the state.
   */
  push(
    startUs: number,
    endUs: number,
    waiting: number,
    running: number,
    usedLeast: number,
    usedGreatest: number,
    preemptions: number,
  ): void {
    if (startUs > this.#endUs) this.#add(this.#endUs, 0, 0, 0, 0, 0, 0, 0);
    this.#add(startUs, waiting, waiting, running, running, usedLeast, usedGreatest, preemptions);
    this.#endUs = endUs;
  }

  /** Appends a state whose quantities are known as ranges. */
  pushRange(startUs: number, endUs: number, ranges: SpanRanges, preemptions: number): void {
    const { waiting, running, usedBlocks } = ranges;
    this.#add(
      startUs,
      waiting[0],
      waiting[1],
      running[0],
      running[1],
      usedBlocks[0],
      usedBlocks[1],
      preemptions,
    );
    this.#endUs = endUs;
  }

  /** Greatest value of the whole series. */
  peakOf(quantity: Quantity): number {
    let peak = 0;
    for (let span = 0; span < this.#count; span++) peak = Math.max(peak, this.greatestAt(quantity, span));
    return peak;
  }

  /** The span that holds a time within the series. */
  spanAt(timeUs: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#startUs[middle] ?? 0) <= timeUs) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #add(
    startUs: number,
    waitingLeast: number,
    waitingGreatest: number,
    runningLeast: number,
    runningGreatest: number,
    usedLeast: number,
    usedGreatest: number,
    preemptions: number,
  ): void {
    if (this.#filled > 0 && this.#filled < this.#stride) {
      const last = this.#count - 1;
      this.#filled++;
      widen(this.#values.waiting, last, waitingLeast, waitingGreatest);
      widen(this.#values.running, last, runningLeast, runningGreatest);
      widen(this.#values.usedBlocks, last, usedLeast, usedGreatest);
      this.#preemptions[last] = (this.#preemptions[last] ?? 0) + preemptions;
      return;
    }
    if (this.#count === this.#most) {
      this.#mergePairs();
      // The last pair is full: `most` is even.
      this.#filled = this.#stride;
    }
    if (this.#count === this.#startUs.length) this.#grow();
    const at = this.#count++;
    this.#filled = 1;
    this.#startUs[at] = startUs;
    this.#preemptions[at] = preemptions;
    set(this.#values.waiting, at, waitingLeast, waitingGreatest);
    set(this.#values.running, at, runningLeast, runningGreatest);
    set(this.#values.usedBlocks, at, usedLeast, usedGreatest);
  }

  #mergePairs(): void {
    const half = this.#count >> 1;
    for (let at = 0; at < half; at++) {
      const first = 2 * at;
      this.#startUs[at] = this.#startUs[first] ?? 0;
      this.#preemptions[at] = (this.#preemptions[first] ?? 0) + (this.#preemptions[first + 1] ?? 0);
      for (const quantity of QUANTITIES) {
        const { least, greatest } = this.#values[quantity];
        least[at] = Math.min(least[first] ?? 0, least[first + 1] ?? 0);
        greatest[at] = Math.max(greatest[first] ?? 0, greatest[first + 1] ?? 0);
      }
    }
    this.#count = half;
    this.#stride *= 2;
  }

  #grow(): void {
    const length = Math.min(this.#startUs.length * 2, Math.max(this.#most, FIRST_ROOM));
    const startUs = new Float64Array(length);
    startUs.set(this.#startUs);
    this.#startUs = startUs;
    this.#preemptions = longer(this.#preemptions, length);
    for (const quantity of QUANTITIES) {
      const extremes = this.#values[quantity];
      extremes.least = longer(extremes.least, length);
      extremes.greatest = longer(extremes.greatest, length);
    }
  }
}

/** Least and greatest of each quantity. */
export type SpanRanges = Readonly<Record<Quantity, readonly [least: number, greatest: number]>>;

const room = (length: number): Extremes => ({
  least: new Uint32Array(length),
  greatest: new Uint32Array(length),
});

function longer(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(length);
  grown.set(column);
  return grown;
}

function set({ least, greatest }: Extremes, at: number, low: number, high: number): void {
  least[at] = low;
  greatest[at] = high;
}

function widen({ least, greatest }: Extremes, at: number, low: number, high: number): void {
  if (low < (least[at] ?? 0)) least[at] = low;
  if (high > (greatest[at] ?? 0)) greatest[at] = high;
}
