// From flags to a finished run.

import type { Workload } from '../../domain/workload';
import type { Io } from '../io';
import { readRun, type FlagValues } from './flags';
import { simulateAndReport, type OutputFlags } from './output';

/** @param readWorkload called after the flags have been found sound. */
export async function simulateWith(
  io: Io,
  flags: FlagValues & OutputFlags,
  isReplay: boolean,
  readWorkload: () => Promise<Workload>,
): Promise<void> {
  const { cluster, instance, summarizesTrace } = await readRun(io, flags);
  const workload = await readWorkload();
  const fitnessWeights = flags.fitnessWeights ?? '';
  await simulateAndReport(
    io,
    { cluster, instance, workload, isReplay, summarizesTrace, fitnessWeights },
    flags,
  );
}
