// What every simulator behind Plumbline looks like from outside.

import type { Result } from '../base/result';
import type { Catalog } from '../catalog/catalog';
import type { CalibratedServer } from '../domain/calibrated-server';
import type { Experiment } from '../domain/experiment';
import type { Mode } from '../domain/latency';
import type { SimulatorResult } from '../domain/prediction';
import type { Proposal } from '../sources/pre-run/associate';
import type { SystemsFolder } from '../sources/perf-tables/systems-folder';

/** `cause` is the one word that a matrix cell can hold; `reason` the sentence naming the property and the limit. */
export type Eligibility =
  { readonly canRun: true } | { readonly canRun: false; readonly cause: string; readonly reason: string };

/** Requests of full simulators; `both` runs each twice, so that the error of the workload shows apart from the simulator's own. */
export type Arrivals = 'profile' | 'measured' | 'both';

/** States of the sim-to-real study whose adapter rules differ. */
export type StudyVersion = '5b12a00' | 'dcec3fd';

export interface AdapterOptions {
  readonly mode: Mode;
  /** How `enable_multi_turn_chat: true` is read: copied as upstream does, or as the load generator means it. */
  readonly multiTurn: 'as-profile' | 'off';
  /** Which full simulators run: on requests generated from the profile (the study's way, also when absent), replaying the measured ones, or both. */
  readonly arrivals?: Arrivals;
  /** Whose eligibility rules and inputs hold where the study changed them; absent = 5b12a00. */
  readonly study?: StudyVersion;
  /** What an imported run of a part of the requests is compared with: the whole measurement (default), or the same requests. */
  readonly sampledRuns?: 'whole' | 'matched';
  /** Where measured operator tables lack an entry: the pair fails (SILICON, the study's way, also when absent), or the entry is estimated (HYBRID). */
  readonly tableGaps?: 'fail' | 'estimate';
  /** Shapes that the newest operator tables lack are taken from other versions of the same backend. */
  readonly borrowVersions?: boolean;
  /** Calibrated servers that run beside the simulators of the registry. */
  readonly calibratedServers?: readonly CalibratedServer[];
}

/** Everything an adapter may need from the world, handed in. */
export interface AdapterContext {
  readonly catalog: Catalog;
  readonly wasm: WebAssembly.Module;
  readonly options: AdapterOptions;
  /** Measured operator tables that the user opened; estimators without them are analytic. */
  readonly systems?: SystemsFolder;
  /** Results of simulators that ran elsewhere, with the experiments they were assigned to. */
  readonly preRun?: readonly Proposal[];
  /** Called at least every 50 ms of work; `total` absent while unknown. */
  readonly onProgress?: (done: number, total?: number) => void;
  /** Asked between slices; true ends the run with a `cancelled` problem. */
  readonly isCancelled?: () => boolean;
  /** Lets other messages of the thread be handled between slices; absent in batch use. */
  readonly breathe?: () => Promise<void>;
}

export interface Adapter {
  readonly name: string;
  readonly label: string;
  /** The numbers come from a run elsewhere: their wall clock is what the import says, not the time of reading. */
  readonly isImported?: boolean;
  /** Replays the measured requests, so it reads `experiment.requests`; the others get experiments without them. */
  readonly isReplay?: boolean;
  /** Reads `AdapterContext.systems`. */
  readonly usesTables?: boolean;
  /** What the imported results call the simulator, where that differs from `name`. */
  readonly importedName?: string;
  canRun(
    experiment: Experiment,
    context: Pick<AdapterContext, 'catalog' | 'options' | 'preRun'>,
  ): Eligibility;
  run(experiment: Experiment, context: AdapterContext): Promise<Result<SimulatorResult>>;
}
