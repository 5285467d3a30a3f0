// One validation as reports see it: what was compared, under which options, what could not run and why.

import type { AdapterOptions, Arrivals } from '../../adapters/adapter';
import { BLIS_SEED } from '../../adapters/blis/profile-workload';
import { fingerprintOf } from '../../base/fingerprint';
import type { Experiment } from '../../domain/experiment';
import { basesBySimulator } from '../verdict/basis-text';
import type { ErrorRecord, RuntimeRecord } from '../../domain/prediction';
import type { CheckName } from '../../validation/quality/finding';
import type { PairOutcome } from '../../validation/run-pairs';
import type { SimulatorInfo } from '../../adapters/simulator-info';
import type { BundledImport } from './bundled-project';

export interface MissingPair {
  readonly folder: string;
  readonly simulator: string;
  readonly kind: 'excluded' | 'failed';
  /** One word for an exclusion. */
  readonly cause?: string;
  readonly reason: string;
}

export interface ReportOutcome extends PairOutcome {
  /** Against the measurement as reported, where `records` are against one with rows left out. */
  readonly reportedRecords?: readonly ErrorRecord[];
  /** Made for other sources or settings than the present ones. */
  readonly isStale?: boolean;
}

/** What the reader left out of the measured means. */
interface ReportLeaveOut {
  readonly checks: readonly CheckName[];
  /** The experiments as reported, in the order of `experiments`; those that lose no row are the same objects. */
  readonly reported: readonly Experiment[];
  /** What could not be left out, and why. */
  readonly problems: readonly string[];
}

export interface ReportRun {
  /** Of the folder that was validated. */
  readonly name: string;
  /** Package version and hash of the sources. */
  readonly version: string;
  readonly options: AdapterOptions;
  /** What the predictions are judged against. */
  readonly experiments: readonly Experiment[];
  readonly leaveOut?: ReportLeaveOut;
  readonly simulators: readonly SimulatorInfo[];
  readonly outcomes: readonly ReportOutcome[];
  readonly missing: readonly MissingPair[];
  /** What is left out of everything, in sentences: rows of a quality check, experiments outside a filter. */
  readonly remarks?: readonly string[];
  /** Results of simulators that ran elsewhere, and which experiment each counts for. */
  readonly imports?: readonly BundledImport[];
  /** Folders that could not be read. */
  readonly leftOut: readonly { readonly folder: string; readonly reason: string }[];
}

export const recordsOf = (run: ReportRun): ErrorRecord[] => run.outcomes.flatMap(({ records }) => records);
export const runtimesOf = (run: ReportRun): RuntimeRecord[] =>
  run.outcomes.flatMap(({ runtime }) => runtime ?? []);

/** Identity of an experiment's parsed numbers; per-request rows do not enter predictions from the profile and are left out. */
export function experimentFingerprint({ requests: _requests, ...numbers }: Experiment): string {
  return fingerprintOf(numbers);
}

/** Name of the lines that hold remarks: the only one that may repeat. */
export const REMARK = 'left_out';

export interface OptionLine {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

const ARRIVALS: Readonly<Record<Arrivals, string>> = {
  profile: 'requests generated from the load profile',
  measured: 'BLIS replays the measured requests (simulators …-replayed)',
  both: 'BLIS runs on requests generated from the load profile, and replays the measured ones (…-replayed)',
};

/** Every choice that changes numbers, with its meaning. */
export function optionLines(run: ReportRun): OptionLine[] {
  const { options, version, experiments } = run;
  const line = (name: string, value: string, meaning: string): OptionLine => ({ name, value, meaning });
  return [
    line(
      'mode',
      options.mode,
      options.mode === 'reference' ? 'the pinned reference, warts included' : 'with physical corrections',
    ),
    line(
      'multi_turn',
      options.multiTurn,
      options.multiTurn === 'off'
        ? 'enable_multi_turn_chat read as the load generator means it: single turns'
        : 'enable_multi_turn_chat copied from the profile: closed-loop sessions',
    ),
    line('arrivals', options.arrivals ?? 'profile', ARRIVALS[options.arrivals ?? 'profile']),
    line(
      'sampled_runs',
      options.sampledRuns ?? 'whole',
      'imported runs of fewer requests are compared with the whole measurement, or with the same requests',
    ),
    line(
      'table_gaps',
      options.tableGaps ?? 'fail',
      'entries that measured operator tables lack: the run fails, or they are estimated',
    ),
    line(
      'borrow_versions',
      options.borrowVersions === true ? 'yes' : 'no',
      'shapes that the newest operator tables lack are taken from other versions',
    ),
    line('study', options.study ?? '5b12a00', 'state of the sim-to-real study whose adapter rules hold'),
    ...basisLines(run),
    ...(run.remarks ?? []).map((remark) =>
      line('left_out', remark.replace(/\.$/, ''), 'chosen by the reader'),
    ),
    line('seed', String(BLIS_SEED), 'seed of generated workloads'),
    line('version', version, 'Plumbline, with a hash of the sources that make numbers'),
    line(
      'inputs',
      fingerprintOf(experiments.map(experimentFingerprint)),
      'fingerprint of the measured numbers',
    ),
  ];
}

/** What each estimator's numbers rest on. */
function basisLines({ outcomes }: ReportRun): OptionLine[] {
  const bases = outcomes.flatMap(({ result: { simulator, folder, basis } }) =>
    basis === undefined ? [] : [{ simulator, experimentFolder: folder, basis }],
  );
  return [...basesBySimulator(bases)].map(([simulator, value]) => ({
    name: simulator,
    value,
    meaning: 'where its operator latencies come from',
  }));
}

/** The choices in one line, for captions. */
export const provenanceOf = (run: ReportRun): string =>
  optionLines(run)
    .map(({ name, value }) => `${name} ${value}`)
    .join(', ');
