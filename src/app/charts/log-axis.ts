// Ticks of logarithmic axes and short labels for what they count.

/** Powers of ten within the range, ends included. */
export function decades(least: number, most: number): readonly number[] {
  const ticks: number[] = [];
  for (let power = Math.ceil(Math.log10(least) - 1e-9); 10 ** power <= most * (1 + 1e-9); power += 1) {
    ticks.push(10 ** power);
  }
  return ticks;
}

/** 1, 2 and 5 of every decade within the range: for axes that span less than two decades. */
export function oneTwoFive(least: number, most: number): readonly number[] {
  return decades(least / 10, most)
    .flatMap((decade) => [1, 2, 5].map((step) => Number((step * decade).toPrecision(1))))
    .filter((tick) => tick >= least * (1 - 1e-9) && tick <= most * (1 + 1e-9));
}

/** Powers of two within the range. */
export function octaves(least: number, most: number): readonly number[] {
  const ticks: number[] = [];
  for (let power = Math.ceil(Math.log2(least)); 2 ** power <= most; power += 1) ticks.push(2 ** power);
  return ticks;
}

/** The range widened to whole steps of an axis, so that no point lies on the frame. */
export function roomFor(values: readonly number[], margin = 1.25): readonly [number, number] {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return [1, 10];
  return [Math.min(...positive) / margin, Math.max(...positive) * margin];
}

const PREFIXES = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** `3.35e12` → `3.35 T`; three significant digits. */
export function withPrefix(value: number): string {
  const [scale, letter] = PREFIXES.find(([limit]) => value >= limit * 0.9995) ?? [1, ''];
  return `${Number((value / scale).toPrecision(3))} ${letter}`;
}
