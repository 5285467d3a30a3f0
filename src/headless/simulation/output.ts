// Where the results of `run` and `replay` go: text to stdout, files on demand.

import type { Command } from 'commander';
import { formatProblem } from '../../base/problem';
import { ok, type Result } from '../../base/result';
import { parseFitnessWeights } from '../../adapters/blis/fitness-weights';
import type { ClusterConfig } from '../../domain/cluster-config';
import type { ClusterResult } from '../../domain/cluster-result';
import type { EngineConfig } from '../../domain/run-config';
import type { RunResult } from '../../domain/run-result';
import type { Workload } from '../../domain/workload';
import { simulate } from '../../engine/simulate';
import { simulateCluster } from '../../engine/simulate-cluster';
import { metricsFile, replayResultsFile, stepsFile } from '../../report/blis-output';
import { reportText } from '../../report/blis-sections';
import { aggregatesText, clusterReportText, fitnessInput } from '../../report/cluster-sections';
import { decisionsCsv } from '../../report/decisions';
import { evaluateFitness, type Fitness } from '../../report/fitness';
import { requestNames } from '../../domain/request-names';
import { chromeTraceFile } from '../../report/chrome-trace';
import { UsageError, type Io } from '../io';

export interface OutputFlags {
  readonly metricsPath?: string;
  readonly resultsPath?: string;
  readonly stepsPath?: string;
  readonly chromeTracePath?: string;
}

export const addOutputFlags = (command: Command): Command =>
  command
    .option('--metrics-path <file>', 'aggregate and per-request metrics as JSON')
    .option('--results-path <file>', 'TTFT and E2E of each request as JSON')
    .option('--steps-path <file>', 'every step as CSV')
    .option('--chrome-trace-path <file>', 'batches, requests and counters for a trace viewer, as JSON');

export async function simulateAndReport(
  io: Io,
  config: EngineConfig,
  workload: Workload,
  flags: OutputFlags,
): Promise<RunResult> {
  const stepLog = flags.stepsPath !== undefined || flags.chromeTracePath !== undefined;
  const outcome = await simulate(io.wasm(), config, workload, { stepLog });
  if (!outcome.ok) throw new UsageError(formatProblem(outcome.error));
  const result = outcome.value;
  const { metricsPath, resultsPath, stepsPath, chromeTracePath } = flags;
  if (metricsPath !== undefined) await io.writeChunks(metricsPath, metricsFile(result, workload));
  if (resultsPath !== undefined) await io.writeChunks(resultsPath, replayResultsFile(result, workload));
  if (result.steps !== undefined) {
    if (stepsPath !== undefined) await io.writeChunks(stepsPath, stepsFile(result.steps));
    if (chromeTracePath !== undefined) {
      await io.writeChunks(chromeTracePath, chromeTraceFile(result, result.steps, workload));
    }
  }
  if (result.end.kind === 'livelock') io.stderr(`warning: ${result.end.message}\n`);
  io.stdout(reportText(result, config));
  return result;
}

/** Flags that only a fleet has. */
export interface FleetOutputFlags extends OutputFlags {
  readonly decisionsPath?: string;
  readonly fitnessWeights?: string;
}

export interface FleetRun {
  readonly cluster: ClusterConfig;
  readonly instance: EngineConfig;
  readonly workload: Workload;
  /** A replay prints neither what waited at the gateway nor what the pools did. */
  readonly isReplay: boolean;
  /** Asked for together with `--trace-level decisions`, not merely a file of decisions. */
  readonly summarizesTrace: boolean;
}

export async function simulateFleetAndReport(io: Io, run: FleetRun, flags: FleetOutputFlags): Promise<void> {
  const { cluster, instance, workload } = run;
  if (flags.stepsPath !== undefined || flags.chromeTracePath !== undefined) {
    throw new UsageError(
      '--steps-path and --chrome-trace-path record one instance; a fleet has no step log.',
    );
  }
  const outcome = await simulateCluster(io.wasm(), cluster, instance, workload);
  if (!outcome.ok) throw new UsageError(formatProblem(outcome.error));
  const result = outcome.value;
  const { metricsPath, resultsPath, decisionsPath } = flags;
  if (metricsPath !== undefined) await io.writeChunks(metricsPath, metricsFile(result, workload));
  if (resultsPath !== undefined) await io.writeChunks(resultsPath, replayResultsFile(result, workload));
  if (decisionsPath !== undefined) {
    await io.writeText(decisionsPath, decisionsCsv(cluster, result, requestNames(result.requests, workload)));
  }
  const options = {
    priorityPolicy: instance.priorityPolicy,
    configuredInstances: cluster.instances,
    isReplay: run.isReplay,
    summarizeTrace: run.summarizesTrace,
  };
  const fitness = fitnessOf(result, flags.fitnessWeights);
  if (!fitness.ok) {
    // The reference prints the metrics before it looks at the weights.
    io.stdout(aggregatesText(result, options));
    throw new UsageError(fitness.error.message);
  }
  io.stdout(clusterReportText(result, { ...options, ...(fitness.value ? { fitness: fitness.value } : {}) }));
}

/** Absent without weights. */
function fitnessOf(result: ClusterResult, weights: string | undefined): Result<Fitness | undefined> {
  const parsed = parseFitnessWeights(weights ?? '');
  if (!parsed.ok) return parsed;
  return parsed.value.length === 0 ? ok(undefined) : evaluateFitness(parsed.value, fitnessInput(result));
}
