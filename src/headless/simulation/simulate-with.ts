// From flags to a finished run: one instance alone where that says all, otherwise a fleet.

import { formatProblem } from '../../base/problem';
import type { Workload } from '../../domain/workload';
import { UsageError, type Io } from '../io';
import { completePools, isPlain, readCluster, type ClusterFlagValues } from './cluster-flags';
import { resolveInstance, type InstanceFlags } from './instance-flags';
import { simulateAndReport, simulateFleetAndReport, type FleetOutputFlags } from './output';

/** @param readWorkload called after the flags have been found sound. */
export async function simulateWith(
  io: Io,
  flags: InstanceFlags & FleetOutputFlags & ClusterFlagValues,
  isReplay: boolean,
  readWorkload: () => Promise<Workload>,
): Promise<void> {
  const cluster = await readCluster(io, flags);
  const instance = await resolveInstance(io, flags, cluster);
  const completed = completePools(cluster.config, flags, instance.options, instance, instance.catalog);
  if (!completed.ok) throw new UsageError(formatProblem(completed.error));
  const tracesDecisions = completed.value.recordDecisions;
  const config = {
    ...completed.value,
    recordDecisions: tracesDecisions || flags.decisionsPath !== undefined,
  };
  const workload = await readWorkload();
  const fitness = flags.fitnessWeights !== undefined && flags.fitnessWeights !== '';
  if (isPlain(config) && !fitness) {
    await simulateAndReport(io, instance.config, workload, flags);
    return;
  }
  await simulateFleetAndReport(
    io,
    { cluster: config, instance: instance.config, workload, isReplay, tracesDecisions },
    flags,
  );
}
