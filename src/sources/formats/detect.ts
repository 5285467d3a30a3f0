// Which format is this? By content, from the beginning and the end of a file; the name only breaks ties. A file that matches nothing
// gets one sentence that names what was found at its top level.

import { asArray, asObject, at, parseLenientJson, type Json, type JsonObject } from './lenient-json';
import type { FormatId } from './run-record';

export const HEAD_BYTES = 64 * 1024;

export type Detection =
  | { readonly kind: 'format'; readonly format: FormatId }
  /** Read together with another file, not by itself. */
  | { readonly kind: 'companion'; readonly what: string }
  | { readonly kind: 'unknown'; readonly reason: string };

const found = (format: FormatId): Detection => ({ kind: 'format', format });

/** `tail` are the last bytes of a longer file, empty when `head` is the whole. */
export function detect(head: Uint8Array, tail: Uint8Array, name: string): Detection {
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) {
    return {
      kind: 'unknown',
      reason: `${name} is compressed with Zstandard, which is not read here; unpack it first.`,
    };
  }
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    return { kind: 'unknown', reason: `${name} is UTF-16 text; save it as UTF-8.` };
  }
  const decoder = new TextDecoder('utf-8');
  const text = decoder.decode(head).replace(/^\uFEFF/, '');
  const start = text.trimStart();
  if (start === '') return { kind: 'unknown', reason: `${name} is empty.` };
  if (start.startsWith('{') || start.startsWith('[')) return detectJson(text, decoder.decode(tail), name);
  return detectText(start, name);
}

function detectJson(head: string, tail: string, name: string): Detection {
  const parsed = parseLenientJson(head, name);
  if (!parsed.ok) return { kind: 'unknown', reason: parsed.error.message };
  const [first] = parsed.value.values;
  const list = asArray(first);
  const companion = list === undefined ? companionOf(asObject(first)) : undefined;
  if (companion !== undefined) return { kind: 'companion', what: companion };
  const format =
    list === undefined ? objectFormat(asObject(first), head + tail) : listFormat(asObject(list[0]));
  if (format !== undefined) return found(format);
  const keys = Object.keys(asObject(list === undefined ? first : list[0]) ?? {});
  const what = list === undefined ? 'an object' : 'a list';
  return { kind: 'unknown', reason: unknownReason(name, `${what} with`, keys) };
}

function unknownReason(name: string, what: string, keys: readonly string[]): string {
  const shown = keys.slice(0, 12).map((key) => key.slice(0, 40));
  const more = keys.length > shown.length ? ', …' : '';
  return `${name} is no format known here (benchmark results of vLLM, SGLang, inference-perf, GuideLLM, AIPerf, GenAI-Perf, LLMPerf, llm-d, LLMServingSim, BLIS traces, public traces): found ${what} ${shown.length === 0 ? 'nothing that names it' : shown.join(', ')}${more}.`;
}

const has = (value: JsonObject, ...keys: readonly string[]): boolean =>
  keys.every((key) => Object.hasOwn(value, key));

/** `seen` is the text that was read, for keys that lie beyond long arrays. */
function objectFormat(value: JsonObject | undefined, seen: string): FormatId | undefined {
  if (value === undefined) return undefined;
  const mentions = (key: string): boolean => has(value, key) || seen.includes(`"${key}"`);
  const isBench = mentions('request_throughput') || has(value, 'input_lens');
  const hasArrays = (has(value, 'ttfts') || mentions('ttfts')) && mentions('itls');
  if (isBench && (hasArrays || asArray(value['input_lens']) !== undefined)) {
    return mentions('mean_e2e_latency_ms') || mentions('server_info') || has(value, 'total_throughput')
      ? 'sglang-bench'
      : 'vllm-bench';
  }
  if (has(value, 'ttfts', 'itls')) return 'vllm-bench';
  if (has(value, 'request_throughput') && (mentions('mean_ttft_ms') || has(value, 'completed')))
    return 'bench-summary';
  if (has(value, 'load_summary', 'successes')) return 'inference-perf-summary';
  if (has(value, 'benchmarks') && isGuideLlm(value)) return 'guidellm';
  if (at(value, 'metadata', 'request_start_ns') !== undefined && has(value, 'metrics')) return 'aiperf';
  const experiment = asObject(asArray(value['experiments'])?.[0]);
  if (experiment !== undefined && has(experiment, 'requests')) return 'perf-analyzer';
  if (has(value, 'input_config') && Object.values(value).some(isMetric)) return 'aiperf-summary';
  if (has(value, 'queued_ts', 'scheduled_ts', 'first_token_ts')) return 'llmservingsim-bench';
  if (has(value, 'scenario') && has(value, 'results') && has(value, 'version')) return 'llmd-report';
  if (has(value, 'timestamp', 'input_length', 'output_length')) return 'trace-mooncake';
  if (has(value, 'input_toks', 'output_toks', 'arrival_time_ns')) return 'trace-llmservingsim';
  return undefined;
}

/** Files that tools write beside their results. */
function companionOf(value: JsonObject | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (has(value, 'engine_kwargs', 'vllm_version'))
    return 'server facts of an LLMServingSim bench run, read with its requests.jsonl';
  if (has(value, 'nodes', 'link_bw')) return 'an LLMServingSim cluster configuration';
  return undefined;
}

function isGuideLlm(value: JsonObject): boolean {
  if (at(value, 'metadata', 'guidellm_version') !== undefined) return true;
  const requests = at(asArray(value['benchmarks'])?.[0], 'requests');
  return at(requests, 'successful') !== undefined;
}

const isMetric = (value: Json): boolean => at(value, 'unit') !== undefined && at(value, 'avg') !== undefined;

function listFormat(item: JsonObject | undefined): FormatId | undefined {
  if (item === undefined) return undefined;
  if (has(item, 'start_time', 'end_time', 'info')) return 'inference-perf';
  if (has(item, 'ttft_s', 'end_to_end_latency_s') || has(item, 'error_code', 'error_msg')) return 'llmperf';
  return undefined;
}

const BLIS_COLUMNS = ['request_id', 'client_id', 'tenant_id', 'arrival_time_us'];

function detectText(text: string, name: string): Detection {
  const firstLine = (text.split('\n', 1)[0] ?? '').replace(/\r$/, '');
  const columns = firstLine.split(',').map((column) => column.trim());
  const hasColumns = (...wanted: readonly string[]): boolean =>
    wanted.every((column) => columns.includes(column));
  if (hasColumns(...BLIS_COLUMNS)) return found('blis-trace');
  if (hasColumns('TIMESTAMP', 'ContextTokens', 'GeneratedTokens')) return found('trace-azure');
  if (hasColumns('Timestamp', 'Request tokens', 'Response tokens')) return found('trace-burstgpt');
  if (hasColumns('arrived_at', 'num_prefill_tokens')) return found('trace-vidur');
  if (hasColumns('num_prefill_tokens', 'num_decode_tokens')) return found('trace-vidur-lengths');
  if (hasColumns('request id', 'model', 'input', 'output', 'arrival')) return found('llmservingsim-output');
  if (hasColumns('arrival_timestamp', 'prompt_size', 'token_size')) return found('trace-splitwise');
  if (hasColumns('t', 'prompt_throughput', 'gen_throughput')) {
    return { kind: 'companion', what: 'the time series of an LLMServingSim bench run' };
  }
  if (/^load\s*:/m.test(text) && /^server\s*:/m.test(text)) {
    return { kind: 'companion', what: 'the configuration of an inference-perf run' };
  }
  if (isServeGen(columns)) return found('trace-servegen');
  if (/^trace_version\s*:/m.test(text)) return found('blis-trace');
  if (/^benchmarks\s*:/m.test(text) && /guidellm_version|successful\s*:/.test(text)) return found('guidellm');
  if (/^version\s*:/m.test(text) && /^scenario\s*:/m.test(text)) return found('llmd-report');
  return { kind: 'unknown', reason: unknownReason(name, 'text whose first line reads', columns) };
}

/** Six cells without a header: window start, rate, CV, distribution name, two parameters. */
function isServeGen(cells: readonly string[]): boolean {
  if (cells.length !== 6) return false;
  const isNumber = (cell: string | undefined): boolean =>
    cell !== undefined && cell !== '' && Number.isFinite(Number(cell));
  return isNumber(cells[0]) && isNumber(cells[1]) && /^[A-Za-z]*$/.test(cells[3] ?? '1');
}
