// Requests by label: tables by SLO class, tenant and model. Percentiles interpolate linearly, as everywhere in the reference.

import { textAt, type TextColumn } from '../../base/columns';
import { REQUEST_STATUSES, type RequestResultColumns } from '../../domain/run-result';
import type { GroupRow } from '../../domain/run-detail';
import { mean, percentile } from '../blis-sections';
import { sortedPresent } from './distributions';

const COMPLETED = REQUEST_STATUSES.indexOf('completed');
const US_PER_MS = 1000;

/**
 * Rows in order of name; none when no request has a label.
 * @param unnamed name of those without one.
 */
export function groupRows(
  requests: RequestResultColumns,
  labels: TextColumn,
  unnamed: string,
): readonly GroupRow[] {
  // A million requests without labels are no group: they are not even counted.
  if (!hasLabels(requests.count, labels)) return [];
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < requests.count; row++) {
    const label = textAt(labels, row);
    const rows = rowsOf.get(label || unnamed);
    if (rows === undefined) rowsOf.set(label || unnamed, [row]);
    else rows.push(row);
  }
  return [...rowsOf.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, rows]) => groupRow(name, requests, rows));
}

function hasLabels(count: number, labels: TextColumn): boolean {
  for (let row = 0; row < count; row++) if (textAt(labels, row) !== '') return true;
  return false;
}

function groupRow(name: string, requests: RequestResultColumns, rows: readonly number[]): GroupRow {
  const sorted = (column: Float64Array): Float64Array =>
    sortedPresent(Float64Array.from(rows, (row) => column[row] ?? NaN));
  const ttft = sorted(requests.ttftUs);
  const e2e = sorted(requests.e2eUs);
  const ms = (values: Float64Array, us: number): number => (values.length === 0 ? NaN : us / US_PER_MS);
  const itl = sorted(requests.itlMeanUs);
  const done = rows.filter((row) => requests.status[row] === COMPLETED);
  return {
    name,
    requests: rows.length,
    completed: done.length,
    ttftMeanMs: ms(ttft, mean(ttft)),
    ttftP99Ms: ms(ttft, percentile(ttft, 99)),
    itlMeanMs: ms(itl, mean(itl)),
    e2eMeanMs: ms(e2e, mean(e2e)),
    e2eP99Ms: ms(e2e, percentile(e2e, 99)),
    outputTokens: done.reduce((sum, row) => sum + (requests.outputTokens[row] ?? 0), 0),
  };
}
