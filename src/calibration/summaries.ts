// Calibration from stage summaries alone. Step times cannot be inverted without per-request rows, so six parameters are fitted
// through the simulator with generated arrivals. Needs stages at three or more rates: from one rate, cost per step and cost
// per request cannot be told apart, and a prediction above that rate runs away.

import { fail, ok, type Result } from '../base/result';
import {
  DEFAULT_PHYSICS,
  PHYSICS_FACTS,
  physicsVector,
  type PhysicsParameterName,
  type PhysicsVector,
} from '../domain/physics';
import type { FitProgress } from './fit';
import { finish, leastSquares, type ResidualRows } from './least-squares';
import { nelderMead } from './nelder-mead';
import type { PreparedRun, PreparedStage } from './prepared-run';
import { priorRow, type FitPrior } from './priors';
import { FIT_METRICS, stageValues, type FitMetric, type StageValues } from './run-metrics';
import { SimulatedRun } from './simulated-run';

/** Statistics of one stage as summaries give them, ms; absent where not stated. */
export type MeasuredSummary = Partial<
  Pick<StageValues, 'e2e_mean' | 'e2e_p90' | 'ttft_mean' | 'ttft_p90' | 'itl_mean'>
>;

/** A stage's generated arrivals, in several draws, beside what its summary measured. */
export interface SummaryStage {
  /** Runs of one stage that differ in their arrivals alone. */
  readonly replicas: readonly PreparedRun[];
  readonly measured: MeasuredSummary;
}

/** Independent fits, each on draws of its own: the fitted vector is their mean, so that no draw's luck decides. */
const FITS = 12;
/** Requests that one fit's draws of a stage should hold together, and most draws. */
const REQUESTS_WANTED = 2000;
const MOST_DRAWS = 4;

/** How many draws a stage of so many requests needs: a multiple of the number of fits. */
export const replicaCount = (requests: number): number =>
  FITS * Math.min(Math.max(Math.ceil(REQUESTS_WANTED / requests), 1), MOST_DRAWS);

export interface SummaryFit {
  readonly vector: PhysicsVector;
  readonly simulations: number;
  /** Highest rate fitted, requests per second. */
  readonly highestRateRps: number;
  readonly distinctRates: number;
  readonly warnings: readonly string[];
}

const SIGMAS = { t0: 0.5, tS: 1, eC: 0.3, tM: 1, q: 0.6, pD: 0.5 } as const satisfies Partial<
  Record<PhysicsParameterName, number>
>;
const FREE = Object.keys(SIGMAS) as (keyof typeof SIGMAS)[];
const PRIOR: FitPrior = {
  centre: DEFAULT_PHYSICS,
  sigma: physicsVector((name) =>
    name in SIGMAS ? SIGMAS[name as keyof typeof SIGMAS] : PHYSICS_FACTS[name].sigma,
  ),
  noise: 0.03,
  isRefit: false,
};
const WEIGHTS = {
  itl_mean: 2,
  e2e_mean: 2,
  e2e_p90: 1,
  ttft_mean: 1,
  ttft_p90: 0.5,
} as const satisfies Partial<Record<FitMetric, number>>;
const METRICS = Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[];
const RATES_NEEDED = 3;
/** Edge of the first simplex in logarithms; around 0 a default tiny one would not move. */
const SIMPLEX = { size: 0.4, tolerance: 1e-5, maxEvaluations: 250 } as const;
/** Slow prefill by arithmetic or by a surcharge look alike at low rates: the fits start on both sides of that ridge. */
const STARTS: readonly Partial<Record<PhysicsParameterName, number>>[] = [{}, { tM: 1200 }];
const OUT_OF_BOUNDS = 1e3;
/** The mean of several fits lies beside their curved valley; these three lead back to its floor. */
const POLISHED = ['t0', 'q'] as const;
/** A robust scale so wide that the loss stays quadratic: summaries have few rows and no outliers. */
const QUADRATIC = 1e3;

interface Target {
  readonly simulated: readonly SimulatedRun[];
  readonly measured: MeasuredSummary;
}

/** Statistics of a stage over all requests, geometric mean over its draws. */
export function simulatedSummary(
  simulated: readonly SimulatedRun[],
  vector: PhysicsVector,
  scale = 1,
): StageValues {
  const draws = simulated.map((each) => {
    const stage = each.run.stages[0];
    if (stage === undefined) throw new Error('a generated run has one stage');
    return stageValues(each.run, each.simulate(vector, scale), stage, 'all');
  });
  const values = {} as Record<FitMetric, number>;
  for (const metric of FIT_METRICS) {
    values[metric] = Math.exp(draws.reduce((sum, draw) => sum + Math.log(draw[metric]), 0) / draws.length);
  }
  return values;
}

const vectorOf = (x: readonly number[]): PhysicsVector => {
  const vector = { ...DEFAULT_PHYSICS };
  FREE.forEach((name, k) => (vector[name] = Math.exp(x[k] ?? NaN)));
  return vector;
};

function rowsOf(targets: readonly Target[], x: readonly number[]): ResidualRows {
  const vector = vectorOf(x);
  return {
    robust: targets.flatMap(({ simulated, measured }) => {
      const predicted = simulatedSummary(simulated, vector);
      return METRICS.flatMap((metric) => {
        const value = measured[metric];
        return value === undefined || !(value > 0)
          ? []
          : [WEIGHTS[metric] * Math.log(predicted[metric] / value)];
      });
    }),
    quadratic: FREE.map((name, k) => priorRow(PRIOR, name, x[k] ?? NaN)),
  };
}

function costOf(targets: readonly Target[], x: readonly number[]): number {
  const isOutside = FREE.some((name, k) => {
    const value = Math.exp(x[k] ?? NaN);
    return !(value >= PHYSICS_FACTS[name].min && value <= PHYSICS_FACTS[name].max);
  });
  if (isOutside) return OUT_OF_BOUNDS;
  const { robust, quadratic } = rowsOf(targets, x);
  return [...robust, ...quadratic].reduce((sum, row) => sum + row * row, 0);
}

/** Moves the well-determined parameters to their optimum over all draws and leaves the others where the mean has them. */
function polish(targets: readonly Target[], x: readonly number[]): readonly number[] {
  const moved = POLISHED.map((name) => FREE.indexOf(name));
  const whole = (part: readonly number[]): number[] =>
    x.map((value, k) => (moved.includes(k) ? (part[moved.indexOf(k)] ?? NaN) : value));
  const fit = finish(
    leastSquares(
      {
        start: moved.map((k) => x[k] ?? NaN),
        lower: POLISHED.map((name) => Math.log(PHYSICS_FACTS[name].min)),
        upper: POLISHED.map((name) => Math.log(PHYSICS_FACTS[name].max)),
        residuals: (part) => rowsOf(targets, whole(part)),
      },
      { differenceStep: 0.04, robustScale: QUADRATIC, maxIterations: 6, tolerance: 1e-3, maxStep: 0.7 },
    ),
  );
  return whole(fit.x);
}

export function* fitSummaries(
  module: WebAssembly.Module,
  stages: readonly SummaryStage[],
): Generator<FitProgress, Result<SummaryFit>> {
  if (stages.length === 0) {
    return fail({
      code: 'bad-value',
      message: 'No stage with summary statistics was given to calibrate on.',
    });
  }
  const targets: Target[] = [];
  for (const { replicas, measured } of stages) {
    const simulated: SimulatedRun[] = [];
    for (const run of replicas) {
      const each = SimulatedRun.create(module, run);
      if (!each.ok) return each;
      simulated.push(each.value);
    }
    targets.push({ simulated, measured });
  }
  const simulations = (): number =>
    targets.reduce((sum, target) => sum + target.simulated.reduce((n, each) => n + each.simulations, 0), 0);
  const fitted: (readonly number[])[] = [];
  let iteration = 0;
  for (let k = 0; k < FITS; k++) {
    const start = STARTS[k % STARTS.length] ?? {};
    const own = targets.map(({ simulated, measured }) => {
      const each = Math.max(Math.floor(simulated.length / FITS), 1);
      const from = (k * each) % simulated.length;
      return { simulated: simulated.slice(from, from + each), measured };
    });
    const from = FREE.map((name) => Math.log(start[name] ?? DEFAULT_PHYSICS[name]));
    const steps = nelderMead((x) => costOf(own, x), from, SIMPLEX);
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        fitted.push(step.value.x);
        break;
      }
      iteration++;
      yield { phase: 'refinement', iteration, cost: step.value.cost, simulations: simulations() };
    }
  }
  const mean = FREE.map((_, k) => fitted.reduce((sum, x) => sum + (x[k] ?? NaN), 0) / FITS);
  const rates = new Set(
    stages.flatMap(({ replicas }) => replicas.flatMap((run) => run.stages.map(({ rateRps }) => rateRps))),
  );
  return ok({
    vector: vectorOf(polish(targets, mean)),
    simulations: simulations(),
    highestRateRps: Math.max(...rates),
    distinctRates: rates.size,
    warnings:
      rates.size >= RATES_NEEDED
        ? []
        : [
            `Calibrated on ${rates.size === 1 ? 'one rate' : `${rates.size} rates`} only: cost per step and cost per request are not told apart; use summaries at three or more rates.`,
          ],
  });
}

/** Why a stage must not be predicted from this fit, if so. */
export function refusePrediction(fit: SummaryFit, stage: PreparedStage): string | undefined {
  if (fit.distinctRates > 1 || !(stage.rateRps > fit.highestRateRps)) return undefined;
  return `Stage ${stage.stageIndex} runs at ${stage.rateRps} req/s, above the only calibrated rate of ${fit.highestRateRps} req/s; one rate cannot be extrapolated upwards. Add summaries at other rates.`;
}

/** Requests per second that leave the server under more load than it can take: the middle half of the completions. */
export function saturatedThroughput(simulated: SimulatedRun, vector: PhysicsVector): number {
  const times = simulated.simulate(vector);
  const ends = times.e2eUs.map((e2e, i) => e2e + (simulated.run.arrivalUs[i] ?? NaN)).sort();
  const from = ends.length >> 2;
  const to = ends.length - from - 1;
  return ((to - from) * 1e6) / ((ends[to] ?? NaN) - (ends[from] ?? NaN));
}
