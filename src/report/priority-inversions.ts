// Priority inversions as the reference counts them (BLIS 87cc70ed sim/cluster/metrics.go): per SLO class, over completed
// requests in order of arrival, the pairs in which the earlier one took more than twice as long.

import { textAt } from '../base/columns';
import type { RequestResultColumns } from '../domain/run-result';

const FACTOR = 2;

export function priorityInversions(requests: RequestResultColumns): number {
  const byClass = new Map<string, number[]>();
  for (let row = 0; row < requests.count; row++) {
    if (Number.isNaN(requests.e2eUs[row] ?? NaN)) continue;
    const name = textAt(requests.sloClass, row) || 'default';
    const rows = byClass.get(name);
    if (rows === undefined) byClass.set(name, [row]);
    else rows.push(row);
  }
  let count = 0;
  for (const rows of byClass.values()) {
    rows.sort((a, b) => (requests.arrivalUs[a] ?? 0) - (requests.arrivalUs[b] ?? 0));
    count += countLater(Float64Array.from(rows, (row) => requests.e2eUs[row] ?? 0));
  }
  return count;
}

/** Pairs i < j with values[i] > FACTOR · values[j], by merge sort: n log n where the definition is n². Sorts in place. */
function countLater(values: Float64Array): number {
  if (values.length < 2) return 0;
  const middle = values.length >> 1;
  const left = values.subarray(0, middle);
  const right = values.subarray(middle);
  let count = countLater(left) + countLater(right);
  let smaller = 0;
  for (const value of left) {
    while (smaller < right.length && value > FACTOR * (right[smaller] ?? 0)) smaller++;
    count += smaller;
  }
  values.sort();
  return count;
}
