// GuideLLM benchmarks.json / .yaml, report versions 1 and 2 (guidellm ee7a7745): one benchmark a load point, requests in lists by
// outcome. Latencies in s, TTFT and ITL in ms, times since 1970. ITL is one mean a request.

import { asArray, asNumber, asObject, asText, at, type Json, type JsonFile } from './lenient-json';
import { optional, text } from './present';
import {
  buildRows,
  okOrEmpty,
  type Figure,
  type Finding,
  type ImportedRun,
  type ReportedFigure,
  type RequestInput,
} from './run-record';

export function importGuideLlm(file: JsonFile): readonly ImportedRun[] {
  const report = asObject(file.values[0]);
  const benchmarks = asArray(report?.['benchmarks']) ?? [];
  const version = asText(at(report, 'metadata', 'guidellm_version'));
  const model =
    asText(at(report, 'config', 'spec', 'backend', 'model')) ??
    asText(at(report, 'args', 'model')) ??
    asText(at(report, 'config', 'model'));
  return benchmarks.map((benchmark, index) => {
    const requests = requestsOf(benchmark, file);
    return {
      format: 'guidellm',
      label: labelOf(benchmark, index, benchmarks.length),
      facts: {
        tool: 'GuideLLM',
        ...text('toolVersion', version),
        ...text('model', model),
        ...optional('durationS', asNumber(at(benchmark, 'duration'))),
        ...optional('requestRateRps', asNumber(at(benchmark, 'config', 'strategy', 'rate'))),
        clock: 'epoch',
        tokenCounts: 'server',
        gaps: 'request-means',
      },
      ...(requests.length === 0 ? {} : { rows: buildRows(requests) }),
      reported: figuresOf(benchmark),
      findings: findingsOf(benchmark, requests.length),
    };
  });
}

function labelOf(benchmark: Json, index: number, count: number): string {
  const kind =
    asText(at(benchmark, 'config', 'strategy', 'kind')) ??
    asText(at(benchmark, 'config', 'strategy', 'type_'));
  const rate = asNumber(at(benchmark, 'config', 'strategy', 'rate'));
  const load = [kind, rate === undefined ? undefined : `${String(rate)} req/s`]
    .filter((word) => word !== undefined)
    .join(' ');
  return count === 1
    ? load
    : [`benchmark ${String(index + 1)} of ${String(count)}`, load].filter((word) => word !== '').join(': ');
}

/** Lists by outcome, in the report's order: successful, errored, incomplete. */
function requestsOf(benchmark: Json, file: JsonFile): readonly RequestInput[] {
  const lists = [
    ['successful', undefined],
    ['errored', 'error'],
    ['incomplete', 'incomplete'],
  ] as const;
  return lists.flatMap(([name, outcome]) =>
    (asArray(at(benchmark, 'requests', name)) ?? [])
      .filter((item) => !file.isCut(item))
      .map((item): RequestInput => {
        const outputTokens = asNumber(at(item, 'output_tokens'));
        const ms = (key: string): number | undefined => {
          const value = asNumber(at(item, key));
          return value === undefined ? undefined : value / 1000;
        };
        const isCancelled = asText(at(item, 'info', 'status')) === 'cancelled';
        const start = asNumber(at(item, 'request_start_time')) ?? asNumber(at(item, 'start_time'));
        const arrival = asNumber(at(item, 'info', 'timings', 'targeted_start'));
        return {
          status: isCancelled
            ? 'cancelled'
            : (outcome ?? (outputTokens === undefined ? 'empty' : okOrEmpty(outputTokens))),
          ...optional('startS', start),
          ...optional('arrivalS', arrival),
          ...optional('inputTokens', asNumber(at(item, 'prompt_tokens'))),
          ...optional('outputTokens', outputTokens),
          ...optional('ttftS', ms('time_to_first_token_ms')),
          ...optional('e2eS', asNumber(at(item, 'request_latency'))),
          ...optional('meanGapS', ms('inter_token_latency_ms')),
          ...optional('cachedTokens', asNumber(at(item, 'cached_tokens'))),
        };
      }),
  );
}

const DISTRIBUTIONS = {
  ttft: ['time_to_first_token_ms', 1],
  itl: ['inter_token_latency_ms', 1],
  e2e: ['request_latency', 1000],
} as const;

function figuresOf(benchmark: Json): readonly ReportedFigure[] {
  const figures: ReportedFigure[] = [];
  for (const [metric, [name, scale]] of Object.entries(DISTRIBUTIONS)) {
    const successful = at(benchmark, 'metrics', name, 'successful');
    for (const statistic of ['mean', 'p50', 'p90', 'p95', 'p99'] as const) {
      const value = asNumber(
        statistic === 'mean' ? at(successful, 'mean') : at(successful, 'percentiles', statistic),
      );
      const key = `metrics.${name}.successful.${statistic}`;
      if (value !== undefined)
        figures.push({ figure: `${metric}_${statistic}_ms` as Figure, key, value: value * scale });
    }
  }
  return figures;
}

function findingsOf(benchmark: Json, listed: number): readonly Finding[] {
  const total = asNumber(at(benchmark, 'metrics', 'request_totals', 'total'));
  if (listed === 0) {
    return [
      {
        message: 'The report lists no requests: its own aggregates are all there is.',
        count: total ?? 0,
        rows: [],
      },
    ];
  }
  return total === undefined || total === listed
    ? []
    : [
        {
          message: `The report lists ${String(listed)} of ${String(total)} requests: a sample.`,
          count: total - listed,
          rows: [],
        },
      ];
}
