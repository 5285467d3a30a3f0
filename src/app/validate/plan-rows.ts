// The plan's rows in groups, and why pairs cannot run, counted.

import { group } from 'd3-array';
import { naturalOrder } from '../../report/verdict/error-table';
import { modelName } from '../../report/verdict/plumb-rows';
import { simulatorStyle } from '../charts/simulator-style';
import type { SimulatorInfo } from '../../workers/protocol';
import type { PairState } from './pairs';
import type { ProjectRow } from './project.svelte';

export const PLAN_GROUPINGS = ['model', 'hardware', 'workload'] as const;
export type PlanGrouping = (typeof PLAN_GROUPINGS)[number];

export interface PlanGroup {
  readonly key: string;
  readonly rows: readonly ProjectRow[];
}

/** Rows whose name, model, workload or hardware contains the text, grouped and in natural order. */
export function planGroups(rows: readonly ProjectRow[], grouping: PlanGrouping, filter: string): PlanGroup[] {
  const wanted = filter.trim().toLowerCase();
  const shown = rows.filter(({ folder, experiment }) =>
    [folder, experiment.model, experiment.workload, experiment.hardware, `tp${experiment.tp}`]
      .join(' ')
      .toLowerCase()
      .includes(wanted),
  );
  const keyOf = ({ experiment }: ProjectRow): string =>
    grouping === 'model' ? modelName(experiment.model) : experiment[grouping];
  return [...group(shown, keyOf)]
    .map(([key, own]) => ({ key, rows: own }))
    .sort((left, right) => naturalOrder(left.key, right.key));
}

/** What an experiment is called in tables: its number, or its folder where it has none. */
export const rowName = ({ folder, experiment }: ProjectRow): string =>
  experiment.expId === 0 ? folder : String(experiment.expId);

export interface CauseCount {
  readonly simulator: string;
  readonly cause: string;
  readonly count: number;
}

/** Pairs that cannot run, by simulator and cause, most first. */
export function countCauses(
  rows: readonly ProjectRow[],
  simulators: readonly SimulatorInfo[],
  pair: (folder: string, simulator: string) => PairState,
): CauseCount[] {
  const counts: CauseCount[] = [];
  for (const { name } of simulators) {
    const byCause: Record<string, number> = {};
    for (const { folder } of rows) {
      const state = pair(folder, name);
      if (state.kind === 'excluded') byCause[state.cause] = (byCause[state.cause] ?? 0) + 1;
    }
    for (const [cause, count] of Object.entries(byCause))
      counts.push({ simulator: simulatorStyle(name).label, cause, count });
  }
  return counts.sort((left, right) => right.count - left.count);
}
