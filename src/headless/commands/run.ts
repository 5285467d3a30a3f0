// `run`: a generated workload through one serving instance or a fleet (BLIS 87cc70ed `cmd/root.go`).

import { Command } from 'commander';
import type { Io } from '../io';
import { addClusterFlags, type ClusterFlagValues } from '../simulation/cluster-flags';
import { addInstanceFlags, type InstanceFlags } from '../simulation/instance-flags';
import { addOutputFlags, type FleetOutputFlags } from '../simulation/output';
import { simulateWith } from '../simulation/simulate-with';
import { addWorkloadFlags, workloadOf, type WorkloadFlags } from '../simulation/workload-flags';

type RunFlags = InstanceFlags & WorkloadFlags & FleetOutputFlags & ClusterFlagValues;

export const runCommand = (io: Io): Command =>
  addOutputFlags(
    addClusterFlags(
      addWorkloadFlags(
        addInstanceFlags(
          new Command('run').description(
            'Simulates a serving instance or a fleet under a generated workload.',
          ),
        ),
      ),
    ),
  )
    .option('--fitness-weights <weights>', 'score the run: key:weight,…')
    .action(async (flags: RunFlags) => {
      await simulateWith(io, flags, false, () => workloadOf(io, flags));
    });
