// Calls between the page and the simulate worker. Types only.

import type { BlisOptions } from '../adapters/blis/blis-options';
import type { Result } from '../base/result';
import type { ClassicConfig } from '../domain/classic';
import type { SimulatedRun } from '../domain/simulated-run';
import type { RequestTargets, RunFigures } from '../domain/run-figures';
import type { JobFailure } from './pool';
import type { RunnerSetup } from './protocol';
import type { RunQuestions } from './run-questions';

/** One client at a constant rate with clamped normal lengths, as the reference's flags describe it. */
export interface LoadSettings {
  readonly rateRps: number;
  readonly numRequests: number;
  readonly seed: number;
  readonly prompt: TokenLengths;
  readonly output: TokenLengths;
  readonly prefixTokens: number;
}

export interface TokenLengths {
  readonly mean: number;
  readonly stddev: number;
  readonly min: number;
  readonly max: number;
}

/** A fleet of the current reference, or the founding version's run with its request-generator file. */
export type Scenario =
  | {
      readonly kind: 'fleet';
      readonly options: BlisOptions;
      readonly instances: number;
      readonly routingPolicy: string;
      /** `name:weight,…`; '' = the reference's default. */
      readonly routingScorers: string;
      readonly load: LoadSettings;
    }
  | { readonly kind: 'classic'; readonly config: ClassicConfig; readonly generator: string };

/** One cell of a sweep. */
export interface MeasureJob {
  readonly scenario: Scenario;
  readonly targets: RequestTargets;
}

/** What a run can be saved as; the founding version has `metrics` and `steps`. */
export type RunFileKind =
  'text' | 'aggregate' | 'metrics' | 'results' | 'requests-csv' | 'steps' | 'decisions' | 'chrome-trace';

export interface WriteJob {
  readonly scenario: Scenario;
  readonly kind: RunFileKind;
  /** Of the run on screen: a file of another result is not written. */
  readonly resultHash: string;
}

export interface SimulateApi extends RunQuestions {
  open(
    setup: RunnerSetup,
  ): Promise<Result<{ readonly models: readonly string[]; readonly gpus: readonly string[] }>>;
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
