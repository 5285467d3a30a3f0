// Calls between the page and the simulate worker. Types only.

import type { KvSource } from '../adapters/blis/resolve-kv';
import type { RunValues } from '../adapters/blis/run-flags';
import type { Result } from '../base/result';
import type { ModelFacts } from '../catalog/catalog';
import type { CalibratedServer } from '../domain/calibrated-server';
import type { ClassicConfig } from '../domain/classic';
import type { SimulatedRun } from '../domain/simulated-run';
import type { RequestTargets, RunFigures } from '../domain/run-figures';
import type { JobFailure } from './pool';
import type { SessionMode } from '../workload/replay';
import type { FilesInput, RunnerSetup } from './protocol';
import type { RunQuestions } from './run-questions';

/** Where the requests of a fleet come from. Files are read where they are simulated. */
export type LoadSource =
  /** The workload flags of `values`. */
  | { readonly kind: 'flags' }
  | { readonly kind: 'spec'; readonly yaml: string }
  | {
      readonly kind: 'recorded';
      readonly fingerprint: string;
      readonly input: FilesInput;
      readonly sessionMode: SessionMode;
      readonly thinkTimeMs: number;
    };

/** A fleet of the current reference, or the founding version's run with its request-generator file. */
export type Scenario =
  | {
      readonly kind: 'fleet';
      /** Flags that were given, as on the command line. */
      readonly values: RunValues;
      /** Text of a policy bundle; '' = none. */
      readonly bundle: string;
      readonly load: LoadSource;
      /** `key:weight,…`; '' = the run is not scored. */
      readonly fitnessWeights: string;
      /** Of a config.json of the reader's own, used instead of the catalogue's. */
      readonly modelFacts?: ModelFacts;
      /** The calibrated server that the latency coefficients in `values` are of. */
      readonly server?: CalibratedServer;
    }
  | { readonly kind: 'classic'; readonly config: ClassicConfig; readonly generator: string };

export type FleetScenario = Extract<Scenario, { kind: 'fleet' }>;

/** One cell of a sweep. */
export interface MeasureJob {
  readonly scenario: Scenario;
  readonly targets: RequestTargets;
}

/** What a run can be saved as; the founding version has `metrics` and `steps`. */
export type RunFileKind =
  | 'text'
  | 'aggregate'
  | 'metrics'
  | 'results'
  | 'requests-csv'
  | 'steps'
  | 'decisions'
  | 'chrome-trace'
  | 'trace-header'
  | 'trace-data';

export interface WriteJob {
  readonly scenario: Scenario;
  readonly kind: RunFileKind;
  /** Of the run on screen: a file of another result is not written. */
  readonly resultHash: string;
}

/** What the tables say to a fleet's flags, before anything is simulated. */
export interface FleetFacts {
  readonly totalKvBlocks: number;
  readonly kvSource: KvSource['kind'];
  /** 0 = unlimited. */
  readonly maxModelLen: number;
  /** GPU and TP that were taken, given or from the defaults of the model. */
  readonly hardware: string;
  readonly tp: number;
}

/** Files that were handed in: a specification to edit, a recorded load to refer to, or one of the page's own kinds of file. */
export type ReadLoadAnswer =
  | { readonly kind: 'run-file' | 'server'; readonly name: string; readonly text: string }
  | {
      readonly kind: 'model';
      readonly name: string;
      /** As the file or its folder calls the model; without such a name, after its shape. */
      readonly modelName: string;
      readonly facts: ModelFacts;
    }
  | { readonly kind: 'spec'; readonly name: string; readonly format: string; readonly yaml: string }
  | { readonly kind: 'bundle'; readonly name: string; readonly yaml: string }
  | { readonly kind: 'document'; readonly name: string; readonly yaml: string }
  | {
      readonly kind: 'recorded';
      readonly name: string;
      readonly format: string;
      readonly fingerprint: string;
      readonly requests: number;
    };

export interface SimulateNames {
  readonly models: readonly string[];
  readonly gpus: readonly string[];
  /** Workload presets of the catalogue. */
  readonly workloads: readonly string[];
}

export interface SimulateApi extends RunQuestions {
  open(setup: RunnerSetup): Promise<Result<SimulateNames>>;
  /** Looks a scenario's flags and bundle up without simulating. */
  check(scenario: Scenario): Promise<Result<FleetFacts | undefined>>;
  /** A specification's text may also be that of a policy bundle. */
  readLoad(input: FilesInput): Promise<Result<ReadLoadAnswer>>;
  run(
    scenario: Scenario,
    onProgress: (done: number, total: number | undefined) => void,
  ): Promise<Result<SimulatedRun>>;
  /** The same simulation, of which only figures of the whole fleet cross to the page. */
  measure(
    job: MeasureJob,
    onProgress: (done: number, total: number | undefined) => void,
  ): Promise<Result<RunFigures, JobFailure>>;
  /** Simulates again and writes one file. */
  write(job: WriteJob, onProgress: (done: number, total: number | undefined) => void): Promise<Result<Blob>>;
  /** Ends the run with a `cancelled` problem, at its next slice. */
  cancel(): Promise<void>;
}
