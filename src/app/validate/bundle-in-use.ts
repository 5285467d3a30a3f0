// A result bundle as the project that it was: what of it the page holds on to, and how its numbers are told from those made here.

import type { AdapterOptions, Eligibility } from '../../adapters/adapter';
import type { OpenedBundle } from '../../report/bundle/open-bundle';
import type { BundledImport } from '../../report/bundle/bundled-project';
import { experimentFingerprint } from '../../report/bundle/report-run';
import type { PairOutcome, PlannedSimulators, SimulatorInfo, SourceEntry } from '../../workers/protocol';
import { pairOf, type PairKey, type PairState } from './pairs';
import { NOTHING_LEFT_OUT, type LeftOut } from './project-state';

/** Kept with the project. */
export interface BundleInUse {
  /** Name of the file or folder. */
  readonly name: string;
  /** Of the Plumbline that made the numbers. */
  readonly version: string;
  readonly seed: number;
  readonly print: string;
  readonly options: AdapterOptions;
  readonly simulators: readonly SimulatorInfo[];
  readonly imports: readonly BundledImport[];
  readonly remarks: readonly string[];
  /** Files that differ from what the manifest says of them, or are gone, by path. */
  readonly changed: readonly string[];
  readonly absent: readonly string[];
  readonly stale: readonly PairKey[];
  /** Pairs that failed where the bundle was made, and why. */
  readonly failed: readonly (readonly [PairKey, string])[];
}

export function bundleInUse(name: string, { project, print, changed, absent }: OpenedBundle): BundleInUse {
  const { version, seed, options, simulators, imports, remarks, outcomes, missing } = project;
  return {
    name,
    version,
    seed,
    print,
    options,
    simulators,
    imports,
    remarks,
    changed,
    absent,
    stale: outcomes.flatMap(({ result, isStale }) =>
      isStale ? [pairOf(result.folder, result.simulator)] : [],
    ),
    failed: missing.flatMap(({ folder, simulator, kind, reason }) =>
      kind === 'failed' ? [[pairOf(folder, simulator), reason] as const] : [],
    ),
  };
}

export function bundledEntries({ project }: OpenedBundle): SourceEntry[] {
  return [
    ...project.experiments.map((experiment): SourceEntry => ({
      kind: 'ready',
      folder: experiment.folder,
      experiment,
      fingerprint: experimentFingerprint(experiment),
    })),
    ...project.leftOut.map(({ folder, reason }): SourceEntry => ({
      kind: 'left-out',
      folder,
      problem: { code: 'malformed', message: reason },
    })),
  ];
}

/** What the bundle holds of a pair. */
export function bundledOutcomes({ project }: OpenedBundle) {
  const outcomes = new Map(
    project.outcomes.map(({ isStale: _isStale, ...outcome }): [PairKey, PairOutcome] => [
      pairOf(outcome.result.folder, outcome.result.simulator),
      outcome,
    ]),
  );
  return ({ folder }: { readonly folder: string }, { name }: SimulatorInfo): PairOutcome | undefined =>
    outcomes.get(pairOf(folder, name));
}

/** The plan as it was: what ran could run, and what could not says why. */
export function bundledPlan({ project }: OpenedBundle): PlannedSimulators {
  const { simulators, experiments, missing } = project;
  const excluded = new Map(
    missing
      .filter(({ kind }) => kind === 'excluded')
      .map(({ folder, simulator, cause = '?', reason }): [PairKey, Eligibility] => [
        pairOf(folder, simulator),
        { canRun: false, cause, reason },
      ]),
  );
  return {
    simulators,
    eligibility: experiments.map(({ folder }) =>
      simulators.map(({ name }) => excluded.get(pairOf(folder, name)) ?? { canRun: true }),
    ),
  };
}

export function bundledLeftOut({ project: { leaveOut } }: OpenedBundle): LeftOut {
  if (leaveOut === undefined) return NOTHING_LEFT_OUT;
  const { checks, measured, problems } = leaveOut;
  return {
    checks,
    measured: new Map(measured.map((experiment) => [experiment.folder, experiment])),
    problems,
  };
}

/** A later plan with the columns of simulators whose results only the bundle has. */
export function withBundledColumns(
  plan: PlannedSimulators,
  bundle: BundleInUse | undefined,
): PlannedSimulators {
  const known = new Set(plan.simulators.map(({ name }) => name));
  const added = (bundle?.simulators ?? []).filter(
    ({ name, imports }) => imports !== undefined && !known.has(name),
  );
  if (added.length === 0) return plan;
  const reason = 'The bundle has no result of it for this experiment.';
  const answers = added.map((): Eligibility => ({ canRun: false, cause: 'import', reason }));
  return {
    simulators: [...plan.simulators, ...added],
    eligibility: plan.eligibility.map((row) => [...row, ...answers]),
  };
}

/** Cannot run again from a bundle: it holds neither imported files nor measured requests. */
export const isOnlyBundled = ({ imports, isReplay }: SimulatorInfo): boolean =>
  imports !== undefined || isReplay === true;

/** What the bundle says of a pair that the plan would run. */
export function bundledFailure(bundle: BundleInUse | undefined, key: PairKey): PairState | undefined {
  const failed = bundle?.failed.find(([failedKey]) => failedKey === key);
  if (failed === undefined) return undefined;
  return { kind: 'failed', failure: { problem: { code: 'not-supported', message: failed[1] } } };
}
