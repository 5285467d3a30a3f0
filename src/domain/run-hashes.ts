// Identities of a run: what was asked of the fleet, and what came out. Runs with unequal workloads cannot be compared request by
// request; runs with equal results were not told apart by what differs in their configuration.

import { fingerprintOf } from '../base/fingerprint';
import type { Aggregate, RequestResultColumns } from './run-result';
import type { Workload } from './workload';

/** The model's name is left out: the same requests may be sent to two models. */
export function workloadHash({ requests, sessions, followUpBudget }: Workload): string {
  const { model: _model, ...asked } = requests;
  return fingerprintOf({ asked, sessions, followUpBudget });
}

/** Every latency and status in order, and the counts of the aggregate. Which instance served a request is left out. */
export function resultHash(result: {
  readonly aggregate: Aggregate;
  readonly requests: RequestResultColumns;
}): string {
  const { instance_id: _name, ...aggregate } = result.aggregate;
  const { status, outputTokens, ...columns } = result.requests;
  const latencies = [
    columns.arrivalUs,
    columns.ttftUs,
    columns.e2eUs,
    columns.itlSumUs,
    columns.schedulingDelayUs,
  ];
  return fingerprintOf({ aggregate, status, outputTokens, latencies: latencies.map(sameNaN) });
}

/** The bits of a NaN are the browser's own; no latency is negative. */
const sameNaN = (column: Float64Array): Float64Array =>
  column.map((value) => (Number.isNaN(value) ? -1 : value));
