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
import {
  COMMON_CHOICES,
  commonFolders,
  coveredBy,
  differs,
  foldersOf,
  type CommonChoice,
} from './common-ground';
import { isRanked, verdictOf, type Verdict } from '../../report/verdict/headline';
import type { ErrorRecord, RuntimeRecord } from '../../domain/prediction';
import { simulatorStyle } from '../charts/simulator-style';

export const MEAN_METRICS = ['e2e_mean', 'ttft_mean', 'itl_mean'] as const satisfies readonly MetricName[];
export type MeanMetric = (typeof MEAN_METRICS)[number];

export interface VerdictChoices {
  readonly pooling: Pooling;
  readonly metric: MeanMetric;
  readonly grouping: Grouping;
  /** Only experiments that all of these simulators have run. */
  readonly common: CommonChoice | undefined;
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
    common: COMMON_CHOICES.find((choice) => choice === query.common),
    only: query.only,
    selected: query.exp,
  };
}

export interface VerdictView {
  /** Of what is on screen. */
  readonly records: readonly ErrorRecord[];
  readonly runtimes: readonly RuntimeRecord[];
  readonly experimentCount: number;
  /** Ways to compare on the same experiments, with how many each leaves; none while coverage is equal or a way is chosen. */
  readonly commonWays: readonly { readonly choice: CommonChoice; readonly count: number }[];
  /** What is left out of everything on screen, in words; absent = nothing. */
  readonly scope: string | undefined;
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
  readonly choices: Pick<VerdictChoices, 'pooling' | 'grouping' | 'common' | 'only'>;
  readonly progress?: { readonly done: number; readonly total: number };
}

export function verdictView(input: ViewInput): VerdictView {
  const { choices } = input;
  const covered = coveredBy(input.records);
  const names = input.simulators.filter((name) => covered.has(name));
  const isRankedOfAll = (name: string): boolean =>
    isRanked(input.coverage.get(name) ?? covered.get(name)?.size ?? 0, input.folders.length);
  const members: Record<CommonChoice, readonly string[]> = {
    all: names,
    ranked: names.filter(isRankedOfAll),
  };
  const commonOf = (choice: CommonChoice) => commonFolders(covered, members[choice]);
  const common = choices.common === undefined ? undefined : commonOf(choices.common);
  const isShown = (record: ErrorRecord): boolean =>
    (common === undefined || common.has(record.experimentFolder)) &&
    (choices.only === undefined || groupKey(record, choices.grouping) === choices.only);
  const isNarrowed = common !== undefined || choices.only !== undefined;
  const records = isNarrowed ? input.records.filter(isShown) : input.records;
  const shownFolders = foldersOf(records);
  const experimentCount = isNarrowed ? shownFolders.size : input.folders.length;
  const runtimes = isNarrowed
    ? input.runtimes.filter((runtime) => shownFolders.has(runtime.experimentFolder))
    : input.runtimes;
  const table = errorsBySimulator(records, runtimes, input.simulators, choices.pooling);
  const coverageOf = (row: SimulatorErrors): number =>
    isNarrowed ? row.experiments.size : (input.coverage.get(row.simulator) ?? row.experiments.size);
  const rankedNames = new Set(
    table.filter((row) => isRanked(coverageOf(row), experimentCount)).map((row) => row.simulator),
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
    runtimes,
    experimentCount,
    commonWays: common === undefined ? waysOf(members, covered) : [],
    scope: scopeOf(choices, experimentCount),
    ranked: order.filter((row) => rankedNames.has(row.simulator)),
    unranked: order.filter((row) => !rankedNames.has(row.simulator)),
    verdict,
  };
}

const byE2e = (left: SimulatorErrors, right: SimulatorErrors): number =>
  (left.cells.e2e_mean?.value ?? Infinity) - (right.cells.e2e_mean?.value ?? Infinity);

/** Both ways where they differ; a way that leaves nothing, or everything, is none. */
function waysOf(
  members: Readonly<Record<CommonChoice, readonly string[]>>,
  covered: ReturnType<typeof coveredBy>,
): VerdictView['commonWays'] {
  const isSame = members.ranked.length === members.all.length;
  return COMMON_CHOICES.filter((choice) => choice === 'all' || !isSame)
    .filter((choice) => members[choice].length > 1 && differs(covered, members[choice]))
    .map((choice) => ({ choice, count: commonFolders(covered, members[choice]).size }))
    .filter(({ count }) => count > 0);
}

const GROUP_WORDS: Record<Grouping, string> = {
  model: 'model',
  workload: 'workload',
  hardware: 'hardware',
  tp: 'TP',
};

function scopeOf({ common, only, grouping }: ViewInput['choices'], count: number): string | undefined {
  const parts = [
    ...(only === undefined ? [] : [grouping === 'tp' ? only : `${GROUP_WORDS[grouping]} ${only}`]),
    ...(common === undefined
      ? []
      : [
          common === 'all'
            ? 'those that every simulator has run'
            : 'those that every ranked simulator has run',
        ]),
  ];
  return parts.length === 0
    ? undefined
    : `${count} ${count === 1 ? 'experiment' : 'experiments'}: ${parts.join(', ')}.`;
}
