// Mean and percentiles of ticks, as the reference forms them for its aggregate (BLIS 87cc70ed sim/metrics_utils.go): linear
// interpolation between the two neighbouring values, milliseconds out. The association of the operations is part of the
// definition.

import { countUp } from '../base/gather';
import { stableOrder } from '../base/stable-order';

const US_PER_MS = 1000;

/** A sorted sample, possibly with multiplicities. */
export interface SortedTicks {
  readonly count: number;
  /** Σ of all values, µs. */
  readonly sumUs: number;
  /** Value number `index` in ascending order. */
  at(index: number): number;
}

/** Up to here the host's own sort of the whole sample costs less than the compilation of the selection. */
const SORTED_WHOLE = 1 << 15;

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
  if (count > SORTED_WHOLE) selectFrom(present, first);
  present.subarray(count > SORTED_WHOLE ? first : 0).sort();
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

/** From (value, count) pairs, ascending by value or in a few ascending lists one after another. */
export function sortedCounts(pairs: Float64Array): SortedTicks {
  const distinct = pairs.length / 2;
  const values = new Float64Array(distinct);
  for (let entry = 0; entry < distinct; entry++) values[entry] = pairs[2 * entry] ?? NaN;
  const order = stableOrder(countUp(distinct), values);
  /** Number of entries up to and including each value. */
  const upTo = new Float64Array(distinct);
  let count = 0;
  let sumUs = 0;
  for (let position = 0; position < distinct; position++) {
    const entry = order[position] ?? 0;
    const multiplicity = pairs[2 * entry + 1] ?? 0;
    count += multiplicity;
    sumUs += (values[entry] ?? NaN) * multiplicity;
    upTo[position] = count;
  }
  const at = (index: number): number => {
    let low = 0;
    let high = distinct;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) > index) high = middle;
      else low = middle + 1;
    }
    return values[order[low] ?? -1] ?? NaN;
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
