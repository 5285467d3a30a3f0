// From flags to a finished run: one instance alone where that says all, otherwise a fleet.

import type { Workload } from '../../domain/workload';
import type { Io } from '../io';
import { isPlain, readRun, type FlagValues } from './flags';
import { simulateAndReport, simulateFleetAndReport, type FleetOutputFlags } from './output';

/** @param readWorkload called after the flags have been found sound. */
export async function simulateWith(
  io: Io,
  flags: FlagValues & FleetOutputFlags,
  isReplay: boolean,
  readWorkload: () => Promise<Workload>,
): Promise<void> {
  const { cluster, instance, summarizesTrace } = await readRun(io, flags);
  const config = {
    ...cluster,
    recordDecisions: cluster.recordDecisions || flags.decisionsPath !== undefined,
  };
  const workload = await readWorkload();
  const fitness = flags.fitnessWeights !== undefined && flags.fitnessWeights !== '';
  if (isPlain(config) && !fitness) {
    await simulateAndReport(io, instance, workload, flags);
    return;
  }
  await simulateFleetAndReport(io, { cluster: config, instance, workload, isReplay, summarizesTrace }, flags);
}
