// `rng`: the first draws of a seed, to hold the generator against the reference's.

import { Command } from 'commander';
import { openRandomDoor } from '../../engine/random-door';
import { rngListing } from '../../workload/rng-listing';
import { int64Option } from '../option-values';
import type { Io } from '../io';

export const rngCommand = (io: Io): Command =>
  new Command('rng')
    .description('Prints the first draws of the random generator for a seed as JSON.')
    .requiredOption('--seed <integer>', 'seed, any 64-bit integer', int64Option('seed'))
    .action((options: { readonly seed: bigint }) => {
      io.stdout(`${JSON.stringify(rngListing(openRandomDoor(io.wasm()), options.seed), null, 1)}\n`);
    });
