// The subjects that are kept, and the exact shape of each. Parsed numbers only: never a prompt, a reply or a file's text.

import type { AdapterOptions, Eligibility } from '../../adapters/adapter';
import type { CalibratedServer } from '../../domain/calibrated-server';
import type { MeasuredRequests } from '../../domain/experiment';
import type { PairOutcome, SimulatorInfo, SourceEntry } from '../../workers/protocol';
import type { StoredGpu, StoredModel } from '../catalogue/own-entries';
import type { StoredPreRun } from '../validate/pre-run/imports.svelte';
import type { BenchmarkRun } from '../../sources/benchmarks/find-runs';
import type { StoredFacts } from '../validate/benchmarks/server-questions';
import type { KeptTables } from '../../workers/kept-tables';
import type { BundleInUse } from '../validate/bundle-in-use';
import type { LeftOut } from '../validate/project-state';
import type { Keeping } from './keeping';
import { DeviceShelf, type Shelf } from './shelf';

/** The project that a reload brings back. */
export interface StoredProject {
  readonly name: string;
  readonly origin: 'demo' | 'folder' | 'files' | 'bundle';
  /** Set when it was opened from a result bundle. */
  readonly bundle?: BundleInUse;
  /** Where the measurements come from, in words. */
  readonly source?: string;
  readonly entries: readonly SourceEntry[];
  /** Results of benchmark tools; their experiments are made anew from what was said about their servers. */
  readonly runs?: readonly BenchmarkRun[];
  readonly warnings: readonly string[];
  readonly simulators: readonly SimulatorInfo[];
  readonly eligibility: readonly (readonly Eligibility[])[];
  readonly options: AdapterOptions;
  /** Folders and simulators that the reader switched off. */
  readonly switchedOff: readonly string[];
  /** Rows left out of the measured means; absent = every row counts. */
  readonly leftOut?: LeftOut;
  /** ms since 1970. */
  readonly openedAt: number;
  /** Set once a run was started: the reload then says how much of it is finished. */
  readonly runStarted: boolean;
}

export interface StoredPair {
  readonly outcome: PairOutcome;
  readonly finishedAt: number;
}

/** A folder that can be opened again, with the browser's permission prompt. */
export interface StoredFolder {
  readonly name: string;
  readonly handle: FileSystemDirectoryHandle;
  readonly openedAt: number;
}

export const CURRENT = 'current';

export interface Shelves {
  readonly project: Shelf<StoredProject>;
  readonly pairs: Shelf<StoredPair>;
  readonly folders: Shelf<StoredFolder>;
  /** Models and GPUs that the reader added to the catalogue. */
  readonly ownModels: Shelf<StoredModel>;
  readonly ownGpus: Shelf<StoredGpu>;
  /** Measured request rows by the fingerprint of their experiment. */
  readonly rows: Shelf<MeasuredRequests>;
  /** Results of other simulators that belong to the current project. */
  readonly preRun: Shelf<StoredPreRun>;
  /** AIConfigurator's operator tables. */
  readonly tables: Shelf<KeptTables>;
  /** Calibrated servers by their name. */
  readonly servers: Shelf<CalibratedServer>;
  /** What the reader said about the servers of benchmark results, by the print of the result. */
  readonly serverFacts: Shelf<StoredFacts>;
}

export const deviceShelves = (keeping: Keeping): Shelves => ({
  project: new DeviceShelf('project', 1, keeping.isOn),
  pairs: new DeviceShelf('pairs', 1, keeping.isOn),
  folders: new DeviceShelf('folders', 1, keeping.isOn),
  ownModels: new DeviceShelf('own-models', 1, keeping.isOn),
  ownGpus: new DeviceShelf('own-gpus', 1, keeping.isOn),
  rows: new DeviceShelf('rows', 1, keeping.isOn),
  preRun: new DeviceShelf('pre-run', 1, keeping.isOn),
  tables: new DeviceShelf('tables', 1, keeping.isOn),
  servers: new DeviceShelf('servers', 1, keeping.isOn),
  serverFacts: new DeviceShelf('server-facts', 1, keeping.isOn),
});

/** A finished pair is found again under everything that decided its numbers. */
export const pairKey = (
  fingerprint: string,
  simulator: string,
  options: AdapterOptions,
  modelVersion: string,
  /** Identity of what else the pair reads: an imported result, operator tables. */
  inputPrint?: string,
): string =>
  [
    fingerprint,
    simulator,
    options.mode,
    options.multiTurn,
    options.study ?? '',
    options.sampledRuns ?? '',
    modelVersion,
    ...(inputPrint === undefined ? [] : [inputPrint]),
  ].join(':');
