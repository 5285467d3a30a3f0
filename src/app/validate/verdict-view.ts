// What the verdict shows of the project, from the choices in the hash: statistic, rows, metric, grouping, filters, selection.
// Every choice has a default, so that an old or hand-typed link still opens.

import type { MetricName } from '../../domain/prediction';
import {
  errorsBySimulator,
  GROUPINGS,
  groupKey,
  type Grouping,
  type Pooling,
  type RowChoice,
  type SimulatorErrors,
  type Statistic,
} from '../../report/verdict/error-table';
import { isRanked, verdictOf, type Verdict } from '../../report/verdict/headline';
import type { ErrorRecord, RuntimeRecord } from '../../domain/prediction';
import { simulatorStyle } from '../charts/simulator-style';

export const MEAN_METRICS = ['e2e_mean', 'ttft_mean', 'itl_mean'] as const satisfies readonly MetricName[];
export type MeanMetric = (typeof MEAN_METRICS)[number];

export interface VerdictChoices {
  readonly pooling: Pooling;
  readonly metric: MeanMetric;
  readonly grouping: Grouping;
  /** Only experiments that every simulator with results has run. */
  readonly commonOnly: boolean;
  /** Only experiments of one group: the grouping's key. */
  readonly only: string | undefined;
  /** The experiment whose detail is open, as `linkOf` names it. */
  readonly selected: string | undefined;
}

const oneOf = <T extends string>(options: readonly T[], text: string | undefined, otherwise: T): T =>
  options.find((option) => option === text) ?? otherwise;

export function choicesOf(query: Readonly<Record<string, string>>): VerdictChoices {
  return {
    pooling: {
      statistic: oneOf<Statistic>(['mean', 'median'], query.stat, 'mean'),
      rows: oneOf<RowChoice>(['all', 'summaries', 'stages'], query.rows, 'all'),
    },
    metric: oneOf<MeanMetric>(MEAN_METRICS, query.metric, 'e2e_mean'),
    grouping: oneOf<Grouping>(GROUPINGS, query.by, 'model'),
    commonOnly: query.common === '1',
    only: query.only,
    selected: query.exp,
  };
}

export interface VerdictView {
  readonly records: readonly ErrorRecord[];
  readonly experimentCount: number;
  /** Experiments that every simulator with results has run. */
  readonly commonCount: number;
  readonly ranked: readonly SimulatorErrors[];
  readonly unranked: readonly SimulatorErrors[];
  readonly verdict: Verdict | undefined;
}

export interface ViewInput {
  readonly records: readonly ErrorRecord[];
  readonly runtimes: readonly RuntimeRecord[];
  readonly simulators: readonly string[];
  /** Experiments that take part, by folder. */
  readonly folders: readonly string[];
  /** How many experiments each simulator has run or will still run. */
  readonly coverage: ReadonlyMap<string, number>;
  readonly choices: VerdictChoices;
  readonly progress?: { readonly done: number; readonly total: number };
}

export function verdictView(input: ViewInput): VerdictView {
  const { choices } = input;
  const common = commonFolders(input.records);
  const isShown = (record: ErrorRecord): boolean =>
    (!choices.commonOnly || common.has(record.experimentFolder)) &&
    (choices.only === undefined || groupKey(record, choices.grouping) === choices.only);
  const isNarrowed = choices.commonOnly || choices.only !== undefined;
  const records = input.records.filter(isShown);
  const shownFolders = new Set(records.map((record) => record.experimentFolder));
  const experimentCount = isNarrowed ? shownFolders.size : input.folders.length;
  const runtimes = isNarrowed
    ? input.runtimes.filter((runtime) => shownFolders.has(runtime.experimentFolder))
    : input.runtimes;
  const table = errorsBySimulator(records, runtimes, input.simulators, choices.pooling);
  const covered = (row: SimulatorErrors): number =>
    isNarrowed ? row.experiments.size : (input.coverage.get(row.simulator) ?? row.experiments.size);
  const rankedNames = new Set(
    table.filter((row) => isRanked(covered(row), experimentCount)).map((row) => row.simulator),
  );
  const verdict = verdictOf({
    table,
    records,
    pooling: choices.pooling,
    experimentCount,
    ranked: rankedNames,
    labelOf: (name) => simulatorStyle(name).label,
    ...(input.progress ? { progress: input.progress } : {}),
  });
  // While runs are open the order stays still; then it is by error.
  const order = input.progress ? table : [...table].sort(byE2e);
  return {
    records,
    experimentCount,
    commonCount: common.size,
    ranked: order.filter((row) => rankedNames.has(row.simulator)),
    unranked: order.filter((row) => !rankedNames.has(row.simulator)),
    verdict,
  };
}

const byE2e = (left: SimulatorErrors, right: SimulatorErrors): number =>
  (left.cells.e2e_mean?.value ?? Infinity) - (right.cells.e2e_mean?.value ?? Infinity);

/** Experiments for which every simulator that has any result has one. */
function commonFolders(records: readonly ErrorRecord[]): ReadonlySet<string> {
  const bySimulator = new Map<string, Set<string>>();
  for (const { simulator, experimentFolder } of records) {
    const own = bySimulator.get(simulator) ?? new Set();
    own.add(experimentFolder);
    bySimulator.set(simulator, own);
  }
  const [first, ...others] = [...bySimulator.values()];
  return new Set([...(first ?? [])].filter((folder) => others.every((own) => own.has(folder))));
}
