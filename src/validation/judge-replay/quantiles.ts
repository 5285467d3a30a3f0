// A distribution as a line: as many quantiles as a screen has use for.

/** At most `count` quantiles from the smallest to the largest value; shares are i / (n − 1). */
export function quantilesOf(values: readonly number[], count: number): Float64Array {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length <= count) return sorted;
  const line = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    const rank = (at / (count - 1)) * (sorted.length - 1);
    const low = Math.floor(rank);
    const below = sorted[low] ?? 0;
    line[at] = below + (rank - low) * ((sorted[Math.min(low + 1, sorted.length - 1)] ?? below) - below);
  }
  return line;
}
