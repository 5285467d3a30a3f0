// Requests filtered and sorted by an index, so that a table of a million rows costs one typed array.

import { textAt } from '../../base/columns';
import type { RequestQuery, RequestSort } from '../../domain/run-answers';
import { REQUEST_STATUSES, type RequestResultColumns } from '../../domain/run-result';
import { UNNAMED_CLASS } from './distributions';

type NumberColumn = Float64Array | Uint32Array;

function columnOf(requests: RequestResultColumns, sort: RequestSort): NumberColumn {
  switch (sort) {
    case 'arrival':
      return requests.arrivalUs;
    case 'input':
      return requests.inputTokens;
    case 'output':
      return requests.outputTokens;
    case 'schedulingDelay':
      return requests.schedulingDelayUs;
    case 'ttft':
      return requests.ttftUs;
    case 'itl':
      return requests.itlMeanUs;
    case 'e2e':
      return requests.e2eUs;
  }
}

/** Rows that match, in order; those without a value of the column come last, equal ones in order of rows. */
export function orderedRows(requests: RequestResultColumns, query: RequestQuery): Uint32Array {
  const status =
    query.status === undefined ? -1 : (REQUEST_STATUSES as readonly string[]).indexOf(query.status);
  const rows = new Uint32Array(requests.count);
  let count = 0;
  for (let row = 0; row < requests.count; row++) {
    if (query.status !== undefined && requests.status[row] !== status) continue;
    if (query.instance !== undefined && requests.handledBy[row] !== query.instance) continue;
    if (query.sloClass !== undefined && (textAt(requests.sloClass, row) || UNNAMED_CLASS) !== query.sloClass)
      continue;
    rows[count++] = row;
  }
  const found = rows.slice(0, count);
  const column = columnOf(requests, query.sort);
  const sign = query.isDescending ? -1 : 1;
  if (query.isDescending || !isAscending(column, found)) {
    found.sort((a, b) => {
      const first = column[a] ?? NaN;
      const second = column[b] ?? NaN;
      if (Number.isNaN(first) || Number.isNaN(second))
        return Number(Number.isNaN(first)) - Number(Number.isNaN(second)) || a - b;
      return sign * (first - second) || a - b;
    });
  }
  return found;
}

function isAscending(column: NumberColumn, rows: Uint32Array): boolean {
  for (let at = 1; at < rows.length; at++) {
    if (!((column[rows[at - 1] ?? 0] ?? NaN) <= (column[rows[at] ?? 0] ?? NaN))) return false;
  }
  return true;
}
