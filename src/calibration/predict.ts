// Predictions of one run with a fitted vector, beside what was measured, with the band they deserve.
//
// A bootstrap over the requests of a run understates the error tenfold: what dominates is that each server start differs
// (residual levels scatter by 0.5 – 1.2 %). So a band is a fixed share for that, widened by the parameters' posterior, and
// carried through queueing by simulating again with every step time scaled.

import { isExtrapolatedContext } from '../domain/calibrated-server';
import { PHYSICS_PARAMETERS, type PhysicsVector } from '../domain/physics';
import type { ServerFit } from './fit';
import { inversionFeatures } from './inversion-features';
import type { PreparedRun, PreparedStage } from './prepared-run';
import { runningRequests } from './running-requests';
import {
  FIT_METRICS,
  REQUEST_SETS,
  stageValues,
  type FitMetric,
  type RequestSet,
  type StageValues,
} from './run-metrics';
import type { SimulatedRun } from './simulated-run';
import { transferTo } from './transfer';

export interface Prediction {
  readonly stageIndex: number;
  readonly set: RequestSet;
  readonly metric: FitMetric;
  /** ms. */
  readonly predicted: number;
  readonly measured: number;
  /** ms, about 95 %. Absent where bands were not asked for. */
  readonly band?: readonly [number, number];
}

/** What a reader of the stage's predictions must know. */
export interface StageMarks {
  readonly stageIndex: number;
  /** A 2 % change of step time moves TTFT p90 by more than a quarter, or running requests reach the slot limit. */
  readonly isKnifeEdge: boolean;
  /** TTFT p90 with step times at 98 % and 102 %, as shares of the prediction. */
  readonly ttftP90Range: readonly [number, number];
  readonly meanRunning: number;
  readonly deviationRunning: number;
  /** Mean context length more than 1.5 × outside what was fitted. */
  readonly isExtrapolated: boolean;
  readonly isSaturated: boolean;
}

export interface RunPrediction {
  readonly run: PreparedRun;
  readonly predictions: readonly Prediction[];
  /** Absent without bands. */
  readonly marks?: readonly StageMarks[];
}

/** Values of a stage in both request sets. */
type SetValues = Readonly<Record<RequestSet, StageValues>>;

const SCALES = [0.98, 0.99, 1.01, 1.02] as const;
/** Half-width of step time between server starts, and within one start. */
const OTHER_START = 0.02;
const SAME_START = 0.006;
/** Step time of a deployment that the vector was not fitted on: models left out of the default vector were missed by 5 %. */
const OTHER_DEPLOYMENT = 0.12;
/** Half-width that TTFT has beyond step time, between and within server starts. */
const TTFT_OTHER_START = 0.03;
const TTFT_SAME_START = 0.01;
/** Tails scatter more than means: share of the value, from the held-out runs. */
const TAIL: Partial<Record<FitMetric, number>> = { e2e_p99: 0.04, ttft_p99: 0.15 };
/** Half-width of the central differences, in logarithms: wide, so that the roughness of a simulation does not pass for slope. */
const WIDE_STEP = 0.2;
const KNIFE_EDGE_CHANGE = 0.25;
/** Step time under contexts that were never fitted is that much less certain. */
const EXTRAPOLATED_WIDTH = 3;
/** Half-widths are two standard deviations. */
const DEVIATIONS = 2;

function valuesOf(simulated: SimulatedRun, vector: PhysicsVector, scale = 1): readonly SetValues[] {
  const times = simulated.simulate(vector, scale);
  return simulated.run.stages.map((stage) => ({
    warm: stageValues(simulated.run, times, stage, 'warm'),
    all: stageValues(simulated.run, times, stage, 'all'),
  }));
}

/** Point predictions only: one simulation. */
export function predictRun(simulated: SimulatedRun, vector: PhysicsVector): RunPrediction {
  const { run } = simulated;
  const values = valuesOf(simulated, vector);
  return { run, predictions: rowsOf(run, values) };
}

function rowsOf(
  run: PreparedRun,
  values: readonly SetValues[],
  bandOf?: (stage: number, set: RequestSet, metric: FitMetric) => readonly [number, number],
): Prediction[] {
  return run.stages.flatMap((stage, k) =>
    REQUEST_SETS.flatMap((set) => {
      const measured = stageValues(run, run, stage, set);
      return FIT_METRICS.map((metric) => {
        const predicted = values[k]?.[set][metric] ?? NaN;
        const band = bandOf?.(k, set, metric);
        return {
          stageIndex: stage.stageIndex,
          set,
          metric,
          predicted,
          measured: measured[metric],
          ...(band === undefined ? {} : { band }),
        };
      });
    }),
  );
}

/** ln(metric / prediction) when every step time changes by the share `change`: interpolated, and continued beyond 2 %. */
function response(change: number, atScales: readonly number[]): number {
  const [low2 = 0, low1 = 0, high1 = 0, high2 = 0] = atScales;
  const points: readonly (readonly [number, number])[] = [
    [-0.02, low2],
    [-0.01, low1],
    [0, 0],
    [0.01, high1],
    [0.02, high2],
  ];
  let k = points.findIndex(([at]) => change <= at);
  if (k < 1) k = k === 0 ? 1 : points.length - 1;
  const [x0, y0] = points[k - 1] ?? [0, 0];
  const [x1, y1] = points[k] ?? [1, 0];
  return y0 + ((change - x0) * (y1 - y0)) / (x1 - x0);
}

/** Predictions with bands and marks: one simulation, four with scaled step times, two for each fitted parameter. */
export function predictWithBands(simulated: SimulatedRun, fit: ServerFit): RunPrediction {
  const { run } = simulated;
  const centre = valuesOf(simulated, fit.vector);
  const times = simulated.simulate(fit.vector);
  const running = run.stages.map((stage) => runningRequests(run, times, stage));
  const scaled = SCALES.map((scale) => valuesOf(simulated, fit.vector, scale));
  const transfer = transferTo(run.deployment, fit);
  const covariances = [...fit.covariances, ...(transfer.unknown === undefined ? [] : [transfer.unknown])];
  const moved = new Map(
    PHYSICS_PARAMETERS.filter((name) => covariances.some(({ names }) => names.includes(name))).map((name) => {
      const shifted = (by: number): readonly SetValues[] =>
        valuesOf(simulated, { ...fit.vector, [name]: fit.vector[name] * Math.exp(by) });
      return [name, { up: shifted(WIDE_STEP), down: shifted(-WIDE_STEP) }] as const;
    }),
  );
  const isSameStart = fit.runs.some(({ folder }) => folder === run.folder);
  const stepShare = isSameStart ? SAME_START : transfer.isKnown ? OTHER_START : OTHER_DEPLOYMENT;

  const logRatio = (
    values: readonly SetValues[] | undefined,
    k: number,
    set: RequestSet,
    metric: FitMetric,
  ): number => {
    const ratio = Math.log((values?.[k]?.[set][metric] ?? NaN) / (centre[k]?.[set][metric] ?? NaN));
    return Number.isFinite(ratio) ? ratio : 0;
  };
  /** Variance of ln metric from what is not known of the parameters. */
  const posterior = (k: number, set: RequestSet, metric: FitMetric): number =>
    covariances.reduce((sum, { names, values }) => {
      const slopes = names.map((name) => {
        const { up, down } = moved.get(name) ?? {};
        return (logRatio(up, k, set, metric) - logRatio(down, k, set, metric)) / (2 * WIDE_STEP);
      });
      return (
        sum +
        slopes.reduce(
          (total, a, i) =>
            total + slopes.reduce((row, b, j) => row + a * b * (values[i * names.length + j] ?? 0), 0),
          0,
        )
      );
    }, 0);
  const contexts = new Map(
    inversionFeatures(run).map(({ stage, mean }) => [stage.stageIndex, mean.contextTokens / mean.decoders]),
  );
  const extrapolated = run.stages.map((stage) =>
    isExtrapolatedContext(contextOf(stage, contexts, run), fit.contextRange),
  );
  const bandOf = (k: number, set: RequestSet, metric: FitMetric): readonly [number, number] => {
    const predicted = centre[k]?.[set][metric] ?? NaN;
    const atScales = scaled.map((values) => logRatio(values, k, set, metric));
    const isTtft = metric.startsWith('ttft');
    const own = TAIL[metric] ?? (isTtft ? (isSameStart ? TTFT_SAME_START : TTFT_OTHER_START) : 0);
    const extra = Math.hypot(own, DEVIATIONS * Math.sqrt(posterior(k, set, metric)));
    const share = stepShare * (extrapolated[k] === true ? EXTRAPOLATED_WIDTH : 1);
    const down = Math.min(response(-share, atScales), response(share, atScales), 0);
    const up = Math.max(response(-share, atScales), response(share, atScales), 0);
    return [predicted * Math.exp(-Math.hypot(down, extra)), predicted * Math.exp(Math.hypot(up, extra))];
  };

  const marks = run.stages.map((stage, k): StageMarks => {
    const p90 = (values: readonly SetValues[] | undefined): number =>
      Math.exp(logRatio(values, k, 'warm', 'ttft_p90'));
    const range = [p90(scaled[0]), p90(scaled[3])] as const;
    const { mean, deviation } = running[k] ?? { mean: NaN, deviation: NaN };
    return {
      stageIndex: stage.stageIndex,
      isKnifeEdge:
        range.some((share) => Math.abs(share - 1) > KNIFE_EDGE_CHANGE) ||
        mean + DEVIATIONS * deviation >= run.deployment.server.maxNumRunningReqs,
      ttftP90Range: range,
      meanRunning: mean,
      deviationRunning: deviation,
      isExtrapolated: extrapolated[k] === true,
      isSaturated: stage.isSaturated,
    };
  });
  return { run, predictions: rowsOf(run, centre, bandOf), marks };
}

/** Mean context length of the stage's decoders; from the lengths where the measured history is too thin. */
function contextOf(stage: PreparedStage, contexts: ReadonlyMap<number, number>, run: PreparedRun): number {
  const known = contexts.get(stage.stageIndex);
  if (known !== undefined) return known;
  let sum = 0;
  for (let i = stage.from; i < stage.to; i++)
    sum += (run.inputTokens[i] ?? 0) + (run.outputTokens[i] ?? 0) / 2;
  return sum / (stage.to - stage.from);
}
