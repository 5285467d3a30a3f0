// How well does the fit predict what it has not seen? The best split that the data allow: other runs of the deployment, else
// other stages of a run, else the second half of a stage from its first, which only shows repeatability. The error on the
// fitted data themselves is never an accuracy.

import { fail, ok, type Result } from '../base/result';
import { fitServer, type FitProgress, type ServerFit } from './fit';
import { predictWithBands, type Prediction, type RunPrediction, type StageMarks } from './predict';
import type { PreparedRun, PreparedStage } from './prepared-run';
import { FIT_METRICS, type FitMetric, type RequestSet } from './run-metrics';
import { SimulatedRun } from './simulated-run';

export type HoldOut = 'runs' | 'stages' | 'halves';

export const HOLD_OUT_LABEL: Readonly<Record<HoldOut, string>> = {
  runs: 'other workloads of the same deployment',
  stages: 'other stages of the same run',
  halves: 'second half of the same stage: repeatability, not generalisation',
};

/** One fit and what it says about data it has not seen. */
export interface Fold {
  readonly fittedOn: string;
  readonly fit: ServerFit;
  readonly prediction: RunPrediction;
}

export interface CrossValidation {
  readonly holdOut: HoldOut;
  readonly folds: readonly Fold[];
}

export interface ErrorSummary {
  readonly metric: FitMetric;
  readonly set: RequestSet;
  /** Mean and median |predicted − measured| / measured, %. */
  readonly mape: number;
  readonly medianError: number;
  readonly rows: number;
}

/** The run with some of its stages to be fitted or judged; all its requests stay in the simulation. */
export function withStages(run: PreparedRun, stages: readonly PreparedStage[]): PreparedRun {
  return { ...run, stages };
}

/** A stage cut in two by arrival order, behind the warm-up. */
function halves(run: PreparedRun, stage: PreparedStage): readonly [PreparedStage, PreparedStage] {
  const from = Math.min(Math.max(stage.from, run.warmFrom), stage.to);
  const middle = (from + stage.to) >> 1;
  const successes = (a: number, b: number): number =>
    run.succeeded.subarray(a, b).reduce((sum, flag) => sum + flag, 0);
  return [
    { ...stage, to: middle, warmCount: successes(from, middle) },
    { ...stage, from: middle, warmCount: successes(middle, stage.to) },
  ];
}

/** What to fit on and what to predict, best kind first. */
export function planHoldOut(
  runs: readonly PreparedRun[],
):
  | { holdOut: HoldOut; splits: readonly { fit: PreparedRun; predict: PreparedRun; label: string }[] }
  | undefined {
  const usable = runs.filter(({ isOverloaded }) => !isOverloaded);
  const pairs = usable.flatMap((a) =>
    usable
      .filter((b) => a !== b && a.deployment.key === b.deployment.key)
      .map((b) => ({ fit: a, predict: b, label: a.folder })),
  );
  if (pairs.length > 0) return { holdOut: 'runs', splits: pairs };
  const stages = usable
    .filter((run) => run.stages.length > 1)
    .flatMap((run) =>
      run.stages.map((left) => ({
        fit: withStages(
          run,
          run.stages.filter((stage) => stage !== left),
        ),
        predict: withStages(run, [left]),
        label: `${run.folder} without stage ${left.stageIndex}`,
      })),
    );
  if (stages.length > 0) return { holdOut: 'stages', splits: stages };
  const parts = usable.flatMap((run) =>
    run.stages.slice(0, 1).map((stage) => {
      const [first, second] = halves(run, stage);
      return {
        fit: withStages(run, [first]),
        predict: withStages(run, [second]),
        label: `first half of ${run.folder}`,
      };
    }),
  );
  return parts.length > 0 ? { holdOut: 'halves', splits: parts } : undefined;
}

/** Fits and predicts every split. */
export function* crossValidate(
  module: WebAssembly.Module,
  runs: readonly PreparedRun[],
): Generator<FitProgress, Result<CrossValidation>> {
  const plan = planHoldOut(runs);
  if (plan === undefined) {
    return fail({
      code: 'bad-value',
      message: 'Every run is overloaded: nothing can be held out and predicted.',
    });
  }
  const fits = new Map<PreparedRun, ServerFit>();
  const folds: Fold[] = [];
  for (const { fit: on, predict, label } of plan.splits) {
    let fit = fits.get(on);
    if (fit === undefined) {
      const fitted = yield* fitServer(module, [on]);
      // A part too small to fit is no fold; the others still say something.
      if (!fitted.ok) continue;
      fit = fitted.value;
      fits.set(on, fit);
    }
    const simulated = SimulatedRun.create(module, predict);
    if (!simulated.ok) return simulated;
    folds.push({ fittedOn: label, fit, prediction: predictWithBands(simulated.value, fit) });
  }
  if (folds.length === 0) {
    return fail({
      code: 'bad-value',
      message:
        'No part of the data is large enough to fit on while the rest is predicted (50 warm requests are needed).',
    });
  }
  return ok({ holdOut: plan.holdOut, folds });
}

/** Rows that count towards a mean: neither saturated nor at the knife-edge, which are shown apart. */
export function countingRows(predictions: readonly RunPrediction[]): Prediction[] {
  return predictions.flatMap(({ predictions: rows, marks }) => {
    const markOf = (row: Prediction): StageMarks | undefined =>
      marks?.find(({ stageIndex }) => stageIndex === row.stageIndex);
    return rows.filter((row) => {
      const mark = markOf(row);
      return mark === undefined || !(mark.isKnifeEdge || mark.isSaturated);
    });
  });
}

/** MAPE and median by metric. */
export function summariseErrors(rows: readonly Prediction[], set: RequestSet): ErrorSummary[] {
  return FIT_METRICS.map((metric) => {
    const errors = rows
      .filter((row) => row.metric === metric && row.set === set)
      .map(({ predicted, measured }) => 100 * Math.abs(predicted / measured - 1))
      .filter((error) => Number.isFinite(error))
      .sort((a, b) => a - b);
    const n = errors.length;
    const middle = errors[n >> 1] ?? NaN;
    return {
      metric,
      set,
      mape: errors.reduce((sum, error) => sum + error, 0) / n,
      medianError: n % 2 === 1 ? middle : (middle + (errors[(n >> 1) - 1] ?? NaN)) / 2,
      rows: n,
    };
  });
}
