// Numbers in messages as the reference prints them (Go's %v and %f of a float64).

/** Go's `%v`: shortest round-trip; exponent form from 1e21 as in JavaScript, below 1e-4 with two exponent digits. */
export function goNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (value !== 0 && Math.abs(value) < 1e-4) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    return `${mantissa}e${exponent[0] ?? '-'}${exponent.slice(1).padStart(2, '0')}`;
  }
  return String(value);
}

/** Go's `%f`: six decimals. */
export function goFixed6(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return Number.isNaN(value) ? 'NaN' : value.toFixed(6);
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?inf(inity)?$/i;

/** A number as Go's `strconv.ParseFloat` reads decimal text; undefined where it reports invalid syntax. */
export function parseGoFloat(source: string): number | undefined {
  if (DECIMAL.test(source)) return Number(source);
  if (INFINITE.test(source)) return source.startsWith('-') ? -Infinity : Infinity;
  return /^nan$/i.test(source) ? NaN : undefined;
}
