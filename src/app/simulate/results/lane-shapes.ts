// Lanes as path data: the same text is drawn on the canvas and written into an exported SVG.

import type { LaneExtremes } from '../../../domain/timeline';

export interface LaneBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Greatest value of a lane, at least `floor`, on a round number. */
export function laneTop(values: readonly Float64Array[], floor: number): number {
  let most = floor;
  for (const column of values) for (const value of column) if (value > most) most = value;
  const step = 10 ** Math.floor(Math.log10(most));
  return (
    [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((factor) => factor * step).find((top) => top >= most) ?? most
  );
}

/** A line that goes to the least and the greatest value within each column. */
export function laneLine({ least, greatest }: LaneExtremes, box: LaneBox, top: number): string {
  const y = (value: number): string => (box.top + box.height * (1 - value / top)).toFixed(1);
  const step = box.width / greatest.length;
  let path = '';
  let isDown = false;
  for (let column = 0; column < greatest.length; column++) {
    const high = greatest[column] ?? NaN;
    const low = least[column] ?? NaN;
    if (Number.isNaN(high)) {
      isDown = false;
      continue;
    }
    const x = (box.left + (column + 0.5) * step).toFixed(1);
    path += `${isDown ? 'L' : 'M'}${x} ${y(low)}`;
    if (high !== low) path += `L${x} ${y(high)}`;
    isDown = true;
  }
  return path;
}

/** The area under the greatest values. */
export function laneArea({ greatest }: LaneExtremes, box: LaneBox, top: number): string {
  const bottom = box.top + box.height;
  const step = box.width / greatest.length;
  let path = '';
  let lastX = 0;
  for (let column = 0; column <= greatest.length; column++) {
    const value = column < greatest.length ? (greatest[column] ?? NaN) : NaN;
    if (Number.isNaN(value)) {
      if (path !== '' && !path.endsWith('Z')) path += `L${lastX.toFixed(1)} ${bottom}Z`;
      continue;
    }
    const x = box.left + (column + 0.5) * step;
    if (path === '' || path.endsWith('Z')) path += `M${x.toFixed(1)} ${bottom}`;
    path += `L${x.toFixed(1)} ${(box.top + box.height * (1 - value / top)).toFixed(1)}`;
    lastX = x;
  }
  return path;
}

/** Counts by column as a rate: each column's count over its length. */
export function rates(counts: Uint32Array, columnUs: number): LaneExtremes {
  const perSecond = Float64Array.from(counts, (count) => (count * 1e6) / columnUs);
  return { least: perSecond, greatest: perSecond };
}

/**
 * Counts in wider bins: with few events in a pixel a rate would only say 0 or 1.
 * @returns one rate for each column, equal within a bin that holds about `perBin` events on average.
 */
export function smoothRates(counts: Uint32Array, columnUs: number, perBin = 8): LaneExtremes {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const bin = Math.min(counts.length, Math.max(1, Math.ceil((perBin * counts.length) / Math.max(total, 1))));
  if (bin === 1) return rates(counts, columnUs);
  const values = new Float64Array(counts.length);
  for (let from = 0; from < counts.length; from += bin) {
    const part = counts.subarray(from, from + bin);
    const rate = (part.reduce((sum, count) => sum + count, 0) * 1e6) / (columnUs * part.length);
    values.fill(rate, from, from + bin);
  }
  return { least: values, greatest: values };
}
