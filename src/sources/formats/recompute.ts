// Every figure worked out from the rows by one definition, and set beside what the file itself reports:
//   TTFT, E2E   over requests that produced tokens
//   TPOT        (E2E − TTFT) / (output tokens − 1), over requests with more than one token
//   ITL         all gaps of all requests pooled; where a file holds one mean a request, over those means, which is another quantity
//   throughput  sums over the run's duration: the file's, else first send to last token
// Percentiles by linear interpolation between order statistics.

import { mean, percentilesInPlace } from '../../base/selection';
import type { Figure, ImportedRun, RequestRows, RunFacts } from './run-record';

export interface RecomputeOptions {
  /** Counts successful requests without tokens as TTFT 0, as vLLM's own means do. */
  readonly includesEmpty?: boolean;
  /** Leaves out the first requests: compilation and cold caches. */
  readonly skipFirst?: number;
}

export interface FigureComparison {
  readonly figure: Figure;
  readonly reported?: number;
  /** The file's own key, for the reader who wants to look. */
  readonly key?: string;
  readonly recomputed?: number;
  /** (recomputed − reported) / reported, percent. */
  readonly differencePercent?: number;
  /** True where the two disagree by more than half a percent. */
  readonly differs: boolean;
}

const SHARES = [0.5, 0.9, 0.95, 0.99] as const;
const NAMES = ['p50', 'p90', 'p95', 'p99'] as const;
const DISAGREEMENT_PERCENT = 0.5;
const MS_PER_S = 1000;

export function recompute(
  rows: RequestRows,
  facts: RunFacts,
  options: RecomputeOptions = {},
): ReadonlyMap<Figure, number> {
  const figures = new Map<Figure, number>();
  const used = Array.from({ length: rows.count }, (_, row) => row).slice(options.skipFirst ?? 0);
  const isCounted = (row: number): boolean =>
    rows.status[row] === 'ok' || (options.includesEmpty === true && rows.status[row] === 'empty');
  const counted = used.filter(isCounted);
  const ok = used.filter((row) => rows.status[row] === 'ok');
  const of = (column: Float64Array, row: number): number =>
    rows.status[row] === 'empty' ? 0 : (column[row] ?? NaN);

  addDistribution(
    figures,
    'ttft',
    counted.map((row) => of(rows.ttftS, row)),
  );
  addDistribution(
    figures,
    'e2e',
    counted.map((row) => of(rows.e2eS, row)),
  );
  addDistribution(
    figures,
    'tpot',
    ok
      .filter((row) => (rows.outputTokens[row] ?? 0) > 1)
      .map(
        (row) => ((rows.e2eS[row] ?? NaN) - (rows.ttftS[row] ?? NaN)) / ((rows.outputTokens[row] ?? NaN) - 1),
      ),
  );
  addDistribution(
    figures,
    'itl',
    facts.gaps === 'chunks' ? pooledGaps(rows, ok) : ok.map((row) => rows.meanGapS[row] ?? NaN),
  );

  const sum = (column: Float64Array): number =>
    counted.reduce((total, row) => total + (column[row] ?? NaN), 0);
  const seconds = facts.durationS ?? spanS(rows, used);
  set(figures, 'requests', counted.length);
  for (const [figure, rate, column] of [
    ['input_tokens', 'input_tokens_per_s', rows.inputTokens],
    ['output_tokens', 'output_tokens_per_s', rows.outputTokens],
  ] as const) {
    set(figures, figure, sum(column));
    set(figures, rate, sum(column) / seconds);
  }
  set(figures, 'requests_per_s', counted.length / seconds);
  return figures;
}

function pooledGaps(rows: RequestRows, used: readonly number[]): number[] {
  const { values, offsets } = rows.gapsS;
  const pooled: number[] = [];
  for (const row of used) {
    for (let i = offsets[row] ?? 0; i < (offsets[row + 1] ?? 0); i += 1) pooled.push(values[i] ?? NaN);
  }
  return pooled;
}

function addDistribution(figures: Map<Figure, number>, metric: string, seconds: readonly number[]): void {
  const values = Float64Array.from(
    seconds.filter((value) => !Number.isNaN(value)),
    (value) => value * MS_PER_S,
  );
  if (values.length === 0) return;
  set(figures, `${metric}_mean_ms` as Figure, mean(values));
  for (const [i, value] of percentilesInPlace(values, SHARES).entries()) {
    set(figures, `${metric}_${NAMES[i] ?? ''}_ms` as Figure, value);
  }
}

function set(figures: Map<Figure, number>, figure: Figure, value: number): void {
  if (Number.isFinite(value)) figures.set(figure, value);
}

/** From the first send to the last token; NaN without start times. */
function spanS(rows: RequestRows, used: readonly number[]): number {
  let first = Infinity;
  let last = -Infinity;
  for (const row of used) {
    const start = rows.startS[row] ?? NaN;
    const end = start + (rows.e2eS[row] ?? NaN);
    if (start < first) first = start;
    if (end > last) last = end;
  }
  return last > first ? last - first : NaN;
}

/** Reported and recomputed figures side by side, in the order of the list of figures. */
export function compareFigures(
  run: ImportedRun,
  options: RecomputeOptions = {},
): readonly FigureComparison[] {
  const own = run.rows === undefined ? new Map<Figure, number>() : recompute(run.rows, run.facts, options);
  const names = new Set<Figure>([...run.reported.map(({ figure }) => figure), ...own.keys()]);
  return [...names].map((figure) => {
    const reported = run.reported.find((entry) => entry.figure === figure);
    const recomputed = own.get(figure);
    const difference =
      reported === undefined || recomputed === undefined || reported.value === 0
        ? undefined
        : ((recomputed - reported.value) / reported.value) * 100;
    return {
      figure,
      ...(reported === undefined ? {} : { reported: reported.value, key: reported.key }),
      ...(recomputed === undefined ? {} : { recomputed }),
      ...(difference === undefined ? {} : { differencePercent: difference }),
      differs: difference !== undefined && Math.abs(difference) > DISAGREEMENT_PERCENT,
    };
  });
}
