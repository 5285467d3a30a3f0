// Simulation in the loop: the parameters that only show in queueing and prefill (front-end delay, arithmetic efficiency,
// surcharge of mixed steps, front-end time per stream) are fitted to the latency statistics of the calibration runs, simulated
// with their own arrivals. Everything else stays as the direct inversion found it.
//
// Two stages on purpose: a joint fit of all parameters through the simulator needs ten times the simulations and ends in local
// traps. The simulated loss is piecewise rough, hence the large difference steps, and p99 has little weight.

import { PHYSICS_FACTS, type PhysicsParameterName, type PhysicsVector } from '../domain/physics';
import { leastSquares, type LeastSquaresFit, type LeastSquaresState } from './least-squares';
import { COLD_FROM, COLD_TO, type PreparedStage } from './prepared-run';
import { priorRow, type FitPrior } from './priors';
import { medianTtft, stageValues, type StageValues } from './run-metrics';
import type { SimulatedRun } from './simulated-run';
import { invertPositive } from './symmetric-matrix';

export const REFINED_PARAMETERS = ['q', 'eC', 'tM', 'pD'] as const satisfies readonly PhysicsParameterName[];

export interface RefinementFit {
  readonly vector: PhysicsVector;
  /** Covariance of the logarithms, row-major over REFINED_PARAMETERS. */
  readonly covariance?: Float64Array;
  readonly iterations: number;
  readonly cost: number;
}

const ROBUST_SCALE = 0.05;
/** Difference steps of the two rounds, in logarithms. */
const DIFFERENCE_STEPS = [0.04, 0.015] as const;

/** Rows of a stage and their weights: normally, when arrivals burst, when the queue grows. */
const ROWS: readonly {
  readonly value: (values: StageValues) => number;
  readonly weight: number;
  readonly burst: number;
  readonly saturated: number;
}[] = [
  { value: (v) => v.e2e_mean, weight: 2, burst: 0.5, saturated: 0.1 },
  { value: (v) => v.e2e_p90, weight: 1, burst: 0.3, saturated: 0.1 },
  { value: (v) => v.e2e_p99, weight: 0.25, burst: 0.3, saturated: 0.05 },
  { value: (v) => v.ttft_mean, weight: 2, burst: 0.15, saturated: 0.1 },
  { value: (v) => v.ttft_p90, weight: 1, burst: 0.15, saturated: 0.1 },
  { value: (v) => v.ttft_p99, weight: 0.15, burst: 0.15, saturated: 0.05 },
  { value: (v) => v.e2e_mean - v.ttft_mean, weight: 2, burst: 1, saturated: 1 },
];
const COLD_WEIGHT = 0.5;
/** Half-width of the derivatives behind the posterior, in logarithms. */
const WIDE_STEP = 0.2;
/** Scatter of a stage's mean TTFT or step time between server starts, and of a cold median. */
const LEVEL_NOISE = 0.015;
const COLD_NOISE = 0.04;
/** Share of information left in the level of a stage whose queue decides. */
const QUEUEING_INFORMATION = 0.1;
const FEWEST_WARM = 20;
const FEWEST_COLD = 10;

const stageWeight = (row: (typeof ROWS)[number], stage: PreparedStage): number =>
  row.weight * (stage.isSaturated ? row.saturated : stage.isBurst ? row.burst : 1);

/** What one run is compared in. */
interface Target {
  readonly simulated: SimulatedRun;
  readonly stages: readonly { readonly stage: PreparedStage; readonly measured: StageValues }[];
  /** ms; absent where the cold requests were too few or failed. */
  readonly coldTtftMs?: number;
}

function targetOf(simulated: SimulatedRun): Target {
  const { run } = simulated;
  const stages = run.stages
    .filter((stage) => stage.warmCount >= FEWEST_WARM)
    .map((stage) => ({ stage, measured: stageValues(run, run, stage, 'warm') }));
  const cold = run.succeeded.subarray(COLD_FROM, COLD_TO).reduce((sum, flag) => sum + flag, 0);
  return {
    simulated,
    stages,
    // Requests of a stage that is held out must not slip in through the cold set.
    ...(cold >= FEWEST_COLD && run.stages.some(({ from, to }) => from <= COLD_FROM && to >= COLD_TO)
      ? { coldTtftMs: medianTtft(run, run, COLD_FROM, COLD_TO) }
      : {}),
  };
}

/** Fits q, eC, tM, pD; yields after each iteration. */
export function* fitRefinement(
  runs: readonly SimulatedRun[],
  start: PhysicsVector,
  prior: FitPrior,
): Generator<LeastSquaresState, RefinementFit> {
  const targets = runs.map(targetOf);
  const stageCount = targets.reduce((sum, target) => sum + target.stages.length, 0);
  const centred: FitPrior = prior.isRefit ? { ...prior, centre: { ...prior.centre, tM: start.tM } } : prior;
  const vectorOf = (x: readonly number[]): PhysicsVector => {
    const vector = { ...start };
    REFINED_PARAMETERS.forEach((name, k) => (vector[name] = Math.exp(x[k] ?? NaN)));
    return vector;
  };
  const residuals = (x: readonly number[]): { robust: number[]; quadratic: number[] } => {
    const vector = vectorOf(x);
    const robust: number[] = [];
    for (const { simulated, stages, coldTtftMs } of targets) {
      const times = simulated.simulate(vector);
      for (const { stage, measured } of stages) {
        const predicted = stageValues(simulated.run, times, stage, 'warm');
        for (const row of ROWS) {
          const ratio = Math.log(row.value(predicted) / row.value(measured));
          robust.push((stageWeight(row, stage) * ratio) / Math.sqrt(stageCount));
        }
      }
      if (coldTtftMs !== undefined) {
        const ratio = Math.log(medianTtft(simulated.run, times, COLD_FROM, COLD_TO) / coldTtftMs);
        robust.push((COLD_WEIGHT * ratio) / Math.sqrt(targets.length));
      }
    }
    return { robust, quadratic: REFINED_PARAMETERS.map((name, k) => priorRow(centred, name, x[k] ?? NaN)) };
  };

  let x = REFINED_PARAMETERS.map((name) => Math.log(name === 'tM' ? start.tM : centred.centre[name]));
  let iterations = 0;
  let fit: LeastSquaresFit | undefined;
  for (const differenceStep of DIFFERENCE_STEPS) {
    const before = iterations;
    fit = yield* shifted(
      leastSquares(
        {
          start: x,
          lower: REFINED_PARAMETERS.map((name) => Math.log(PHYSICS_FACTS[name].min)),
          upper: REFINED_PARAMETERS.map((name) => Math.log(PHYSICS_FACTS[name].max)),
          residuals,
        },
        { differenceStep, robustScale: ROBUST_SCALE, maxIterations: 25, tolerance: 3e-4, maxStep: 0.7 },
      ),
      before,
    );
    x = [...fit.x];
    iterations = before + fit.iteration;
  }
  const covariance = posteriorCovariance(targets, vectorOf, x, centred);
  return {
    vector: vectorOf(x),
    ...(covariance === undefined ? {} : { covariance }),
    iterations,
    cost: fit?.cost ?? NaN,
  };
}

/**
 * How well the refined parameters are known. Only means and the cold median count, with differences so wide that the
 * roughness of the simulated loss does not pass for information; the fit's own derivatives would claim far too much.
 */
function posteriorCovariance(
  targets: readonly Target[],
  vectorOf: (x: readonly number[]) => PhysicsVector,
  x: readonly number[],
  prior: FitPrior,
): Float64Array | undefined {
  const logsAt = (at: readonly number[]): number[] =>
    targets.flatMap(({ simulated, stages, coldTtftMs }) => {
      const times = simulated.simulate(vectorOf(at));
      const logs = stages.flatMap(({ stage }) => {
        const values = stageValues(simulated.run, times, stage, 'warm');
        const weight = (stage.isSaturated || stage.isBurst ? QUEUEING_INFORMATION : 1) / LEVEL_NOISE;
        return [weight * Math.log(values.ttft_mean), weight * Math.log(values.e2e_mean - values.ttft_mean)];
      });
      if (coldTtftMs !== undefined) {
        logs.push(Math.log(medianTtft(simulated.run, times, COLD_FROM, COLD_TO)) / COLD_NOISE);
      }
      return logs;
    });
  const n = x.length;
  const slopes = x.map((_, k) => {
    const shifted = (by: number): number[] => logsAt(x.map((value, j) => (j === k ? value + by : value)));
    const up = shifted(WIDE_STEP);
    const down = shifted(-WIDE_STEP);
    return up.map((value, row) => (value - (down[row] ?? NaN)) / (2 * WIDE_STEP));
  });
  const precision = new Float64Array(n * n);
  slopes.forEach((a, i) => {
    slopes.forEach((b, j) => {
      precision[i * n + j] = a.reduce((sum, value, row) => sum + value * (b[row] ?? NaN), 0);
    });
    precision[i * n + i] = (precision[i * n + i] ?? 0) + 1 / prior.sigma[REFINED_PARAMETERS[i] ?? 'q'] ** 2;
  });
  return invertPositive(precision, n);
}

/** Counts iterations on from an earlier round. */
function* shifted(
  steps: Generator<LeastSquaresState, LeastSquaresFit>,
  by: number,
): Generator<LeastSquaresState, LeastSquaresFit> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield { ...step.value, iteration: step.value.iteration + by };
  }
}
