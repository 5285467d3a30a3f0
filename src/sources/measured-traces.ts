// Measured requests as traces: the 22-column BLIS trace and the Vidur trace that the sim-to-real pipeline writes (5b12a00,
// validator spec 7.1, 7.2), and a full TraceV2 with the measured times, which a replay can be judged against.

import { pythonFloat } from '../base/python-numbers';
import { BARE_HEADER, bareRecords } from '../domain/bare-trace';
import { OUTCOMES, type MeasuredRequests } from '../domain/experiment';
import type { Trace } from '../domain/trace';

export interface MeasuredTraceOptions {
  /** Off keeps file order, so that requests may arrive before the first row: negative arrivals. */
  readonly sortByStart: boolean;
  /** Off keeps failed requests, with the token counts of the file (often 0). */
  readonly dropFailed: boolean;
}

export interface NamedContent {
  readonly name: string;
  readonly content: string;
}

const US_PER_S = 1e6;
const EOL = '\r\n';

/** s; of the client's clock where the source states it. */
const startOf = (requests: MeasuredRequests, row: number): number =>
  requests.startS?.[row] ?? (requests.arrivalUs[row] ?? 0) / US_PER_S;

/** Rows to write and their arrivals relative to the first of them, whole µs. */
function chosenRows(
  requests: MeasuredRequests,
  options: MeasuredTraceOptions,
): { readonly rows: readonly number[]; readonly arrivalUs: (row: number) => number } {
  const rows: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    if (!options.dropFailed || requests.failed[row] === 0) rows.push(row);
  }
  const start = (row: number): number => startOf(requests, row);
  if (options.sortByStart) rows.sort((a, b) => start(a) - start(b));
  const first = start(rows[0] ?? 0);
  return { rows, arrivalUs: (row) => Math.trunc((start(row) - first) * US_PER_S) };
}

const BLIS_COLUMNS =
  'request_id,client_id,tenant_id,slo_class,session_id,round_index,prefix_group,streaming,input_tokens,output_tokens,' +
  'text_tokens,image_tokens,audio_tokens,video_tokens,reason_ratio,arrival_time_us,send_time_us,first_chunk_time_us,' +
  'last_chunk_time_us,num_chunks,status,error_message';

/** Header, 22-column data and the workload specification that names both, byte for byte as the pipeline writes them. */
export function blisTraceFiles(requests: MeasuredRequests, options: MeasuredTraceOptions): NamedContent[] {
  const { rows, arrivalUs } = chosenRows(requests, options);
  const lines = rows.map((row, position) => {
    const input = requests.inputTokens[row] ?? 0;
    const output = requests.outputTokens[row] ?? 0;
    const arrival = arrivalUs(row);
    return `${position},,,,,0,,true,${input},${output},${input},0,0,0,0.0,${arrival},${arrival},0,0,0,ok,`;
  });
  return [
    {
      name: 'trace_header.yaml',
      content: 'mode: real\ntime_unit: microseconds\ntrace_version: 2\nwarm_up_requests: 0\n',
    },
    { name: 'trace_data.csv', content: [BLIS_COLUMNS, ...lines, ''].join(EOL) },
    {
      name: 'workload_spec.yaml',
      content:
        'workloads:\n- name: trace-replay\n  trace_data: trace_data.csv\n  trace_header: trace_header.yaml\n',
    },
  ];
}

/** Always sorted by start. Seconds since the first request, in full precision. */
export function vidurTrace(
  requests: MeasuredRequests,
  options: Pick<MeasuredTraceOptions, 'dropFailed'>,
): string {
  const { rows } = chosenRows(requests, { sortByStart: true, dropFailed: options.dropFailed });
  const first = startOf(requests, rows[0] ?? 0);
  const lines = rows.map((row) => {
    const arrived = pythonFloat(startOf(requests, row) - first);
    return `${arrived},${requests.inputTokens[row] ?? 0},${requests.outputTokens[row] ?? 0}`;
  });
  return ['arrived_at,num_prefill_tokens,num_decode_tokens', ...lines, ''].join(EOL);
}

/** A measured trace with send and chunk times. Failed requests have status "error" and no chunks. */
export function measuredTrace(requests: MeasuredRequests, options: MeasuredTraceOptions): Trace {
  const { rows, arrivalUs } = chosenRows(requests, options);
  const arrivals = Float64Array.from(rows, arrivalUs);
  const end = (latencyUs: Float64Array): Float64Array =>
    Float64Array.from(rows, (row, at) => {
      const latency = latencyUs[row] ?? NaN;
      return Number.isNaN(latency) ? 0 : (arrivals[at] ?? 0) + Math.round(latency);
    });
  const inputTokens = Uint32Array.from(rows, (row) => requests.inputTokens[row] ?? 0);
  const outputTokens = Uint32Array.from(rows, (row) => requests.outputTokens[row] ?? 0);
  return {
    columnSet: 27,
    header: { ...BARE_HEADER, mode: 'real' },
    records: {
      ...bareRecords(arrivals, inputTokens, outputTokens),
      textTokens: inputTokens,
      serverInputTokens: inputTokens,
      firstChunkUs: end(requests.ttftUs),
      lastChunkUs: end(requests.e2eUs),
      status: {
        names: ['ok', 'error'],
        index: Int32Array.from(rows, (row) => (requests.failed[row] === OUTCOMES.failed ? 1 : 0)),
      },
    },
  };
}
