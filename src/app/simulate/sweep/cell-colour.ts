// The shade of a cell: the accent, deeper for larger values, over the range of what the sweep has found so far.

/** Percent of the accent in the deepest cell: text keeps a contrast of 4.5:1 on it in both themes. */
const DEEPEST_PERCENT = 42;

export interface ValueRange {
  readonly least: number;
  readonly most: number;
}

export function rangeOf(values: readonly (number | undefined)[]): ValueRange | undefined {
  const known = values.filter((value): value is number => value !== undefined && Number.isFinite(value));
  return known.length === 0 ? undefined : { least: Math.min(...known), most: Math.max(...known) };
}

/** 0 … 1 within the range; latencies by their logarithm, since they span decades. */
export function depthOf(value: number, { least, most }: ValueRange, isLog: boolean): number {
  if (most <= least) return 0;
  if (isLog && least > 0) return Math.log(value / least) / Math.log(most / least);
  return (value - least) / (most - least);
}

/** CSS background. */
export const shade = (depth: number): string =>
  `color-mix(in oklab, var(--accent) ${(DEEPEST_PERCENT * depth).toFixed(1)}%, var(--surface))`;
