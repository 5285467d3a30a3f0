// Every call between the page and its two kinds of worker. Types only: both sides import this file and nothing else of each
// other. Arguments and results are plain data; expected failures cross as values. Progress callbacks are Comlink proxies.

import type { Result } from '../base/result';
import type { Problem } from '../base/problem';
import type { AdapterOptions, Eligibility } from '../adapters/adapter';
import type { SimulatorInfo } from '../adapters/simulator-info';
import type { Experiment } from '../domain/experiment';
import type { CatalogTexts } from '../catalog/load-catalog';
import type { OpenedBundle } from '../report/bundle/open-bundle';
import type { BenchmarkRun } from '../sources/benchmarks/find-runs';
import type { Proposal } from '../sources/pre-run/associate';
import type { PairOutcome } from '../validation/run-pairs';
import type { JobFailure } from './pool';
import type { FolderKind } from '../sources/recognise';
import type { KeptTables } from './kept-tables';
import type { Assignment, KeptEdits, PreRunReading } from './pre-run-reading';

export type { PairOutcome, SimulatorInfo };

/** What the gestures end in. Paths are relative to the opened folder and use `/`. */
export type SourceInput =
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly FileInput[] }
  | { readonly kind: 'directory'; readonly name: string; readonly handle: FileSystemDirectoryHandle }
  | { readonly kind: 'demo'; readonly name: string; readonly text: string };

/** Files of the reader's own; the demo comes as a text. */
export type FilesInput = Exclude<SourceInput, { readonly kind: 'demo' }>;

export interface FileInput {
  readonly path: string;
  readonly file: File;
}

/** What the reader is doing. The total is absent while the folder is still being listed. */
export interface ReadProgress {
  readonly experimentsDone: number;
  readonly experimentsTotal?: number;
  readonly bytesDone: number;
}

/** One experiment folder, read or left out with its reason. */
export type SourceEntry =
  | {
      readonly kind: 'ready';
      readonly folder: string;
      readonly experiment: Experiment;
      /** Identity of the parsed numbers; a finished pair is kept under it. */
      readonly fingerprint: string;
    }
  | { readonly kind: 'left-out'; readonly folder: string; readonly problem: Problem };

export interface ReadOutcome {
  readonly entries: readonly SourceEntry[];
  /** Sentences about the whole folder: no manifest, several folders for one id, … */
  readonly warnings: readonly string[];
  /** Where the measurements come from, when the data says so. */
  readonly origin?: string;
  /** Experiments of the manifest that are not marked safe and were therefore not read. */
  readonly unsafeCount: number;
  /** Results of benchmark tools: experiments once their server is described. */
  readonly runs?: readonly BenchmarkRun[];
}

export interface ReadChoices {
  /** Also experiments that the manifest does not mark safe. */
  readonly includeUnsafe: boolean;
  /** How CPU blocks are found: the configured size (also when absent), or the older peak count of kv_events.jsonl. */
  readonly cpuBlocks?: 'configured' | 'kv_events.jsonl';
}

export interface ReaderApi {
  read(
    input: SourceInput,
    choices: ReadChoices,
    onProgress: (progress: ReadProgress) => void,
    onEntry: (entry: SourceEntry) => void,
  ): Promise<Result<ReadOutcome>>;
  /** What was handed in, told by content. */
  recognise(input: FilesInput): Promise<Result<FolderKind>>;
  /** A result bundle of ours. */
  readBundle(input: FilesInput): Promise<Result<OpenedBundle>>;
  /** AIConfigurator's operator tables. */
  readTables(input: FilesInput): Promise<Result<KeptTables>>;
  /** Results of other simulators. */
  readPreRun(input: FilesInput): Promise<Result<PreRunReading>>;
  /** Which experiment each of them belongs to, as far as that can be told or was said by hand. */
  assignPreRun(
    reading: PreRunReading,
    experiments: readonly Experiment[],
    edits: KeptEdits,
  ): Promise<Result<readonly Assignment[]>>;
}

/** Everything a simulator worker needs before its first job. */
export interface RunnerSetup {
  readonly wasm: WebAssembly.Module;
  readonly catalogTexts: CatalogTexts;
}

/** Which simulators there are, and who can run what: row an experiment, column a simulator. */
export interface PlannedSimulators {
  readonly simulators: readonly SimulatorInfo[];
  readonly eligibility: readonly (readonly Eligibility[])[];
}

export interface PairJob {
  readonly experiment: Experiment;
  readonly simulator: string;
  readonly options: AdapterOptions;
  /** The imported result that this pair reads back. */
  readonly preRun?: Proposal;
  /** Measured operator tables, for simulators that use them. */
  readonly tables?: KeptTables;
}

export type PairFailure = JobFailure;

export interface RunnerApi {
  setUp(setup: RunnerSetup): Promise<Result<void>>;
  plan(
    experiments: readonly Experiment[],
    options: AdapterOptions,
    preRun: readonly Proposal[],
  ): Promise<Result<PlannedSimulators>>;
  run(
    job: PairJob,
    onProgress: (done: number, total: number | undefined) => void,
  ): Promise<Result<PairOutcome, PairFailure>>;
  /** Ends the job that is running with a `cancelled` problem, at its next slice. */
  cancel(): Promise<void>;
}
