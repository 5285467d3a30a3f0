// Means over measured requests: only those that succeeded, and of them the ones that `keeps` lets through.

import { rowsByArrival, type Experiment, type MeasuredRequests } from '../../domain/experiment';

export type Keeps = (row: number) => boolean;

const keepsAll: Keeps = () => true;

export function isSuccess(requests: MeasuredRequests, row: number): boolean {
  return requests.failed[row] === 0;
}

/** µs values of the successful, kept rows. */
export function successes(
  requests: MeasuredRequests,
  column: Float64Array,
  keeps: Keeps = keepsAll,
): number[] {
  const values: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    const value = column[row] ?? NaN;
    if (isSuccess(requests, row) && keeps(row) && Number.isFinite(value)) values.push(value);
  }
  return values;
}

export function meanMs(
  requests: MeasuredRequests,
  column: Float64Array,
  keeps: Keeps = keepsAll,
): number | undefined {
  const values = successes(requests, column, keeps);
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length / 1000;
}

/** The generator sends stage after stage, so by arrival the first planned requests are stage 0's; the last takes the rest. */
export function rowsOfStages(experiment: Experiment, requests: MeasuredRequests): readonly number[][] {
  const order = [...rowsByArrival(requests)];
  let from = 0;
  return experiment.stages.map((stage, index) => {
    const planned = Math.round(stage.rateRps * stage.durationS);
    const to = index === experiment.stages.length - 1 ? order.length : from + planned;
    const rows = order.slice(from, to);
    from = to;
    return rows;
  });
}
