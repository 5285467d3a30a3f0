// One experiment's measured values beside every simulator's prediction, stage by stage: the rows behind its errors.

import { SUMMARY_STAGE, type Experiment, type StageMetrics } from '../../domain/experiment';
import { METRICS, type ErrorRecord, type MetricName } from '../../domain/prediction';

export interface DetailCell {
  readonly predictedMs: number;
  /** Signed error in percent; may be ±Infinity. */
  readonly deltaPercent: number;
}

export interface DetailRow {
  readonly metric: MetricName;
  readonly measuredMs: number;
  /** In the order of the simulators asked for; absent where nothing was predicted. */
  readonly cells: readonly (DetailCell | undefined)[];
}

export interface DetailStage {
  readonly stageIndex: number;
  /** "Stage 0, 8 req/s, 4 800 requests" without the number formats of a page. */
  readonly rateRps: number;
  readonly numRequests: number;
  readonly rows: readonly DetailRow[];
}

/** Stages in order, then the summary. Metrics that were not measured have no row. */
export function experimentDetail(
  experiment: Experiment,
  records: readonly ErrorRecord[],
  simulators: readonly string[],
): DetailStage[] {
  const own = records.filter((record) => record.experimentFolder === experiment.folder);
  const find = (stageIndex: number, metric: MetricName, simulator: string): ErrorRecord | undefined =>
    own.find(
      (record) =>
        record.stageIndex === stageIndex && record.metricName === metric && record.simulator === simulator,
    );
  return [...experiment.stages, experiment.summary].map((stage) => ({
    stageIndex: stage.stageIndex,
    rateRps: stage.rateRps,
    numRequests: stage.numRequests,
    rows: METRICS.flatMap((metric) => {
      const measuredMs = measuredOf(stage, metric);
      if (measuredMs === undefined) return [];
      const cells = simulators.map((simulator) => {
        const record = find(stage.stageIndex, metric, simulator);
        return record && { predictedMs: record.predicted, deltaPercent: record.mpe };
      });
      return [{ metric, measuredMs, cells }];
    }),
  }));
}

export const isSummary = (stage: { readonly stageIndex: number }): boolean =>
  stage.stageIndex === SUMMARY_STAGE;

/** Short name as tables show it: `ttft_p99` → `TTFT p99`. */
export function metricLabel(metric: MetricName): string {
  const [quantity = '', statistic = ''] = metric.split('_');
  return `${quantity.toUpperCase()} ${statistic}`;
}

export function measuredOf(stage: StageMetrics, metric: MetricName): number | undefined {
  const [quantity, statistic] = metric.split('_');
  const distribution = quantity === 'e2e' ? stage.e2e : quantity === 'ttft' ? stage.ttft : stage.itl;
  return statistic === 'mean' ? distribution.mean : statistic === 'p90' ? distribution.p90 : distribution.p99;
}
