// `project.json` of a result bundle: what a validation knew, so that the page can show it again. Version 1. It holds measured averages
// and predictions, never a measured request. Numbers are written in full; those that JSON lacks are texts (`"NaN"`, `"Infinity"`).

import type { AdapterOptions } from '../../adapters/adapter';
import { BLIS_SEED } from '../../adapters/blis/profile-workload';
import { writeCalibratedServer } from '../../domain/calibrated-server';
import { withoutRequests, type Experiment } from '../../domain/experiment';
import type { Proposal } from '../../sources/pre-run/associate';
import type { CheckName } from '../../validation/quality/finding';
import type { PairOutcome } from '../../validation/run-pairs';
import type { SimulatorInfo } from '../../adapters/simulator-info';
import type { MissingPair, ReportRun } from './report-run';

/** Of the bundle as a whole, in its manifest. */
export const BUNDLE_FORMAT = 'plumbline-results';
export const BUNDLE_VERSION = 1;

export const PROJECT_FORMAT = 'plumbline-project';
export const PROJECT_VERSION = 1;

/** A result of a simulator that ran elsewhere, and the experiment that it counts for. */
export interface BundledImport {
  readonly file: string;
  readonly simulator: string;
  /** Absent = counts for none. */
  readonly expId?: number;
  /** Why, in one sentence. */
  readonly reason: string;
  readonly warnings: readonly string[];
}

/** Quality checks whose rows are left out of the measured means, and what was measured without them. */
export interface BundledLeaveOut {
  readonly checks: readonly CheckName[];
  readonly measured: readonly Experiment[];
  readonly problems: readonly string[];
}

export interface BundledProject {
  /** Of the folder that was validated. */
  readonly name: string;
  /** Of the Plumbline that made the numbers. */
  readonly version: string;
  /** Of generated workloads. */
  readonly seed: number;
  readonly options: AdapterOptions;
  /** As reported, whatever is left out of the means; without per-request rows. */
  readonly experiments: readonly Experiment[];
  readonly leftOut: ReportRun['leftOut'];
  readonly leaveOut?: BundledLeaveOut;
  readonly remarks: readonly string[];
  readonly simulators: readonly SimulatorInfo[];
  /** Finished pairs against the measurement as reported. */
  readonly outcomes: readonly (PairOutcome & { readonly isStale?: true })[];
  readonly missing: readonly MissingPair[];
  readonly imports: readonly BundledImport[];
}

export function projectText(run: ReportRun): string {
  const { leaveOut, options } = run;
  const { calibratedServers, ...plainOptions } = options;
  const document = {
    format: PROJECT_FORMAT,
    formatVersion: PROJECT_VERSION,
    name: run.name,
    version: run.version,
    seed: BLIS_SEED,
    options: {
      ...plainOptions,
      ...(calibratedServers === undefined
        ? {}
        : {
            calibratedServers: calibratedServers.map(
              (server): unknown => JSON.parse(writeCalibratedServer(server)) as unknown,
            ),
          }),
    },
    experiments: (leaveOut?.reported ?? run.experiments).map(withoutRequests),
    leftOut: run.leftOut,
    ...(leaveOut === undefined
      ? {}
      : {
          leaveOut: {
            checks: leaveOut.checks,
            measured: run.experiments
              .filter((experiment) => !leaveOut.reported.includes(experiment))
              .map(withoutRequests),
            problems: leaveOut.problems,
          },
        }),
    remarks: run.remarks ?? [],
    simulators: run.simulators,
    outcomes: run.outcomes.map(({ result, records, reportedRecords, isStale }) => ({
      result,
      records: (reportedRecords ?? records).map(({ stageIndex, metricName, predicted, actual }) => [
        stageIndex,
        metricName,
        predicted,
        actual,
      ]),
      ...(isStale ? { isStale } : {}),
    })),
    missing: run.missing,
    imports: run.imports ?? [],
  };
  const lines = Object.entries(document).map(([key, value]) => `${JSON.stringify(key)}: ${entryText(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** A line for each entry of a list, so that a message can name the line. */
const entryText = (value: unknown): string =>
  Array.isArray(value) && value.length > 0
    ? `[\n${value.map((each) => valueText(each)).join(',\n')}\n]`
    : valueText(value);

const valueText = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'number' && !Number.isFinite(each) ? String(each) : each,
  );

/** What became of a result that ran elsewhere, without its numbers. */
export const bundledImport = ({
  key,
  simulator,
  expId,
  reason,
  warnings,
}: Omit<Proposal, 'result'>): BundledImport => ({
  file: key.split('|', 1)[0] ?? key,
  simulator,
  ...(expId === undefined ? {} : { expId }),
  reason,
  warnings,
});
