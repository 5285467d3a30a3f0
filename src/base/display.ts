// Numbers as the page shows them: no locale, the same text in every browser. Exports keep full precision; this is for eyes.

const THIN = '\u202f'; // narrow no-break space between groups of three digits
const MINUS = '\u2212';

/** Groups the whole part from 1 000 on; a leading hyphen becomes a minus sign. */
function group(text: string): string {
  const [whole = '', fraction] = text.replace('-', '').split('.', 2);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return (text.startsWith('-') ? MINUS : '') + (fraction === undefined ? grouped : `${grouped}.${fraction}`);
}

/** An exact count: `16 800`. */
export const showCount = (value: number): string => group(String(Math.round(value)));

/** An error in percent, without the unit: one decimal below 100, whole from there, `∞` for a measured zero. */
export function showPercent(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const tenths = value.toFixed(1);
  return group(Math.abs(Number(tenths)) < 100 ? tenths : value.toFixed(0));
}

/** The same with its sign, as bias and Δ are written; zero has none. */
export function showSignedPercent(value: number): string {
  const text = showPercent(value);
  if (/^[−-]?0(\.0)?$/u.test(text)) return text.replace(MINUS, '');
  return value > 0 ? `+${text}` : text;
}

/** Three significant digits, whole from 100: latencies in the unit of their column. */
export function showLatency(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 99.95) return group(value.toFixed(0));
  if (size >= 9.995) return group(value.toFixed(1));
  if (size >= 0.9995) return group(value.toFixed(2));
  return group(Number(value.toPrecision(3)).toString());
}

/** Rates and token counts: three significant digits and k or M. */
export function showQuantity(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${showLatency(value / 1e6)}${THIN}M`;
  if (size >= 999.5) return `${showLatency(value / 1e3)}${THIN}k`;
  return showLatency(value);
}

/** Seconds for runtimes: `0.38`, `2.1`, `200`. */
export function showSeconds(seconds: number): string {
  if (seconds >= 99.95) return group(seconds.toFixed(0));
  return seconds >= 0.995 ? seconds.toFixed(1) : seconds.toFixed(2);
}

/** How long something will still take, rounded so that it does not flicker: `about 40 s`. */
export function showAbout(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 10) return `about ${Math.ceil(seconds)} s`;
  if (seconds < 90) return `about ${Math.ceil(seconds / 5) * 5} s`;
  if (seconds < 5400) return `about ${Math.ceil(seconds / 60)} min`;
  return `about ${showLatency(seconds / 3600)} h`;
}

/** File sizes, decimal units. */
export function showBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${showLatency(bytes / 1e3)} kB`;
  if (bytes < 999_500_000) return `${showLatency(bytes / 1e6)} MB`;
  return `${showLatency(bytes / 1e9)} GB`;
}

/** Cuts a long name in the middle, where file names differ least. */
export function cutMiddle(text: string, length: number): string {
  const letters = [...text];
  if (letters.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (length - 1 - head)).join('')}`;
}
