// `run`: a generated workload through one serving instance (BLIS 87cc70ed `cmd/root.go`).

import { Command } from 'commander';
import type { Io } from '../io';
import { addInstanceFlags, resolveInstance, type InstanceFlags } from '../simulation/instance-flags';
import { addOutputFlags, simulateAndReport, type OutputFlags } from '../simulation/output';
import { addWorkloadFlags, workloadOf, type WorkloadFlags } from '../simulation/workload-flags';

type RunFlags = InstanceFlags & WorkloadFlags & OutputFlags;

export const runCommand = (io: Io): Command =>
  addOutputFlags(
    addWorkloadFlags(
      addInstanceFlags(
        new Command('run').description('Simulates one serving instance under a generated workload.'),
      ),
    ),
  ).action(async (flags: RunFlags) => {
    const { config } = await resolveInstance(io, flags);
    await simulateAndReport(io, config, await workloadOf(io, flags), flags);
  });
