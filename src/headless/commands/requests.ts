// `requests`: a workload request by request as JSON, token ids as digests, to hold generation and replay against the
// reference's lists.

import { createHash } from 'node:crypto';
import { Command, Option } from 'commander';
import { formatProblem } from '../../base/problem';
import { openRandomDoor } from '../../engine/random-door';
import { readFiveColumnRows, type FiveColumnRow } from '../../workload/five-column-csv';
import { generateLists } from '../../workload/generate';
import { decodeWorkloadSpec, parseWorkloadSpec } from '../../workload/parse-spec';
import { WORKLOAD_VERSIONS, type WorkloadVersion } from '../../workload/reference-rules';
import { replayListing } from '../../workload/replay-listing';
import type { SessionMode } from '../../workload/replay';
import { explicitListing, requestsListing, type TextHash } from '../../workload/requests-listing';
import { UsageError, type Io } from '../io';
import { int64Option, wholeOption } from '../option-values';
import { demand } from '../demand';
import { servegenOf } from '../workload/read-spec';
import { readTrace } from '../workload/read-trace';

interface RequestsOptions {
  readonly workloadSpec?: string;
  readonly horizon?: number;
  readonly numRequests?: number;
  readonly seed?: bigint;
  readonly referenceVersion: WorkloadVersion;
  readonly workloadTracesFilepath?: string;
  readonly traceHeader?: string;
  readonly traceData?: string;
  readonly sessionMode: SessionMode;
  readonly thinkTimeMs: number;
  readonly output?: string;
}

/** The reference's "no horizon". */
const NO_HORIZON = 2 ** 63;
const DEFAULT_SEED = 42n;

export const requestsCommand = (io: Io): Command =>
  new Command('requests')
    .description('Prints the requests of a workload specification or a trace as JSON.')
    .option('--workload-spec <file>', 'workload specification (YAML)')
    .option('--horizon <µs>', 'replaces the horizon of the file', wholeOption('horizon'))
    .option('--num-requests <count>', 'replaces num_requests of the file', wholeOption('num-requests', 0))
    .option('--seed <integer>', 'replaces the seed of the file; seeds a replay', int64Option('seed'))
    .addOption(
      new Option('--reference-version <commit>', 'generate as an older commit of the reference did')
        .choices(WORKLOAD_VERSIONS)
        .default('87cc70ed'),
    )
    .option(
      '--workload-traces-filepath <file>',
      'instead of a specification: five-column CSV of older commits',
    )
    .option('--trace-header <file>', 'instead of a specification: header of a trace')
    .option('--trace-data <file>', 'data of the trace')
    .addOption(
      new Option('--session-mode <mode>', 'how a trace is replayed')
        .choices(['fixed', 'closed-loop'])
        .default('fixed'),
    )
    .option(
      '--think-time-ms <ms>',
      'constant think time of a closed-loop replay',
      wholeOption('think-time-ms', 0),
      0,
    )
    .option('--output <file>', 'write there instead of stdout')
    .action(async (options: RequestsOptions) => {
      const listing = await listingOf(io, options);
      const text = `${JSON.stringify(listing)}\n`;
      if (options.output === undefined) io.stdout(text);
      else await io.writeText(options.output, text);
    });

async function listingOf(io: Io, options: RequestsOptions): Promise<unknown> {
  const isTrace = options.traceHeader !== undefined || options.traceData !== undefined;
  const inputs = [options.workloadSpec, options.workloadTracesFilepath, isTrace ? 'trace' : undefined];
  if (inputs.filter((input) => input !== undefined).length !== 1) {
    throw new UsageError(
      'Give one of --workload-spec, --workload-traces-filepath, and --trace-header together with --trace-data.',
    );
  }
  if (options.workloadSpec !== undefined) return ofSpec(io, options, options.workloadSpec);
  if (options.workloadTracesFilepath !== undefined) {
    return ofFiveColumns(io, options, options.workloadTracesFilepath);
  }
  return ofTrace(io, options);
}

async function ofFiveColumns(io: Io, options: RequestsOptions, path: string): Promise<unknown> {
  const rows: FiveColumnRow[] = [];
  const horizonUs = options.horizon ?? Infinity;
  const problem = readFiveColumnRows(await io.readText(path), path, horizonUs, (row) => rows.push(row));
  if (problem !== undefined) throw new UsageError(formatProblem(problem));
  return explicitListing(rows, horizonUs, sha256);
}

async function ofSpec(io: Io, options: RequestsOptions, path: string): Promise<unknown> {
  const text = await io.readText(path);
  const spec = demand(parseWorkloadSpec(text, path));
  for (const warning of demand(decodeWorkloadSpec(text, path)).warnings) io.stderr(`${warning}\n`);
  const servegenFiles = await servegenOf(io, spec, path);
  const door = openRandomDoor(io.wasm());
  const lists = demand(
    generateLists(
      spec,
      {
        random: door,
        version: options.referenceVersion,
        ...(options.seed === undefined ? {} : { seed: options.seed }),
        ...(options.horizon === undefined
          ? {}
          : { horizonUs: options.horizon >= NO_HORIZON ? Infinity : options.horizon }),
        ...(options.numRequests === undefined ? {} : { numRequests: options.numRequests }),
        ...(servegenFiles === undefined ? {} : { servegenFiles }),
      },
      true,
    ),
  );
  for (const warning of lists.warnings) io.stderr(`${warning}\n`);
  return requestsListing(lists, door, sha256);
}

async function ofTrace(io: Io, options: RequestsOptions): Promise<unknown> {
  const { traceHeader: header, traceData: data } = options;
  if (header === undefined || data === undefined) {
    throw new UsageError('A trace has two files: give --trace-header and --trace-data.');
  }
  const trace = await readTrace(io, header, data);
  return demand(
    replayListing(trace, openRandomDoor(io.wasm()), {
      sessionMode: options.sessionMode,
      thinkTimeMs: options.thinkTimeMs,
      seed: options.seed ?? DEFAULT_SEED,
      ...(options.horizon === undefined ? {} : { horizonUs: options.horizon }),
    }),
  );
}

function sha256(): TextHash {
  const hash = createHash('sha256');
  return { update: (text) => void hash.update(text), digest: () => hash.digest('hex') };
}
