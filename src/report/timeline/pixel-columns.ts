// A window of a series as pixel columns: least and greatest value in each, so that a stall of one step stays visible at any zoom.

import type { LaneExtremes, Window } from '../../domain/timeline';
import type { Quantity, SpanSeries } from './span-series';

/** @param perUnit divides the values, for example the number of KV blocks for a share. */
export function extremesIn(
  series: SpanSeries,
  quantity: Quantity,
  { fromUs, toUs, columns }: Window,
  perUnit = 1,
): LaneExtremes {
  const least = new Float64Array(columns).fill(NaN);
  const greatest = new Float64Array(columns).fill(NaN);
  forSpans(series, { fromUs, toUs, columns }, (span, first, last) => {
    const low = series.leastAt(quantity, span) / perUnit;
    const high = series.greatestAt(quantity, span) / perUnit;
    for (let column = first; column <= last; column++) {
      // NaN compares as false, so the first value always enters.
      if (!((least[column] ?? NaN) <= low)) least[column] = low;
      if (!((greatest[column] ?? NaN) >= high)) greatest[column] = high;
    }
  });
  return { least, greatest };
}

/** Preemptions by the column in which their span starts. */
export function preemptionsIn(series: SpanSeries, window: Window): Uint32Array {
  const counts = new Uint32Array(window.columns);
  const perColumn = (window.toUs - window.fromUs) / window.columns;
  if (series.count === 0) return counts;
  for (let span = series.spanAt(window.fromUs); span < series.count; span++) {
    const start = series.startAt(span);
    if (start >= window.toUs) break;
    const column = Math.floor((start - window.fromUs) / perColumn);
    if (column >= 0 && column < window.columns)
      counts[column] = (counts[column] ?? 0) + series.preemptionsAt(span);
  }
  return counts;
}

/** How many of the ascending times fall into each column. */
export function countsIn(ascendingUs: Float64Array, { fromUs, toUs, columns }: Window): Uint32Array {
  const counts = new Uint32Array(columns);
  let from = firstAtLeast(ascendingUs, fromUs);
  for (let column = 0; column < columns; column++) {
    const until = firstAtLeast(ascendingUs, fromUs + ((column + 1) * (toUs - fromUs)) / columns);
    counts[column] = until - from;
    from = until;
  }
  return counts;
}

/** First position whose value is at least `value`. */
export function firstAtLeast(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Calls with each span that meets the window and the columns that it meets. */
function forSpans(
  series: SpanSeries,
  { fromUs, toUs, columns }: Window,
  visit: (span: number, first: number, last: number) => void,
): void {
  const perColumn = (toUs - fromUs) / columns;
  if (series.count === 0 || !(perColumn > 0)) return;
  for (let span = series.spanAt(fromUs); span < series.count; span++) {
    const start = series.startAt(span);
    const end = series.startAt(span + 1);
    if (start >= toUs) return;
    if (end <= fromUs) continue;
    const first = Math.max(0, Math.floor((start - fromUs) / perColumn));
    // A column belongs to the spans that reach into it; ends are not part of a span.
    const last = Math.min(columns - 1, Math.ceil((end - fromUs) / perColumn) - 1);
    visit(span, first, Math.max(first, last));
  }
}
