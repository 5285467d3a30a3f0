// A calibration as plain data for the page: everything it shows, nothing of the request columns.

import type { CalibratedServer } from '../domain/calibrated-server';
import { experimentIdentity } from '../domain/experiment-identity';
import type { Assessment } from './assessment';
import type { Calibration } from './calibrate';
import {
  countingRows,
  HOLD_OUT_LABEL,
  summariseErrors,
  type ErrorSummary,
  type HoldOut,
} from './cross-validation';
import type { ParameterEstimate } from './fit';
import type { Prediction, StageMarks } from './predict';
import type { PrepareOptions } from './prepare';
import type { PreparedRun } from './prepared-run';
import { sayFindings } from './words';

export interface PredictedExperiment {
  readonly folder: string;
  readonly expId: number;
  /** The fit has seen it: its errors are no accuracy. */
  readonly isTraining: boolean;
  readonly rows: readonly Prediction[];
  readonly marks: readonly StageMarks[];
  readonly notes: readonly string[];
}

export interface CalibrationAnswer {
  readonly source: Calibration['source'];
  readonly estimates: readonly ParameterEstimate[];
  readonly findings: readonly { readonly folder: string; readonly sentences: readonly string[] }[];
  readonly heldOut?: {
    readonly kind: HoldOut;
    readonly label: string;
    readonly folds: number;
    readonly errors: readonly ErrorSummary[];
  };
  readonly assessment?: Assessment;
  readonly experiments: readonly PredictedExperiment[];
  readonly leftOut: readonly { readonly folder: string; readonly message: string }[];
  readonly warnings: readonly string[];
  readonly simulations: number;
  readonly seconds: number;
  /** Ready to be saved; absent for the default vector and for a vector over several models. */
  readonly server?: CalibratedServer;
}

/** Parameters that play no part in the fitted systems are left out. */
function shownEstimates({ fit, source }: Calibration): readonly ParameterEstimate[] {
  if (source !== 'rows') return fit.estimates;
  const fitted = new Set(fit.covariances.flatMap(({ names }) => names));
  return fit.estimates.filter(({ name }) => fitted.has(name));
}

function serverOf(
  calibration: Calibration,
  options: PrepareOptions,
  error: number | undefined,
): CalibratedServer | undefined {
  const { fit, source } = calibration;
  const [first] = fit.runs;
  if (source !== 'rows' || fit.isRefit || first === undefined) return undefined;
  const { deployment, reuse } = first;
  const [low, high] = fit.contextRange;
  return {
    name: deployment.label,
    vector: fit.vector,
    models: [deployment.model.toLowerCase()],
    gpu: deployment.system.gpu.name,
    tp: deployment.system.tp,
    precision: deployment.precision,
    pipelinedScheduling: deployment.server.pipelinedScheduling,
    prefixCaching: options.prefixCaching ?? true,
    blockSizeTokens: deployment.blockSizeTokens,
    ...(reuse.kind === 'periodic' ? { distinctPrompts: reuse.period } : {}),
    calibratedOn: fit.runs.map(({ folder, identity }) => ({ name: folder, identity })),
    ...(low > 0 && high > 0 ? { contextRange: [low, high] as const } : {}),
    ...(error === undefined ? {} : { heldOutE2ePercent: error }),
  };
}

export function calibrationAnswer(
  calibration: Calibration,
  options: PrepareOptions,
  seconds: number,
): CalibrationAnswer {
  const { fit, validation, assessment } = calibration;
  const errors =
    validation === undefined
      ? []
      : (['warm', 'all'] as const).flatMap((set) =>
          summariseErrors(countingRows(validation.folds.map(({ prediction }) => prediction)), set),
        );
  const e2e = errors.find(({ metric, set }) => metric === 'e2e_mean' && set === 'warm')?.mape;
  const server = serverOf(calibration, options, e2e !== undefined && Number.isFinite(e2e) ? e2e : undefined);
  const runs = new Map<string, PreparedRun>();
  for (const run of [...fit.runs, ...calibration.predictions.flatMap(({ run }) => run ?? [])])
    runs.set(run.folder, run);
  return {
    source: calibration.source,
    estimates: shownEstimates(calibration),
    findings: [...runs.values()].map((run) => ({ folder: run.folder, sentences: sayFindings(run) })),
    ...(validation === undefined
      ? {}
      : {
          heldOut: {
            kind: validation.holdOut,
            label: HOLD_OUT_LABEL[validation.holdOut],
            folds: validation.folds.length,
            errors,
          },
        }),
    ...(assessment === undefined ? {} : { assessment }),
    experiments: calibration.predictions.map(({ experiment, prediction, notes }) => ({
      folder: experiment.folder,
      expId: experiment.expId,
      isTraining: calibration.fittedOn.has(experimentIdentity(experiment)),
      rows: prediction.predictions,
      marks: prediction.marks ?? [],
      notes,
    })),
    leftOut: calibration.leftOut.map(({ experiment, problem }) => ({
      folder: experiment.folder,
      message: problem.message,
    })),
    warnings: fit.warnings,
    simulations: fit.simulations,
    seconds,
    ...(server === undefined ? {} : { server }),
  };
}
