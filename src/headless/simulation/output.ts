// Where the results of `run` and `replay` go: text to stdout, files on demand.

import type { Command } from 'commander';
import { formatProblem } from '../../base/problem';
import { simulateOutput, type OutputRun } from '../../report/run-output';
import { UsageError, type Io } from '../io';

export interface OutputFlags {
  readonly metricsPath?: string;
  readonly resultsPath?: string;
  readonly stepsPath?: string;
  readonly chromeTracePath?: string;
  readonly decisionsPath?: string;
  readonly traceOutput?: string;
  readonly fitnessWeights?: string;
}

export const addOutputFlags = (command: Command): Command =>
  command
    .option('--metrics-path <file>', 'aggregate and per-request metrics as JSON')
    .option('--results-path <file>', 'TTFT and E2E of each request as JSON')
    .option('--steps-path <file>', 'every step of one instance as CSV')
    .option(
      '--chrome-trace-path <file>',
      'requests, and of one instance steps and counters, for a trace viewer',
    )
    .option(
      '--trace-output <prefix>',
      'requests with what became of them as TraceV2: <prefix>.yaml and <prefix>.csv',
    );

export async function simulateAndReport(io: Io, run: OutputRun, flags: OutputFlags): Promise<void> {
  const { metricsPath, resultsPath, stepsPath, chromeTracePath, decisionsPath, traceOutput } = flags;
  const wants = {
    steps: stepsPath !== undefined,
    decisions: decisionsPath !== undefined,
    chromeTrace: chromeTracePath !== undefined,
  };
  const outcome = await simulateOutput(io.wasm(), run, wants);
  if (!outcome.ok) throw new UsageError(formatProblem(outcome.error));
  const output = outcome.value;
  const files = [
    [metricsPath, () => output.metrics()],
    [resultsPath, () => output.results()],
    [stepsPath, output.steps],
    [chromeTracePath, () => output.chromeTrace()],
    [decisionsPath, output.decisions],
  ] as const;
  for (const [path, chunks] of files) {
    if (path !== undefined && chunks !== undefined) await io.writeChunks(path, chunks());
  }
  if (traceOutput !== undefined) {
    const trace = output.trace();
    await io.writeText(`${traceOutput}.yaml`, trace.header());
    await io.writeChunks(`${traceOutput}.csv`, trace.data());
  }
  for (const warning of output.warnings) io.stderr(`warning: ${warning}\n`);
  io.stdout(output.text);
  if (output.problem !== undefined) throw new UsageError(output.problem.message);
}
