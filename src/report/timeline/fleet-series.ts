// Instances added up into one series: the states of all of them in order of time, as sums.

import { QUANTITIES, SpanSeries, type Quantity } from './span-series';

/**
 * The fleet's states. Exact where the instances' are; else the sum of their extremes, which holds but may be wider than what the
 * fleet ever reached at once.
 * @param most spans to keep, an even number.
 */
export function addUp(instances: readonly SpanSeries[], most: number): SpanSeries {
  const fleet = new SpanSeries(most);
  const next = new Uint32Array(instances.length);
  const queue = new TimeQueue(instances);
  const least: Record<Quantity, number> = { waiting: 0, running: 0, usedBlocks: 0 };
  const greatest: Record<Quantity, number> = { waiting: 0, running: 0, usedBlocks: 0 };
  while (queue.size > 0) {
    const startUs = queue.earliest;
    let preemptions = 0;
    while (queue.size > 0 && queue.earliest === startUs) {
      const index = queue.first;
      const series = instances[index];
      const span = next[index] ?? 0;
      if (series === undefined) break;
      for (const quantity of QUANTITIES) {
        // Behind its last span an instance is empty.
        const [low, high] =
          span < series.count ? [series.leastAt(quantity, span), series.greatestAt(quantity, span)] : [0, 0];
        const [lowBefore, highBefore] =
          span > 0 ? [series.leastAt(quantity, span - 1), series.greatestAt(quantity, span - 1)] : [0, 0];
        least[quantity] += low - lowBefore;
        greatest[quantity] += high - highBefore;
      }
      if (span < series.count) preemptions += series.preemptionsAt(span);
      next[index] = span + 1;
      queue.moveFirst(span < series.count ? series.startAt(span + 1) : Infinity);
    }
    const endUs = queue.size > 0 ? queue.earliest : startUs;
    fleet.pushRange(
      startUs,
      endUs,
      {
        waiting: [least.waiting, greatest.waiting],
        running: [least.running, greatest.running],
        usedBlocks: [least.usedBlocks, greatest.usedBlocks],
      },
      preemptions,
    );
  }
  return fleet;
}

/** Which instance changes next: a heap of instance indices by time, ties by index. */
class TimeQueue {
  readonly #heap: Int32Array;
  readonly #timeUs: Float64Array;
  #size: number;

  constructor(instances: readonly SpanSeries[]) {
    const present = instances.flatMap((series, index) => (series.count > 0 ? [index] : []));
    this.#heap = Int32Array.from(present);
    this.#timeUs = Float64Array.from(instances, (series) => series.startAt(0));
    this.#size = present.length;
    for (let at = (this.#size >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  get size(): number {
    return this.#size;
  }

  get first(): number {
    return this.#heap[0] ?? -1;
  }

  get earliest(): number {
    return this.#timeUs[this.first] ?? Infinity;
  }

  /** Gives the first its next time; Infinity takes it out. */
  moveFirst(timeUs: number): void {
    if (timeUs === Infinity) this.#heap[0] = this.#heap[--this.#size] ?? -1;
    else this.#timeUs[this.first] = timeUs;
    if (this.#size > 0) this.#sink(0);
  }

  #isBefore(a: number, b: number): boolean {
    const timeA = this.#timeUs[a] ?? Infinity;
    const timeB = this.#timeUs[b] ?? Infinity;
    return timeA < timeB || (timeA === timeB && a < b);
  }

  #sink(from: number): void {
    const moved = this.#heap[from] ?? -1;
    let at = from;
    for (let child = 2 * at + 1; child < this.#size; child = 2 * at + 1) {
      const right = this.#heap[child + 1] ?? -1;
      if (child + 1 < this.#size && this.#isBefore(right, this.#heap[child] ?? -1)) child++;
      const below = this.#heap[child] ?? -1;
      if (!this.#isBefore(below, moved)) break;
      this.#heap[at] = below;
      at = child;
    }
    this.#heap[at] = moved;
  }
}
