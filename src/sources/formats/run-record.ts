// One measured run as every importer hands it on: a row a request in file order, and what the file says about the run as a whole.
// Times are seconds relative to the first send. NaN means that the file does not say; in rows that are not `ok`, TTFT and E2E are NaN
// and the gaps are empty, whatever the file holds there.

import type { Ragged } from '../../base/columns';

export const FORMATS = {
  'vllm-bench': 'vLLM bench serve, with details',
  'sglang-bench': 'SGLang bench_serving, with details',
  'bench-summary': 'vLLM or SGLang benchmark summary',
  'inference-perf': 'inference-perf, per request',
  'inference-perf-summary': 'inference-perf lifecycle metrics',
  guidellm: 'GuideLLM report',
  aiperf: 'AIPerf records',
  'perf-analyzer': 'Perf Analyzer / GenAI-Perf raw profile',
  'aiperf-summary': 'AIPerf / GenAI-Perf aggregate',
  llmperf: 'LLMPerf individual responses',
  'llmservingsim-bench': 'LLMServingSim bench requests',
  'llmservingsim-output': 'LLMServingSim simulated requests',
  'blis-trace': 'BLIS TraceV2',
  'llmd-report': 'llm-d benchmark report',
  'trace-azure': 'Azure LLM trace',
  'trace-burstgpt': 'BurstGPT trace',
  'trace-mooncake': 'Mooncake trace',
  'trace-servegen': 'ServeGen client windows',
  'trace-vidur-lengths': 'Vidur processed trace (lengths only)',
  'trace-vidur': 'Vidur replay trace',
  'trace-splitwise': 'Splitwise-sim trace',
  'trace-llmservingsim': 'LLMServingSim workload',
} as const;
export type FormatId = keyof typeof FORMATS;

export const STATUSES = ['ok', 'error', 'cancelled', 'incomplete', 'empty'] as const;
export type RequestStatus = (typeof STATUSES)[number];

export interface RequestRows {
  readonly count: number;
  readonly status: readonly RequestStatus[];
  readonly startS: Float64Array;
  /** Intended arrival, where the tool records it apart from the send. */
  readonly arrivalS: Float64Array;
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
  readonly ttftS: Float64Array;
  readonly e2eS: Float64Array;
  /** Gaps between consecutive chunks. */
  readonly gapsS: Ragged<Float64Array>;
  /** Mean gap of a request, where the file holds only that. */
  readonly meanGapS: Float64Array;
  readonly queueS: Float64Array;
  readonly cachedTokens: Float64Array;
}

/** Aggregates that files report and that rows can be summed up to; units as named. */
export const FIGURES = [
  'ttft_mean_ms',
  'ttft_p50_ms',
  'ttft_p90_ms',
  'ttft_p95_ms',
  'ttft_p99_ms',
  'tpot_mean_ms',
  'tpot_p50_ms',
  'tpot_p90_ms',
  'tpot_p99_ms',
  'itl_mean_ms',
  'itl_p50_ms',
  'itl_p90_ms',
  'itl_p95_ms',
  'itl_p99_ms',
  'e2e_mean_ms',
  'e2e_p50_ms',
  'e2e_p90_ms',
  'e2e_p95_ms',
  'e2e_p99_ms',
  'requests',
  'input_tokens',
  'output_tokens',
  'requests_per_s',
  'input_tokens_per_s',
  'output_tokens_per_s',
] as const;
export type Figure = (typeof FIGURES)[number];

export interface ReportedFigure {
  readonly figure: Figure;
  readonly value: number;
  /** The file's own key. */
  readonly key: string;
}

export interface RunFacts {
  readonly tool: string;
  readonly toolVersion?: string;
  readonly model?: string;
  readonly backend?: string;
  readonly backendVersion?: string;
  readonly tensorParallel?: number;
  readonly gpu?: string;
  readonly maxNumSeqs?: number;
  readonly maxNumBatchedTokens?: number;
  readonly maxModelLen?: number;
  readonly kvBlocks?: number;
  readonly blockSizeTokens?: number;
  readonly durationS?: number;
  /** Infinity = as fast as possible. */
  readonly requestRateRps?: number;
  /** Shape of the gamma-distributed gaps between requests; 1 = Poisson. */
  readonly burstiness?: number;
  readonly maxConcurrency?: number;
  /** Requests sent, failed ones included, where the file has no rows. */
  readonly sentRequests?: number;
  readonly seed?: number;
  /** Which clock the times came from; `none` = no start times, so arrivals cannot be replayed. */
  readonly clock: 'epoch' | 'monotonic' | 'relative' | 'none';
  readonly tokenCounts: 'server' | 'client' | 'chunks' | 'unknown';
  /** What a gap is: between chunks, one mean a request, or not in the file. */
  readonly gaps: 'chunks' | 'request-means' | 'none';
}

export interface Finding {
  /** One sentence, complete with its count. */
  readonly message: string;
  readonly count: number;
  /** The first rows concerned, 0-based, at most three. */
  readonly rows: readonly number[];
}

export interface ImportedRun {
  readonly format: FormatId;
  /** Tells runs of one file apart. */
  readonly label: string;
  readonly facts: RunFacts;
  /** Absent in aggregate-only files. */
  readonly rows?: RequestRows;
  readonly reported: readonly ReportedFigure[];
  readonly findings: readonly Finding[];
  /** The sentence, where the rows were not measured on a server. */
  readonly notMeasured?: string;
}

/** Arrivals and lengths without latencies: a workload, never a measurement. */
export interface WorkloadTrace {
  readonly format: FormatId;
  readonly count: number;
  /** NaN where the file has no times. */
  readonly arrivalS: Float64Array;
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
  /** Hash ids of the prompt's blocks, where the trace names shared prefixes; block size in tokens. */
  readonly prefixBlocks?: { readonly ids: Ragged<Float64Array>; readonly blockTokens: number };
  readonly findings: readonly Finding[];
}

/** What an importer knows of one request; leave out what the file does not say. */
export interface RequestInput {
  readonly status: RequestStatus;
  readonly startS?: number;
  readonly arrivalS?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly ttftS?: number;
  readonly e2eS?: number;
  readonly gapsS?: readonly number[];
  readonly meanGapS?: number;
  readonly queueS?: number;
  readonly cachedTokens?: number;
}

/** Rows from what importers know; start times become relative to the smallest. */
export function buildRows(requests: readonly RequestInput[]): RequestRows {
  const column = (value: (request: RequestInput) => number | undefined): Float64Array =>
    Float64Array.from(requests, (request) => value(request) ?? NaN);
  const whenOk = (value: (request: RequestInput) => number | undefined): Float64Array =>
    column((request) => (request.status === 'ok' ? value(request) : undefined));
  const gapLists = requests.map(({ status, gapsS }) => (status === 'ok' ? (gapsS ?? []) : []));
  const offsets = new Uint32Array(requests.length + 1);
  for (const [row, gaps] of gapLists.entries()) offsets[row + 1] = (offsets[row] ?? 0) + gaps.length;
  const starts = column(({ startS }) => startS);
  const first = starts.reduce((least, value) => (value < least ? value : least), Infinity);
  const relative = (values: Float64Array): Float64Array => values.map((value) => value - first);
  return {
    count: requests.length,
    status: requests.map(({ status }) => status),
    startS: relative(starts),
    arrivalS: relative(column(({ arrivalS, startS }) => arrivalS ?? startS)),
    inputTokens: column(({ inputTokens }) => inputTokens),
    outputTokens: column(({ outputTokens }) => outputTokens),
    ttftS: whenOk(({ ttftS }) => ttftS),
    e2eS: whenOk(({ e2eS }) => e2eS),
    gapsS: { values: Float64Array.from(gapLists.flat()), offsets },
    meanGapS: whenOk(({ meanGapS }) => meanGapS),
    queueS: column(({ queueS }) => queueS),
    cachedTokens: column(({ cachedTokens }) => cachedTokens),
  };
}

/** `ok`, unless the request produced nothing. */
export const okOrEmpty = (outputTokens: number | undefined): RequestStatus =>
  outputTokens === 0 ? 'empty' : 'ok';

/** A finding over the rows that satisfy a test; absent when none does. */
export function findingOver(
  count: number,
  test: (row: number) => boolean,
  words: (count: number) => string,
): Finding | undefined {
  const rows: number[] = [];
  let found = 0;
  for (let row = 0; row < count; row += 1) {
    if (!test(row)) continue;
    found++;
    if (rows.length < 3) rows.push(row);
  }
  return found === 0 ? undefined : { message: words(found), count: found, rows };
}
