// `convert`: presets, ServeGen folders and inference-perf files as specifications of version 2, in the reference's layout.

import { Command, Option } from 'commander';
import { openRandomDoor } from '../../engine/random-door';
import { readLoad } from '../../report/convert/read-load';
import { writeLoad } from '../../report/convert/write-load';
import { FileTree } from '../../sources/file-tree';
import type { MeasuredTraceOptions } from '../../sources/measured-traces';
import { expandSources } from '../../workload/generate';
import { decodeWorkloadSpec } from '../../workload/parse-spec';
import { emptySpec, type WorkloadSpec } from '../../workload/spec';
import { presetSpec } from '../../workload/synthesise';
import { expandServegen } from '../../workload/servegen';
import { bodyProblem } from '../../workload/validate-spec';
import { writeWorkloadSpec } from '../../workload/write-spec';
import { UsageError, type Io } from '../io';
import { listOption, numberOption, wholeOption } from '../option-values';
import { demand } from '../demand';
import { presetNamed, presetsOf, servegenFolder } from '../workload/read-spec';

interface PresetOptions {
  readonly name: string;
  readonly rate: number;
  readonly numRequests: number;
  readonly defaultsFilepath?: string;
}

export const convertCommand = (io: Io): Command =>
  new Command('convert')
    .description('Writes other workload descriptions as a specification of version 2.')
    .addCommand(presetCommand(io).exitOverride())
    .addCommand(servegenCommand(io).exitOverride())
    .addCommand(inferencePerfCommand(io).exitOverride())
    .addCommand(traceCommand(io).exitOverride());

const presetCommand = (io: Io): Command =>
  new Command('preset')
    .description('A named preset.')
    .requiredOption(
      '--name <preset>',
      'chatbot, contentgen, summarization, multidoc or a name of the defaults file',
    )
    .option('--rate <req/s>', 'requests per second', numberOption('rate', 0, true), 1)
    .option('--num-requests <count>', 'number of requests', wholeOption('num-requests', 1), 100)
    .option('--defaults-filepath <file>', 'defaults file of the reference with a section workloads')
    .action(async (options: PresetOptions) => {
      const preset = presetNamed(await presetsOf(io, options.defaultsFilepath), options.name);
      const { rate, numRequests } = options;
      print(io, demand(presetSpec(preset, { rate, numRequests, seed: 0n }, `preset-${preset.name}`)));
    });

/** The reference writes this rate, since the data states weights only. */
const PLACEHOLDER_RATE = 1;

const servegenCommand = (io: Io): Command =>
  new Command('servegen')
    .description('A folder of ServeGen chunks.')
    .requiredOption('--path <folder>', 'folder with chunk-<id>-trace.csv and chunk-<id>-dataset.json')
    .action(async ({ path }: { readonly path: string }) => {
      const source = { path, spanStart: 0, spanEnd: 0 };
      const { clients, warnings } = demand(expandServegen(source, await servegenFolder(io, path)));
      for (const warning of warnings) io.stderr(`${warning}\n`);
      print(io, { ...emptySpec, clients, aggregateRate: PLACEHOLDER_RATE });
    });

const inferencePerfCommand = (io: Io): Command =>
  new Command('inference-perf')
    .description('The inference_perf section of a specification, written out as clients.')
    .requiredOption('--spec <file>', 'specification with a section inference_perf')
    .action(async ({ spec: path }: { readonly spec: string }) => {
      const { spec } = demand(decodeWorkloadSpec(await io.readText(path), path));
      if (spec.inferencePerf === undefined) {
        throw new UsageError(`${path} has no section inference_perf; there is nothing to convert.`);
      }
      const expanded = demand(expandSources(spec, {})).spec;
      const exact = expanded.clients.some((client) => client.arrival.exact !== undefined);
      const lost = [
        spec.numRequests !== 0 && 'num_requests',
        spec.horizonUs !== 0 && 'horizon',
        exact && 'the exact number of arrivals (written as poisson)',
      ].filter((part) => part !== false);
      if (lost.length > 0) io.stderr(`${path}: ${lost.join(', ')} cannot be kept, as in the reference.\n`);
      print(io, { ...expanded, numRequests: 0, horizonUs: 0 });
    });

const TRACE_FORMATS = ['tracev2', 'blis-22', 'vidur'] as const;

interface TraceOptions extends MeasuredTraceOptions {
  readonly file: readonly string[];
  readonly format: (typeof TRACE_FORMATS)[number];
  readonly outputDir: string;
}

/** Ours; the page's Convert does the same. */
const traceCommand = (io: Io): Command =>
  new Command('trace')
    .description(
      'Any load that is understood (specification, measurements, benchmark result, trace) as a trace.',
    )
    .requiredOption('--file <file>', 'what to convert; give a header and its data both', listOption)
    .requiredOption('--output-dir <folder>', 'where the trace goes')
    .addOption(
      new Option('--format <format>', 'TraceV2, the 22-column trace of the study, or a Vidur trace')
        .choices(TRACE_FORMATS)
        .default('tracev2'),
    )
    .option('--sort-by-start', 'measurements: order by start time, so that no arrival is negative', false)
    .option('--drop-failed', 'measurements: leave failed requests out', false)
    .action(async (options: TraceOptions) => {
      const files = await Promise.all(options.file.map((path) => io.openFile(path)));
      const load = demand(await readLoad(new FileTree({ name: options.file[0] ?? '', files })));
      const random = openRandomDoor(io.wasm());
      const written = demand(writeLoad(load, options.format, { ...options, random }));
      for (const line of [...load.notes, ...written.losses]) io.stderr(`${load.file}: ${line}\n`);
      for (const { name, slices } of written.files) {
        await io.writeChunks(`${options.outputDir}/${name}`, slices);
      }
    });

function print(io: Io, spec: WorkloadSpec): void {
  const problem = bodyProblem(spec);
  if (problem !== undefined) throw new UsageError(problem.message);
  io.stdout(writeWorkloadSpec(spec));
}
