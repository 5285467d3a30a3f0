// Results of benchmark tools and public traces with something wrong in them: the samples of twenty requests, changed.

import { fixture, type HostileCase } from './case';

const load = (name: string, file: string, content: string, told: HostileCase['told']): HostileCase => ({
  name: `benchmark: ${name}`,
  door: 'load',
  files: { [file]: content },
  told,
});
const sample = (file: string): string => fixture(`same-20-requests/${file}`);

const guide = sample('guidellm-v2-benchmarks.json');
const aiperf = sample('aiperf-profile_export.jsonl');
const vllm = sample('vllm-bench-2026.json');
const inference = sample('inference-perf-2026-per_request_lifecycle_metrics.json');
const sglang = sample('sglang-bench.jsonl');
const analyzer = sample('perf-analyzer-profile_export.json');

const AZURE = 'TIMESTAMP,ContextTokens,GeneratedTokens\r\n';
const BURST = 'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n';
const mooncake = (row: object): string => `${JSON.stringify(row)}\n`;

export const benchmarkCases: readonly HostileCase[] = [
  load(
    'GuideLLM with no benchmarks',
    'g.json',
    '{"metadata": {"guidellm_version": "1"}, "benchmarks": []}',
    /g\.json holds no requests/,
  ),
  load(
    'GuideLLM whose benchmarks are a number',
    'g.json',
    '{"metadata": {"guidellm_version": "1"}, "benchmarks": 5}',
    /g\.json holds no requests/,
  ),
  load(
    'GuideLLM with requests of null',
    'g.json',
    guide.replace('"successful": [{', '"successful": [null, 5, "x", {'),
    /requests without a usable start time/,
  ),
  load(
    'GuideLLM with times beyond all numbers',
    'g.json',
    guide.replaceAll(/"request_start_time": [\d.]+/g, '"request_start_time": 1e999'),
    /g\.json.*no start times/,
  ),
  load('GuideLLM cut off in the middle', 'g.json', guide.slice(0, guide.length / 2), /cut off at character/),
  load(
    'GuideLLM as YAML nested 5,000 deep',
    'g.yaml',
    `metadata: {guidellm_version: "1"}\nbenchmarks:\n - a: ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
    /g\.yaml.*nest/,
  ),
  load(
    'GuideLLM as YAML that repeats itself a billion times',
    'g.yaml',
    `metadata: {guidellm_version: "1"}\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, level) => `a${level + 1}: &a${level + 1} [${Array.from({ length: 10 }, () => `*a${level}`).join(',')}]`).join('\n')}\nbenchmarks: *a9\n`,
    /g\.yaml.*alias/i,
  ),
  load(
    'GuideLLM as YAML of 40 MB',
    'g.yaml',
    `benchmarks:\n${' - {requests: {successful: []}}\n'.repeat(1_300_000)}`,
    /g\.yaml has 42 million characters of YAML.*JSON/,
  ),
  load('AIPerf with half a record', 'a.jsonl', aiperf.slice(0, 3000), /cut off/),
  load(
    'AIPerf with times of fractions',
    'a.jsonl',
    aiperf.replaceAll(/"request_start_ns": (\d+)/g, '"request_start_ns": $1.5'),
    'read',
  ),
  load(
    'AIPerf with times of four hundred digits',
    'a.jsonl',
    aiperf.replace(/"request_start_ns": \d+/, `"request_start_ns": ${'9'.repeat(400)}`),
    /requests without a usable start time|tokens/,
  ),
  load('AIPerf in fortnights', 'a.jsonl', aiperf.replaceAll('"ms"', '"fortnight"'), 'read'),
  load('AIPerf with a list as unit', 'a.jsonl', aiperf.replaceAll('"unit": "ms"', '"unit": ["ms"]'), 'read'),
  load(
    'AIPerf of prototypes',
    'a.jsonl',
    aiperf.replaceAll(
      '"metrics": {',
      '"metrics": {"__proto__": {"polluted": 1}, "constructor": {"unit": "ms"}, ',
    ),
    'read',
  ),
  load('vLLM cut off in the middle', 'v.json', vllm.slice(0, vllm.length / 2), /cut off|start times/),
  load(
    'vLLM with text after it',
    'v.json',
    `${vllm} trailing`,
    /v\.json, line \d+, column \d+: expected a value, found "trailing"/,
  ),
  load(
    'vLLM with tokens beyond 32 bits',
    'v.json',
    vllm.replace(/"input_lens": \[\s*\d+/, '"input_lens": [1099511627776'),
    /v\.json, request 1: expected a number of input tokens.*1099511627776/,
  ),
  load(
    'vLLM with tokens below zero',
    'v.json',
    vllm.replace(/"output_lens": \[\s*\d+/, '"output_lens": [-5'),
    /v\.json, request 1: expected a number of output tokens.*-5/,
  ),
  load(
    'vLLM with start times of NaN',
    'v.json',
    vllm.replace(/"start_times": \[\s*[\d.]+/, '"start_times": [NaN'),
    /1 requests without a usable start time/,
  ),
  load(
    'vLLM with lists of texts',
    'v.json',
    vllm.replace(/"ttfts": \[/, '"ttfts": ["a", null, {}, '),
    'read',
  ),
  load(
    'vLLM of ten thousand runs',
    'v.json',
    '{"ttfts":[],"itls":[]}\n'.repeat(10_000),
    /v\.json.*no requests/,
  ),
  load(
    'vLLM with a million empty gaps',
    'v.json',
    vllm.replace('"itls": [', `"itls": [${'[],'.repeat(1_000_000)}`),
    /Arrays of different length/,
  ),
  load(
    'SGLang as fast as possible',
    's.jsonl',
    sglang.replace(/"request_rate": [^,]+/, '"request_rate": Infinity'),
    /s\.jsonl has no start times/,
  ),
  load(
    'SGLang with -Infinity as latency',
    's.jsonl',
    sglang.replace(/"ttfts": \[[\d.]+/, '"ttfts": [-Infinity'),
    /s\.jsonl has no start times/,
  ),
  load(
    'inference-perf that ends before it starts',
    'per_request_lifecycle_metrics.json',
    inference.replace(/"end_time": [\d.]+/, '"end_time": -1e9'),
    'read',
  ),
  load(
    'inference-perf without info',
    'p.json',
    '[{"start_time": 1, "end_time": 2, "info": null}]',
    /p\.json, line 1, record 1: info/,
  ),
  load(
    'inference-perf with words as token times',
    'p.json',
    inference.replace(/"output_token_times": \[/, '"output_token_times": ["soon", '),
    /p\.json, line \d+, record 1: .*output_token_times/,
  ),
  load(
    'inference-perf cut off',
    'p.json',
    inference.slice(0, 2000),
    /p\.json, line \d+: the file ends inside the list/,
  ),
  load(
    'inference-perf with lone surrogates',
    'p.json',
    inference.replace('"start_time"', '"\\ud800": "\\udfff", "start_time"'),
    'read',
  ),
  load(
    'Perf Analyzer with texts as times',
    'p.json',
    analyzer.replaceAll(/"timestamp": \d+/g, '"timestamp": "noon"'),
    /p\.json has no start times/,
  ),
  load(
    'Perf Analyzer with replies before their requests',
    'p.json',
    analyzer.replace(/"response_timestamps": \[\d+/, '"response_timestamps": [1'),
    'read',
  ),
  load('Azure on the 45th of a 13th month', 'a.csv', `${AZURE}2023-13-45 99:99:99.9,1,1\r\n`, 'read'),
  load('Azure of words', 'a.csv', `${AZURE}yesterday,many,few\r\n`, /a\.csv holds no usable requests/),
  load(
    'Azure with tokens below zero',
    'a.csv',
    `${AZURE}2023-11-16 18:15:46.6805900,-5,1\r\n`,
    /a\.csv, request 1: expected a number of input tokens/,
  ),
  load(
    'BurstGPT with an endless time',
    'b.csv',
    `${BURST}1e999,m,1,1,2,x\n5,m,1,1,2,x\n`,
    /1 rows without usable numbers/,
  ),
  load(
    'BurstGPT of a hundred thousand broken rows',
    'b.csv',
    `${BURST}${'x\n'.repeat(100_000)}5,m,1,1,2,x\n`,
    /100000 records with missing or extra cells left out \(line 2, 3, 4, …\)/,
  ),
  load(
    'Mooncake with blocks of objects',
    'm.jsonl',
    mooncake({ timestamp: 0, input_length: 5, output_length: 5, hash_ids: [{}, null, 'x'] }),
    'read',
  ),
  load(
    'Mooncake with times beyond exact numbers',
    'm.jsonl',
    '{"timestamp": 1e300, "input_length": 5, "output_length": 5}\n{"timestamp": 0, "input_length": 5, "output_length": 5}\n',
    /m\.jsonl holds lengths without arrival times|times/,
  ),
  load(
    'Mooncake with lengths of 10^300',
    'm.jsonl',
    mooncake({ timestamp: 0, input_length: 1e300, output_length: 5 }),
    /m\.jsonl, request 1: expected a number of input tokens/,
  ),
  load(
    'llm-d with unknown units',
    'r.yaml',
    'version: "0.2"\nscenario: {}\nresults: {request_performance: {aggregate: {latency: {ttft: {units: parsec, mean: 5}}}}}\n',
    /r\.yaml|holds no requests/,
  ),
  load(
    'llm-d with a tag that runs code',
    'r.yaml',
    'version: !!js/function "function(){}"\nscenario: {}\nresults: {}\n',
    /r\.yaml|holds no requests/,
  ),
  load(
    'summaries only',
    's.json',
    '{"request_throughput": 1, "mean_ttft_ms": "x", "completed": {}}',
    /s\.json holds no requests one by one/,
  ),
];
