// Derivative-free minimisation by a moving simplex (Nelder and Mead, standard coefficients), for a few unknowns and a cost that
// is rough at small steps. Here it serves the fit from summaries, whose residuals are too few to average roughness away.

export interface SimplexOptions {
  /** Edge of the first simplex. */
  readonly size: number;
  /** Stops when best and worst corner differ by less. */
  readonly tolerance: number;
  readonly maxEvaluations: number;
}

export interface SimplexState {
  readonly x: readonly number[];
  readonly cost: number;
  readonly evaluations: number;
}

interface Corner {
  readonly x: readonly number[];
  readonly cost: number;
}

/** Minimises `cost`; yields the best corner after each move. */
export function* nelderMead(
  cost: (x: readonly number[]) => number,
  start: readonly number[],
  { size, tolerance, maxEvaluations }: SimplexOptions,
): Generator<SimplexState, SimplexState> {
  let evaluations = 0;
  const corner = (x: readonly number[]): Corner => {
    evaluations++;
    return { x, cost: cost(x) };
  };
  let corners = [
    start,
    ...start.map((_, k) => start.map((value, j) => (j === k ? value + size : value))),
  ].map(corner);
  const order = (): { best: Corner; second: Corner; worst: Corner } => {
    corners.sort((a, b) => a.cost - b.cost);
    const [best] = corners;
    const worst = corners.at(-1);
    if (best === undefined || worst === undefined) throw new Error('a simplex has at least two corners');
    return { best, second: corners.at(-2) ?? worst, worst };
  };
  for (;;) {
    const { best, second, worst } = order();
    const state = { x: best.x, cost: best.cost, evaluations };
    if (worst.cost - best.cost < tolerance || evaluations >= maxEvaluations) return state;
    yield state;
    const others = corners.slice(0, -1);
    const centre = start.map((_, k) => others.reduce((sum, { x }) => sum + (x[k] ?? NaN), 0) / others.length);
    /** The point at `t` on the line from the centre to the worst corner. */
    const along = (t: number): Corner =>
      corner(centre.map((value, k) => value + t * ((worst.x[k] ?? NaN) - value)));
    const reflected = along(-1);
    if (reflected.cost < best.cost) {
      const expanded = along(-2);
      corners = [...others, expanded.cost < reflected.cost ? expanded : reflected];
    } else if (reflected.cost < second.cost) {
      corners = [...others, reflected];
    } else {
      const contracted = along(reflected.cost < worst.cost ? -0.5 : 0.5);
      corners =
        contracted.cost < Math.min(reflected.cost, worst.cost)
          ? [...others, contracted]
          : [
              best,
              ...corners
                .slice(1)
                .map(({ x }) => corner(x.map((value, k) => (value + (best.x[k] ?? NaN)) / 2))),
            ];
    }
  }
}
