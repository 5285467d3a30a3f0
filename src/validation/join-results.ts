// Flat predictions joined with flat measurements on (exp_id, stage, metric): the same error records that a validation run gives.
// Of a file with several runs only one kind takes part in the tables, and its wall clocks, of runs cut short, do not.

import type { ErrorRecord, RuntimeRecord } from '../domain/prediction';
import type { FlatRow, MeasuredRow, PredictionsFile } from '../sources/flat-results';
import { percentageErrors } from './compare';

/** LLMServingSim's runs of 2,000 requests; those of 300 are compared with a subset of the measurement, in figures only. */
export const TABLE_RUN = 'cluster2000';

export interface JoinedResults {
  readonly records: readonly ErrorRecord[];
  readonly runtimes: readonly RuntimeRecord[];
  readonly warnings: readonly string[];
}

const keyOf = ({ expId, stageIndex, metricName }: FlatRow): string => `${expId}/${stageIndex}/${metricName}`;

export function joinResults(
  actuals: readonly MeasuredRow[],
  predictions: readonly PredictionsFile[],
): JoinedResults {
  const measured = new Map(actuals.map((row) => [keyOf(row), row]));
  const records: ErrorRecord[] = [];
  const runtimes: RuntimeRecord[] = [];
  const warnings: string[] = [];
  for (const { file, simulator, rows, hasRuns } of predictions) {
    const timed = new Set<number>();
    let unmatched = 0;
    for (const row of rows) {
      if (row.run !== undefined && row.run !== TABLE_RUN) continue;
      const actual = measured.get(keyOf(row));
      if (actual === undefined) {
        unmatched++;
        continue;
      }
      const context = { simulator, ...actual.context };
      records.push({
        ...context,
        stageIndex: row.stageIndex,
        metricName: row.metricName,
        predicted: row.value,
        actual: actual.value,
        ...percentageErrors(row.value, actual.value),
      });
      if (row.runtimeS !== undefined && !hasRuns && !timed.has(row.expId)) {
        timed.add(row.expId);
        runtimes.push({ ...context, wallClockSeconds: row.runtimeS });
      }
    }
    if (unmatched > 0) {
      warnings.push(
        `${file}: ${unmatched} prediction${unmatched === 1 ? ' has' : 's have'} no measured value of the same exp_id, stage and metric.`,
      );
    }
  }
  return { records, runtimes, warnings };
}

/** LLMServingSim's runs of 300 requests, compared with the same 300 measured ones. */
export const FIGURE_RUN = 'matched300';

/** Records and wall clocks of the runs that figures show instead of those in the tables; empty where no file has any. */
export function joinMatchedRuns(
  actuals: readonly MeasuredRow[],
  predictions: readonly PredictionsFile[],
): Omit<JoinedResults, 'warnings'> {
  const contexts = new Map(actuals.map((row) => [row.expId, row.context]));
  const records: ErrorRecord[] = [];
  const runtimes = new Map<string, RuntimeRecord>();
  for (const { simulator, rows } of predictions) {
    for (const { run, expId, stageIndex, metricName, value, actualSubset, runtimeS } of rows) {
      const measured = contexts.get(expId);
      if (run !== FIGURE_RUN || measured === undefined || actualSubset === undefined) continue;
      const context = { simulator, ...measured };
      const errors = percentageErrors(value, actualSubset);
      records.push({ ...context, stageIndex, metricName, predicted: value, actual: actualSubset, ...errors });
      if (runtimeS !== undefined) {
        runtimes.set(`${simulator}/${expId}`, { ...context, wallClockSeconds: runtimeS });
      }
    }
  }
  return { records, runtimes: [...runtimes.values()] };
}
