// `replay`: a recorded trace through one serving instance (BLIS 87cc70ed `cmd/replay.go`).

import { Command, Option } from 'commander';
import { formatProblem } from '../../base/problem';
import { replayWorkload } from '../../workload/replay';
import { UsageError, type Io } from '../io';
import { wholeOption } from '../option-values';
import {
  addInstanceFlags,
  horizonOf,
  resolveInstance,
  type InstanceFlags,
} from '../simulation/instance-flags';
import { addOutputFlags, simulateAndReport, type OutputFlags } from '../simulation/output';
import { readTrace } from '../workload/read-trace';

interface ReplayFlags extends InstanceFlags, OutputFlags {
  readonly traceHeader: string;
  readonly traceData: string;
  readonly sessionMode: 'fixed' | 'closed-loop';
  readonly thinkTimeMs: number;
}

export const replayCommand = (io: Io): Command =>
  addOutputFlags(
    addInstanceFlags(
      new Command('replay')
        .description('Replays a TraceV2 trace through a simulated serving instance.')
        .requiredOption('--trace-header <file>', 'header YAML')
        .requiredOption('--trace-data <file>', 'data CSV')
        .addOption(
          new Option('--session-mode <mode>', 'rounds at recorded times, or each after the one before')
            .choices(['fixed', 'closed-loop'])
            .default('fixed'),
        )
        .option(
          '--think-time-ms <ms>',
          'with closed-loop: replaces the recorded gaps',
          wholeOption('think-time-ms', 0),
          0,
        ),
    ),
  ).action(async (flags: ReplayFlags) => {
    if (flags.thinkTimeMs > 0 && flags.sessionMode !== 'closed-loop') {
      throw new UsageError('--think-time-ms needs --session-mode closed-loop');
    }
    const { config } = await resolveInstance(io, flags);
    const trace = await readTrace(io, flags.traceHeader, flags.traceData);
    const horizonUs = horizonOf(flags);
    const workload = replayWorkload(trace, {
      sessionMode: flags.sessionMode,
      thinkTimeMs: flags.thinkTimeMs,
      ...(horizonUs === undefined ? {} : { horizonUs }),
    });
    if (!workload.ok) throw new UsageError(formatProblem(workload.error));
    await simulateAndReport(io, config, workload.value, flags);
  });
