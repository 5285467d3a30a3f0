// What the Validate state needs from the world: reading, planning and running in workers. An interface, so that the state can
// be driven in tests without workers.

import type { Result } from '../../base/result';
import type { AdapterOptions } from '../../adapters/adapter';
import type { Experiment } from '../../domain/experiment';
import type { OpenedBundle } from '../../report/bundle/open-bundle';
import type { Proposal } from '../../sources/pre-run/associate';
import type { FolderKind } from '../../sources/recognise';
import type { KeptTables } from '../../workers/kept-tables';
import type { PoolHooks } from '../../workers/pool';
import type { Assignment, KeptEdits, PreRunReading } from '../../workers/pre-run-reading';
import type {
  FilesInput,
  PairJob,
  PairOutcome,
  PlannedSimulators,
  ReadChoices,
  ReadOutcome,
  ReadProgress,
  SourceEntry,
  SourceInput,
} from '../../workers/protocol';

export interface EngineRoom {
  readonly workerCount: number;
  /** Identity of everything that turns inputs into numbers: simulators, module, catalogue. */
  readonly modelVersion: string;
  read(
    input: SourceInput,
    choices: ReadChoices,
    onProgress: (progress: ReadProgress) => void,
    onEntry: (entry: SourceEntry) => void,
    signal: AbortSignal,
  ): Promise<Result<ReadOutcome>>;
  plan(
    experiments: readonly Experiment[],
    options: AdapterOptions,
    preRun: readonly Proposal[],
  ): Promise<Result<PlannedSimulators>>;
  /** What was handed in, told by content. */
  recognise(input: FilesInput): Promise<Result<FolderKind>>;
  /** A result bundle of ours. */
  readBundle(input: FilesInput): Promise<Result<OpenedBundle>>;
  /** AIConfigurator's operator tables. */
  readTables(input: FilesInput): Promise<Result<KeptTables>>;
  /** Results of simulators that ran elsewhere. */
  readPreRun(input: FilesInput): Promise<Result<PreRunReading>>;
  /** Which experiment each of them belongs to. */
  assignPreRun(
    reading: PreRunReading,
    experiments: readonly Experiment[],
    edits: KeptEdits,
  ): Promise<Result<readonly Assignment[]>>;
  /** The bundled demonstration. */
  demo(): Promise<Result<SourceInput>>;
  run<J extends PairJob>(
    jobs: readonly J[],
    hooks: PoolHooks<J, PairOutcome>,
    signal: AbortSignal,
  ): Promise<void>;
}
