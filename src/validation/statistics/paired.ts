// Two simulators on the experiments that both cover: who is closer, how often, by how much, and whether chance alone would do it.
// Each experiment gives one pair of errors. The sign test asks only who won; Wilcoxon's signed-rank test also weighs by how much
// (exact distribution up to 30 pairs, ties by mean ranks; normal approximation with tie and continuity correction above).

import { bootstrap, type Interval } from './bootstrap';
import { median } from './order';

export interface ErrorPair {
  /** Percent. */
  readonly a: number;
  readonly b: number;
}

export interface PairedComparison {
  readonly count: number;
  /** Experiments where the first, the second is closer. */
  readonly winsA: number;
  readonly winsB: number;
  readonly ties: number;
  /** Two-sided, over the experiments that are no tie; 1 where all are ties. */
  readonly signP: number;
  readonly wilcoxonP: number;
  /** Median of b − a in percentage points: positive = the first has less error. */
  readonly medianAdvantage: number;
  /** Of the median advantage; absent for a single experiment. */
  readonly interval?: Interval;
}

const EXACT_UP_TO = 30;

/** Undefined without pairs. Pairs with an infinite error on both sides count as ties. */
export function comparePaired(pairs: readonly ErrorPair[], seed = 42): PairedComparison | undefined {
  const differences = pairs.map(({ a, b }) => (a === b ? 0 : b - a));
  const medianAdvantage = median(differences);
  if (medianAdvantage === undefined) return undefined;
  const winsA = differences.filter((difference) => difference > 0).length;
  const winsB = differences.filter((difference) => difference < 0).length;
  const interval = bootstrap(
    differences.length,
    { seed },
    (rows) => median(Array.from(rows, (row) => differences[row] ?? 0)) ?? 0,
  );
  return {
    count: pairs.length,
    winsA,
    winsB,
    ties: pairs.length - winsA - winsB,
    signP: signTest(winsA, winsB),
    wilcoxonP: wilcoxonTest(differences),
    medianAdvantage,
    ...(interval === undefined ? {} : { interval }),
  };
}

/** Probability, under a fair coin, of a split at least as uneven. */
export function signTest(winsA: number, winsB: number): number {
  const count = winsA + winsB;
  const fewer = Math.min(winsA, winsB);
  let term = 0.5 ** count;
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    tail += term;
    term *= (count - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

/** Two-sided; zero differences are left out (Wilcoxon 1945). */
export function wilcoxonTest(differences: readonly number[]): number {
  const kept = differences.filter((difference) => difference !== 0);
  const count = kept.length;
  if (count === 0) return 1;
  const { doubledRanks, tieSizes } = rankSizes(kept);
  const positive = kept.reduce(
    (sum, difference, row) => sum + (difference > 0 ? (doubledRanks[row] ?? 0) : 0),
    0,
  );
  const total = doubledRanks.reduce((sum, rank) => sum + rank, 0);
  const smaller = Math.min(positive, total - positive);
  if (count <= EXACT_UP_TO) return exactTail(doubledRanks, smaller);
  // In plain ranks: mean n(n+1)/4, variance n(n+1)(2n+1)/24 less Σ(t³−t)/48 for ties.
  const mean = total / 4;
  const ties = tieSizes.reduce((sum, size) => sum + (size ** 3 - size), 0);
  const variance = (count * (count + 1) * (2 * count + 1)) / 24 - ties / 48;
  const z = Math.max(0, mean - smaller / 2 - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * normalTail(z));
}

/** Ranks of |d| times two, so that mean ranks of ties stay whole numbers. */
function rankSizes(differences: readonly number[]): { doubledRanks: number[]; tieSizes: number[] } {
  const order = differences.map((_, row) => row);
  const size = (row: number): number => Math.abs(differences[row] ?? 0);
  order.sort((a, b) => (size(a) < size(b) ? -1 : size(a) > size(b) ? 1 : 0));
  const doubledRanks = differences.map(() => 0);
  const tieSizes: number[] = [];
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && size(order[end] ?? 0) === size(order[start] ?? 0)) end++;
    // Ranks start + 1 … end, their mean times two.
    for (const row of order.slice(start, end)) doubledRanks[row] = start + 1 + end;
    tieSizes.push(end - start);
    start = end;
  }
  return { doubledRanks, tieSizes };
}

/** P(sum ≤ smaller or ≥ total − smaller) when each rank is positive with probability one half. */
function exactTail(doubledRanks: readonly number[], smaller: number): number {
  const total = doubledRanks.reduce((sum, rank) => sum + rank, 0);
  let ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of doubledRanks) {
    const next = new Float64Array(total + 1);
    for (let sum = 0; sum <= total; sum++) {
      next[sum] = ((ways[sum] ?? 0) + (sum >= rank ? (ways[sum - rank] ?? 0) : 0)) / 2;
    }
    ways = next;
  }
  let tail = 0;
  for (let sum = 0; sum <= smaller; sum++) tail += ways[sum] ?? 0;
  return Math.min(1, 2 * tail);
}

/** P(Z > z) for z ≥ 0, by the complementary error function (Numerical Recipes erfc, relative error under 1.2e-7). */
function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const polynomial = terms.reduceRight((sum, term) => sum * t + term, 0);
  return (t * Math.exp(-x * x + polynomial)) / 2;
}

/** The comparison as one sentence or two. `unit` names what is compared, e.g. `E2E mean`. */
export function pairedSentence(
  comparison: PairedComparison,
  nameA: string,
  nameB: string,
  unit: string,
): string {
  const { count, winsA, winsB, ties, wilcoxonP, medianAdvantage, interval } = comparison;
  const experiments = `${count} experiment${count === 1 ? '' : 's'}`;
  if (winsA + winsB === 0) return `${nameA} and ${nameB} have the same ${unit} error on all ${experiments}.`;
  const isAhead = winsA === winsB ? medianAdvantage >= 0 : winsA > winsB;
  const [ahead, behind, wins] = isAhead ? [nameA, nameB, winsA] : [nameB, nameA, winsB];
  const sign = isAhead ? 1 : -1;
  const tied = ties === 0 ? '' : `, ${ties} tied`;
  const range =
    interval === undefined
      ? ''
      : `, ${Math.round(interval.level * 100)} % interval ${points(Math.min(sign * interval.low, sign * interval.high))} to ` +
        points(Math.max(sign * interval.low, sign * interval.high));
  const effect = `median advantage ${points(sign * medianAdvantage)} percentage points${range}`;
  const who =
    winsA === winsB
      ? `${nameA} and ${nameB} are each closer on ${winsA} of ${experiments}${tied}`
      : `${ahead} is closer than ${behind} on ${wins} of ${experiments}${tied}`;
  return `${unit}: ${who} (${effect}). ${noiseSentence(wilcoxonP, count)}`;
}

const NOISE_LEVEL = 0.05;
/** With fewer pairs no split at all reaches the level: 2 × 0.5^5 > 0.05. */
const MIN_PAIRS = 6;

function noiseSentence(p: number, count: number): string {
  if (count < MIN_PAIRS)
    return `With ${count} experiment${count === 1 ? '' : 's'} chance cannot be ruled out.`;
  const stated = p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`;
  return p < NOISE_LEVEL
    ? `Chance alone would rarely do this (Wilcoxon ${stated}).`
    : `Chance alone could do this (Wilcoxon ${stated}).`;
}

function points(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const text = Math.abs(value).toFixed(Math.abs(value) < 100 ? 1 : 0);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
