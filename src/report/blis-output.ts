// Files and JSON as BLIS 87cc70ed writes them (cmd/root.go, cmd/replay.go, sim/metrics.go): the aggregate, the metrics file
// with its `requests` array, the replay results and the step log of the golden cases. Long texts come in pieces.

import { textAt, type TextColumn } from '../base/columns';
import { countUp } from '../base/gather';
import { stableOrder } from '../base/stable-order';
import { millionthsText, thousandthsText } from '../base/decimal-text';
import {
  REQUEST_STATUSES,
  type Aggregate,
  type RequestResultColumns,
  type StepColumns,
} from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { requestNames, type RequestNames } from '../domain/request-names';
import { textCell } from './record-csv';

const US_PER_MS = 1e3;
const US_PER_S = 1e6;
const CHUNK_CHARACTERS = 1 << 16;
/** How the reference names the one instance of a run without a fleet. */
const NAMELESS_INSTANCE = 'instance_0';
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

/** Nothing in these has to be escaped: most names, and much faster than looking for what has to be. */
const PLAIN_TEXT = /^[\w .:/@+-]*$/;

/** JSON text of a string as Go writes it: markup characters escaped. */
export const goString = (text: string): string =>
  PLAIN_TEXT.test(text)
    ? `"${text}"`
    : JSON.stringify(text).replace(
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
function knownRows(requests: RequestResultColumns, nameOf: RequestNames): Uint32Array {
  const { count, status, arrivalUs } = requests;
  const known = new Uint32Array(count);
  let used = 0;
  let isInOrder = true;
  let latest = -Infinity;
  for (let row = 0; row < count; row++) {
    if (UNKNOWN.includes(status[row] ?? -1)) continue;
    known[used++] = row;
    const arrival = arrivalUs[row] ?? 0;
    if (!(arrival > latest)) isInOrder = false;
    latest = arrival;
  }
  const rows = known.subarray(0, used);
  if (isInOrder) return rows;
  return rows.sort((a, b) => {
    const gap = (arrivalUs[a] ?? 0) - (arrivalUs[b] ?? 0);
    if (gap !== 0) return gap;
    return nameOf(a) < nameOf(b) ? -1 : 1;
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
  const rows = knownRows(requests, nameOf);
  yield `{\n${aggregateFields(result.aggregate)}`;
  if (rows.length === 0) {
    yield '\n}';
    return;
  }
  yield ',\n  "requests": [\n';
  const record = requestJson(result, nameOf);
  let text = '';
  for (let at = 0; at < rows.length; at++) {
    if (at > 0) text += ',\n';
    text += record(rows[at] ?? 0);
    if (text.length > CHUNK_CHARACTERS) {
      yield text;
      text = '';
    }
  }
  yield `${text}\n  ]\n}`;
}

/** One object of `requests`, by row. */
function requestJson({ requests, instances }: ReportedRun, nameOf: RequestNames): (row: number) => string {
  const sloClass = labels('slo_class', requests.sloClass);
  const tenantId = labels('tenant_id', requests.tenantId);
  const model = labels('model', requests.model);
  const nameless = label('handled_by', NAMELESS_INSTANCE);
  const instanceNames = instances?.map(({ name }) => label('handled_by', name)) ?? [];
  return (row) => {
    const gatewayUs = requests.gatewayDelayUs[row] ?? 0;
    return (
      `    {\n      "arrived_at": ${millionthsText(orZero(requests.arrivalUs[row]))},\n` +
      `      "requestID": ${goString(nameOf(row))},\n` +
      `      "num_prefill_tokens": ${requests.inputTokens[row]},\n` +
      `      "num_decode_tokens": ${requests.outputTokens[row]},\n` +
      `      "ttft_ms": ${thousandthsText(orZero(requests.ttftUs[row]))},\n` +
      `      "itl_ms": ${orZero(requests.itlMeanUs[row]) / US_PER_MS},\n` +
      `      "e2e_ms": ${thousandthsText(orZero(requests.e2eUs[row]))},\n` +
      `      "scheduling_delay_ms": ${thousandthsText(orZero(requests.schedulingDelayUs[row]))}` +
      sloClass(row) +
      tenantId(row) +
      (instanceNames[requests.handledBy[row] ?? -1] ?? nameless) +
      model(row) +
      (requests.lengthCapped[row] === 1 ? ',\n      "length_capped": true' : '') +
      (gatewayUs > 0 ? `,\n      "gateway_queue_delay_ms": ${thousandthsText(gatewayUs)}` : '') +
      '\n    }'
    );
  };
}

/** A key that is left out where it has nothing to say. */
const label = (key: string, text: string): string =>
  text === '' ? '' : `,\n      "${key}": ${goString(text)}`;

function labels(key: string, { names, index }: TextColumn): (row: number) => string {
  const texts = names.map((name) => label(key, name));
  return (row) => texts[index[row] ?? -1] ?? '';
}

const REQUEST_COLUMNS =
  'requestID,arrived_at,num_prefill_tokens,num_decode_tokens,ttft_ms,itl_ms,e2e_ms,scheduling_delay_ms,slo_class,tenant_id,' +
  'handled_by,model,length_capped,gateway_queue_delay_ms,status';

/** The same requests as rows of a CSV under the same names, with the state at the end; empty = no value, where the JSON has 0. */
export function* requestsCsv(result: ReportedRun, workload: Workload): Generator<string> {
  const { requests } = result;
  const nameOf = requestNames(requests, workload);
  yield `${REQUEST_COLUMNS}\r\n`;
  const ms = (us: number | undefined): string =>
    us === undefined || Number.isNaN(us) ? '' : String(us / US_PER_MS);
  let text = '';
  for (const row of knownRows(requests, nameOf)) {
    const cells = [
      textCell(nameOf(row)),
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
    if (text.length > CHUNK_CHARACTERS) {
      yield text;
      text = '';
    }
  }
  yield text;
}

const handledBy = (result: ReportedRun, row: number): string =>
  result.instances?.[result.requests.handledBy[row] ?? -1]?.name ?? NAMELESS_INSTANCE;

/** The file of replay's `--results-path`: initial requests with a TTFT and an E2E, by request id. */
export function* replayResultsFile(result: ReportedRun, workload: Workload): Generator<string> {
  const { requests } = result;
  const ids = workload.requests.requestId;
  const { ttftUs, e2eUs, inputTokens, outputTokens } = requests;
  const answered = countUp(requests.initialCount).filter((row) => !Number.isNaN(e2eUs[row] ?? NaN));
  const rows = stableOrder(answered, ids);
  if (rows.length === 0) {
    yield '[]';
    return;
  }
  let text = '[\n';
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    if (at > 0) text += ',\n';
    text +=
      `  {\n    "request_id": ${ids[row]},\n    "ttft_us": ${ttftUs[row]},\n` +
      `    "e2e_us": ${e2eUs[row]},\n    "input_tokens": ${inputTokens[row]},\n` +
      `    "output_tokens": ${outputTokens[row]}\n  }`;
    if (text.length > CHUNK_CHARACTERS) {
      yield text;
      text = '';
    }
  }
  yield `${text}\n]`;
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
    if (text.length > CHUNK_CHARACTERS) {
      yield text;
      text = '';
    }
  }
  yield text;
}
