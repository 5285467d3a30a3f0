// The flags of a run on the command line, from the tables that the page reads too (adapters/blis/run-flags.ts), and what they
// and the files they name resolve to.

import type { Command } from 'commander';
import { formatProblem } from '../../base/problem';
import type { PolicyBundle } from '../../adapters/blis/policy-bundle';
import { resolveRun, type ResolvedRun } from '../../adapters/blis/resolve-run';
import {
  CLUSTER_FLAGS,
  INSTANCE_FLAGS,
  POOLS,
  POOL_FLAGS,
  RUN_FLAGS,
  WORKLOAD_FLAGS,
  type RunFlag,
  type RunValues,
} from '../../adapters/blis/run-flags';
import { parseModelConfig } from '../../catalog/model-config';
import type { ModelFacts } from '../../catalog/catalog';
import { openCatalog } from '../catalog';
import { UsageError, type Io } from '../io';
import { anyNumberOption, booleanOption, int64Option, listOption, wholeOption } from '../option-values';

/** As Commander hands them over: camel case, lists still as texts. */
export type FlagValues = Readonly<Record<string, unknown>>;

function add(command: Command, flag: RunFlag): void {
  const facts = RUN_FLAGS.get(flag);
  if (facts === undefined) throw new Error(`--${flag} is in no table of flags.`);
  const { kind, about } = facts;
  if (flag === 'model') command.requiredOption('--model <name>', about);
  else if (kind === 'text') command.option(`--${flag} <text>`, about);
  else if (kind === 'whole') {
    command.option(`--${flag} <n>`, about, wholeOption(flag, flag === 'num-requests' ? 0 : undefined));
  } else if (kind === 'int64') command.option(`--${flag} <n>`, about, int64Option(flag));
  else if (kind === 'number') command.option(`--${flag} <x>`, about, anyNumberOption(flag));
  else if (kind === 'switch') command.option(`--${flag} [bool]`, about, booleanOption(flag));
  else command.option(`--${flag} <numbers...>`, about, listOption);
}

/** Flags of instances, the fleet and its pools. */
export function addServingFlags(command: Command): Command {
  for (const [flag] of [...INSTANCE_FLAGS, ...CLUSTER_FLAGS]) add(command, flag);
  for (const pool of POOLS) for (const [flag] of POOL_FLAGS) add(command, `${pool}-${flag}`);
  return command
    .option('--policy-config <file>', 'policy bundle (YAML)')
    .option('--model-config-folder <dir>', 'folder with a config.json to use instead of the catalogue')
    .option('--decisions-path <file>', 'every decision of the control plane as CSV');
}

export function addWorkloadFlags(command: Command): Command {
  for (const [flag] of WORKLOAD_FLAGS) add(command, flag);
  return command
    .option('--workload-spec <file>', 'workload specification (YAML); wins over --workload')
    .option(
      '--workload-traces-filepath <file>',
      'with --workload traces: five-column CSV of older commits, replayed with its own token ids',
    )
    .option('--defaults-filepath <file>', 'file with presets to use instead of the catalogue');
}

const camelCase = (flag: string): string =>
  flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What was given, by flag name. */
export function runValuesOf(flags: FlagValues): RunValues {
  const given: [RunFlag, unknown][] = [];
  for (const [flag, { kind }] of RUN_FLAGS) {
    const value = flags[camelCase(flag)];
    if (value === undefined) continue;
    given.push([flag, kind === 'numbers' ? numbersOf(flag, value as readonly string[]) : value]);
  }
  // Each value was read by the parser of its flag's kind.
  return Object.fromEntries(given) as RunValues;
}

function numbersOf(flag: string, texts: readonly string[]): readonly number[] {
  return texts.map((text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new UsageError(`--${flag}: found "${text}", expected finite numbers >= 0.`);
  });
}

async function bundleOf(io: Io, path: unknown): Promise<PolicyBundle | undefined> {
  if (typeof path !== 'string') return undefined;
  // Its schema costs 5 ms to set up, and few runs name a bundle.
  const { parsePolicyBundle } = await import('../../adapters/blis/policy-bundle');
  const bundle = parsePolicyBundle(await io.readText(path), path);
  if (!bundle.ok) throw new UsageError(formatProblem(bundle.error));
  return bundle.value;
}

async function modelFactsOf(io: Io, folder: unknown, model: string): Promise<ModelFacts | undefined> {
  if (typeof folder !== 'string') return undefined;
  const file = `${folder.replace(/\/$/, '')}/config.json`;
  const facts = parseModelConfig(await io.readText(file), file, model.toLowerCase());
  if (!facts.ok) throw new UsageError(formatProblem(facts.error));
  return facts.value;
}

/** The run that flags and named files describe; warnings go to stderr, a problem ends the command. */
export async function readRun(io: Io, flags: FlagValues): Promise<ResolvedRun> {
  const values = runValuesOf(flags);
  const bundle = await bundleOf(io, flags['policyConfig']);
  const modelFacts = await modelFactsOf(io, flags['modelConfigFolder'], values.model ?? '');
  const run = resolveRun(values, bundle, openCatalog(io), modelFacts);
  if (!run.ok) throw new UsageError(formatProblem(run.error));
  for (const warning of run.value.warnings) io.stderr(`warning: ${warning}\n`);
  return run.value;
}
