// LLMPerf *_individual_responses.json (llmperf f1d6bed4): a list of requests, seconds, no times of day and no gaps. Its inter-token
// latency has TTFT in the sum and is not taken over.

import { asArray, asNumber, at, type JsonFile } from './lenient-json';
import { optional } from './present';
import { buildRows, okOrEmpty, type ImportedRun, type RequestInput } from './run-record';

export function importLlmPerf(file: JsonFile): readonly ImportedRun[] {
  const items = (asArray(file.values[0]) ?? []).filter((item) => !file.isCut(item));
  const requests = items.map((item): RequestInput => {
    const outputTokens = asNumber(at(item, 'number_output_tokens'));
    const code = at(item, 'error_code');
    const isFailed = code !== null && code !== undefined && code !== 0;
    return {
      status: isFailed ? 'error' : okOrEmpty(outputTokens),
      ...optional('inputTokens', asNumber(at(item, 'number_input_tokens'))),
      ...optional('outputTokens', outputTokens),
      ...optional('ttftS', asNumber(at(item, 'ttft_s'))),
      ...optional('e2eS', asNumber(at(item, 'end_to_end_latency_s'))),
    };
  });
  return [
    {
      format: 'llmperf',
      label: '',
      facts: { tool: 'LLMPerf', clock: 'none', tokenCounts: 'client', gaps: 'none' },
      rows: buildRows(requests),
      reported: [],
      findings: [
        { message: 'No start times and no gaps: distributions of TTFT and E2E only.', count: 1, rows: [] },
        {
          message: 'Token counts come from one fixed Llama tokenizer, whatever the model.',
          count: 1,
          rows: [],
        },
      ],
    },
  ];
}
