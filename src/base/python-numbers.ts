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

/** `'%.2f' % value`: exact halves go to the even digit, where JavaScript rounds them up. */
export function pythonFixed2(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (size >= 1e21) return `${sign}${BigInt(size)}.00`;
  // A double can lie exactly half way between two hundredths only at an odd number of eighths.
  const eighths = size * 8;
  if (Number.isInteger(eighths) && eighths % 2 === 1) {
    const hundredths = Math.floor(size * 100);
    const even = hundredths % 2 === 0 ? hundredths : hundredths + 1;
    return `${sign}${(even / 100).toFixed(2)}`;
  }
  return `${sign}${size.toFixed(2)}`;
}

/** `str(bool)`. */
export const pythonBoolean = (value: boolean): string => (value ? 'True' : 'False');

const notFinite = (value: number): string => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');
