// llm-d benchmark report (llm-d-benchmark 8bc9f1dd), versions 0.1 to 0.2.1, YAML or JSON: the only format that names the whole
// deployment. Every statistic carries its own unit, which is read, never assumed.

import { parse } from 'yaml';
import { fail, ok, type Result } from '../../base/result';
import { yamlFault } from '../../base/yaml-words';
import { secondsPer } from './aiperf';
import { optional, text } from './present';
import type { Figure, ImportedRun, ReportedFigure } from './run-record';

const MAX_YAML_ALIASES = 100;
/** YAML is read as one tree of about twenty times the text's size; JSON has no such limit here. */
const MAX_YAML_CHARACTERS = 16e6;

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (here, key) => (isTree(here) && Object.hasOwn(here, key) ? here[key] : undefined),
    value,
  );
const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** YAML covers JSON. */
export function parseReport(source: string, file: string): Result<unknown> {
  if (source.length > MAX_YAML_CHARACTERS) {
    return fail({
      code: 'too-large',
      file,
      message: `${file} has ${Math.round(source.length / 1e6)} million characters of YAML; at most ${MAX_YAML_CHARACTERS / 1e6} million are read. Save the report as JSON.`,
    });
  }
  try {
    const document: unknown = parse(source, {
      maxAliasCount: MAX_YAML_ALIASES,
      // Warnings would go to the console: a tag that nobody knows is read as plain text.
      logLevel: 'error',
    });
    return ok(document);
  } catch (error) {
    const reason = yamlFault(error instanceof Error ? error.message : String(error));
    return fail({ code: 'malformed', file, message: `${file} is not readable as YAML: ${reason}.` });
  }
}

const LATENCIES: readonly (readonly [prefix: 'ttft' | 'tpot' | 'itl' | 'e2e', names: readonly string[]])[] = [
  ['ttft', ['time_to_first_token', 'ttft']],
  ['tpot', ['time_per_output_token', 'tpot']],
  ['itl', ['inter_token_latency', 'itl']],
  ['e2e', ['request_latency', 'e2e_latency']],
];
const STATISTICS = {
  mean: ['mean'],
  p50: ['p50', 'median'],
  p90: ['p90'],
  p95: ['p95'],
  p99: ['p99'],
} as const;
const RATES: readonly (readonly [Figure, string])[] = [
  ['requests_per_s', 'request_rate'],
  ['requests_per_s', 'requests_per_sec'],
  ['input_tokens_per_s', 'input_token_rate'],
  ['output_tokens_per_s', 'output_token_rate'],
];

/** `units` such as `ms`, `s`, `ms/token`. */
const scaleOf = (units: unknown): number | undefined => secondsPer(asText(units)?.split('/', 1)[0]);

export function importLlmdReport(document: unknown): readonly ImportedRun[] {
  const performance = at(document, 'results', 'request_performance');
  const aggregate = at(performance, 'aggregate') ?? at(document, 'results');
  const latency = at(aggregate, 'latency') ?? at(document, 'results', 'metrics', 'latency');
  const throughput = at(aggregate, 'throughput') ?? at(document, 'results', 'metrics', 'throughput');
  const reported: ReportedFigure[] = [];
  for (const [prefix, names] of LATENCIES) {
    const name = names.find((candidate) => isTree(at(latency, candidate)));
    if (name === undefined) continue;
    const scale = scaleOf(at(latency, name, 'units'));
    if (scale === undefined) continue;
    for (const [statistic, keys] of Object.entries(STATISTICS)) {
      const key = keys.find((candidate) => asNumber(at(latency, name, candidate)) !== undefined);
      const value = key === undefined ? undefined : asNumber(at(latency, name, key));
      if (value !== undefined) {
        reported.push({
          figure: `${prefix}_${statistic}_ms` as Figure,
          key: `latency.${name}.${key ?? ''}`,
          value: value * scale * 1000,
        });
      }
    }
  }
  for (const [figure, name] of RATES) {
    const stated = at(throughput, name);
    const value = asNumber(stated) ?? asNumber(at(stated, 'mean'));
    if (value !== undefined) reported.push({ figure, key: `throughput.${name}`, value });
  }
  const stack = at(document, 'scenario', 'stack');
  const engine = (Array.isArray(stack) ? (stack as readonly unknown[]) : []).find(
    (component) => at(component, 'standardized', 'kind') === 'inference_engine',
  );
  const load = at(document, 'scenario', 'load', 'standardized');
  return [
    {
      format: 'llmd-report',
      label: '',
      facts: {
        tool: 'llm-d benchmark',
        ...text('toolVersion', asText(at(document, 'version'))),
        ...text(
          'model',
          asText(at(engine, 'standardized', 'model', 'name')) ??
            asText(at(document, 'scenario', 'model', 'name')),
        ),
        ...text('backend', asText(at(engine, 'standardized', 'tool'))),
        ...optional(
          'tensorParallel',
          asNumber(at(engine, 'standardized', 'accelerator', 'parallelism', 'tp')),
        ),
        ...optional('requestRateRps', asNumber(at(load, 'rate_qps'))),
        ...optional('maxConcurrency', asNumber(at(load, 'concurrency'))),
        ...optional('durationS', isoSeconds(asText(at(document, 'run', 'time', 'duration')))),
        clock: 'none',
        tokenCounts: 'unknown',
        gaps: 'none',
      },
      reported,
      findings:
        reported.length === 0
          ? [
              {
                message: 'No statistic with a known unit was found in results.request_performance.',
                count: 1,
                rows: [],
              },
            ]
          : [],
    },
  ];
}

/** ISO 8601 duration such as PT1H2M49.97S. */
export function isoSeconds(duration: string | undefined): number | undefined {
  const match = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration ?? '');
  if (match === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
