// Bounded robust least squares by Levenberg–Marquardt, for problems of at most a dozen unknowns and some hundred residuals.
//
// Minimises Σ ρ(rᵢ) over the residual rows plus Σ over quadratic rows, with soft-L1 ρ(r) = 2s²(√(1 + (r/s)²) − 1): near zero
// it is r², far out it grows like |r|, so that one bad bin cannot bend the fit. Each iteration solves the reweighted normal
// equations with Marquardt's scaling; unknowns that lie on a bound and want to leave it are held. Derivatives are forward
// differences with a stated step, since a simulated loss is piecewise rough and a tiny step gives noise.
//
// Why not a library: the maintained ones fit a scalar model y(x) to points, with neither vector residuals nor prior rows.

import { choleskyFactor, choleskySolve, invertPositive } from './symmetric-matrix';

export interface ResidualRows {
  /** Rows under the robust loss. */
  readonly robust: readonly number[];
  /** Rows that stay quadratic. */
  readonly quadratic: readonly number[];
}

export interface LeastSquaresProblem {
  readonly start: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly residuals: (x: readonly number[]) => ResidualRows;
}

export interface LeastSquaresOptions {
  /** Step of the forward differences. */
  readonly differenceStep: number;
  /** s of the soft-L1 loss. */
  readonly robustScale: number;
  readonly maxIterations: number;
  /** Stops when the cost falls by less than this share. */
  readonly tolerance: number;
  /** Largest change of one unknown in one step. */
  readonly maxStep: number;
}

export interface LeastSquaresState {
  readonly iteration: number;
  readonly cost: number;
  readonly x: readonly number[];
}

export interface LeastSquaresFit extends LeastSquaresState {
  /** Inverse of the reweighted normal matrix at the last derivatives, row-major; absent where it is singular. */
  readonly inverseNormal?: Float64Array;
}

const FIRST_DAMPING = 0.01;
const DAMPING_FACTOR = 5;
const MOST_TRIES = 5;

/** Soft-L1 without the cancellation of √(1 + z²) − 1. */
function costOf(rows: ResidualRows, scale: number): number {
  let cost = 0;
  for (const r of rows.robust) cost += (2 * r * r) / (Math.sqrt(1 + (r / scale) ** 2) + 1);
  for (const r of rows.quadratic) cost += r * r;
  return cost;
}

/** Normal matrix JᵀWJ and right side −JᵀWr. */
interface Normal {
  readonly matrix: Float64Array;
  readonly right: Float64Array;
}

function normalEquations(
  problem: LeastSquaresProblem,
  x: readonly number[],
  rows: ResidualRows,
  { differenceStep, robustScale }: LeastSquaresOptions,
): Normal {
  const n = x.length;
  const base = [...rows.robust, ...rows.quadratic];
  const weights = base.map((r, i) =>
    i < rows.robust.length ? 1 / Math.sqrt(1 + (r / robustScale) ** 2) : 1,
  );
  const columns = x.map((value, k) => {
    // Inward at an upper bound.
    const step = value + differenceStep > (problem.upper[k] ?? Infinity) ? -differenceStep : differenceStep;
    const moved = problem.residuals(x.map((each, j) => (j === k ? each + step : each)));
    return [...moved.robust, ...moved.quadratic].map((r, i) => (r - (base[i] ?? NaN)) / step);
  });
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  columns.forEach((a, i) => {
    columns.forEach((b, j) => {
      let sum = 0;
      for (let row = 0; row < base.length; row++) {
        sum += (weights[row] ?? NaN) * (a[row] ?? NaN) * (b[row] ?? NaN);
      }
      matrix[i * n + j] = sum;
    });
    let sum = 0;
    for (let row = 0; row < base.length; row++) {
      sum -= (weights[row] ?? NaN) * (a[row] ?? NaN) * (base[row] ?? NaN);
    }
    right[i] = sum;
  });
  return { matrix, right };
}

/** The damped step; unknowns on a bound that the gradient pushes outward do not move. */
function dampedStep(
  { matrix, right }: Normal,
  damping: number,
  x: readonly number[],
  problem: LeastSquaresProblem,
): Float64Array | undefined {
  const n = x.length;
  const free: number[] = [];
  for (let k = 0; k < n; k++) {
    const value = x[k] ?? NaN;
    const pull = right[k] ?? NaN;
    const isHeld =
      (value >= (problem.upper[k] ?? Infinity) && pull > 0) ||
      (value <= (problem.lower[k] ?? -Infinity) && pull < 0);
    if (!isHeld) free.push(k);
  }
  const m = free.length;
  const reduced = new Float64Array(m * m);
  const reducedRight = new Float64Array(m);
  free.forEach((row, i) => {
    free.forEach((column, j) => {
      const entry = matrix[row * n + column] ?? NaN;
      reduced[i * m + j] = i === j ? entry * (1 + damping) : entry;
    });
    reducedRight[i] = right[row] ?? NaN;
  });
  const factor = choleskyFactor(reduced, m);
  if (factor === undefined) return undefined;
  const step = new Float64Array(n);
  choleskySolve(factor, m, reducedRight).forEach((value, i) => (step[free[i] ?? 0] = value));
  return step;
}

/**
 * Runs the fit; yields its state after every iteration, so that the caller can show progress, let other work run or stop.
 * Needs (unknowns + 1 … 5) evaluations an iteration.
 */
export function* leastSquares(
  problem: LeastSquaresProblem,
  options: LeastSquaresOptions,
): Generator<LeastSquaresState, LeastSquaresFit> {
  const clamp = (value: number, k: number): number =>
    Math.min(Math.max(value, problem.lower[k] ?? -Infinity), problem.upper[k] ?? Infinity);
  let x: readonly number[] = problem.start.map(clamp);
  let rows = problem.residuals(x);
  let cost = costOf(rows, options.robustScale);
  let damping = FIRST_DAMPING;
  let iteration = 0;
  let normal = normalEquations(problem, x, rows, options);

  while (iteration < options.maxIterations) {
    iteration++;
    let gained = 0;
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      const step = dampedStep(normal, damping, x, problem);
      if (step !== undefined) {
        const next = x.map((value, k) =>
          clamp(value + Math.min(Math.max(step[k] ?? 0, -options.maxStep), options.maxStep), k),
        );
        const nextRows = problem.residuals(next);
        const nextCost = costOf(nextRows, options.robustScale);
        if (nextCost < cost) {
          gained = cost - nextCost;
          x = next;
          rows = nextRows;
          cost = nextCost;
          damping /= DAMPING_FACTOR;
          break;
        }
      }
      damping *= DAMPING_FACTOR;
    }
    yield { iteration, cost, x };
    if (gained <= options.tolerance * (cost + gained)) break;
    normal = normalEquations(problem, x, rows, options);
  }
  const inverseNormal = invertPositive(normal.matrix, x.length);
  return { iteration, cost, x, ...(inverseNormal === undefined ? {} : { inverseNormal }) };
}

/** Runs a fit to its end without looking at the states in between. */
export function finish<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
