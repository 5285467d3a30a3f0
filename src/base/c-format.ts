// C's %.nf: the exact binary value is rounded, an exact tie goes to the even digit. Number.toFixed agrees except at ties,
// where it takes the larger size.

/** `digits` ≤ 20. Non-finite values print as Go prints them: `+Inf`, `-Inf`, `NaN`. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  const text = value.toFixed(digits);
  // A tie has at most digits + 1 binary places, and an odd digit after the last one shown.
  if ((value * 2 ** (digits + 1)) % 1 !== 0) return signed(text, value);
  const exact = value.toFixed(digits + 1);
  if (!exact.endsWith('5')) return signed(text, value);
  const cut = exact.slice(0, digits === 0 ? -2 : -1);
  return signed(Number(cut.at(-1)) % 2 === 0 ? cut : text, value);
}

/** A negative value that rounds to zero keeps its sign, as in C. */
function signed(text: string, value: number): string {
  return (value < 0 || Object.is(value, -0)) && !text.startsWith('-') ? `-${text}` : text;
}
