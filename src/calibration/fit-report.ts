// A calibration as JSON: what was fitted, what was found in the data, and predictions beside measurements. Latencies in ms,
// parameters in their own units (domain/physics.ts). A number that does not exist is null.

import { countingRows, HOLD_OUT_LABEL, summariseErrors } from './cross-validation';
import type { Calibration, ExperimentPrediction } from './calibrate';
import type { PreparedRun } from './prepared-run';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** What a reader must know about one run. */
function detectionOf(run: PreparedRun): Json {
  const { reuse, outputRule } = run;
  return {
    exp_id: run.expId,
    folder: run.folder,
    distinct_prompts: reuse.kind === 'periodic' ? reuse.period : null,
    equal_length_share: reuse.kind === 'periodic' ? finite(reuse.share) : null,
    equal_length_share_elsewhere: reuse.kind === 'periodic' ? finite(reuse.medianElsewhere) : null,
    prompts: reuse.kind === 'unprovable' ? 'unprovable' : `${reuse.kind} (${reuse.source})`,
    cached_share: finite(run.cachedShare),
    warm_up_requests: run.warmFrom,
    pipelined_scheduling: run.deployment.server.pipelinedScheduling,
    output_length:
      outputRule.kind === 'fixed'
        ? { rule: 'fixed', tokens: outputRule.tokens, reported_mean: finite(outputRule.reportedMean) }
        : { rule: 'reported' },
    overloaded: run.isOverloaded,
    kv_pressure: finite(run.kvPressure),
    stages: run.stages.map((stage) => ({
      stage: stage.stageIndex,
      requests: stage.to - stage.from,
      warm_requests: stage.warmCount,
      burst: stage.isBurst,
      saturated: stage.isSaturated,
    })),
    notes: run.notes,
  };
}

function predictionRows({ experiment, prediction }: ExperimentPrediction): Json[] {
  return prediction.predictions.map(({ stageIndex, set, metric, predicted, measured, band }) => ({
    exp_id: experiment.expId,
    stage: stageIndex,
    set,
    metric,
    predicted: finite(predicted),
    measured: finite(measured),
    ...(band === undefined ? {} : { low: finite(band[0]), high: finite(band[1]) }),
  }));
}

function markRows({ experiment, prediction }: ExperimentPrediction): Json[] {
  return (prediction.marks ?? []).map((mark) => ({
    exp_id: experiment.expId,
    stage: mark.stageIndex,
    knife_edge: mark.isKnifeEdge,
    ttft_p90_at_98_and_102_percent_step_time: mark.ttftP90Range.map(finite),
    running_mean: finite(mark.meanRunning),
    running_deviation: finite(mark.deviationRunning),
    extrapolated_context: mark.isExtrapolated,
    saturated: mark.isSaturated,
  }));
}

function heldOut({ validation }: Calibration): Json {
  if (validation === undefined) return null;
  const rows = countingRows(validation.folds.map(({ prediction }) => prediction));
  const errors = (['warm', 'all'] as const).flatMap((set) =>
    summariseErrors(rows, set).map(({ metric, mape, medianError, rows: n }) => ({
      metric,
      set,
      mape: finite(mape),
      median: finite(medianError),
      rows: n,
    })),
  );
  return { on: HOLD_OUT_LABEL[validation.holdOut], folds: validation.folds.length, errors };
}

/** `seconds` = the fit alone, as the caller's clock saw it. */
export function fitReport(calibration: Calibration, seconds: number): Json {
  const { fit, source, assessment, predictions, leftOut } = calibration;
  const runs = new Map<string, PreparedRun>();
  for (const run of [...fit.runs, ...predictions.flatMap(({ run }) => run ?? [])]) runs.set(run.folder, run);
  return {
    source,
    parameters: Object.fromEntries(fit.estimates.map(({ name, value }) => [name, value])),
    simulations: fit.simulations,
    seconds,
    parameter_details: fit.estimates.map((estimate) => ({
      name: estimate.name,
      value: estimate.value,
      sigma_ln: finite(estimate.sigma),
      prior: estimate.priorValue,
      prior_sigma_ln: estimate.priorSigma,
      data_share: estimate.dataShare,
      moved_sigmas: estimate.movedSigmas,
      at_bound: estimate.isAtBound,
    })),
    step_time_rms: finite(fit.inversionRms),
    calibrated_on: fit.runs.map(({ expId, folder }) => ({ exp_id: expId, folder })),
    detections: [...runs.values()].map(detectionOf),
    predictions: predictions.flatMap(predictionRows),
    stage_marks: predictions.flatMap(markRows),
    held_out: heldOut(calibration),
    consistent: assessment?.isConsistent ?? null,
    doubts: assessment?.reasons ?? [],
    warnings: [
      ...fit.warnings,
      ...predictions.flatMap(({ experiment, notes }) => notes.map((note) => `${experiment.folder}: ${note}`)),
    ],
    left_out: leftOut.map(({ experiment, problem }) => ({
      exp_id: experiment.expId,
      reason: problem.message,
    })),
  };
}
