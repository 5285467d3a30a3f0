// Percentiles by selection instead of sorting: the values that a percentile needs are moved to their sorted place, the rest
// stays unordered. Linear interpolation between the two closest ranks, as the engine's own statistics define it.

/** Moves the k-th smallest value (0-based) to index k; smaller ones end up left of it, larger ones right. */
function placeRank(values: Float64Array, k: number, low: number): void {
  let left = low;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[(left + right) >>> 1] as number;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i <= j) {
        const swap = values[i] as number;
        values[i] = values[j] as number;
        values[j] = swap;
        i++;
        j--;
      }
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else return;
  }
}

/**
 * Percentiles of `values`, which are reordered. `shares` in 0 … 1, ascending. NaN for an empty list.
 * Values must not be NaN.
 */
export function percentilesInPlace(values: Float64Array, shares: readonly number[]): number[] {
  const n = values.length;
  let placed = 0;
  return shares.map((share) => {
    if (n === 0) return NaN;
    const rank = share * (n - 1);
    const lower = Math.floor(rank);
    const upper = Math.ceil(rank);
    placeRank(values, lower, Math.min(placed, lower));
    placed = lower;
    const low = values[lower] as number;
    if (upper === lower) return low;
    placeRank(values, upper, lower + 1);
    return low + ((values[upper] as number) - low) * (rank - lower);
  });
}

/** Arithmetic mean; NaN for an empty list. */
export function mean(values: Float64Array | Uint32Array | readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
