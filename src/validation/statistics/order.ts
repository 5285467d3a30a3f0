// Order statistics over plain numbers. Percentiles interpolate linearly between the two nearest ranks (the definition of
// numpy's default and of validator spec 8.4); infinities are values like others, NaN must have been removed before.

/** A sorted copy, ascending. */
export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `share` in [0, 1] of an ascending list; undefined for an empty list. */
export function quantileSorted(ascending: ArrayLike<number>, share: number): number | undefined {
  const rank = (ascending.length - 1) * share;
  const below = Math.floor(rank);
  const low = ascending[below];
  if (low === undefined) return undefined;
  const high = ascending[Math.ceil(rank)] ?? low;
  // Equal neighbours need no interpolation, which between two infinities would give NaN.
  return low === high ? low : low + (rank - below) * (high - low);
}

export function quantile(values: readonly number[], share: number): number | undefined {
  return quantileSorted(sorted(values), share);
}

/** Mean of the two middle values where the count is even. */
export function median(values: readonly number[]): number | undefined {
  const ascending = sorted(values);
  const high = ascending[ascending.length >> 1];
  const low = ascending[(ascending.length - 1) >> 1];
  if (low === undefined || high === undefined) return undefined;
  return low === high ? low : (low + high) / 2;
}

export function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
