// Calls between the page and the calibration worker. Types only. One worker a calibration: ending it is how a fit is stopped.

import type { Result } from '../base/result';
import type { CalibrationAnswer } from '../calibration/answer';
import type { PrepareOptions } from '../calibration/prepare';
import type { Experiment } from '../domain/experiment';
import type { RunnerSetup } from './protocol';

export interface CalibrationJob {
  /** With per-request rows where they exist. */
  readonly calibrate: readonly Experiment[];
  readonly predict: readonly Experiment[];
  readonly options: PrepareOptions;
}

/** Where a fit is. */
export interface CalibrationStatus {
  readonly phase: 'inversion' | 'refinement' | 'validation' | 'prediction';
  readonly iteration: number;
  readonly cost: number;
  readonly simulations: number;
}

export interface CalibratorApi {
  calibrate(
    setup: RunnerSetup,
    job: CalibrationJob,
    onStatus: (status: CalibrationStatus) => void,
  ): Promise<Result<CalibrationAnswer>>;
}
