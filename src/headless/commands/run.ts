// `run`: a generated workload through one serving instance or a fleet (BLIS 87cc70ed `cmd/root.go`).

import { Command } from 'commander';
import type { Io } from '../io';
import { addServingFlags, addWorkloadFlags, type FlagValues } from '../simulation/flags';
import { addOutputFlags, type OutputFlags } from '../simulation/output';
import { simulateWith } from '../simulation/simulate-with';
import { workloadOf } from '../simulation/workload-flags';

export const runCommand = (io: Io): Command =>
  addOutputFlags(
    addWorkloadFlags(
      addServingFlags(
        new Command('run').description('Simulates a serving instance or a fleet under a generated workload.'),
      ),
    ),
  )
    .option('--fitness-weights <weights>', 'score the run: key:weight,…')
    .action(async (flags: FlagValues & OutputFlags) => {
      await simulateWith(io, flags, false, () => workloadOf(io, flags));
    });
