// One run with everything that `run` and `replay` put out: the text of standard output and the files on demand. The command line
// and the page's exports both come through here, so that a file saved in the page is the file that the command writes.

import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import type { ClusterConfig } from '../domain/cluster-config';
import { requestNames } from '../domain/request-names';
import { resultHash } from '../domain/run-hashes';
import type { EngineConfig } from '../domain/run-config';
import type { Aggregate } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { simulate, type SimulationHooks } from '../engine/simulate';
import { simulateCluster } from '../engine/simulate-cluster';
import { metricsFile, replayResultsFile, requestsCsv, stepsFile } from './blis-output';
import { reportText } from './blis-sections';
import { chromeTraceFile } from './chrome-trace';
import { aggregatesText, clusterReportText } from './cluster-sections';
import { decisionsCsv } from './decisions';
import { fitnessOf } from './run-fitness';
import { runTraceFiles, type RunTraceFiles } from './run-trace';

export interface OutputRun {
  readonly cluster: ClusterConfig;
  readonly instance: EngineConfig;
  readonly workload: Workload;
  /** A replay prints neither what waited at the gateway nor what the pools did. */
  readonly isReplay: boolean;
  /** Asked for together with `--trace-level decisions`, not merely a file of decisions. */
  readonly summarizesTrace: boolean;
  /** `key:weight,…`; '' = the run is not scored. */
  readonly fitnessWeights: string;
}

/** What has to be recorded while the run goes. */
export interface OutputWants {
  readonly steps?: boolean;
  readonly decisions?: boolean;
  /** Takes the steps along where there are any. */
  readonly chromeTrace?: boolean;
}

/** Files in pieces, so that none need be one long text. */
export interface RunOutput {
  readonly aggregate: Aggregate;
  /** The same whichever engine ran it (run-hashes.ts). */
  resultHash(): string;
  /** Standard output. */
  readonly text: string;
  /** Found after the metrics had been printed, as in the reference. */
  readonly problem?: Problem;
  readonly warnings: readonly string[];
  /** `--metrics-path`. */
  metrics(): Iterable<string>;
  /** `--results-path`. */
  results(): Iterable<string>;
  /** The requests of `metrics` as CSV. */
  requestsCsv(): Iterable<string>;
  /** `--chrome-trace-path`. */
  chromeTrace(): Iterable<string>;
  /** `--trace-output`. */
  trace(): RunTraceFiles;
  /** `--steps-path`; where steps were wanted. */
  steps?(): Iterable<string>;
  /** `--decisions-path`; where decisions were wanted. */
  decisions?(): Iterable<string>;
}

/** True if one instance, always admitted and with nothing recorded: the engine alone says the same, and logs steps. */
export const isPlain = (config: ClusterConfig): boolean =>
  config.instances === 1 &&
  config.admission.policy === 'always-admit' &&
  Object.keys(config.tenantBudgets).length === 0 &&
  !config.recordDecisions &&
  config.flowControl === undefined &&
  config.disaggregation === undefined &&
  config.autoscaler === undefined &&
  config.nodePools.length === 0;

export async function simulateOutput(
  module: WebAssembly.Module,
  run: OutputRun,
  wants: OutputWants,
  hooks: SimulationHooks = {},
): Promise<Result<RunOutput>> {
  const { autoscaler, ...fixed } = run.cluster;
  // The reference's replay neither places nor scales.
  const isIgnored = run.isReplay && (autoscaler !== undefined || fixed.nodePools.length > 0);
  const cluster = {
    ...(isIgnored ? { ...fixed, nodePools: [] } : run.cluster),
    recordDecisions: run.cluster.recordDecisions || wants.decisions === true,
  };
  const outcome = await (isPlain(cluster) && run.fitnessWeights === ''
    ? ofInstance(module, run, wants, hooks)
    : ofFleet(module, { ...run, cluster }, wants, hooks));
  if (!outcome.ok || !isIgnored) return outcome;
  const warning =
    'A replay neither scales nor places: autoscaler and node_pools of the bundle have no effect.';
  return ok({ ...outcome.value, warnings: [warning, ...outcome.value.warnings] });
}

async function ofInstance(
  module: WebAssembly.Module,
  { instance, workload, isReplay }: OutputRun,
  wants: OutputWants,
  hooks: SimulationHooks,
): Promise<Result<RunOutput>> {
  const stepLog = wants.steps === true || wants.chromeTrace === true;
  const outcome = await simulate(module, instance, workload, { ...hooks, stepLog });
  if (!outcome.ok) return outcome;
  const result = outcome.value;
  const { steps, end } = result;
  return ok({
    aggregate: result.aggregate,
    resultHash: () => resultHash(result),
    text: reportText(result, instance),
    warnings: end.kind === 'livelock' ? [end.message] : [],
    metrics: () => metricsFile(result, workload),
    results: () => replayResultsFile(result, workload),
    requestsCsv: () => requestsCsv(result, workload),
    chromeTrace: () => chromeTraceFile(result, workload, steps),
    trace: () => runTraceFiles(result.requests, workload, isReplay),
    ...(wants.steps === true && steps !== undefined ? { steps: () => stepsFile(steps) } : {}),
  });
}

async function ofFleet(
  module: WebAssembly.Module,
  run: OutputRun,
  wants: OutputWants,
  hooks: SimulationHooks,
): Promise<Result<RunOutput>> {
  const { cluster, instance, workload } = run;
  if (wants.steps === true) {
    return fail({
      code: 'not-supported',
      message: 'Steps are recorded of one instance alone (--steps-path); a fleet has no step log.',
    });
  }
  const outcome = await simulateCluster(module, cluster, instance, workload, hooks);
  if (!outcome.ok) return outcome;
  const result = outcome.value;
  const options = {
    priorityPolicy: instance.priorityPolicy,
    configuredInstances: cluster.instances,
    isReplay: run.isReplay,
    summarizeTrace: run.summarizesTrace,
  };
  const fitness = fitnessOf(result, run.fitnessWeights);
  return ok({
    aggregate: result.aggregate,
    resultHash: () => resultHash(result),
    // The reference prints the metrics before it looks at the weights.
    ...(fitness.ok
      ? {
          text: clusterReportText(result, {
            ...options,
            ...(fitness.value === undefined ? {} : { fitness: fitness.value }),
          }),
        }
      : { text: aggregatesText(result, options), problem: fitness.error }),
    warnings: result.end.kind === 'livelock' ? [result.end.message] : [],
    metrics: () => metricsFile(result, workload),
    results: () => replayResultsFile(result, workload),
    requestsCsv: () => requestsCsv(result, workload),
    chromeTrace: () => chromeTraceFile(result, workload, undefined),
    trace: () => runTraceFiles(result.requests, workload, run.isReplay),
    ...(wants.decisions === true
      ? { decisions: () => [decisionsCsv(cluster, result, requestNames(result.requests, workload))] }
      : {}),
  });
}
