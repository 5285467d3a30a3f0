// Numbers as Python prints them, which is how the reference's CSV files and tables spell theirs.

/** `repr(float)`: shortest round-trip, whole numbers with `.0`, an exponent below 1e-4 and from 1e16. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  // In this range JavaScript writes no exponent either.
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** `'%.<digits>f' % value`: exact halves go to the even digit, where JavaScript rounds them up. */
export function pythonFixed(value: number, digits: 0 | 1 | 2): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (size >= 1e21) return `${sign}${BigInt(size)}${digits === 0 ? '' : `.${'0'.repeat(digits)}`}`;
  // A double can lie exactly half way between two last digits only at an odd number of halves, quarters or eighths.
  const parts = size * 2 ** (digits + 1);
  if (Number.isInteger(parts) && parts % 2 === 1) {
    const power = 10 ** digits;
    const down = Math.floor(size * power);
    const even = down % 2 === 0 ? down : down + 1;
    return `${sign}${(even / power).toFixed(digits)}`;
  }
  return `${sign}${size.toFixed(digits)}`;
}

export const pythonFixed2 = (value: number): string => pythonFixed(value, 2);

/** `str(bool)`. */
export const pythonBoolean = (value: boolean): string => (value ? 'True' : 'False');

const notFinite = (value: number): string => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');
