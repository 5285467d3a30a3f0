// The commands in the order of the help text. One file each; a command is built around the Io it may use.

import type { Command } from 'commander';
import type { Io } from '../io';
import { calibrateCommand } from './calibrate';
import { classicCommand } from './classic';
import { composeCommand } from './compose';
import { convertCommand } from './convert';
import { estimateCommand } from './estimate';
import { figuresCommand } from './figures';
import { fitCommand } from './fit';
import { importCommand } from './import';
import { kvCapacityCommand } from './kv-capacity';
import { replayCommand } from './replay';
import { reportCommand } from './report';
import { requestsCommand } from './requests';
import { rngCommand } from './rng';
import { runCommand } from './run';
import { simulatorInputsCommand } from './simulator-inputs';
import { stepTimeCommand } from './step-time';
import { validateCommand } from './validate';

export const COMMANDS: readonly ((io: Io) => Command)[] = [
  // One a line, alphabetical.
  calibrateCommand,
  classicCommand,
  composeCommand,
  convertCommand,
  estimateCommand,
  figuresCommand,
  fitCommand,
  importCommand,
  kvCapacityCommand,
  replayCommand,
  reportCommand,
  requestsCommand,
  rngCommand,
  runCommand,
  simulatorInputsCommand,
  stepTimeCommand,
  validateCommand,
];
