// A load in another form, and what has no place there.

import type { Result } from '../../base/result';
import { fail, ok } from '../../base/result';
import type { MeasuredRequests } from '../../domain/experiment';
import type { RandomDoor } from '../../domain/random';
import type { Trace } from '../../domain/trace';
import {
  blisTraceFiles,
  measuredTrace,
  vidurTrace,
  type MeasuredTraceOptions,
} from '../../sources/measured-traces';
import { traceV2DataSlices, writeTraceV2Header } from '../../sources/trace-v2-write';
import { expandSources, generateLists } from '../../workload/generate';
import type { Limits } from '../../workload/limits';
import { traceLoad } from '../../workload/load-preview';
import { parseWorkloadSpec } from '../../workload/parse-spec';
import type { WorkloadSpec } from '../../workload/spec';
import { workloadTrace } from '../../workload/workload-trace';
import { writeWorkloadSpec } from '../../workload/write-spec';
import type { Load } from './read-load';

export const TARGETS = ['spec', 'clients', 'tracev2', 'blis-22', 'vidur'] as const;
export type Target = (typeof TARGETS)[number];

export interface WrittenFile {
  readonly name: string;
  /** In order; a long file is many slices. */
  readonly slices: Iterable<string>;
}

export interface WrittenLoad {
  readonly files: readonly WrittenFile[];
  readonly losses: readonly string[];
}

export interface WriteOptions extends MeasuredTraceOptions {
  readonly random: RandomDoor;
  readonly limits?: Limits;
}

/** Forms that a load can be written in, the most natural first. */
export function targetsOf(load: Load): readonly Target[] {
  if (load.kind === 'spec') {
    return /^\s*"?(inference_perf|servegen_data)"?\s*:/m.test(load.yaml)
      ? ['spec', 'clients', 'tracev2', 'vidur']
      : ['spec', 'tracev2', 'vidur'];
  }
  return load.kind === 'measured' ? ['tracev2', 'blis-22', 'vidur'] : ['tracev2', 'vidur'];
}

export function writeLoad(load: Load, target: Target, options: WriteOptions): Result<WrittenLoad> {
  if (!targetsOf(load).includes(target)) {
    return fail({
      code: 'not-supported',
      message: `${load.file} (${load.format}) cannot be written as ${target}; possible are ${targetsOf(load).join(', ')}.`,
      file: load.file,
    });
  }
  if (load.kind === 'spec') return writeSpec(load.yaml, load.file, target, options);
  if (load.kind === 'measured') return ok(writeMeasured(load.requests, target, options));
  return ok(writeTrace(load.trace, target, []));
}

function writeSpec(yaml: string, file: string, target: Target, options: WriteOptions): Result<WrittenLoad> {
  const spec = parseWorkloadSpec(yaml, file);
  if (!spec.ok) return spec;
  if (target === 'spec') {
    return ok({ files: [{ name: 'workload.yaml', slices: [yaml] }], losses: [] });
  }
  if (target === 'clients') return writeClients(spec.value);
  const lists = generateLists(
    spec.value,
    { random: options.random, ...(options.limits === undefined ? {} : { limits: options.limits }) },
    false,
  );
  if (!lists.ok) return lists;
  const { trace, losses } = workloadTrace(lists.value, spec.value.seed);
  if (trace.records.count === 0) {
    return fail({
      code: 'bad-value',
      message: `${file} generates no request; a trace needs at least one.`,
      file,
    });
  }
  return ok(writeTrace(trace, target, losses));
}

function writeClients(spec: WorkloadSpec): Result<WrittenLoad> {
  const expanded = expandSources(spec, {});
  if (!expanded.ok) return expanded;
  const { clients } = expanded.value.spec;
  const losses = [
    ...(spec.numRequests === 0 ? [] : ['num_requests is left out, as the reference does.']),
    ...(spec.horizonUs === 0 ? [] : ['horizon is left out, as the reference does.']),
    ...(clients.some((client) => client.arrival.exact !== undefined)
      ? ['The exact number of arrivals has no place in a specification; they are written as poisson.']
      : []),
  ];
  const written = writeWorkloadSpec({ ...expanded.value.spec, numRequests: 0, horizonUs: 0 });
  return ok({ files: [{ name: 'workload-clients.yaml', slices: [written] }], losses });
}

function writeMeasured(requests: MeasuredRequests, target: Target, options: WriteOptions): WrittenLoad {
  const losses: string[] = [];
  const negative = requests.arrivalUs.some((arrival) => arrival < 0);
  if (negative && !options.sortByStart && target !== 'vidur') {
    losses.push(
      'Requests that started before the first row have negative arrivals; sort by start to avoid them.',
    );
  }
  if (target === 'blis-22') {
    return {
      files: blisTraceFiles(requests, options).map(({ name, content }) => ({ name, slices: [content] })),
      losses: [...losses, 'Measured latencies have no place in this form.'],
    };
  }
  if (target === 'vidur') {
    return {
      files: [{ name: 'vidur_trace.csv', slices: [vidurTrace(requests, options)] }],
      losses: ['Measured latencies and failures have no place in this form.'],
    };
  }
  return writeTrace(measuredTrace(requests, options), target, losses);
}

function writeTrace(trace: Trace, target: Target, losses: readonly string[]): WrittenLoad {
  if (target === 'vidur') {
    return {
      files: [{ name: 'vidur_trace.csv', slices: vidurSlices(trace) }],
      losses: [...losses, 'Labels, sessions, prefix groups and measured times have no place in this form.'],
    };
  }
  return {
    files: [
      { name: 'trace_header.yaml', slices: [writeTraceV2Header(trace.header)] },
      { name: 'trace_data.csv', slices: traceV2DataSlices(trace.records) },
    ],
    losses,
  };
}

const US_PER_S = 1e6;

/** Seconds since the first arrival, in order of arrival; the prompt is whole. */
function* vidurSlices(trace: Trace): Generator<string> {
  const load = traceLoad(trace.records);
  const order = Array.from({ length: load.count }, (_, row) => row);
  order.sort((a, b) => (load.arrivalUs[a] ?? 0) - (load.arrivalUs[b] ?? 0));
  const first = load.arrivalUs[order[0] ?? 0] ?? 0;
  yield 'arrived_at,num_prefill_tokens,num_decode_tokens\n';
  for (const row of order) {
    const arrivedS = ((load.arrivalUs[row] ?? 0) - first) / US_PER_S;
    yield `${arrivedS},${load.promptTokens[row] ?? 0},${load.outputTokens[row] ?? 0}\n`;
  }
}
