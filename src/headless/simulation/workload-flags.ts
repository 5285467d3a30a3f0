// Where the requests of `run` come from: a specification file, a preset, or one client described by flags (BLIS 87cc70ed
// `cmd/root.go`).

import type { Command } from 'commander';
import type { Workload } from '../../domain/workload';
import { openRandomDoor } from '../../engine/random-door';
import { parseFiveColumnCsv } from '../../workload/five-column-csv';
import { generateWorkload, type GenerateOptions } from '../../workload/generate';
import { decodeWorkloadSpec, parseWorkloadSpec } from '../../workload/parse-spec';
import type { WorkloadSpec } from '../../workload/spec';
import { DISTRIBUTION_DEFAULTS, distributionSpec, presetSpec } from '../../workload/synthesise';
import { UsageError, type Io } from '../io';
import { numberOption, wholeOption } from '../option-values';
import { demand, presetNamed, presetsOf, servegenOf } from '../workload/read-spec';
import { horizonOf } from './instance-flags';

export interface WorkloadFlags {
  readonly workload: string;
  readonly workloadSpec?: string;
  readonly workloadTracesFilepath?: string;
  readonly defaultsFilepath?: string;
  readonly rate?: number;
  readonly numRequests?: number;
  readonly concurrency: number;
  readonly thinkTimeMs: number;
  readonly promptTokens: number;
  readonly promptTokensStdev: number;
  readonly promptTokensMin: number;
  readonly promptTokensMax: number;
  readonly outputTokens: number;
  readonly outputTokensStdev: number;
  readonly outputTokensMin: number;
  readonly outputTokensMax: number;
  readonly prefixTokens: number;
  readonly horizon?: bigint;
  readonly seed?: bigint;
}

const { prompt, output } = DISTRIBUTION_DEFAULTS;

export function addWorkloadFlags(command: Command): Command {
  const whole = (flag: string, about: string, otherwise: number): Command =>
    command.option(`--${flag} <n>`, about, wholeOption(flag), otherwise);
  command
    .option('--workload <name>', 'distribution, traces, or a preset of the catalogue', 'distribution')
    .option('--workload-spec <file>', 'workload specification (YAML); wins over --workload')
    .option(
      '--workload-traces-filepath <file>',
      'with --workload traces: five-column CSV of older commits, replayed with its own token ids',
    )
    .option('--defaults-filepath <file>', 'file with presets to use instead of the catalogue')
    .option('--rate <rps>', 'requests per second (1)', numberOption('rate'))
    .option('--num-requests <n>', 'cap on the number of requests (100)', wholeOption('num-requests', 0));
  whole('concurrency', 'virtual users instead of a rate', 0);
  whole('think-time-ms', 'pause of a virtual user between requests', 0);
  whole('prompt-tokens', 'mean prompt length', prompt.mean);
  whole('prompt-tokens-stdev', 'its standard deviation', prompt.stddev);
  whole('prompt-tokens-min', 'shortest prompt', prompt.min);
  whole('prompt-tokens-max', 'longest prompt', prompt.max);
  whole('output-tokens', 'mean output length', output.mean);
  whole('output-tokens-stdev', 'its standard deviation', output.stddev);
  whole('output-tokens-min', 'shortest output', output.min);
  whole('output-tokens-max', 'longest output', output.max);
  whole('prefix-tokens', 'tokens shared by all prompts', 0);
  return command;
}

async function specOf(io: Io, flags: WorkloadFlags): Promise<WorkloadSpec> {
  const path = flags.workloadSpec;
  if (flags.concurrency > 0 && (flags.rate !== undefined || path !== undefined)) {
    throw new UsageError('--concurrency excludes --rate and --workload-spec; give one of them.');
  }
  if (path !== undefined) {
    const text = await io.readText(path);
    const spec = demand(parseWorkloadSpec(text, path));
    for (const warning of demand(decodeWorkloadSpec(text, path)).warnings) io.stderr(`warning: ${warning}\n`);
    return spec;
  }
  const seed = flags.seed ?? DISTRIBUTION_DEFAULTS.seed;
  const rate = flags.rate ?? DISTRIBUTION_DEFAULTS.rate;
  // Virtual users are capped only on request.
  const numRequests = flags.numRequests ?? (flags.concurrency > 0 ? 0 : DISTRIBUTION_DEFAULTS.numRequests);
  if (flags.workload !== 'distribution' && flags.concurrency === 0) {
    const preset = presetNamed(await presetsOf(io, flags.defaultsFilepath), flags.workload);
    return demand(presetSpec(preset, { rate, numRequests, seed }));
  }
  return demand(
    distributionSpec({
      rate,
      numRequests,
      seed,
      prompt: {
        mean: flags.promptTokens,
        stddev: flags.promptTokensStdev,
        min: flags.promptTokensMin,
        max: flags.promptTokensMax,
      },
      output: {
        mean: flags.outputTokens,
        stddev: flags.outputTokensStdev,
        min: flags.outputTokensMin,
        max: flags.outputTokensMax,
      },
      prefixTokens: flags.prefixTokens,
      concurrency: flags.concurrency,
      thinkTimeMs: flags.thinkTimeMs,
    }),
  );
}

/** The workload of `run`; warnings go to stderr, a problem ends the command. */
export async function workloadOf(io: Io, flags: WorkloadFlags): Promise<Workload> {
  const horizonUs = horizonOf(flags);
  if (flags.workload === 'traces' && flags.workloadSpec === undefined) {
    const path = flags.workloadTracesFilepath;
    if (path === undefined) throw new UsageError('--workload traces needs --workload-traces-filepath.');
    return demand(parseFiveColumnCsv(await io.readText(path), path, horizonUs));
  }
  if (flags.workloadTracesFilepath !== undefined) {
    throw new UsageError(
      '--workload-traces-filepath is read with --workload traces only, and not beside --workload-spec.',
    );
  }
  const spec = await specOf(io, flags);
  const files = flags.workloadSpec === undefined ? undefined : await servegenOf(io, spec, flags.workloadSpec);
  const options: GenerateOptions = {
    random: openRandomDoor(io.wasm()),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(horizonUs === undefined ? {} : { horizonUs }),
    ...(flags.numRequests === undefined ? {} : { numRequests: flags.numRequests }),
    ...(files === undefined ? {} : { servegenFiles: files }),
  };
  return demand(generateWorkload(spec, options));
}
