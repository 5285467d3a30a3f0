// Perf Analyzer / GenAI-Perf raw profile_export.json (perf_analyzer 263c5f6e): response times in whole nanoseconds since 1970. Token counts
// are not in the file: chunks stand for tokens, unless a response carries `usage`. Response texts are looked at once (empty, `[DONE]`,
// usage) and dropped.

import { nsBetween, smallest, wholeNs } from './aiperf';
import { asArray, asNumber, asText, at, PRIVATE_KEYS, type Json, type JsonFile } from './lenient-json';
import { optional } from './present';
import { buildRows, type ImportedRun, type RequestInput } from './run-record';

/** The replies must be seen while reading; nothing of them is kept. */
export const PERF_ANALYZER_DROPS: ReadonlySet<string> = new Set(
  [...PRIVATE_KEYS].filter((key) => key !== 'response'),
);

export function importPerfAnalyzer(file: JsonFile): readonly ImportedRun[] {
  const experiments = asArray(at(file.values[0], 'experiments')) ?? [];
  return experiments.map((experiment, index) => {
    const items = (asArray(at(experiment, 'requests')) ?? []).filter((item) => !file.isCut(item));
    const first = smallest(items.map((item) => wholeNs(at(item, 'timestamp'))));
    const requests = items.map((item) => requestOf(item, first));
    const silent = requests.filter(({ status }) => status === 'empty').length;
    const mode = asText(at(experiment, 'experiment', 'mode'));
    const value = asNumber(at(experiment, 'experiment', 'value'));
    return {
      format: 'perf-analyzer',
      label:
        experiments.length === 1
          ? ''
          : `experiment ${String(index + 1)}: ${mode ?? 'load'} ${String(value ?? '')}`,
      facts: {
        tool: 'Perf Analyzer',
        ...optional('requestRateRps', mode === 'request_rate' ? value : undefined),
        ...optional('maxConcurrency', mode === 'concurrency' ? value : undefined),
        clock: 'epoch',
        tokenCounts: 'chunks',
        gaps: 'chunks',
      },
      rows: buildRows(requests),
      reported: [],
      findings: [
        {
          message: 'Token counts are not in the file: output tokens are counted as chunks.',
          count: requests.length,
          rows: [],
        },
        ...(silent > 0
          ? [
              {
                message: `${String(silent)} requests have no response: failed or empty, the file does not say which.`,
                count: silent,
                rows: [],
              },
            ]
          : []),
      ],
    };
  });
}

function requestOf(item: Json, first: bigint): RequestInput {
  const start = wholeNs(at(item, 'timestamp'));
  const stamps = (asArray(at(item, 'response_timestamps')) ?? []).map(wholeNs);
  const texts = (asArray(at(item, 'response_outputs')) ?? []).map((output) => asText(at(output, 'response')));
  let last = stamps.length;
  while (last > 0 && texts.length >= last && isClosing(texts[last - 1])) last--;
  const times = stamps.slice(0, last).flatMap((stamp) => stamp ?? []);
  const [firstTime] = times;
  const lastTime = times.at(-1);
  const usage = texts.reduce<number | undefined>((known, words) => usageIn(words) ?? known, undefined);
  if (start === undefined || firstTime === undefined || lastTime === undefined) {
    return {
      status: 'empty',
      ...optional('startS', start === undefined ? undefined : nsBetween(first, start)),
      outputTokens: 0,
    };
  }
  return {
    status: 'ok',
    startS: nsBetween(first, start),
    outputTokens: usage ?? times.length,
    ttftS: nsBetween(start, firstTime),
    e2eS: nsBetween(start, lastTime),
    gapsS: times.slice(1).map((time, i) => nsBetween(times[i] ?? time, time)),
  };
}

/** A chunk that carries no text: the end marker, or nothing. */
const isClosing = (words: string | undefined): boolean =>
  words === undefined || words.trim() === '' || /^(data:\s*)?\[DONE\]$/.test(words.trim());

const usageIn = (words: string | undefined): number | undefined => {
  const count = /"completion_tokens"\s*:\s*(\d+)/.exec(words ?? '')?.[1];
  return count === undefined ? undefined : Number(count);
};
