// What a simulator predicted for one experiment, and how wrong it was (validator spec 6 and 12).

import type { StageMetrics } from './experiment';

export const METRICS = [
  'e2e_mean',
  'e2e_p90',
  'e2e_p99',
  'ttft_mean',
  'ttft_p90',
  'ttft_p99',
  'itl_mean',
  'itl_p90',
  'itl_p99',
] as const;
export type MetricName = (typeof METRICS)[number];

/** Measured metrics of the requests that a sampled prediction stands for. */
export interface MeasuredSubset {
  readonly label: string;
  readonly stages: readonly StageMetrics[];
  readonly summary: StageMetrics;
}

/** What an estimate rests on, where there are several ways to come by it. */
export interface PredictionBasis {
  /** The database mode of the AIConfigurator estimate. */
  readonly mode: 'SILICON' | 'HYBRID' | 'EMPIRICAL' | 'SOL';
  /** The measured tables, for example `h100_sxm/vllm/0.14.0`; absent = analytic. */
  readonly tables?: string;
}

export interface SimulatorResult {
  readonly simulator: string;
  readonly expId: number;
  readonly folder: string;
  readonly stages: readonly StageMetrics[];
  readonly summary: StageMetrics;
  /** Absent when nobody measured it (imported results). */
  readonly wallClockSeconds?: number;
  readonly basis?: PredictionBasis;
  /** Present when the prediction answers for a part of the measured requests only: what was measured for those. */
  readonly comparedWith?: MeasuredSubset;
  /** Sentences shown beside the numbers: options in force, fallbacks taken, doubts. */
  readonly notes: readonly string[];
}

/** The experiment's properties that both CSV files repeat on each row. */
export interface RecordContext {
  readonly simulator: string;
  readonly experimentFolder: string;
  readonly model: string;
  readonly workload: string;
  readonly expId: number;
  readonly hardware: string;
  readonly dp?: number;
  readonly cpuOffload: boolean;
  readonly gpuMemUtil: number;
  readonly precision: string;
  readonly tp: number;
  readonly maxNumBatchedTokens: number;
}

/** One row of `error_records.csv`. Latencies in ms, errors in percent; MAPE and MPE may be ±Infinity. */
export interface ErrorRecord extends RecordContext {
  readonly stageIndex: number;
  readonly metricName: MetricName;
  readonly predicted: number;
  readonly actual: number;
  readonly mape: number;
  readonly mpe: number;
  readonly absoluteError: number;
}

/** One row of `runtime.csv`. */
export interface RuntimeRecord extends RecordContext {
  readonly wallClockSeconds: number;
}
