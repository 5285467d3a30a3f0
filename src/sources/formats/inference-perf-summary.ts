// inference-perf summary_lifecycle_metrics.json and stage_N_lifecycle_metrics.json: aggregates in seconds, the 50 % point called `median`.

import { asNumber, at, objectsIn, type JsonFile, type JsonObject } from './lenient-json';
import { optional } from './present';
import type { Figure, ImportedRun, ReportedFigure } from './run-record';

const LATENCIES = {
  ttft: 'time_to_first_token',
  tpot: 'time_per_output_token',
  itl: 'inter_token_latency',
  e2e: 'request_latency',
} as const;
/** Newer files call the lengths tokens. */
const LENGTHS: Readonly<Partial<Record<Figure, readonly string[]>>> = {
  input_tokens: ['prompt_len', 'prompt_tokens'],
  output_tokens: ['output_len', 'output_tokens'],
};
const STATISTICS = { mean: 'mean', p50: 'median', p90: 'p90', p95: 'p95', p99: 'p99' } as const;

export function importInferencePerfSummary(file: JsonFile): readonly ImportedRun[] {
  return objectsIn(file).map(summaryRun);
}

function summaryRun(run: JsonObject): ImportedRun {
  const reported: ReportedFigure[] = [];
  const add = (figure: Figure, key: string, value: number | undefined, scale: number): void => {
    if (value !== undefined && Number.isFinite(value)) reported.push({ figure, key, value: value * scale });
  };
  for (const [metric, name] of Object.entries(LATENCIES)) {
    for (const [statistic, word] of Object.entries(STATISTICS)) {
      const value = asNumber(at(run, 'successes', 'latency', name, word));
      add(`${metric}_${statistic}_ms` as Figure, `successes.latency.${name}.${word}`, value, 1000);
    }
  }
  const throughput = (key: string) => asNumber(at(run, 'successes', 'throughput', key));
  add('requests', 'successes.count', asNumber(at(run, 'successes', 'count')), 1);
  add('requests_per_s', 'successes.throughput.requests_per_sec', throughput('requests_per_sec'), 1);
  add(
    'input_tokens_per_s',
    'successes.throughput.input_tokens_per_sec',
    throughput('input_tokens_per_sec'),
    1,
  );
  add(
    'output_tokens_per_s',
    'successes.throughput.output_tokens_per_sec',
    throughput('output_tokens_per_sec'),
    1,
  );
  // Means over the successful requests: sums follow from their number.
  const count = asNumber(at(run, 'successes', 'count')) ?? NaN;
  for (const [figure, keys] of Object.entries(LENGTHS)) {
    const key = keys.find((name) => asNumber(at(run, 'successes', name, 'mean')) !== undefined);
    const mean = key === undefined ? undefined : asNumber(at(run, 'successes', key, 'mean'));
    add(
      figure as Figure,
      `successes.count × successes.${key ?? ''}.mean`,
      mean === undefined ? undefined : mean * count,
      1,
    );
  }
  const failures = asNumber(at(run, 'failures', 'count')) ?? 0;
  return {
    format: 'inference-perf-summary',
    label: '',
    facts: {
      tool: 'inference-perf',
      ...optional('durationS', asNumber(at(run, 'load_summary', 'send_duration'))),
      ...optional('requestRateRps', asNumber(at(run, 'load_summary', 'requested_rate'))),
      ...optional('sentRequests', asNumber(at(run, 'load_summary', 'count'))),
      clock: 'none',
      tokenCounts: 'client',
      gaps: 'none',
    },
    reported,
    findings:
      failures > 0
        ? [
            {
              message: `${String(failures)} requests failed; the figures are of the others.`,
              count: failures,
              rows: [],
            },
          ]
        : [],
  };
}
