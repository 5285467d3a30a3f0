// What a project's pairs add up to: the records that tables and figures pool, how much of a run is done, who covers what. Only
// pairs that are switched on take part.

import type { ErrorRecord, RuntimeRecord } from '../../domain/prediction';
import type { SimulatorBasis } from '../../report/verdict/basis-text';
import { shareOf, tokensOf } from './pairs';
import type { ValidateProject } from './project.svelte';

type Project = Pick<ValidateProject, 'rows' | 'simulators' | 'isOn' | 'pair'>;

export interface ProjectResults {
  readonly records: readonly ErrorRecord[];
  readonly runtimes: readonly RuntimeRecord[];
  /** What estimates rest on: one entry a finished pair that says so. */
  readonly bases: readonly SimulatorBasis[];
}

/** Of finished pairs, in plan order. Stale ones take part until they have run again. */
export function resultsOf(project: Project & Pick<ValidateProject, 'judged'>): ProjectResults {
  const records: ErrorRecord[] = [];
  const runtimes: RuntimeRecord[] = [];
  const bases: SimulatorBasis[] = [];
  for (const { folder, simulator, state } of pairsOn(project)) {
    if (state.kind !== 'done' && state.kind !== 'stale') continue;
    const { result, runtime } = state.outcome;
    for (const record of project.judged(folder, state.outcome.records)) records.push(record);
    if (runtime) runtimes.push(runtime);
    if (result.basis) bases.push({ simulator, experimentFolder: folder, basis: result.basis });
  }
  return { records, runtimes, bases };
}

/** How much there is, in words. */
export function subtitleOf({ rows, simulators }: Pick<ValidateProject, 'rows' | 'simulators'>): string {
  const experiments = `${rows.length} ${rows.length === 1 ? 'experiment' : 'experiments'}`;
  return simulators.length === 0 ? experiments : `${experiments}, ${simulators.length} simulators`;
}

/** Share of the run's tokens that is done, 0 … 1. */
export function shareDone(project: Project): number {
  let all = 0;
  let done = 0;
  for (const { experiment, state } of pairsOn(project)) {
    if (state.kind === 'excluded') continue;
    const tokens = tokensOf(experiment);
    all += tokens;
    if (state.kind === 'done' || state.kind === 'failed') done += tokens;
    else if (state.kind === 'running') done += tokens * shareOf(state);
  }
  return all === 0 ? 0 : done / all;
}

/** How many experiments each simulator has run or will still run. */
export function coverageOf(project: Project): ReadonlyMap<string, number> {
  const coverage = new Map<string, number>(project.simulators.map(({ name }) => [name, 0] as const));
  for (const { simulator, state } of pairsOn(project))
    if (state.kind !== 'excluded' && state.kind !== 'failed')
      coverage.set(simulator, (coverage.get(simulator) ?? 0) + 1);
  return coverage;
}

function* pairsOn(project: Project) {
  for (const { folder, experiment } of project.rows)
    for (const { name } of project.simulators)
      if (project.isOn(folder, name))
        yield { folder, experiment, simulator: name, state: project.pair(folder, name) };
}
