// `simulator-inputs`: what BLIS, Vidur or LLMServingSim need to run measured experiments, one folder an experiment, with the command to run.

import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { StudyVersion } from '../../adapters/adapter';
import { blisArguments } from '../../adapters/blis/blis-command';
import { workloadSpecYaml, type MultiTurnReading } from '../../adapters/blis/profile-workload';
import { shellLine } from '../../adapters/pre-run/command-line';
import {
  llmServingSimCluster,
  llmServingSimCommand,
  llmServingSimWorkload,
} from '../../adapters/pre-run/llmservingsim-export';
import { vidurCommand, vidurTrace } from '../../adapters/pre-run/vidur-export';
import { formatProblem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import type { Experiment } from '../../domain/experiment';
import { LATENCY_MODELS } from '../../domain/latency';
import { loadGroundTruth, readyExperiments } from '../../sources/ground-truth/load';
import { UsageError, type Io } from '../io';

interface InputsOptions {
  readonly simulator: 'blis' | 'vidur' | 'llmservingsim';
  readonly dataDir: string;
  readonly outputDir: string;
  readonly experiments?: readonly string[];
  readonly study: StudyVersion;
  readonly maxRequests: string;
  readonly multiTurn: MultiTurnReading;
}

export const simulatorInputsCommand = (io: Io): Command =>
  new Command('simulator-inputs')
    .description('Writes traces, workloads and command lines for simulators that run elsewhere.')
    .addOption(
      new Option('--simulator <name>', 'which simulator')
        .choices(['blis', 'vidur', 'llmservingsim'])
        .makeOptionMandatory(),
    )
    .requiredOption('--data-dir <folder>', 'folder with experiments.json and the experiments')
    .requiredOption('--output-dir <folder>', 'where one folder an experiment goes')
    .option('--experiments <ids...>', 'only these experiments')
    .addOption(
      new Option('--study <state>', 'which state of the study, and with it which version of LLMServingSim')
        .choices(['5b12a00', 'dcec3fd'])
        .default('5b12a00'),
    )
    .option('--max-requests <count>', 'cap for LLMServingSim; 0 = every request', '0')
    .addOption(
      new Option('--multi-turn <reading>', 'how BLIS is told to read enable_multi_turn_chat')
        .choices(['as-profile', 'off'])
        .default('as-profile'),
    )
    .action((options: InputsOptions) => writeInputs(io, options));

async function writeInputs(io: Io, options: InputsOptions): Promise<void> {
  const cap = Number(options.maxRequests);
  if (!Number.isInteger(cap) || cap < 0) {
    throw new UsageError(
      `--max-requests: expected a whole number of at least 0, found "${options.maxRequests}"`,
    );
  }
  const truth = await loadGroundTruth(await io.openFolder(options.dataDir), { requests: 'load', all: true });
  if (!truth.ok) throw new UsageError(formatProblem(truth.error));
  const wanted = options.experiments?.flatMap((ids) => ids.split(',')).map(Number);
  const experiments = readyExperiments(truth.value).filter(({ expId }) => wanted?.includes(expId) ?? true);
  if (experiments.length === 0)
    throw new UsageError(`${options.dataDir}: none of the experiments asked for could be read`);
  for (const experiment of experiments) {
    const folder = join(options.outputDir, experiment.folder);
    const written = await writeFor(io, folder, experiment, options, cap);
    if (written.ok) io.stdout(`${written.value}\n`);
    else io.stderr(`SKIP: ${experiment.folder}: ${formatProblem(written.error)}\n`);
  }
}

function writeFor(
  io: Io,
  folder: string,
  experiment: Experiment,
  options: InputsOptions,
  cap: number,
): Promise<Result<string>> {
  switch (options.simulator) {
    case 'blis':
      return writeBlis(io, folder, experiment, options.multiTurn);
    case 'vidur':
      return writeVidur(io, folder, experiment);
    case 'llmservingsim':
      return writeLlmServingSim(io, folder, experiment, options.study, cap);
  }
}

/** One specification, and a command for each latency model; to be run where BLIS keeps its tables. */
async function writeBlis(
  io: Io,
  folder: string,
  experiment: Experiment,
  reading: MultiTurnReading,
): Promise<Result<string>> {
  const specFile = join(folder, 'workload.yaml');
  await io.writeText(specFile, workloadSpecYaml(experiment.profile, reading));
  const commands = LATENCY_MODELS.map((model) =>
    shellLine(['blis', ...blisArguments(experiment, model, specFile, join(folder, `results-${model}.json`))]),
  );
  return ok(commands.join('\n'));
}

async function writeVidur(io: Io, folder: string, experiment: Experiment): Promise<Result<string>> {
  const { requests } = experiment;
  if (requests === undefined) {
    return fail({ code: 'missing-file', message: 'no per-request measurements, which the trace is made of' });
  }
  const traceFile = join(folder, 'trace.csv');
  const command = vidurCommand(experiment, traceFile, join(folder, 'simulator_output'));
  if (!command.ok) return command;
  const { csv, warnings } = vidurTrace(requests);
  await io.writeText(traceFile, csv);
  for (const warning of warnings) io.stderr(`${experiment.folder}: ${warning}\n`);
  return ok(shellLine(command.value));
}

async function writeLlmServingSim(
  io: Io,
  folder: string,
  experiment: Experiment,
  study: StudyVersion,
  cap: number,
): Promise<Result<string>> {
  const cluster = llmServingSimCluster(experiment, study);
  if (!cluster.ok) return cluster;
  const workload = llmServingSimWorkload(experiment, cap);
  if (!workload.ok) return workload;
  const files = {
    cluster: join(folder, 'cluster.json'),
    dataset: join(folder, 'workload.jsonl'),
    output: join(folder, `${experiment.folder}_output.csv`),
  };
  await io.writeText(files.cluster, cluster.value);
  await io.writeChunks(files.dataset, linesOf(workload.value));
  return ok(shellLine(llmServingSimCommand(experiment, study, cap, files)));
}

function* linesOf(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}
