// Averages of simulators that cover different experiments do not compare. Coverage says how many each covers; the common subset
// is where all of the chosen ones have a value, and averages over it are like with like.

import type { MetricName } from '../../domain/prediction';
import { experimentKey, type ErrorRow } from '../../domain/record-rows';
import { bootstrapMean, type Interval } from './bootstrap';
import { comparePaired, type ErrorPair, type PairedComparison } from './paired';

/** What the statistics read of an error record. */
export type StatisticRow = Pick<ErrorRow, 'simulator' | 'experimentFolder' | 'expId' | 'metricName' | 'mape'>;

export interface Coverage {
  readonly simulator: string;
  /** Experiments with at least one row. */
  readonly covered: number;
  /** Experiments that any simulator covers. */
  readonly of: number;
}

/** In order of first appearance. */
export function coverageOf(rows: readonly StatisticRow[]): readonly Coverage[] {
  const all = new Set(rows.map(experimentKey));
  return [...experimentsBySimulator(rows)].map(([simulator, covered]) => ({
    simulator,
    covered: covered.size,
    of: all.size,
  }));
}

/** Keys of the experiments in which every one of the simulators has a row of the metric. */
export function commonExperiments(
  rows: readonly StatisticRow[],
  simulators: readonly string[],
  metric: MetricName,
): ReadonlySet<string> {
  const covered = experimentsBySimulator(rows.filter((row) => row.metricName === metric));
  const [first, ...others] = simulators.map((simulator) => covered.get(simulator) ?? new Set<string>());
  return new Set([...(first ?? [])].filter((key) => others.every((other) => other.has(key))));
}

/** Mean error of a simulator over its rows of a metric, with its interval; `within` limits the experiments. */
export function meanError(
  rows: readonly StatisticRow[],
  simulator: string,
  metric: MetricName,
  within?: ReadonlySet<string>,
): { readonly mean: number; readonly experiments: number; readonly interval?: Interval } | undefined {
  const groups = [...errorsByExperiment(rows, simulator, metric)]
    .filter(([key]) => within === undefined || within.has(key))
    .map(([, values]) => values);
  const values = groups.flat();
  if (values.length === 0) return undefined;
  const interval = bootstrapMean(groups);
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    experiments: groups.length,
    ...(interval === undefined ? {} : { interval }),
  };
}

/** One pair of errors an experiment: the means over its rows. */
export function compareSimulators(
  rows: readonly StatisticRow[],
  first: string,
  second: string,
  metric: MetricName,
): PairedComparison | undefined {
  const [a, b] = [first, second].map((simulator) => errorsByExperiment(rows, simulator, metric));
  const pairs = [...(a ?? [])].flatMap(([key, own]): ErrorPair[] => {
    const other = b?.get(key);
    return other === undefined ? [] : [{ a: average(own), b: average(other) }];
  });
  return comparePaired(pairs);
}

/** Whether two simulators change places between the average over what each covers and the one over what both cover. */
export function orderReverses(
  rows: readonly StatisticRow[],
  first: string,
  second: string,
  metric: MetricName,
): boolean {
  const common = commonExperiments(rows, [first, second], metric);
  const gap = (within?: ReadonlySet<string>): number | undefined => {
    const a = meanError(rows, first, metric, within);
    const b = meanError(rows, second, metric, within);
    return a === undefined || b === undefined ? undefined : a.mean - b.mean;
  };
  const whole = gap();
  const shared = gap(common);
  return whole !== undefined && shared !== undefined && whole * shared < 0;
}

function experimentsBySimulator(rows: readonly StatisticRow[]): Map<string, Set<string>> {
  const covered = new Map<string, Set<string>>();
  for (const row of rows) {
    const experiments = covered.get(row.simulator);
    if (experiments === undefined) covered.set(row.simulator, new Set([experimentKey(row)]));
    else experiments.add(experimentKey(row));
  }
  return covered;
}

function errorsByExperiment(
  rows: readonly StatisticRow[],
  simulator: string,
  metric: MetricName,
): Map<string, number[]> {
  const errors = new Map<string, number[]>();
  for (const row of rows) {
    if (row.simulator !== simulator || row.metricName !== metric) continue;
    const own = errors.get(experimentKey(row));
    if (own === undefined) errors.set(experimentKey(row), [row.mape]);
    else own.push(row.mape);
  }
  return errors;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
