// The commands in the order of the help text. One file each; a command is built around the Io it may use. They are loaded
// on demand: most of the bundle belongs to commands other than the one at hand.

import type { Command } from 'commander';
import type { Io } from '../io';

type CommandBuilder = (io: Io) => Command;

/** By name, alphabetical, one a line. */
export const COMMANDS: ReadonlyMap<string, () => Promise<CommandBuilder>> = new Map([
  ['calibrate', async () => (await import('./calibrate')).calibrateCommand],
  ['classic', async () => (await import('./classic')).classicCommand],
  ['compose', async () => (await import('./compose')).composeCommand],
  ['convert', async () => (await import('./convert')).convertCommand],
  ['estimate', async () => (await import('./estimate')).estimateCommand],
  ['figures', async () => (await import('./figures')).figuresCommand],
  ['fit', async () => (await import('./fit')).fitCommand],
  ['import', async () => (await import('./import')).importCommand],
  ['kv-capacity', async () => (await import('./kv-capacity')).kvCapacityCommand],
  ['replay', async () => (await import('./replay')).replayCommand],
  ['report', async () => (await import('./report')).reportCommand],
  ['requests', async () => (await import('./requests')).requestsCommand],
  ['rng', async () => (await import('./rng')).rngCommand],
  ['run', async () => (await import('./run')).runCommand],
  ['simulator-inputs', async () => (await import('./simulator-inputs')).simulatorInputsCommand],
  ['step-time', async () => (await import('./step-time')).stepTimeCommand],
  ['validate', async () => (await import('./validate')).validateCommand],
]);
