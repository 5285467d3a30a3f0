// Axes: value → position, and where the ticks are. Positions grow upwards in value and downwards on the page.

import { ticks as niceTicks } from 'd3-array';
import { plainNumber } from './number-text';

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly Tick[];
  /** Share of the axis length from its lower end; outside [0, 1] beyond the ends. */
  share(value: number): number;
}

/** Ticks in at most `maxTicks` steps of 1, 2, 2.5 or 5 × 10^k. */
export function linearScale(from: number, to: number, maxTicks = 5): Scale {
  const values = quarters(from, to) ?? niceTicks(from, to, maxTicks);
  return {
    from,
    to,
    ticks: values.map((value) => ({ value, label: plainNumber(value) })),
    share: (value) => (value - from) / (to - from),
  };
}

/** Limits such as 100 and 200 are read best in quarters, which the usual tick steps never choose. */
function quarters(from: number, to: number): number[] | undefined {
  if (from !== 0 || ![10, 20, 40, 60, 80, 100, 200, 400, 800, 1000].includes(to)) return undefined;
  return [0, to / 4, to / 2, (3 * to) / 4, to];
}

/** Decades, with the numbers written out. */
export function logScale(from: number, to: number): Scale {
  const low = Math.floor(Math.log10(from) + 1e-9);
  const high = Math.ceil(Math.log10(to) - 1e-9);
  const values = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)).filter(
    (value) => value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9),
  );
  const span = Math.log10(to) - Math.log10(from);
  return {
    from,
    to,
    ticks: values.map((value) => ({ value, label: decadeLabel(value) })),
    share: (value) => (Math.log10(value) - Math.log10(from)) / span,
  };
}

function decadeLabel(value: number): string {
  if (value >= 1e6) return `${plainNumber(value / 1e6)}M`;
  return value >= 1e4 ? `${plainNumber(value / 1e3)}k` : plainNumber(value);
}

/** Where the symmetric-log axis of the published figures turns from linear to logarithmic, percent. */
const SYMLOG_THRESHOLD = 100;
/** matplotlib's linear part of a symlog axis with base 10 and linscale 1 is 1 ÷ (1 − 1/10) decades long. */
const LINEAR_DECADES = 1 / 0.9;

/** Linear to the threshold, logarithmic above. */
export function symlogScale(to: number): Scale {
  const position = (value: number): number =>
    value <= SYMLOG_THRESHOLD
      ? (value / SYMLOG_THRESHOLD) * LINEAR_DECADES
      : LINEAR_DECADES + Math.log10(value / SYMLOG_THRESHOLD);
  const end = position(to);
  const decades: number[] = [];
  for (let value = SYMLOG_THRESHOLD; value <= to; value *= 10) decades.push(value);
  const values =
    decades.length === 0 ? linearScale(0, to).ticks.map((tick) => tick.value) : [0, 50, ...decades];
  return {
    from: 0,
    to,
    ticks: values.map((value) => ({ value, label: plainNumber(value) })),
    share: (value) => position(value) / end,
  };
}

/** The smallest of 1, 2, 2.5, 4, 5, 6, 8 × 10^k that is not below the value. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 4, 5, 6, 8, 10].find((factor) => factor * power >= value * (1 - 1e-9));
  return (step ?? 10) * power;
}
