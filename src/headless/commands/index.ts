// The commands in the order of the help text. One file each; a command is built around the Io it may use.

import type { Command } from 'commander';
import type { Io } from '../io';
import { estimateCommand } from './estimate';
import { kvCapacityCommand } from './kv-capacity';
import { reportCommand } from './report';
import { replayCommand } from './replay';
import { rngCommand } from './rng';
import { stepTimeCommand } from './step-time';
import { validateCommand } from './validate';

export const COMMANDS: readonly ((io: Io) => Command)[] = [
  // One a line, alphabetical.
  estimateCommand,
  kvCapacityCommand,
  replayCommand,
  reportCommand,
  rngCommand,
  stepTimeCommand,
  validateCommand,
];
