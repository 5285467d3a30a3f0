// Mean and percentiles of ticks, as the reference forms them for its aggregate (BLIS 87cc70ed sim/metrics_utils.go): linear
// interpolation between the two neighbouring values, milliseconds out. The association of the operations is part of the
// definition.

const US_PER_MS = 1000;

/** A sorted sample, possibly with multiplicities. */
export interface SortedTicks {
  readonly count: number;
  /** Σ of all values, µs. */
  readonly sumUs: number;
  /** Value number `index` in ascending order. */
  at(index: number): number;
}

/** Sorts a copy; NaN = no value. */
export function sortedTicks(values: Float64Array): SortedTicks {
  const present = values.filter((value) => value === value).sort();
  let sumUs = 0;
  for (const value of present) sumUs += value;
  return { count: present.length, sumUs, at: (index) => present[index] ?? NaN };
}

/** From (value, count) pairs in any order. */
export function sortedCounts(pairs: Float64Array): SortedTicks {
  const order = Uint32Array.from({ length: pairs.length / 2 }, (_, index) => index);
  const valueOf = (index: number): number => pairs[2 * index] ?? 0;
  order.sort((a, b) => valueOf(a) - valueOf(b));
  const values = Float64Array.from(order, valueOf);
  /** Number of entries up to and including each value. */
  const upTo = new Float64Array(order.length);
  let count = 0;
  let sumUs = 0;
  order.forEach((index, position) => {
    const multiplicity = pairs[2 * index + 1] ?? 0;
    count += multiplicity;
    sumUs += valueOf(index) * multiplicity;
    upTo[position] = count;
  });
  const at = (index: number): number => {
    let low = 0;
    let high = upTo.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) > index) high = middle;
      else low = middle + 1;
    }
    return values[low] ?? NaN;
  };
  return { count, sumUs, at };
}

export function meanMs(ticks: SortedTicks): number {
  return ticks.count === 0 ? 0 : ticks.sumUs / ticks.count / US_PER_MS;
}

export function percentileMs(ticks: SortedTicks, percent: number): number {
  if (ticks.count === 0) return 0;
  const rank = (percent / 100) * (ticks.count - 1);
  const low = Math.floor(rank);
  const high = Math.ceil(rank);
  const below = ticks.at(low);
  if (low === high) return below / US_PER_MS;
  return below / US_PER_MS + ((ticks.at(high) - below) * (rank - low)) / US_PER_MS;
}
