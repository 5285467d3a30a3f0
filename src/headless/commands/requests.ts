// `requests`: a workload request by request as JSON, token ids as digests, to hold generation and replay against the
// reference's lists.

import { createHash } from 'node:crypto';
import { Command, Option } from 'commander';
import { openRandomDoor } from '../../engine/random-door';
import { parseTraceV2 } from '../../sources/trace-v2';
import { generateLists } from '../../workload/generate';
import { decodeWorkloadSpec, parseWorkloadSpec } from '../../workload/parse-spec';
import { WORKLOAD_VERSIONS, type WorkloadVersion } from '../../workload/reference-rules';
import { replayListing } from '../../workload/replay-listing';
import type { SessionMode } from '../../workload/replay';
import { requestsListing, type TextHash } from '../../workload/requests-listing';
import { UsageError, type Io } from '../io';
import { int64Option, wholeOption } from '../option-values';
import { demand, servegenOf } from '../workload/read-spec';

interface RequestsOptions {
  readonly workloadSpec?: string;
  readonly horizon?: number;
  readonly numRequests?: number;
  readonly seed?: bigint;
  readonly referenceVersion: WorkloadVersion;
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
      const listing =
        options.workloadSpec === undefined ? await ofTrace(io, options) : await ofSpec(io, options);
      const text = `${JSON.stringify(listing)}\n`;
      if (options.output === undefined) io.stdout(text);
      else await io.writeText(options.output, text);
    });

async function ofSpec(io: Io, options: RequestsOptions): Promise<unknown> {
  const path = options.workloadSpec ?? '';
  if (options.traceHeader !== undefined || options.traceData !== undefined) {
    throw new UsageError(
      '--workload-spec and --trace-header/--trace-data exclude each other; give one of the two.',
    );
  }
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
    throw new UsageError('Give --workload-spec, or --trace-header together with --trace-data.');
  }
  const trace = demand(parseTraceV2(await io.readText(header), await io.readText(data), { header, data }));
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
