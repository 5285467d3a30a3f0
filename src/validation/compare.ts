// Predictions against measurements, number by number (sim-to-real 5b12a00, validator spec 12.1 and 12.2). "MAPE" of a single
// pair is its absolute percentage error; it becomes a mean only where tables average it.

import {
  SUMMARY_STAGE,
  type Experiment,
  type LatencyDistribution,
  type StageMetrics,
} from '../domain/experiment';
import {
  METRICS,
  type ErrorRecord,
  type MetricName,
  type RecordContext,
  type RuntimeRecord,
  type SimulatorResult,
} from '../domain/prediction';

export interface PercentageErrors {
  /** Percent, ≥ 0; Infinity where 0 was measured and something else predicted. */
  readonly mape: number;
  /** Percent; positive = predicted too high. */
  readonly mpe: number;
  readonly absoluteError: number;
}

export function percentageErrors(predicted: number, actual: number): PercentageErrors {
  const difference = predicted - actual;
  const absoluteError = Math.abs(difference);
  if (actual !== 0) {
    const size = Math.abs(actual);
    return { mape: (absoluteError / size) * 100, mpe: (difference / size) * 100, absoluteError };
  }
  if (predicted === 0) return { mape: 0, mpe: 0, absoluteError };
  return { mape: Infinity, mpe: predicted > 0 ? Infinity : -Infinity, absoluteError };
}

/** The value of one metric, absent where it is not defined. */
export function metricOf(stage: StageMetrics, metric: MetricName): number | undefined {
  const [quantity, statistic] = metric.split('_') as ['e2e' | 'ttft' | 'itl', keyof LatencyDistribution];
  return stage[quantity][statistic];
}

/** The experiment's properties as both CSV files repeat them. */
export function recordContext(experiment: Experiment, simulator: string): RecordContext {
  return {
    simulator,
    experimentFolder: experiment.folder,
    model: experiment.model,
    workload: experiment.workload,
    expId: experiment.expId,
    hardware: experiment.hardware,
    ...(experiment.dp === undefined ? {} : { dp: experiment.dp }),
    cpuOffload: experiment.cpuOffload,
    gpuMemUtil: experiment.gpuMemUtil,
    precision: experiment.precision,
    tp: experiment.tp,
    maxNumBatchedTokens: experiment.maxNumBatchedTokens,
  };
}

/**
 * Simulator stages in result order against the measured stage of the same index, then the summaries. A stage that was not
 * measured, and a metric that one side lacks, give no record.
 */
export function compare(experiment: Experiment, result: SimulatorResult): ErrorRecord[] {
  const context = recordContext(experiment, result.simulator);
  const measured = result.comparedWith ?? experiment;
  const pairs: [predicted: StageMetrics, actual: StageMetrics | undefined][] = [
    ...result.stages.map((stage): [StageMetrics, StageMetrics | undefined] => [
      stage,
      measured.stages[stage.stageIndex],
    ]),
    [{ ...result.summary, stageIndex: SUMMARY_STAGE }, measured.summary],
  ];
  return pairs.flatMap(([predictedStage, actualStage]) =>
    METRICS.flatMap((metricName): ErrorRecord[] => {
      const predicted = metricOf(predictedStage, metricName);
      const actual = actualStage && metricOf(actualStage, metricName);
      if (predicted === undefined || actual === undefined) return [];
      const errors = percentageErrors(predicted, actual);
      return [
        { ...context, stageIndex: predictedStage.stageIndex, metricName, predicted, actual, ...errors },
      ];
    }),
  );
}

/** A sentence when a result has another number of stages than the measurement. */
export function stageMismatch(experiment: Experiment, result: SimulatorResult): string | undefined {
  const predicted = result.stages.length;
  const measured = experiment.stages.length;
  if (predicted === measured) return undefined;
  return `${result.simulator} answered ${predicted} stages for ${experiment.folder}, which has ${measured}; stages that exist on both sides are compared.`;
}

/** Absent where nobody measured the time. */
export function runtimeRecord(experiment: Experiment, result: SimulatorResult): RuntimeRecord | undefined {
  const { wallClockSeconds } = result;
  return wallClockSeconds === undefined
    ? undefined
    : { ...recordContext(experiment, result.simulator), wallClockSeconds };
}
