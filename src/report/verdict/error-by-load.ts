// How the error of one metric changes with the load: one line a simulator, one point a stage.

import { SUMMARY_STAGE, type Experiment } from '../../domain/experiment';
import type { ErrorRecord, MetricName } from '../../domain/prediction';

export interface LoadPoint {
  readonly stageIndex: number;
  readonly rateRps: number;
  /** Signed; may be ±Infinity where 0 was measured. */
  readonly percent: number;
}

export interface LoadLine {
  readonly simulator: string;
  /** Ascending by rate. */
  readonly points: readonly LoadPoint[];
}

export function errorByLoad(
  experiment: Experiment,
  records: readonly ErrorRecord[],
  simulators: readonly string[],
  metric: MetricName,
): LoadLine[] {
  return simulators.flatMap((simulator) => {
    const points = records
      .filter(
        (record) =>
          record.simulator === simulator &&
          record.experimentFolder === experiment.folder &&
          record.metricName === metric &&
          record.stageIndex !== SUMMARY_STAGE,
      )
      .flatMap(({ stageIndex, mpe }) => {
        const stage = experiment.stages.find((candidate) => candidate.stageIndex === stageIndex);
        return stage ? [{ stageIndex, rateRps: stage.rateRps, percent: mpe }] : [];
      })
      .sort((left, right) => left.rateRps - right.rateRps || left.stageIndex - right.stageIndex);
    return points.length === 0 ? [] : [{ simulator, points }];
  });
}
