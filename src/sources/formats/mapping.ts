// How each format is told and read, in words for the reader: what its content shows, and which of its keys fills which column, in which
// unit. Kept beside the importers, which do it.

import type { Figure, FormatId } from './run-record';

export interface ColumnMapping {
  readonly quantity: 'Arrival' | 'Prompt tokens' | 'Reply tokens' | 'TTFT' | 'E2E' | 'Gaps' | 'Failed';
  /** The file's keys, or a formula over them. */
  readonly from: string;
  readonly unit?: string;
}

export interface FormatReading {
  /** What in the content tells the format. */
  readonly signs: string;
  readonly columns: readonly ColumnMapping[];
}

const column = (quantity: ColumnMapping['quantity'], from: string, unit?: string): ColumnMapping => ({
  quantity,
  from,
  ...(unit === undefined ? {} : { unit }),
});

const BENCH_ARRAYS = [
  column('Prompt tokens', 'input_lens'),
  column('Reply tokens', 'output_lens'),
  column('TTFT', 'ttfts', 's'),
  column('Gaps', 'itls, between chunks', 's'),
  column('Failed', 'errors that are not empty'),
];

export const READINGS: Readonly<Partial<Record<FormatId, FormatReading>>> = {
  'vllm-bench': {
    signs: 'an object with the lists ttfts, itls and input_lens',
    columns: [
      column('Arrival', 'start_times − the smallest', 's, monotonic clock'),
      column('E2E', 'latencies, else ttfts + Σ itls', 's'),
      ...BENCH_ARRAYS,
    ],
  },
  'sglang-bench': {
    signs: 'lists ttfts and itls beside mean_e2e_latency_ms, total_throughput or server_info',
    columns: [column('E2E', 'ttfts + Σ itls', 's'), ...BENCH_ARRAYS],
  },
  'bench-summary': {
    signs: 'request_throughput and mean_ttft_ms without lists',
    columns: [
      column('TTFT', 'mean_ttft_ms, p99_ttft_ms', 'ms'),
      column('E2E', 'mean_e2el_ms, mean_e2e_latency_ms', 'ms'),
    ],
  },
  'inference-perf': {
    signs: 'a list of records with start_time, end_time and info',
    columns: [
      column('Arrival', 'start_time − the smallest', 's, monotonic clock'),
      column('Prompt tokens', 'info.request_metrics.text.input_tokens, else info.input_tokens'),
      column('Reply tokens', 'info.response_metrics.output_tokens, else info.output_tokens'),
      column('TTFT', 'output_token_times[0] − start_time', 's'),
      column('E2E', 'end_time − start_time', 's'),
      column('Gaps', 'differences of output_token_times', 's'),
      column('Failed', 'error that is not null'),
    ],
  },
  'inference-perf-summary': {
    signs: 'load_summary beside successes',
    columns: [
      column('TTFT', 'successes.latency.time_to_first_token', 's'),
      column('E2E', 'successes.latency.request_latency', 's'),
      column('Prompt tokens', 'successes.prompt_len.mean'),
      column('Reply tokens', 'successes.output_len.mean'),
    ],
  },
  guidellm: {
    signs: 'benchmarks with metadata.guidellm_version, or with requests.successful',
    columns: [
      column('Arrival', 'request_start_time, else start_time', 's since 1970'),
      column('Prompt tokens', 'prompt_tokens'),
      column('Reply tokens', 'output_tokens'),
      column('TTFT', 'time_to_first_token_ms', 'ms'),
      column('E2E', 'request_latency', 's'),
      column('Gaps', 'inter_token_latency_ms, one mean a request', 'ms'),
      column('Failed', 'the list errored'),
    ],
  },
  aiperf: {
    signs: 'records with metadata.request_start_ns and metrics',
    columns: [
      column('Arrival', 'metadata.request_start_ns − the smallest', 'ns, whole numbers'),
      column('Prompt tokens', 'metrics.input_sequence_length'),
      column('Reply tokens', 'metrics.output_sequence_length'),
      column('TTFT', 'metrics.time_to_first_token', 'as its unit says'),
      column('E2E', 'metrics.request_latency', 'as its unit says'),
      column('Gaps', 'metrics.inter_chunk_latency', 'as its unit says'),
      column('Failed', 'error that is not null'),
    ],
  },
  'perf-analyzer': {
    signs: 'experiments with requests and response_timestamps',
    columns: [
      column('Arrival', 'timestamp − the smallest', 'ns, whole numbers'),
      column('Reply tokens', 'usage in a response, else the number of responses'),
      column('TTFT', 'response_timestamps[0] − timestamp', 'ns'),
      column('E2E', 'last response − timestamp', 'ns'),
      column('Gaps', 'differences of response_timestamps', 'ns'),
    ],
  },
  'aiperf-summary': {
    signs: 'input_config beside metrics with unit and avg',
    columns: [
      column('TTFT', 'time_to_first_token.avg', 'as its unit says'),
      column('E2E', 'request_latency.avg', 'as its unit says'),
    ],
  },
  llmperf: {
    signs: 'a list of records with ttft_s and end_to_end_latency_s',
    columns: [
      column('Prompt tokens', 'number_input_tokens'),
      column('Reply tokens', 'number_output_tokens'),
      column('TTFT', 'ttft_s', 's'),
      column('E2E', 'end_to_end_latency_s', 's'),
      column('Failed', 'error_code that is not null'),
    ],
  },
  'llmservingsim-bench': {
    signs: 'records with queued_ts, scheduled_ts and first_token_ts',
    columns: [
      column('Arrival', 'queued_ts − the smallest', 's, monotonic clock of the engine'),
      column('Prompt tokens', 'input_toks'),
      column('Reply tokens', 'output_toks'),
      column('TTFT', 'first_token_ts − queued_ts', 's'),
      column('E2E', 'last_token_ts − queued_ts', 's'),
      column('Gaps', '(last − first token) ÷ (output_toks − 1)', 's'),
    ],
  },
  'blis-trace': {
    signs: 'trace_version in the header, client_id and arrival_time_us in the data',
    columns: [
      column('Arrival', 'send_time_us', 'µs'),
      column('Prompt tokens', 'server_input_tokens, else prefix_length + input_tokens'),
      column('Reply tokens', 'output_tokens'),
      column('TTFT', 'first_chunk_time_us − send_time_us', 'µs'),
      column('E2E', 'last_chunk_time_us − send_time_us', 'µs'),
      column('Gaps', '(last − first chunk) ÷ (num_chunks − 1)', 'µs'),
      column('Failed', 'status that is not ok'),
    ],
  },
  'llmd-report': {
    signs: 'version, scenario and results',
    columns: [
      column('TTFT', 'latency.time_to_first_token', 'as its units say'),
      column('E2E', 'latency.request_latency', 'as its units say'),
    ],
  },
};

/** How a figure is worked out from the rows (`recompute.ts`), and its unit. */
const DEFINITIONS: Readonly<Record<string, string>> = {
  ttft: 'first token − send, over requests with tokens',
  tpot: '(E2E − TTFT) ÷ (reply tokens − 1), over requests with more than one token',
  itl: 'all gaps of all requests; over means of requests where the file has only those',
  e2e: 'last token − send, over requests with tokens',
};

const PLAIN: Readonly<Partial<Record<Figure, readonly [label: string, unit: string, definition: string]>>> = {
  requests: ['Requests', '', 'requests with tokens'],
  input_tokens: ['Prompt tokens', '', 'sum over requests with tokens'],
  output_tokens: ['Reply tokens', '', 'sum over requests with tokens'],
  requests_per_s: ['Requests', '1/s', 'requests ÷ duration of the run'],
  input_tokens_per_s: ['Prompt tokens', '1/s', 'sum ÷ duration of the run'],
  output_tokens_per_s: ['Reply tokens', '1/s', 'sum ÷ duration of the run'],
};

export interface FigureWords {
  readonly label: string;
  readonly unit: string;
  readonly definition: string;
}

export function figureWords(figure: Figure): FigureWords {
  const plain = PLAIN[figure];
  if (plain !== undefined) return { label: plain[0], unit: plain[1], definition: plain[2] };
  const [metric = '', statistic = ''] = figure.split('_');
  return {
    label: `${metric.toUpperCase()} ${statistic}`,
    unit: 'ms',
    definition: DEFINITIONS[metric] ?? '',
  };
}
