// Rows of `error_records.csv` and `runtime.csv` as figures and statistics read them, whoever wrote the files. A record of our
// own is such a row; an imported file may lack the configuration columns that older versions of the reference did not write.

import type { MetricName } from './prediction';

/** What both files repeat on each row. Absent = the cell is empty or the column does not exist. */
export interface RowContext {
  readonly simulator: string;
  readonly experimentFolder: string;
  readonly model: string;
  readonly workload: string;
  readonly expId?: number;
  readonly hardware?: string;
  readonly dp?: number;
  readonly cpuOffload?: boolean;
  readonly gpuMemUtil?: number;
  readonly precision?: string;
  readonly tp?: number;
  readonly maxNumBatchedTokens?: number;
  /** Only where the file brings the column; otherwise it is derived (validator spec 13.2). */
  readonly configTag?: string;
}

/** Errors in percent, ±Infinity where the measured value is 0 and the predicted one is not. Latencies in ms. */
export interface ErrorRow extends RowContext {
  readonly stageIndex: number;
  readonly metricName: MetricName;
  readonly mape: number;
  readonly mpe?: number;
  readonly predicted?: number;
  readonly actual?: number;
  readonly absoluteError?: number;
}

export interface RuntimeRow extends RowContext {
  readonly wallClockSeconds: number;
}

/** One text that is equal for rows of the same experiment: the number where there is one, else the folder. */
export function experimentKey(row: Pick<RowContext, 'expId' | 'experimentFolder'>): string {
  return row.expId === undefined || row.expId === 0 ? row.experimentFolder : `#${row.expId}`;
}
