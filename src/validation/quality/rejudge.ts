// The same predictions against other measured values: what the errors become when rows are left out of the measurement.

import { SUMMARY_STAGE, type Experiment } from '../../domain/experiment';
import type { ErrorRecord } from '../../domain/prediction';
import { metricOf, percentageErrors } from '../compare';

/** Records of one experiment; one whose metric is no longer measured drops out. */
export function rejudge(records: readonly ErrorRecord[], measured: Experiment): ErrorRecord[] {
  return records.flatMap((record) => {
    const stage = record.stageIndex === SUMMARY_STAGE ? measured.summary : measured.stages[record.stageIndex];
    const actual = stage && metricOf(stage, record.metricName);
    if (actual === undefined) return [];
    return [{ ...record, actual, ...percentageErrors(record.predicted, actual) }];
  });
}
