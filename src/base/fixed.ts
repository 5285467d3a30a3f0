// Decimals as C's and Go's `%.nf` prints them: the exact binary value is rounded, an exact tie goes to the even digit.
// JavaScript's toFixed rounds ties away from zero (0.03125 → "0.0313" instead of "0.0312").

/** Enough decimals to write any tie exactly: a tie has one digit more than asked for. */
const EXACT_DIGITS = 100;

/** @param digits decimals, 0 … 20. Infinite values print as Go does: +Inf, -Inf, NaN. */
export function fixedHalfEven(value: number, digits: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  const rounded = value.toFixed(digits);
  const exact = value.toFixed(EXACT_DIGITS);
  const point = exact.indexOf('.');
  const rest = exact.slice(point + 1 + digits);
  if (!/^50*$/.test(rest)) return rounded;
  const truncated = digits === 0 ? exact.slice(0, point) : exact.slice(0, point + 1 + digits);
  return Number(truncated.at(-1)) % 2 === 0 ? truncated : rounded;
}
