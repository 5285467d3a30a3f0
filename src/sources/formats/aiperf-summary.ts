// AIPerf profile_export_aiperf.json and GenAI-Perf profile_export_genai_perf.json: one object a metric with its own unit.

import { secondsPer } from './aiperf';
import { asNumber, asText, at, objectsIn, type JsonFile, type JsonObject } from './lenient-json';
import { optional, text } from './present';
import type { Figure, ImportedRun, ReportedFigure } from './run-record';

const LATENCIES = {
  ttft: 'time_to_first_token',
  itl: 'inter_token_latency',
  e2e: 'request_latency',
} as const;
const STATISTICS = { mean: 'avg', p50: 'p50', p90: 'p90', p95: 'p95', p99: 'p99' } as const;
const PLAIN: Readonly<Partial<Record<Figure, string>>> = {
  requests: 'request_count',
  input_tokens: 'total_isl',
  output_tokens: 'total_osl',
  requests_per_s: 'request_throughput',
  output_tokens_per_s: 'output_token_throughput',
};

export const importAiperfSummary = (file: JsonFile): readonly ImportedRun[] =>
  objectsIn(file).map(summaryRun);

function summaryRun(run: JsonObject): ImportedRun {
  const reported: ReportedFigure[] = [];
  for (const [metric, name] of Object.entries(LATENCIES)) {
    const scale = secondsPer(asText(at(run, name, 'unit')));
    for (const [statistic, key] of Object.entries(STATISTICS)) {
      const value = asNumber(at(run, name, key));
      if (value === undefined || scale === undefined) continue;
      reported.push({
        figure: `${metric}_${statistic}_ms` as Figure,
        key: `${name}.${key}`,
        value: value * scale * 1000,
      });
    }
  }
  for (const [figure, name] of Object.entries(PLAIN)) {
    const value = asNumber(at(run, name, 'avg'));
    if (value !== undefined) reported.push({ figure: figure as Figure, key: `${name}.avg`, value });
  }
  const scale = secondsPer(asText(at(run, 'benchmark_duration', 'unit'))) ?? NaN;
  const duration = asNumber(at(run, 'benchmark_duration', 'avg'));
  const failed = asNumber(at(run, 'error_request_count', 'avg')) ?? 0;
  const models = at(run, 'input_config', 'endpoint', 'model_names');
  return {
    format: 'aiperf-summary',
    label: '',
    facts: {
      tool: 'AIPerf / GenAI-Perf',
      ...text('model', Array.isArray(models) ? asText((models as readonly string[])[0]) : undefined),
      ...optional('durationS', duration === undefined ? undefined : duration * scale),
      clock: 'none',
      tokenCounts: 'client',
      gaps: 'none',
    },
    reported,
    findings: failed > 0 ? [{ message: `${String(failed)} requests failed.`, count: failed, rows: [] }] : [],
  };
}
