// The pairs of a project: which simulators there are, who can run what, and what is known of each pair. Also what a pair is found
// again by on the shelf, and the job that runs it.

import type { AdapterOptions, Eligibility } from '../../adapters/adapter';
import { withoutRequests } from '../../domain/experiment';
import type { PairOutcome, PlannedSimulators, SimulatorInfo } from '../../workers/protocol';
import type { KeptWork, PairIdentity } from '../storage/kept-work';
import { bundledFailure, type BundleInUse } from './bundle-in-use';
import {
  mutableStates,
  pairOf,
  plannedPair,
  snapshotPairs,
  tokensOf,
  type Job,
  type PairKey,
  type PairState,
} from './pairs';
import type { PreRunImports } from './pre-run/imports.svelte';
import type { ProjectRow } from './project.svelte';
import type { OperatorTables } from './tables/operator-tables.svelte';

/** What decides a pair's numbers besides its experiment and its simulator. */
interface PairInputs {
  readonly options: AdapterOptions;
  readonly bundle: BundleInUse | undefined;
  readonly preRun: Pick<PreRunImports, 'countingFor'>;
  readonly tables: Pick<OperatorTables, 'kept'>;
}

const READY: PairState = { kind: 'ready' };

export class PlannedPairs {
  #kept: Pick<KeptWork, 'pairs'>;
  #inputs: PairInputs;
  #simulators = $state.raw<readonly SimulatorInfo[]>([]);
  #eligibility = $state.raw<readonly (readonly Eligibility[])[]>([]);
  /** Thousands of pairs: one signal for all of them costs less than one each. */
  #states: Map<PairKey, PairState> = mutableStates();
  #version = $state(0);
  /** Pairs of the same folder, as it was when it was opened before. */
  #earlier: ReadonlyMap<PairKey, PairState> = snapshotPairs([]);

  /** @param inputs read whenever they are needed: they change with the project. */
  constructor(kept: Pick<KeptWork, 'pairs'>, inputs: PairInputs) {
    this.#kept = kept;
    this.#inputs = inputs;
  }

  get simulators(): readonly SimulatorInfo[] {
    return this.#simulators;
  }
  get eligibility(): readonly (readonly Eligibility[])[] {
    return this.#eligibility;
  }

  get(key: PairKey): PairState {
    void this.#version;
    return this.#states.get(key) ?? READY;
  }

  set(changes: Iterable<readonly [PairKey, PairState]>): void {
    for (const [key, state] of changes) this.#states.set(key, state);
    this.#version += 1;
  }

  /** What waits or runs is ready again. */
  takeBack(): void {
    for (const [key, state] of this.#states)
      if (state.kind === 'queued' || state.kind === 'running') this.#states.set(key, READY);
    this.#version += 1;
  }

  /** Forgets every pair; `isSame` keeps what they showed for the next plan, as stale. */
  clear(isSame = false): void {
    this.#earlier = snapshotPairs(isSame ? this.#states : []);
    this.#states.clear();
    this.#version += 1;
  }

  /** What is on the shelf of every pair, then the plan with it. */
  async use(plan: PlannedSimulators, rows: readonly ProjectRow[]): Promise<void> {
    const pairs = rows.flatMap((row) => plan.simulators.map((simulator) => ({ row, simulator })));
    const kept = await this.#kept.pairs([
      ...pairs.map(({ row, simulator }) => this.identity(row, simulator)),
      ...pairs.flatMap(({ row, simulator }) => this.bundledIdentity(row, simulator) ?? []),
    ]);
    this.show(
      plan,
      rows,
      (row, simulator) => {
        const identity = this.bundledIdentity(row, simulator);
        return identity && kept(identity);
      },
      (row, simulator) => kept(this.identity(row, simulator)),
    );
  }

  /**
   * Simulators, eligibility and every pair's state. All at once: between two of them a run could start pairs that cannot run.
   * `bundled` answers for results of the opened bundle, which need not be able to run here.
   */
  show(
    { simulators, eligibility }: PlannedSimulators,
    rows: readonly ProjectRow[],
    bundled: (row: ProjectRow, simulator: SimulatorInfo) => PairOutcome | undefined,
    kept: (row: ProjectRow, simulator: SimulatorInfo) => PairOutcome | undefined = () => undefined,
  ): void {
    const { bundle } = this.#inputs;
    const before = snapshotPairs(this.#states);
    this.#simulators = simulators;
    this.#eligibility = eligibility;
    this.#states.clear();
    for (const [index, row] of rows.entries())
      for (const [column, simulator] of simulators.entries()) {
        const key = pairOf(row.folder, simulator.name);
        const own = kept(row, simulator);
        const outcome = own === undefined ? bundled(row, simulator) : undefined;
        const state: PairState =
          outcome === undefined
            ? plannedPair(eligibility[index]?.[column], own, before.get(key) ?? this.#earlier.get(key))
            : { kind: bundle?.stale.includes(key) === true ? 'stale' : 'done', outcome };
        this.#states.set(key, state.kind === 'ready' ? (bundledFailure(bundle, key) ?? state) : state);
      }
    this.#version += 1;
  }

  job(row: ProjectRow, simulator: SimulatorInfo): Job {
    const { folder, experiment } = row;
    const { kept } = this.#inputs.tables;
    const preRun = this.#imported(row, simulator)?.proposal;
    return {
      ...this.identity(row, simulator),
      key: pairOf(folder, simulator.name),
      ...(preRun === undefined ? {} : { preRun }),
      ...(simulator.usesTables && kept ? { tables: kept } : {}),
      // The measured request columns stay here: only a replay may look at them, or what has no profile but them.
      experiment:
        simulator.isReplay || experiment.profile.rebuilt !== undefined
          ? experiment
          : withoutRequests(experiment),
      tokens: tokensOf(experiment),
    };
  }

  identity(row: ProjectRow, simulator: SimulatorInfo): PairIdentity {
    const inputPrint = this.#imported(row, simulator)?.print ?? this.#tablesPrint(simulator);
    return {
      fingerprint: row.fingerprint,
      simulator: simulator.name,
      options: this.#inputs.options,
      ...(inputPrint === undefined ? {} : { inputPrint }),
    };
  }

  /** Where a pair of the opened bundle is kept: beside those made here, never in their place. */
  bundledIdentity(row: ProjectRow, simulator: SimulatorInfo): PairIdentity | undefined {
    const { bundle, options } = this.#inputs;
    if (bundle === undefined || this.#imported(row, simulator) !== undefined) return undefined;
    return {
      fingerprint: row.fingerprint,
      simulator: simulator.name,
      // What ran elsewhere knows nothing of our settings.
      options: simulator.imports === undefined ? options : bundle.options,
      inputPrint: `bundle.${bundle.print}`,
    };
  }

  #tablesPrint({ usesTables }: SimulatorInfo): string | undefined {
    const { options, tables } = this.#inputs;
    if (tables.kept === undefined || usesTables !== true) return undefined;
    return `${tables.kept.print}.${options.tableGaps ?? 'fail'}${options.borrowVersions ? '.borrowed' : ''}`;
  }

  #imported({ experiment }: ProjectRow, { imports }: SimulatorInfo) {
    return imports === undefined ? undefined : this.#inputs.preRun.countingFor(imports, experiment.expId);
  }
}
