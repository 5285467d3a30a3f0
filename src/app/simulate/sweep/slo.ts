// "Best under this SLO": which configurations meet the stated limits, and which of them serves the stated aim best. A run that
// left requests unfinished meets nothing, however fast the others were; where seeds repeat a configuration, its worst run counts.

import { showCount, showLatency, showPercent, showQuantity } from '../../../base/display';
import type { RequestTargets, RunFigures } from '../../../domain/run-figures';
import { LATENCIES, latencyMs, type LatencyName, type Statistic } from './metrics';

export interface SloLimit {
  readonly latency: LatencyName;
  readonly statistic: Statistic;
  readonly limitMs: number;
}

export const OBJECTIVES = {
  'fewest-gpus': 'fewest GPUs',
  'fewest-instances': 'fewest instances',
  'highest-rate': 'highest request rate',
  'highest-output': 'highest output rate',
} as const;
export type Objective = keyof typeof OBJECTIVES;

/** A finished cell: its configuration in words, its rate as set, and one set of figures a seed. */
export interface Candidate {
  readonly index: number;
  readonly words: string;
  readonly rateRps: number;
  readonly runs: readonly RunFigures[];
}

export type Answer =
  | { readonly kind: 'no-slo' }
  | { readonly kind: 'no-runs' }
  | {
      readonly kind: 'best';
      readonly index: number;
      /** Cells that meet the SLO, in grid order. */
      readonly meeting: readonly number[];
      readonly sentence: string;
    }
  | {
      readonly kind: 'none';
      readonly nearest: number | undefined;
      readonly meeting: readonly [];
      readonly sentence: string;
    };

/** What one request may take at most, for the share of requests within the SLO. */
export const targetsOf = (limits: readonly SloLimit[]): RequestTargets =>
  Object.fromEntries(limits.map(({ latency, limitMs }) => [`${latency}Ms`, limitMs]));

const isWhole = ({ runs }: Candidate): boolean =>
  runs.every(({ completed, requests }) => completed === requests && requests > 0);

/** Worst value over the seeds; absent where a run has none. */
function worstMs({ runs }: Candidate, { latency, statistic }: SloLimit): number | undefined {
  const values = runs.map((figures) => latencyMs(figures, latency, statistic));
  return values.some((value) => value === undefined)
    ? undefined
    : Math.max(...values.map((value) => value ?? Infinity));
}

/** Largest latency ÷ limit: at most 1 meets the SLO. */
const strain = (candidate: Candidate, limits: readonly SloLimit[]): number =>
  Math.max(...limits.map((limit) => (worstMs(candidate, limit) ?? Infinity) / limit.limitMs));

export const meetsSlo = (candidate: Candidate, limits: readonly SloLimit[]): boolean =>
  isWhole(candidate) && strain(candidate, limits) <= 1;

const meanOf = ({ runs }: Candidate, read: (figures: RunFigures) => number): number =>
  runs.reduce((sum, figures) => sum + read(figures), 0) / runs.length;

/** Smaller is better. */
const COSTS: Readonly<Record<Objective, (candidate: Candidate) => number>> = {
  'fewest-gpus': (candidate) => meanOf(candidate, ({ gpus }) => gpus),
  'fewest-instances': (candidate) => meanOf(candidate, ({ instances }) => instances),
  'highest-rate': ({ rateRps }) => -rateRps,
  'highest-output': (candidate) => -meanOf(candidate, ({ outputTokensPerSec }) => outputTokensPerSec),
};

function aimed(candidate: Candidate, objective: Objective): string {
  const cost = COSTS[objective](candidate);
  switch (objective) {
    case 'fewest-gpus':
    case 'fewest-instances':
      return showCount(cost);
    case 'highest-rate':
      return `${showQuantity(-cost)} requests/s`;
    case 'highest-output':
      return `${showQuantity(-cost)} tokens/s`;
  }
}

/** What decides between configurations that serve the aim alike, in this order, and how that reads. */
const TIE_BREAKS: Readonly<Record<Objective, readonly (readonly [aim: Objective, words: string])[]>> = {
  'fewest-gpus': [['highest-rate', 'it takes the highest rate of them']],
  'fewest-instances': [
    ['fewest-gpus', 'it needs the fewest GPUs of them'],
    ['highest-rate', 'it takes the highest rate of them'],
  ],
  'highest-rate': [['fewest-gpus', 'it needs the fewest GPUs of them']],
  'highest-output': [['fewest-gpus', 'it needs the fewest GPUs of them']],
};

/** Best first: by the aim, then by what breaks its ties, then by headroom, then by the order of the grid. */
function ranked(
  meeting: readonly Candidate[],
  limits: readonly SloLimit[],
  objective: Objective,
): readonly Candidate[] {
  const costs = [objective, ...TIE_BREAKS[objective].map(([aim]) => aim)].map((aim) => COSTS[aim]);
  return [...meeting].sort((a, b) => {
    for (const cost of costs) {
      const gap = cost(a) - cost(b);
      if (gap !== 0) return gap;
    }
    return strain(a, limits) - strain(b, limits) || a.index - b.index;
  });
}

/** '' where nothing else serves the aim as well. */
function tieWords(best: Candidate, meeting: readonly Candidate[], objective: Objective): string {
  const cost = COSTS[objective];
  const tied = meeting.filter((candidate) => candidate !== best && cost(candidate) === cost(best));
  if (tied.length === 0) return '';
  const breaking = TIE_BREAKS[objective].find(([aim]) =>
    tied.some((candidate) => COSTS[aim](candidate) > COSTS[aim](best)),
  );
  return ` ${tied.length} more ${tied.length === 1 ? 'does' : 'do'} the same; ${breaking?.[1] ?? 'it has the most headroom'}.`;
}

function limited(candidate: Candidate, limits: readonly SloLimit[]): string {
  const latencies = limits.map((limit) => {
    const value = worstMs(candidate, limit);
    return `${LATENCIES[limit.latency]} ${limit.statistic} ${value === undefined ? 'N/A' : `${showLatency(value)} ms`}`;
  });
  const seeds = candidate.runs.length;
  return `${latencies.join(', ')}${seeds > 1 ? `, worst of ${seeds} seeds` : ''}`;
}

/** How many configurations the answer is about. */
export interface Extent {
  /** Of the whole sweep. */
  readonly total: number;
  readonly failed: number;
}

/** @param candidates the finished configurations; where some are neither finished nor failed, the sentence says "so far". */
export function answerSlo(
  candidates: readonly Candidate[],
  limits: readonly SloLimit[],
  objective: Objective,
  { total, failed }: Extent,
): Answer {
  if (limits.length === 0) return { kind: 'no-slo' };
  if (candidates.length === 0) return { kind: 'no-runs' };
  const unfinished = candidates.filter((candidate) => !isWhole(candidate)).length;
  const left = counted(unfinished, 'left requests unfinished and') + counted(failed, 'failed and');
  const isRunning = candidates.length + failed < total;
  const of = isRunning ? `${candidates.length} finished so far` : String(total);
  const meeting = candidates.filter((candidate) => meetsSlo(candidate, limits));
  const [best] = ranked(meeting, limits, objective);
  if (best === undefined) return noneMeets(candidates, limits, of, left);
  return {
    kind: 'best',
    index: best.index,
    meeting: meeting.map(({ index }) => index),
    sentence:
      `${best.words} meets it with the ${OBJECTIVES[objective]} (${aimed(best, objective)}): ${limited(best, limits)}. ` +
      `${meeting.length} of ${of} ${meeting.length === 1 ? 'meets' : 'meet'} it.${tieWords(best, meeting, objective)}${left}`,
  };
}

/** " 2 configurations failed and do not count."; '' for none. */
function counted(count: number, what: string): string {
  if (count === 0) return '';
  return count === 1
    ? ` 1 configuration ${what} does not count.`
    : ` ${count} configurations ${what} do not count.`;
}

function noneMeets(
  candidates: readonly Candidate[],
  limits: readonly SloLimit[],
  of: string,
  left: string,
): Answer {
  const [nearest] = candidates
    .filter((candidate) => isWhole(candidate))
    .sort((a, b) => strain(a, limits) - strain(b, limits) || a.index - b.index);
  if (nearest === undefined) {
    return {
      kind: 'none',
      nearest: undefined,
      meeting: [],
      sentence: `None of ${of} meets it: each left requests unfinished.`,
    };
  }
  const over = showPercent(100 * (strain(nearest, limits) - 1));
  return {
    kind: 'none',
    nearest: nearest.index,
    meeting: [],
    sentence: `None of ${of} meets it; the nearest is ${nearest.words}: ${limited(nearest, limits)}, ${over} % over the limit.${left}`,
  };
}
