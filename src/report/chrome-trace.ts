// A run in the Trace Event format that chrome://tracing and Perfetto read: steps as slices, requests as nested asynchronous
// slices (waiting, prefill, decode), preemptions as instants, queue, batch and KV cache as counters. Times are µs.

import type { RunResult, StepColumns } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { goString } from './blis-output';
import { requestNames } from '../domain/request-names';

const PROCESS = 1;
const STEPS = 1;

const named = (name: string, id: number | undefined): string =>
  `{"ph":"M","pid":${PROCESS}${id === undefined ? '' : `,"tid":${id}`},` +
  `"name":"${id === undefined ? 'process_name' : 'thread_name'}","args":{"name":${goString(name)}}}`;

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

function* requestEvents(result: RunResult, workload: Workload): Generator<string> {
  const { requests } = result;
  const nameOf = requestNames(requests, workload);
  for (let row = 0; row < requests.count; row++) {
    const arrival = requests.arrivalUs[row] ?? NaN;
    const end = arrival + (requests.e2eUs[row] ?? NaN);
    if (Number.isNaN(end)) continue;
    const scheduled = arrival + (requests.schedulingDelayUs[row] ?? 0);
    const firstToken = arrival + (requests.ttftUs[row] ?? 0);
    const slice = (name: string, from: number, to: number, args: string): string =>
      `{"ph":"b","pid":${PROCESS},"cat":"request","id":${row},"name":${goString(name)},"ts":${from}${args}},\n` +
      `{"ph":"e","pid":${PROCESS},"cat":"request","id":${row},"name":${goString(name)},"ts":${to}}`;
    const tokens =
      `,"args":{"input_tokens":${requests.inputTokens[row]},` +
      `"output_tokens":${requests.outputTokens[row]}}`;
    yield slice(nameOf(row), arrival, end, tokens);
    if (scheduled > arrival) yield slice('waiting', arrival, scheduled, '');
    yield slice('prefill', scheduled, firstToken, '');
    if (end > firstToken) yield slice('decode', firstToken, end, '');
  }
}

export function* chromeTraceFile(
  result: RunResult,
  steps: StepColumns,
  workload: Workload,
): Generator<string> {
  yield '{"displayTimeUnit":"ms","traceEvents":[\n';
  yield `${named('serving instance', undefined)},\n${named('steps', STEPS)}`;
  let text = '';
  for (const events of [stepEvents(steps), requestEvents(result, workload)]) {
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
