// Calls between the page and the statistics worker: what takes more than a few milliseconds over many rows or resamples. Types
// only. Arguments and results are plain data.

import type { Experiment } from '../domain/experiment';
import type { MetricName } from '../domain/prediction';
import type { Finding } from '../validation/quality/finding';
import type { StatisticRow } from '../validation/statistics/coverage';
import type { PairLine, SureRow } from '../validation/statistics/tables';

export interface StatisticsApi {
  findings(experiment: Experiment): Promise<readonly Finding[]>;
  /** The stages and summary without some rows; undefined when a stage would be left without requests. */
  withoutRows(
    experiment: Experiment,
    rows: readonly number[],
  ): Promise<Pick<Experiment, 'stages' | 'summary'> | undefined>;
  sureTable(
    rows: readonly StatisticRow[],
    metrics: readonly MetricName[],
    isCommon: boolean,
  ): Promise<readonly SureRow[]>;
  pairLines(
    rows: readonly StatisticRow[],
    metrics: readonly MetricName[],
    first: string,
    second: string,
  ): Promise<readonly PairLine[]>;
}
