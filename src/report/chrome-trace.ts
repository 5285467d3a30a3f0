// A run in the Trace Event format that chrome://tracing and Perfetto read: requests as nested asynchronous slices (waiting,
// prefill, decode), a process an instance; of a single instance also its steps as slices, preemptions as instants, queue, batch
// and KV cache as counters. Times are µs.

import type { RequestResultColumns, StepColumns } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { goString } from './blis-output';
import { requestNames } from '../domain/request-names';

/** Process of instance 0, and of the only instance. */
const PROCESS = 1;
const STEPS = 1;

const namedProcess = (name: string, process: number): string =>
  `{"ph":"M","pid":${process},"name":"process_name","args":{"name":${goString(name)}}}`;

function* stepEvents(steps: StepColumns): Generator<string> {
  let preempted = 0;
  for (let row = 0; row < steps.count; row++) {
    const start = steps.startUs[row];
    yield (
      `{"ph":"X","pid":${PROCESS},"tid":${STEPS},"cat":"step","name":"step","ts":${start},"dur":${steps.durationUs[row]},` +
      `"args":{"prefill_tokens":${steps.prefillTokens[row]},"decode_tokens":${steps.decodeTokens[row]},` +
      `"batch":${steps.batchSize[row]}}}`
    );
    yield (
      `{"ph":"C","pid":${PROCESS},"name":"requests","ts":${start},` +
      `"args":{"running":${steps.batchSize[row]},"waiting":${steps.waiting[row]}}}`
    );
    yield `{"ph":"C","pid":${PROCESS},"name":"free KV blocks","ts":${start},"args":{"blocks":${steps.freeBlocks[row]}}}`;
    const now = steps.preemptions[row] ?? 0;
    if (now > preempted) {
      yield (
        `{"ph":"i","s":"p","pid":${PROCESS},"tid":${STEPS},"cat":"preemption","name":"preemption","ts":${start},` +
        `"args":{"count":${now - preempted}}}`
      );
      preempted = now;
    }
  }
}

function* requestEvents(requests: RequestResultColumns, workload: Workload): Generator<string> {
  const nameOf = requestNames(requests, workload);
  for (let row = 0; row < requests.count; row++) {
    const arrival = requests.arrivalUs[row] ?? NaN;
    const end = arrival + (requests.e2eUs[row] ?? NaN);
    if (Number.isNaN(end)) continue;
    const process = PROCESS + Math.max(0, requests.handledBy[row] ?? 0);
    const scheduled = arrival + (requests.schedulingDelayUs[row] ?? 0);
    const firstToken = arrival + (requests.ttftUs[row] ?? 0);
    const slice = (name: string, from: number, to: number, args: string): string =>
      `{"ph":"b","pid":${process},"cat":"request","id":${row},"name":${goString(name)},"ts":${from}${args}},\n` +
      `{"ph":"e","pid":${process},"cat":"request","id":${row},"name":${goString(name)},"ts":${to}}`;
    const tokens =
      `,"args":{"input_tokens":${requests.inputTokens[row]},` +
      `"output_tokens":${requests.outputTokens[row]}}`;
    yield slice(nameOf(row), arrival, end, tokens);
    if (scheduled > arrival) yield slice('waiting', arrival, scheduled, '');
    yield slice('prefill', scheduled, firstToken, '');
    if (end > firstToken) yield slice('decode', firstToken, end, '');
  }
}

/** What the trace is written from: a run of one instance or of a fleet. */
interface TracedRun {
  readonly requests: RequestResultColumns;
  /** Names of the instances; absent = one instance. */
  readonly instances?: readonly { readonly name: string }[];
}

/** @param steps absent for a fleet, which has no step log. */
export function* chromeTraceFile(
  { requests, instances }: TracedRun,
  workload: Workload,
  steps: StepColumns | undefined,
): Generator<string> {
  const names = instances?.map(({ name }) => name) ?? ['serving instance'];
  yield '{"displayTimeUnit":"ms","traceEvents":[\n';
  yield names.map((name, index) => namedProcess(name, PROCESS + index)).join(',\n');
  if (steps !== undefined) {
    yield `,\n{"ph":"M","pid":${PROCESS},"tid":${STEPS},"name":"thread_name","args":{"name":"steps"}}`;
  }
  let text = '';
  for (const events of [
    ...(steps === undefined ? [] : [stepEvents(steps)]),
    requestEvents(requests, workload),
  ]) {
    for (const event of events) {
      text += `,\n${event}`;
      if (text.length > 1 << 16) {
        yield text;
        text = '';
      }
    }
  }
  yield `${text}\n]}\n`;
}
