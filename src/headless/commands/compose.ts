// `compose`: several specifications as one, in the reference's layout.

import { Command } from 'commander';
import { composeLosses, composeSpecs } from '../../workload/compose';
import { decodeWorkloadSpec } from '../../workload/parse-spec';
import type { WorkloadSpec } from '../../workload/spec';
import { writeWorkloadSpec } from '../../workload/write-spec';
import type { Io } from '../io';
import { listOption } from '../option-values';
import { demand } from '../demand';

export const composeCommand = (io: Io): Command =>
  new Command('compose')
    .description('Joins workload specifications; each weighs by its aggregate_rate.')
    .requiredOption('--from <file...>', 'specification; give the option once for each file', listOption)
    .action(async ({ from }: { readonly from: readonly string[] }) => {
      const specs: WorkloadSpec[] = [];
      for (const path of from) {
        const { spec, warnings } = demand(decodeWorkloadSpec(await io.readText(path), path));
        for (const line of [...warnings, ...composeLosses(spec, path)]) io.stderr(`${line}\n`);
        specs.push(spec);
      }
      io.stdout(writeWorkloadSpec(demand(composeSpecs(specs))));
    });
