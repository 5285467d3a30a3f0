// Where the results of `run` and `replay` go: text to stdout, files on demand.

import type { Command } from 'commander';
import { formatProblem } from '../../base/problem';
import type { EngineConfig } from '../../domain/run-config';
import type { RunResult } from '../../domain/run-result';
import type { Workload } from '../../domain/workload';
import { simulate } from '../../engine/simulate';
import { metricsFile, replayResultsFile, stepsFile } from '../../report/blis-output';
import { reportText } from '../../report/blis-sections';
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
