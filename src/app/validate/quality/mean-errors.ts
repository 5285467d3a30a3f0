// The part of the error records that intervals and comparisons are over: of hundreds of experiments, copying whole records to a worker
// would hold the page.

import type { ErrorRecord } from '../../../domain/prediction';
import type { StatisticRow } from '../../../validation/statistics/coverage';
import { MEAN_METRICS } from '../verdict-view';

export function meanErrors(records: readonly ErrorRecord[]): readonly StatisticRow[] {
  const wanted = new Set<string>(MEAN_METRICS);
  return records
    .filter(({ metricName }) => wanted.has(metricName))
    .map(({ simulator, experimentFolder, expId, metricName, mape }) => ({
      simulator,
      experimentFolder,
      expId,
      metricName,
      mape,
    }));
}
