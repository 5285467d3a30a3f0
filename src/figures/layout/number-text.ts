// Numbers as figures print them: short, never rounded to a wrong zero, never in exponent form.

/** A percentage beside a bar: `0.08`, `1.6`, `412`, `5.2k`, `23k`, `1.2M`. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '−inf';
  if (value === 0) return '0';
  if (value < 0.095) return value < 0.005 ? '<0.01' : value.toFixed(2);
  if (value < 9.95) return value.toFixed(1);
  if (value < 999.5) return value.toFixed(0);
  if (value < 99_950) return `${(value / 1e3).toFixed(1)}k`;
  if (value < 999_500) return `${(value / 1e3).toFixed(0)}k`;
  return `${(value / 1e6).toFixed(1)}M`;
}

/** An axis label: as many decimals as the value has, no more. */
export function plainNumber(value: number): string {
  return String(Number(value.toPrecision(12)));
}
