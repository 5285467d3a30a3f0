// Files and JSON as BLIS 87cc70ed writes them (cmd/root.go, cmd/replay.go, sim/metrics.go): the aggregate, the metrics file
// with its `requests` array, the replay results and the step log of the golden cases. Long texts come in pieces.

import { textAt } from '../base/columns';
import {
  REQUEST_STATUSES,
  type Aggregate,
  type RequestResultColumns,
  type StepColumns,
} from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { requestNames } from '../domain/request-names';
import { textCell } from './record-csv';

const US_PER_MS = 1e3;
const US_PER_S = 1e6;
/** Requests that the reference's metrics do not know at the end. */
const UNKNOWN = (
  [
    'dropped',
    'routing-rejected',
    'beyond-horizon',
    'admission-rejected',
    'gateway-queued',
    'gateway-shed',
    'disaggregated',
  ] as const
).map((status) => REQUEST_STATUSES.indexOf(status));

/** JSON text of a string as Go writes it: markup characters escaped. */
export const goString = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Two-space indentation, keys in the reference's order, no newline at the end. */
export function aggregateJson(aggregate: Aggregate): string {
  return `{\n${aggregateFields(aggregate)}\n}`;
}

function aggregateFields(aggregate: Aggregate): string {
  return Object.entries(aggregate)
    .map(([key, value]) => `  "${key}": ${typeof value === 'string' ? goString(value) : String(value)}`)
    .join(',\n');
}

/** Rows in the reference's order of the `requests` array: by arrival, ties by id. */
function knownRows(requests: RequestResultColumns, names: readonly string[]): Uint32Array {
  const rows = Uint32Array.from({ length: requests.count }, (_, row) => row).filter(
    (row) => !UNKNOWN.includes(requests.status[row] ?? -1),
  );
  const arrival = requests.arrivalUs;
  return rows.sort((a, b) => {
    const gap = (arrival[a] ?? 0) - (arrival[b] ?? 0);
    if (gap !== 0) return gap;
    return (names[a] ?? '') < (names[b] ?? '') ? -1 : 1;
  });
}

const orZero = (value: number | undefined): number =>
  value === undefined || Number.isNaN(value) ? 0 : value;

/** What the files are written from: a run of one instance or of a fleet. */
export interface ReportedRun {
  readonly aggregate: Aggregate;
  readonly requests: RequestResultColumns;
  /** Names of the instances; absent = one instance. */
  readonly instances?: readonly { readonly name: string }[];
}

/** The file of `--metrics-path`: the aggregate, then one object per request known at the end. */
export function* metricsFile(result: ReportedRun, workload: Workload): Generator<string> {
  const { requests } = result;
  const nameOf = requestNames(requests, workload);
  const names = Array.from({ length: requests.count }, (_, row) => nameOf(row));
  const rows = knownRows(requests, names);
  yield `{\n${aggregateFields(result.aggregate)}`;
  if (rows.length === 0) {
    yield '\n}';
    return;
  }
  yield ',\n  "requests": [\n';
  let text = '';
  for (const [at, row] of rows.entries()) {
    text +=
      `    {\n      "arrived_at": ${orZero(requests.arrivalUs[row]) / US_PER_S},\n` +
      `      "requestID": ${goString(names[row] ?? '')},\n` +
      `      "num_prefill_tokens": ${requests.inputTokens[row]},\n` +
      `      "num_decode_tokens": ${requests.outputTokens[row]},\n` +
      `      "ttft_ms": ${orZero(requests.ttftUs[row]) / US_PER_MS},\n` +
      `      "itl_ms": ${orZero(requests.itlMeanUs[row]) / US_PER_MS},\n` +
      `      "e2e_ms": ${orZero(requests.e2eUs[row]) / US_PER_MS},\n` +
      `      "scheduling_delay_ms": ${orZero(requests.schedulingDelayUs[row]) / US_PER_MS}`;
    const label = (key: string, value: string): void => {
      if (value !== '') text += `,\n      "${key}": ${goString(value)}`;
    };
    label('slo_class', textAt(requests.sloClass, row));
    label('tenant_id', textAt(requests.tenantId, row));
    label('handled_by', handledBy(result, row));
    label('model', textAt(requests.model, row));
    if (requests.lengthCapped[row] === 1) text += ',\n      "length_capped": true';
    const gatewayUs = requests.gatewayDelayUs[row] ?? 0;
    if (gatewayUs > 0) text += `,\n      "gateway_queue_delay_ms": ${gatewayUs / US_PER_MS}`;
    text += at + 1 < rows.length ? '\n    },\n' : '\n    }\n';
    if (text.length > 1 << 16) {
      yield text;
      text = '';
    }
  }
  yield `${text}  ]\n}`;
}

const REQUEST_COLUMNS =
  'requestID,arrived_at,num_prefill_tokens,num_decode_tokens,ttft_ms,itl_ms,e2e_ms,scheduling_delay_ms,slo_class,tenant_id,' +
  'handled_by,model,length_capped,gateway_queue_delay_ms,status';

/** The same requests as rows of a CSV under the same names, with the state at the end; empty = no value, where the JSON has 0. */
export function* requestsCsv(result: ReportedRun, workload: Workload): Generator<string> {
  const { requests } = result;
  const nameOf = requestNames(requests, workload);
  const names = Array.from({ length: requests.count }, (_, row) => nameOf(row));
  yield `${REQUEST_COLUMNS}\r\n`;
  const ms = (us: number | undefined): string =>
    us === undefined || Number.isNaN(us) ? '' : String(us / US_PER_MS);
  let text = '';
  for (const row of knownRows(requests, names)) {
    const cells = [
      textCell(names[row] ?? ''),
      String((requests.arrivalUs[row] ?? 0) / US_PER_S),
      String(requests.inputTokens[row]),
      String(requests.outputTokens[row]),
      ms(requests.ttftUs[row]),
      ms(requests.itlMeanUs[row]),
      ms(requests.e2eUs[row]),
      ms(requests.schedulingDelayUs[row]),
      textCell(textAt(requests.sloClass, row)),
      textCell(textAt(requests.tenantId, row)),
      textCell(handledBy(result, row)),
      textCell(textAt(requests.model, row)),
      String(requests.lengthCapped[row] === 1),
      ms(requests.gatewayDelayUs[row]),
      REQUEST_STATUSES[requests.status[row] ?? 0] ?? '',
    ];
    text += `${cells.join(',')}\r\n`;
    if (text.length > 1 << 16) {
      yield text;
      text = '';
    }
  }
  yield text;
}

const handledBy = (result: ReportedRun, row: number): string =>
  result.instances?.[result.requests.handledBy[row] ?? -1]?.name ?? 'instance_0';

/** The file of replay's `--results-path`: initial requests with a TTFT and an E2E, by request id. */
export function* replayResultsFile(result: ReportedRun, workload: Workload): Generator<string> {
  const { requests } = result;
  const ids = workload.requests.requestId;
  const rows = Uint32Array.from({ length: requests.initialCount }, (_, row) => row)
    .filter((row) => !Number.isNaN(requests.e2eUs[row] ?? NaN))
    .sort((a, b) => (ids[a] ?? 0) - (ids[b] ?? 0));
  if (rows.length === 0) {
    yield '[]';
    return;
  }
  let text = '[\n';
  for (const [at, row] of rows.entries()) {
    text +=
      `  {\n    "request_id": ${ids[row]},\n    "ttft_us": ${requests.ttftUs[row]},\n` +
      `    "e2e_us": ${requests.e2eUs[row]},\n    "input_tokens": ${requests.inputTokens[row]},\n` +
      `    "output_tokens": ${requests.outputTokens[row]}\n  }${at + 1 < rows.length ? ',' : ''}\n`;
    if (text.length > 1 << 16) {
      yield text;
      text = '';
    }
  }
  yield `${text}]`;
}

/** The step log as CSV, one row a step, state after batch formation. */
export function* stepsFile(steps: StepColumns): Generator<string> {
  yield 'now,duration,prefill_tokens,decode_tokens,batch,waiting,free_blocks,hits,misses,preemptions\n';
  let text = '';
  for (let row = 0; row < steps.count; row++) {
    text +=
      `${steps.startUs[row]},${steps.durationUs[row]},${steps.prefillTokens[row]},${steps.decodeTokens[row]},` +
      `${steps.batchSize[row]},${steps.waiting[row]},${steps.freeBlocks[row]},${steps.cacheHits[row]},` +
      `${steps.cacheMisses[row]},${steps.preemptions[row]}\n`;
    if (text.length > 1 << 16) {
      yield text;
      text = '';
    }
  }
  yield text;
}
