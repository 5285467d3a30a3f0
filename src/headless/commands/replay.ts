// `replay`: a recorded trace through one serving instance or a fleet (BLIS 87cc70ed `cmd/replay.go`).

import { Command, Option } from 'commander';
import { formatProblem } from '../../base/problem';
import type { Workload } from '../../domain/workload';
import { horizonOf } from '../../adapters/blis/resolve-run';
import { replayWorkload } from '../../workload/replay';
import { UsageError, type Io } from '../io';
import { wholeOption } from '../option-values';
import { addServingFlags, runValuesOf, type FlagValues } from '../simulation/flags';
import { addOutputFlags, type OutputFlags } from '../simulation/output';
import { simulateWith } from '../simulation/simulate-with';
import { readTrace } from '../workload/read-trace';

type ReplayFlags = OutputFlags &
  FlagValues & {
    readonly traceHeader: string;
    readonly traceData: string;
    readonly sessionMode: 'fixed' | 'closed-loop';
    readonly thinkTimeMs: number;
  };

export const replayCommand = (io: Io): Command =>
  addOutputFlags(
    addServingFlags(
      new Command('replay')
        .description('Replays a TraceV2 trace through a simulated serving instance or a fleet.')
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
    await simulateWith(io, flags, true, () => tracedWorkload(io, flags));
  });

async function tracedWorkload(io: Io, flags: ReplayFlags): Promise<Workload> {
  const trace = await readTrace(io, flags.traceHeader, flags.traceData);
  const horizonUs = horizonOf(runValuesOf(flags));
  const workload = replayWorkload(trace, {
    sessionMode: flags.sessionMode,
    thinkTimeMs: flags.thinkTimeMs,
    ...(horizonUs === undefined ? {} : { horizonUs }),
  });
  if (!workload.ok) throw new UsageError(formatProblem(workload.error));
  return workload.value;
}
