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

/** The highest tenth of a sample; NaN = no value. Values below rank 0.9·(n − 1) are not put in order: nobody asks. */
export function upperTicks(values: Float64Array): SortedTicks {
  let count = 0;
  let sumUs = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sumUs += value;
  }
  const present = count === values.length ? values.slice() : values.filter((value) => !Number.isNaN(value));
  const first = Math.floor(0.9 * (count - 1));
  if (count > 0) selectFrom(present, first);
  present.subarray(Math.max(first, 0)).sort();
  return { count, sumUs, at: (index) => (index < first ? NaN : (present[index] ?? NaN)) };
}

/** Reorders so that entry `rank` is the value of that rank, with nothing greater before it and nothing less behind. */
function selectFrom(values: Float64Array, rank: number): void {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = median(values[low] ?? 0, values[(low + high) >> 1] ?? 0, values[high] ?? 0);
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left++;
      while ((values[right] ?? 0) > pivot) right--;
      if (left > right) break;
      const moved = values[left] ?? 0;
      values[left++] = values[right] ?? 0;
      values[right--] = moved;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else return;
  }
}

const median = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

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
