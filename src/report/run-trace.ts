// A finished run as a trace: what was asked, and what became of each request (BLIS 87cc70ed sim/workload/tracev2.go,
// RequestsToTraceRecords), the pair of files of `--trace-output`.

import { textAt, type TextColumn } from '../base/columns';
import { TextColumnBuilder } from '../base/text-column-builder';
import { BARE_HEADER, bareRecords } from '../domain/bare-trace';
import { REQUEST_STATUSES, type RequestResultColumns } from '../domain/run-result';
import type { TraceColumns, TraceHeader } from '../domain/trace';
import type { Workload } from '../domain/workload';
import { traceV2DataSlices, writeTraceV2Header } from '../sources/trace-v2-write';

/** The files of `--trace-output <prefix>`. */
export interface RunTraceFiles {
  /** `<prefix>.yaml` */
  header(): string;
  /** `<prefix>.csv` */
  data(): Iterable<string>;
}

export function runTraceFiles(
  requests: RequestResultColumns,
  workload: Workload,
  isReplay: boolean,
): RunTraceFiles {
  const header: TraceHeader = {
    ...BARE_HEADER,
    timeUnit: 'microseconds',
    mode: isReplay ? 'replayed' : 'generated',
    ...(isReplay || workload.seed === undefined ? {} : { workloadSeed: workload.seed }),
  };
  return {
    header: () => writeTraceV2Header(header),
    data: () => traceV2DataSlices(runTraceRecords(requests, workload, isReplay)),
  };
}

const ENDS: ReadonlyMap<number, string> = new Map([
  [REQUEST_STATUSES.indexOf('completed'), 'ok'],
  [REQUEST_STATUSES.indexOf('timed-out'), 'timeout'],
]);

/**
 * A run's requests in order of arrival, follow-ups among them; of a replay the requests it began with, in their order, since their
 * follow-ups come again when the trace is replayed. The last chunk is the last token's time at the client: the server's work
 * after it is left out. Of a request taken apart into prefill and decode the reference keeps no times here.
 */
function runTraceRecords(results: RequestResultColumns, workload: Workload, isReplay: boolean): TraceColumns {
  const { requests, sessions } = workload;
  const rows = isReplay ? initialRows(results) : rowsByArrival(results);
  const f64 = (of: (row: number) => number): Float64Array => Float64Array.from(rows, of);
  const u32 = (of: (row: number) => number): Uint32Array => Uint32Array.from(rows, of);
  /** Follow-ups have no value where the request table has one. */
  const asked = (column: ArrayLike<number>) => (row: number) => column[row] ?? 0;
  /** Row whose labels hold: of a follow-up, its round 0. */
  const origin = (row: number): number =>
    row < results.initialCount ? row : (sessions?.firstRequest[results.session[row] ?? 0] ?? 0);
  const label = (column: TextColumn): TextColumn => ({
    names: column.names,
    index: Int32Array.from(rows, (row) => column.index[origin(row)] ?? -1),
  });
  const isInitial = (row: number): boolean => row < results.initialCount;
  const prefixTokens = (row: number): number => {
    const stated = asked(requests.statedPrefixTokens ?? requests.prefixTokens)(row);
    return stated > (results.inputTokens[row] ?? 0) ? 0 : stated;
  };
  const isWhole = (row: number): boolean => results.disaggregated[row] !== 1;
  const firstChunk = (row: number): number => {
    const ttft = isWhole(row) ? (results.ttftUs[row] ?? NaN) : NaN;
    return Number.isNaN(ttft) ? 0 : (results.arrivalUs[row] ?? 0) + ttft;
  };
  const arrivalUs = f64(asked(results.arrivalUs));
  return {
    ...bareRecords(
      arrivalUs,
      u32((row) => (results.inputTokens[row] ?? 0) - prefixTokens(row)),
      u32(asked(results.outputTokens)),
    ),
    clientId: label(requests.clientId),
    tenantId: label(requests.tenantId),
    sloClass: label(requests.sloClass),
    sessionId: textsOf(rows, (row) =>
      isInitial(row)
        ? textAt(requests.sessionId, row)
        : (sessions?.sessionId[results.session[row] ?? -1] ?? ''),
    ),
    roundIndex: f64(asked(results.roundIndex)),
    prefixGroup: {
      names: requests.prefixGroup.names,
      index: Int32Array.from(rows, (row) => requests.prefixGroup.index[row] ?? -1),
    },
    prefixLength: u32(prefixTokens),
    streaming: Uint8Array.from(rows, asked(requests.streaming)),
    textTokens: u32(asked(requests.textTokens)),
    imageTokens: u32(asked(requests.imageTokens)),
    audioTokens: u32(asked(requests.audioTokens)),
    videoTokens: u32(asked(requests.videoTokens)),
    reasonRatio: f64(asked(requests.reasonRatio)),
    model: label(requests.model),
    deadlineUs: f64((row) => {
      if (isInitial(row)) return requests.deadlineUs[row] ?? 0;
      const timeoutUs = sessions?.timeoutUs[results.session[row] ?? -1] ?? 0;
      return timeoutUs > 0 ? (results.arrivalUs[row] ?? 0) + timeoutUs : 0;
    }),
    firstChunkUs: f64(firstChunk),
    lastChunkUs: f64((row) => {
      const first = firstChunk(row);
      return first === 0 ? 0 : first + (results.itlSumUs[row] ?? 0);
    }),
    status: textsOf(rows, (row) => {
      if (!isWhole(row)) return 'incomplete';
      return ENDS.get(results.status[row] ?? -1) ?? 'incomplete';
    }),
  };
}

const initialRows = (results: RequestResultColumns): Uint32Array =>
  Uint32Array.from({ length: results.initialCount }, (_, row) => row);

/** Equal arrivals keep their order: the request table's, then that of injection. */
function rowsByArrival(results: RequestResultColumns): Uint32Array {
  const rows = Uint32Array.from({ length: results.count }, (_, row) => row);
  return rows.sort((a, b) => (results.arrivalUs[a] ?? 0) - (results.arrivalUs[b] ?? 0) || a - b);
}

function textsOf(rows: Uint32Array, of: (row: number) => string): TextColumn {
  const builder = new TextColumnBuilder();
  for (const row of rows) builder.pushText(of(row));
  return builder.finish();
}
