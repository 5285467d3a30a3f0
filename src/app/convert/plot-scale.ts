// Axes of the judgement's plots: logarithmic where the values allow it, since latencies span decades.

import { scaleLinear, scaleLog } from 'd3-scale';
import { decades, oneTwoFive, roomFor } from '../charts/log-axis';

export interface PlotAxis {
  (value: number): number;
  readonly ticks: readonly number[];
  readonly isLog: boolean;
  /** Ends of the axis. */
  readonly ends: readonly [number, number];
}

/** Zero has no place on a logarithmic axis: any value that is not positive makes it linear. */
export function latencyAxis(values: readonly Float64Array[], range: readonly [number, number]): PlotAxis {
  let [least, most] = [Infinity, -Infinity];
  for (const column of values) {
    for (const value of column) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  const isLog = least > 0 && Number.isFinite(most);
  if (!isLog) {
    const ends = [Math.min(0, least), most > 0 && Number.isFinite(most) ? most : 1] as const;
    const scale = scaleLinear(ends, range);
    return Object.assign((value: number): number => scale(value), { ticks: scale.ticks(5), isLog, ends });
  }
  const ends = roomFor([least, most], 1.1);
  const scale = scaleLog(ends, range);
  const ticks = ends[1] / ends[0] > 50 ? decades(...ends) : oneTwoFive(...ends);
  return Object.assign((value: number): number => scale(value), { ticks, isLog, ends });
}
