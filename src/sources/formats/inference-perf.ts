// inference-perf per_request_lifecycle_metrics.json (inference-perf 7de5ef2), both layouts of `info`. Files of 100 MB are normal, nearly
// all of it prompts and replies: records are read one by one and reduced at once.

import { at, asArray, asNumber, type Json } from './lenient-json';
import { optional } from './present';
import { buildRows, okOrEmpty, type ImportedRun, type RequestInput } from './run-record';

/** One record; `undefined` when it is no request. */
export function inferencePerfRequest(record: Json): RequestInput | undefined {
  const startS = asNumber(at(record, 'start_time'));
  const endS = asNumber(at(record, 'end_time'));
  if (startS === undefined || endS === undefined) return undefined;
  const current = at(record, 'info', 'response_metrics');
  const info = at(record, 'info');
  const hasCurrent = current !== undefined && current !== null;
  const outputTokens = asNumber(at(hasCurrent ? current : info, 'output_tokens'));
  const times = (asArray(at(hasCurrent ? current : info, 'output_token_times')) ?? []).flatMap(
    (time) => asNumber(time) ?? [],
  );
  const isFailed = at(record, 'error') !== null && at(record, 'error') !== undefined;
  const [first] = times;
  const inputTokens =
    asNumber(at(info, 'request_metrics', 'text', 'input_tokens')) ?? asNumber(at(info, 'input_tokens'));
  return {
    status: isFailed ? 'error' : okOrEmpty(outputTokens),
    startS,
    ...optional('inputTokens', inputTokens),
    // A failed request without a count produced nothing; the tool writes no 0 in the current layout.
    ...optional('outputTokens', outputTokens ?? (isFailed ? 0 : undefined)),
    ...optional('ttftS', first === undefined ? undefined : first - startS),
    e2eS: endS - startS,
    gapsS: times.slice(1).map((time, i) => time - (times[i] ?? NaN)),
    ...optional(
      'cachedTokens',
      asNumber(at(current, 'server_usage', 'prompt_tokens_details', 'cached_tokens')),
    ),
  };
}

export function inferencePerfRun(requests: readonly RequestInput[]): ImportedRun {
  return {
    format: 'inference-perf',
    label: '',
    facts: { tool: 'inference-perf', clock: 'monotonic', tokenCounts: 'client', gaps: 'chunks' },
    rows: buildRows(requests),
    reported: [],
    findings: [],
  };
}
