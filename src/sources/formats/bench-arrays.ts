// What vLLM's `bench serve` (vllm 009e6d4a, benchmarks/serve.py) and SGLang's bench_serving (sglang 50a61368) share: one JSON object a run,
// with one array entry a request, failed requests included (0 tokens, TTFT 0). TTFT, gaps and latencies in seconds, aggregates in ms.

import type { Finding, Figure, ReportedFigure, RequestInput } from './run-record';
import { findingOver, okOrEmpty } from './run-record';
import { asArray, asNumber, asText, type JsonObject } from './lenient-json';
import { optional } from './present';

export const numbersOf = (run: JsonObject, key: string): readonly number[] | undefined => {
  const list = asArray(run[key]);
  return list?.map((value) => asNumber(value) ?? NaN);
};

export interface BenchRequests {
  readonly requests: readonly RequestInput[];
  readonly hasStartTimes: boolean;
  readonly findings: readonly Finding[];
}

/** The requests of a detailed run; `undefined` when the arrays are not there. */
export function benchRequests(run: JsonObject): BenchRequests | undefined {
  const ttfts = numbersOf(run, 'ttfts');
  const itls = asArray(run['itls'])?.map((list) => (asArray(list) ?? []).map((gap) => asNumber(gap) ?? NaN));
  if (ttfts === undefined || itls === undefined) return undefined;
  const inputs = numbersOf(run, 'input_lens');
  const outputs = numbersOf(run, 'output_lens');
  const starts = numbersOf(run, 'start_times');
  const latencies = numbersOf(run, 'latencies');
  const queues = numbersOf(run, 'queue_times');
  const errors = asArray(run['errors']);
  const lengths = [ttfts, itls, inputs, outputs, starts, errors].flatMap((list) =>
    list === undefined ? [] : [list.length],
  );
  const count = Math.min(...lengths);
  const requests = Array.from({ length: count }, (_, row): RequestInput => {
    const outputTokens = outputs?.[row];
    const gapsS = itls[row] ?? [];
    const ttftS = ttfts[row] ?? NaN;
    const isFailed = (asText(errors?.[row]) ?? '') !== '';
    return {
      status: isFailed ? 'error' : okOrEmpty(outputTokens),
      ...optional('startS', starts?.[row]),
      ...optional('inputTokens', inputs?.[row]),
      ...optional('outputTokens', outputTokens),
      ttftS,
      e2eS: latencies?.[row] ?? ttftS + gapsS.reduce((sum, gap) => sum + gap, 0),
      gapsS,
      ...optional('queueS', queues?.[row]),
    };
  });
  const longest = Math.max(...lengths);
  const findings: (Finding | undefined)[] = [
    longest > count
      ? {
          message: `Arrays of different length (${String(count)} to ${String(longest)} entries): the file may be cut off; ${String(count)} requests are used.`,
          count: longest - count,
          rows: [count],
        }
      : undefined,
    findingOver(
      count,
      (row) => requests[row]?.status === 'ok' && (itls[row]?.length ?? 0) + 1 !== outputs?.[row],
      (n) =>
        `${String(n)} requests have another number of chunks than tokens: their gaps lie between chunks, not tokens.`,
    ),
    ...totals(run, requests),
  ];
  return {
    requests,
    hasStartTimes: starts !== undefined,
    findings: findings.filter((finding) => finding !== undefined),
  };
}

/** The file's own totals against its arrays. */
function totals(run: JsonObject, requests: readonly RequestInput[]): readonly (Finding | undefined)[] {
  const sum = requests.reduce((total, { outputTokens }) => total + (outputTokens ?? 0), 0);
  const reported = asNumber(run['total_output_tokens']) ?? asNumber(run['total_output']);
  const prompts = asNumber(run['num_prompts']);
  const completed = asNumber(run['completed']);
  const failed = asNumber(run['failed']) ?? requests.filter(({ status }) => status === 'error').length;
  const disagrees = (message: string): Finding => ({ message, count: 1, rows: [] });
  return [
    reported !== undefined && reported !== sum
      ? disagrees(`The file reports ${String(reported)} output tokens, its requests sum to ${String(sum)}.`)
      : undefined,
    prompts !== undefined && completed !== undefined && completed + failed !== prompts
      ? disagrees(
          `${String(completed)} completed and ${String(failed)} failed requests do not make ${String(prompts)} prompts.`,
        )
      : undefined,
  ];
}

const STATISTICS = { mean: 'mean', p50: 'median', p90: 'p90', p95: 'p95', p99: 'p99' } as const;
const METRICS = { ttft: ['ttft'], tpot: ['tpot'], itl: ['itl'], e2e: ['e2el', 'e2e_latency'] } as const;

const PLAIN: Readonly<Partial<Record<Figure, readonly string[]>>> = {
  requests: ['completed'],
  input_tokens: ['total_input_tokens', 'total_input'],
  output_tokens: ['total_output_tokens', 'total_output'],
  requests_per_s: ['request_throughput'],
  input_tokens_per_s: ['input_throughput'],
  output_tokens_per_s: ['output_throughput'],
};

/** Aggregates under the names of either tool. */
export function benchFigures(run: JsonObject): readonly ReportedFigure[] {
  const figures: ReportedFigure[] = [];
  const add = (figure: Figure, keys: readonly string[]): void => {
    const key = keys.find((candidate) => Number.isFinite(asNumber(run[candidate])));
    if (key !== undefined) figures.push({ figure, key, value: asNumber(run[key]) ?? NaN });
  };
  for (const [metric, names] of Object.entries(METRICS)) {
    for (const [statistic, word] of Object.entries(STATISTICS)) {
      const figure = `${metric}_${statistic}_ms` as Figure;
      add(
        figure,
        names.flatMap((name) => [`${word}_${name}_ms`, `${statistic}_${name}_ms`]),
      );
    }
  }
  for (const [figure, keys] of Object.entries(PLAIN)) add(figure as Figure, keys);
  return figures;
}

/** req/s; `inf` and `Infinity` mean as fast as possible. */
export function requestRate(run: JsonObject): number | undefined {
  const value = run['request_rate'];
  if (asText(value) === 'inf') return Infinity;
  return asNumber(value);
}
