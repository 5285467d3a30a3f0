// The verdict in words. Fixed grammar, so that the sentence never says more than the table: its number is literally the
// table's E2E-mean cell under the active statistic, and only simulators that cover at least half of the experiments take part.

import { showPercent } from '../../base/display';
import type { ErrorRecord } from '../../domain/prediction';
import { errorsBySimulator, type Pooling, type SimulatorErrors } from './error-table';

export interface Verdict {
  readonly headline: string;
  readonly support: readonly string[];
}

export interface VerdictInput {
  readonly table: readonly SimulatorErrors[];
  readonly records: readonly ErrorRecord[];
  readonly pooling: Pooling;
  /** N: experiments that take part. */
  readonly experimentCount: number;
  /** Names of simulators that are ranked; see `isRanked`. */
  readonly ranked: ReadonlySet<string>;
  readonly labelOf: (simulator: string) => string;
  /** Present while runs are still open. */
  readonly progress?: { readonly done: number; readonly total: number };
}

/** A simulator is ranked when it covers at least half of the experiments. */
export const isRanked = (covered: number, experimentCount: number): boolean => covered * 2 >= experimentCount;

/** Two simulators this close, in percentage points, are said to be equal. */
const EQUAL_POINTS = 1;
/** Above this even the best is not called close. */
const CLOSE_LIMIT = 50;
/** A shared bias is worth a sentence beyond this size … */
const BIAS_LIMIT = 10;
/** … when this share of the rows has its sign. */
const BIAS_AGREEMENT = 0.75;

/** Nothing when no ranked simulator has an E2E mean. */
export function verdictOf(input: VerdictInput): Verdict | undefined {
  const order = rankedByE2e(input.table, input.ranked);
  const best = order[0];
  if (!best) return undefined;
  const statistic = input.pooling.statistic;
  const n = best.row.experiments.size;
  const coverage = `on ${n} of ${input.experimentCount} experiments`;
  const second = order[1];
  const isTie =
    second !== undefined && second.value - best.value < EQUAL_POINTS && Number.isFinite(best.value);
  const x = `${percent(best.value)}`;
  const name = input.labelOf(best.row.simulator);

  let sentence: string;
  if (best.value > CLOSE_LIMIT)
    sentence = `No simulator comes within ${CLOSE_LIMIT}\u00a0% of the measured end-to-end latency; ${name} is least far, at ${x} ${statistic} error ${coverage}.`;
  else if (isTie) {
    const other = input.labelOf(second.row.simulator);
    const values = `${percent(best.value)} and ${percent(second.value)}`;
    const m = second.row.experiments.size;
    const counts = m === n ? coverage : `on ${n} and ${m} of ${input.experimentCount} experiments`;
    sentence = `${name} and ${other} come equally close to the measured end-to-end latency: ${values} ${statistic} error ${counts}.`;
  } else
    sentence = `${name} comes closest to the measured end-to-end latency: ${x} ${statistic} error ${coverage}.`;

  const { progress } = input;
  const headline = progress
    ? `So far: ${sentence.replace(/\.$/, '')} (${progress.done} of ${progress.total} runs).`
    : sentence;
  const follower = isTie ? order[2] : second;
  const support = [
    follower && runnerUp(follower, best, input),
    hardestMetric(order, input),
    sharedBias(order, input),
  ].filter((text) => text !== undefined);
  const reversal = orderReversal(order, input);
  return { headline, support: reversal === undefined ? support : [...support, reversal] };
}

interface Ranked {
  readonly row: SimulatorErrors;
  readonly value: number;
}

/** Ranked simulators with an E2E mean, best first. */
function rankedByE2e(table: readonly SimulatorErrors[], ranked: ReadonlySet<string>): Ranked[] {
  return table
    .flatMap((row) => {
      const cell = row.cells.e2e_mean;
      return cell && ranked.has(row.simulator) ? [{ row, value: cell.value }] : [];
    })
    .sort((left, right) => left.value - right.value);
}

function runnerUp(second: Ranked, best: Ranked, input: VerdictInput): string {
  const m = second.row.experiments.size;
  const where = m === best.row.experiments.size ? '' : ` on the ${m} it supports`;
  return `${input.labelOf(second.row.simulator)} follows at ${percent(second.value)}${where}.`;
}

const MEANS = [
  ['e2e_mean', 'E2E'],
  ['ttft_mean', 'TTFT'],
  ['itl_mean', 'ITL'],
] as const;

/** The mean that most simulators miss most, and who stays below the limit on it. */
function hardestMetric(order: readonly Ranked[], input: VerdictInput): string | undefined {
  if (order.length < 2) return undefined;
  let hardest: { label: string; middle: number; below: string[] } | undefined;
  for (const [metric, label] of MEANS) {
    const cells = order.flatMap(({ row }) => {
      const cell = row.cells[metric];
      return cell ? [{ simulator: row.simulator, value: cell.value }] : [];
    });
    const sorted = cells.map(({ value }) => value).sort((left, right) => left - right);
    const middle = sorted[Math.floor(sorted.length / 2)];
    if (middle === undefined || (hardest && middle <= hardest.middle)) continue;
    const below = cells.filter(({ value }) => value < CLOSE_LIMIT).map(({ simulator }) => simulator);
    hardest = { label, middle, below };
  }
  if (!hardest) return undefined;
  const { label, below } = hardest;
  const who =
    below.length === 0
      ? 'none stays'
      : below.length === order.length
        ? 'all stay'
        : below.length === 1
          ? `only ${listed(below, input)} stays`
          : `only ${listed(below, input)} stay`;
  return `${label} is the hardest to predict: ${who} below ${CLOSE_LIMIT}\u00a0%.`;
}

function sharedBias(order: readonly Ranked[], input: VerdictInput): string | undefined {
  const biased = order.filter(
    ({ row: { bias = 0, biasAgreement = 0 } }) =>
      Math.abs(bias) > BIAS_LIMIT && biasAgreement >= BIAS_AGREEMENT,
  );
  const low = biased.filter(({ row }) => (row.bias ?? 0) < 0).map(({ row }) => row.simulator);
  const high = biased.filter(({ row }) => (row.bias ?? 0) > 0).map(({ row }) => row.simulator);
  const [names, word] = low.length >= high.length ? [low, 'low'] : [high, 'high'];
  if (names.length * 2 <= order.length) return undefined;
  return `${listed(names, input)} ${names.length === 1 ? 'predicts' : 'predict'} latencies that are too ${word}.`;
}

/** With different coverage the order may change on the experiments that both support; then that must be said. */
function orderReversal(order: readonly Ranked[], input: VerdictInput): string | undefined {
  const [best, ...others] = order;
  if (!best) return undefined;
  const e2e = input.records.filter(({ metricName }) => metricName === 'e2e_mean');
  for (const other of others) {
    const common = new Set([...best.row.experiments].filter((folder) => other.row.experiments.has(folder)));
    if (common.size === 0) continue;
    if (common.size === best.row.experiments.size && common.size === other.row.experiments.size) continue;
    const names = [best.row.simulator, other.row.simulator];
    const records = e2e.filter(
      ({ simulator, experimentFolder }) => names.includes(simulator) && common.has(experimentFolder),
    );
    const [first, second] = errorsBySimulator(records, [], names, input.pooling);
    const a = first?.cells.e2e_mean?.value;
    const b = second?.cells.e2e_mean?.value;
    if (a !== undefined && b !== undefined && b < a)
      return `On the ${common.size === 1 ? 'one experiment' : `${common.size} experiments`} that ${listed(names, input)} both support, the order reverses: ${percent(b)} against ${percent(a)}.`;
  }
  return undefined;
}

/** Number and sign stay on one line. */
const percent = (value: number): string => `${showPercent(value)}\u00a0%`;

function listed(simulators: readonly string[], input: VerdictInput): string {
  const names = simulators.map(input.labelOf);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}
