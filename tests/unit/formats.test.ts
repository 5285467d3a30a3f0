// Importers of third-party measurements: one set of requests in thirteen files of eight tools must read the same everywhere; then each
// importer meets a hostile file.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { FileTree, memoryFile } from '../../src/sources/file-tree';
import { detect } from '../../src/sources/formats/detect';
import { importFile } from '../../src/sources/formats/import-file';
import { parseLenientJson } from '../../src/sources/formats/lenient-json';
import { isoSeconds } from '../../src/sources/formats/llmd-report';
import { azureSeconds } from '../../src/sources/formats/public-traces';
import { qualityFindings } from '../../src/sources/formats/quality';
import { compareFigures, recompute } from '../../src/sources/formats/recompute';
import type { FormatId, ImportedRun, RequestRows } from '../../src/sources/formats/run-record';

const folder = join(import.meta.dirname, '../fixtures/same-20-requests');
const sample = (name: string): Buffer => readFileSync(join(folder, name));

interface ExpectedRow {
  readonly status: string;
  readonly startS: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly ttftS: number | null;
  readonly e2eS: number | null;
  readonly gapsS: readonly number[];
}
const expected = JSON.parse(sample('expected.json').toString('utf8')) as {
  readonly rows: readonly ExpectedRow[];
  readonly aggregatesOk: Readonly<Record<'meanTtftMs' | 'meanE2eMs' | 'meanGapMs', number>>;
  readonly meanTtftMsIncludingEmpty: number;
};

async function importSample(name: string): Promise<readonly ImportedRun[]> {
  const names = name.startsWith('blis') ? ['blis-trace.yaml', 'blis-trace.csv'] : [name];
  const tree = new FileTree({ name: 'x', files: names.map((each) => memoryFile(each, sample(each))) });
  const file = tree.file(name);
  if (file === undefined) throw new Error(`${name} is not there`);
  const outcome = await importFile(file, tree);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value.flatMap(({ runs }) => runs);
}

/** What each file holds; a column it lacks is not compared. */
const SAMPLES: readonly [name: string, format: FormatId, lacks: string][] = [
  ['vllm-bench-2026.json', 'vllm-bench', ''],
  ['vllm-bench-2024-no-start-times.json', 'vllm-bench', 'start'],
  ['vllm-bench-appended-twice.json', 'vllm-bench', ''],
  ['sglang-bench.jsonl', 'sglang-bench', 'start'],
  ['inference-perf-2025-per_request_lifecycle_metrics.json', 'inference-perf', ''],
  ['inference-perf-2026-per_request_lifecycle_metrics.json', 'inference-perf', ''],
  ['guidellm-v2-benchmarks.json', 'guidellm', 'gaps silent-tokens'],
  ['guidellm-v1-benchmarks.json', 'guidellm', 'gaps silent-tokens'],
  ['aiperf-profile_export.jsonl', 'aiperf', ''],
  ['perf-analyzer-profile_export.json', 'perf-analyzer', 'input status'],
  ['llmperf_individual_responses.json', 'llmperf', 'start gaps silent-tokens error-input'],
  ['blis-trace.yaml', 'blis-trace', 'gaps'],
  ['blis-trace.csv', 'blis-trace', 'gaps'],
];

const MICROSECOND = 1e-6;
const near = (found: number | undefined, wanted: number | null): boolean =>
  wanted === null ? Number.isNaN(found) : Math.abs((found ?? NaN) - wanted) <= MICROSECOND;

/** Rows by start where the file keeps another order, else by position. */
function rowFor(rows: RequestRows, wanted: ExpectedRow, index: number, isReordered: boolean): number {
  return isReordered ? rows.startS.findIndex((start) => near(start, wanted.startS)) : index;
}

function differencesOf(rows: RequestRows, lacks: string, isReordered: boolean): string[] {
  const wrong: string[] = [];
  for (const [index, wanted] of expected.rows.entries()) {
    const row = rowFor(rows, wanted, index, isReordered);
    const check = (column: string, isRight: boolean): void => {
      if (!isRight) wrong.push(`row ${String(index)} ${column}`);
    };
    const isSilent = wanted.status !== 'ok';
    if (!lacks.includes('status')) check('status', rows.status[row] === wanted.status);
    if (!lacks.includes('start')) check('start', near(rows.startS[row], wanted.startS));
    if (!/(^| )input/.test(lacks) && !(lacks.includes('error-input') && wanted.status === 'error')) {
      check('input', rows.inputTokens[row] === wanted.inputTokens);
    }
    if (!(isSilent && lacks.includes('silent-tokens')))
      check('output', rows.outputTokens[row] === wanted.outputTokens);
    check('ttft', near(rows.ttftS[row], wanted.ttftS));
    check('e2e', near(rows.e2eS[row], wanted.e2eS));
    if (lacks.includes('gaps')) continue;
    const { values, offsets } = rows.gapsS;
    const gaps = [...values.slice(offsets[row], offsets[row + 1])];
    check(
      'gaps',
      gaps.length === wanted.gapsS.length && gaps.every((gap, i) => near(gap, wanted.gapsS[i] ?? null)),
    );
  }
  return wrong;
}

describe('one set of requests in the layouts of eight tools', () => {
  it.each(SAMPLES)('%s', async (name, format, lacks) => {
    const runs = await importSample(name);
    expect(runs).toHaveLength(name.includes('twice') ? 2 : 1);
    for (const run of runs) {
      expect(run.format).toBe(format);
      if (run.rows === undefined) throw new Error('no rows');
      expect(run.rows.count).toBe(20);
      expect(differencesOf(run.rows, lacks, format === 'guidellm')).toEqual([]);
      const own = recompute(run.rows, run.facts);
      expect(own.get('ttft_mean_ms')).toBeCloseTo(expected.aggregatesOk.meanTtftMs, 4);
      expect(own.get('e2e_mean_ms')).toBeCloseTo(expected.aggregatesOk.meanE2eMs, 4);
      if (run.facts.gaps === 'chunks')
        expect(own.get('itl_mean_ms')).toBeCloseTo(expected.aggregatesOk.meanGapMs, 4);
      const withEmpty = recompute(run.rows, run.facts, { includesEmpty: true }).get('ttft_mean_ms');
      if (format !== 'perf-analyzer') expect(withEmpty).toBeCloseTo(expected.meanTtftMsIncludingEmpty, 4);
    }
  });

  it('keeps no prompt, reply or key of any file', async () => {
    const withCanary = SAMPLES.filter(([name]) => sample(name).includes('CANARY'));
    expect(withCanary.length).toBeGreaterThanOrEqual(8);
    for (const [name] of withCanary) {
      const runs = await importSample(name);
      expect(JSON.stringify([runs, runs.map(qualityFindings)])).not.toContain('CANARY');
    }
  });

  it('keeps what the file says about the run', async () => {
    const [first, second] = await importSample('vllm-bench-appended-twice.json');
    expect(first?.facts).toMatchObject({
      model: 'example/model',
      requestRateRps: Infinity,
      clock: 'monotonic',
    });
    expect(second?.facts.requestRateRps).toBe(8);
    expect(second?.label).toBe('run 2 of 2');
    const [sglang] = await importSample('sglang-bench.jsonl');
    expect(sglang?.facts).toMatchObject({ requestRateRps: Infinity, clock: 'none' });
    expect(sglang?.reported.map(({ figure }) => figure)).not.toContain('itl_p95_ms');
  });

  it('shows the own figure beside the file’s, and says where they differ', async () => {
    const [run] = await importSample('sglang-bench.jsonl');
    if (run === undefined) throw new Error('no run');
    const e2e = compareFigures(run).find(({ figure }) => figure === 'e2e_mean_ms');
    expect(e2e).toMatchObject({ key: 'mean_e2e_latency_ms', differs: true });
    // SGLang counted the empty request as 0.
    const counted = compareFigures(run, { includesEmpty: true }).find(
      ({ figure }) => figure === 'e2e_mean_ms',
    );
    expect(counted?.differs).toBe(false);
    const words = qualityFindings(run).map(({ message }) => message);
    expect(words.some((message) => message.startsWith('e2e_mean_ms:'))).toBe(true);
    expect(words.some((message) => message.includes('succeeded without a token'))).toBe(true);
  });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function importText(name: string, content: string | Uint8Array) {
  return importFile(memoryFile(name, content));
}
async function problemOf(name: string, content: string | Uint8Array): Promise<string> {
  const outcome = await importText(name, content);
  return outcome.ok ? 'imported' : outcome.error.message;
}
async function runOf(name: string, content: string | Uint8Array): Promise<ImportedRun> {
  const outcome = await importText(name, content);
  if (!outcome.ok) throw new Error(outcome.error.message);
  const [run] = outcome.value.flatMap(({ runs }) => runs);
  if (run === undefined) throw new Error('no run');
  return run;
}

describe('detection', () => {
  it('names what was found when nothing matches, and shortens long keys', () => {
    const keys = Array.from({ length: 20 }, (_, i) => `"${'k'.repeat(60)}${String(i)}":1`).join(',');
    const unknown = detect(bytes(`{${keys}}`), new Uint8Array(0), 'odd.json');
    expect(unknown).toMatchObject({ kind: 'unknown' });
    if (unknown.kind === 'unknown') {
      expect(unknown.reason).toContain('odd.json is no format known here');
      expect(unknown.reason.split('kkkkkkkk, ').length).toBeLessThanOrEqual(13);
      expect(unknown.reason).not.toContain('k'.repeat(41));
    }
  });

  it.each([
    ['Zstandard', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0]), 'Zstandard'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0]), 'UTF-16'],
    ['nothing', new Uint8Array(0), 'empty'],
    ['prose', bytes('Dear reader,\nhello'), 'first line reads'],
    ['a list of numbers', bytes('[1,2,3]'), 'no format known here'],
    ['broken JSON', bytes('{"a" 1}'), 'expected ":"'],
  ])('%s', (_name, content, words) => {
    const result = detect(content, new Uint8Array(0), 'f');
    expect(result.kind === 'unknown' && result.reason).toContain(words);
  });

  it('opens gzip and zip, and stops at files packed over and over', async () => {
    const plain = sample('vllm-bench-2026.json');
    expect((await runOf('a.json.gz', gzipSync(plain))).rows?.count).toBe(20);
    const zip = zipSync({ 'x/a.json': new Uint8Array(plain), 'x/notes.txt': bytes('hi') });
    expect((await runOf('a.zip', zip)).rows?.count).toBe(20);
    expect(await problemOf('a.json.gz', gzipSync(plain).subarray(0, 200))).toContain('cannot be unpacked');
    expect(await problemOf('a.zip', zip.subarray(0, 100))).toContain('cannot be unpacked');
    expect(await problemOf('b.zip', zipSync({ 'notes.txt': bytes('hi') }))).toContain('Nothing in b.zip');
    const nested = [1, 2, 3, 4].reduce<Uint8Array>((inner) => gzipSync(inner), new Uint8Array(plain));
    expect(await problemOf('a.gz', nested)).toContain('packed more than 3 times');
  });
});

describe('lenient JSON', () => {
  const parse = (text: string) => {
    const result = parseLenientJson(text, 'f.json');
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };

  it('reads bare numbers, exact big integers and several values', () => {
    const { values } = parse('{"a": NaN, "b": -Infinity, "c": 1777142838000000001}\n{"d": [1, 2.5e3]}');
    expect(values).toEqual([{ a: NaN, b: -Infinity, c: 1777142838000000001n }, { d: [1, 2500] }]);
  });

  it('never touches a prototype and never builds private values', () => {
    const { values } = parse(
      '{"__proto__": {"polluted": 1}, "constructor": 2, "prompt": "{[\\"CANARY", "x": 1}',
    );
    expect(Object.getPrototypeOf(values[0])).toBeNull();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(JSON.stringify(values)).not.toContain('CANARY');
    expect(values[0]).toMatchObject({ x: 1 });
  });

  it('keeps whole records of a file that was cut off, and says where', () => {
    const whole = '[{"a":1},{"a":2},{"a":3}]';
    for (let length = 1; length < whole.length; length += 1) {
      const file = parse(whole.slice(0, length));
      expect(file.cutAt).toBe(length);
      const list = file.values[0] as readonly { a: number }[];
      const records = list.filter((record) => !file.isCut(record as never));
      expect(records).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }].slice(0, records.length));
    }
  });

  it('places a fault by line and column', () => {
    const result = parseLenientJson('{\n "a": 1,\n "b" 2}', 'f.json');
    expect(result).toMatchObject({ ok: false, error: { line: 3, column: 6 } });
    const deep = parseLenientJson('['.repeat(1000), 'f.json');
    expect(deep).toMatchObject({ ok: false });
  });
});

describe('hostile files', () => {
  it('a vLLM file whose arrays differ in length', async () => {
    const text = sample('vllm-bench-2026.json').toString('utf8');
    const run = await runOf('x.json', text.slice(0, text.indexOf('"start_times"') + 60));
    expect(run.findings.map(({ message }) => message).join(' ')).toContain('cut off');
    expect(run.rows?.count).toBeLessThan(20);
  });

  it('SGLang lines cut off in the middle', async () => {
    const text = sample('sglang-bench.jsonl').toString('utf8');
    const run = await runOf('x.jsonl', text.slice(0, text.indexOf('"itls"') + 400));
    expect(run.rows?.count).toBeLessThan(20);
    expect(run.findings[0]?.message).toContain('cut off');
  });

  it('an inference-perf list with records that are no requests', async () => {
    const good = JSON.parse(
      sample('inference-perf-2025-per_request_lifecycle_metrics.json').toString('utf8'),
    ) as unknown[];
    const run = await runOf('x.json', JSON.stringify([good[0], null, 7, { start_time: 'soon' }, good[1]]));
    expect(run.rows?.count).toBe(2);
  });

  it('a GuideLLM report without requests, and one cut off inside a request', async () => {
    const report = {
      metadata: { guidellm_version: '1' },
      benchmarks: [{ requests: { successful: [] }, metrics: {} }],
    };
    const empty = await runOf('x.json', JSON.stringify(report));
    expect(empty.rows).toBeUndefined();
    expect(empty.findings[0]?.message).toContain('lists no requests');
    const text = sample('guidellm-v2-benchmarks.json').toString('utf8');
    const cut = await runOf('x.json', text.slice(0, 6000));
    expect(cut.rows?.count).toBeGreaterThan(2);
    expect(cut.rows?.status.every((status) => status === 'ok')).toBe(true);
  });

  it('AIPerf records of other phases, other units and cut off', async () => {
    const lines = sample('aiperf-profile_export.jsonl').toString('utf8').trimEnd().split('\n');
    const [first = '', second = '', third = ''] = lines;
    const warm = first.replace('"profiling"', '"warmup"');
    const inUs = second.replace('{"value": 128.091, "unit": "ms"}', '{"value": 128091, "unit": "us"}');
    const run = await runOf('x.jsonl', [warm, inUs, third.slice(0, 300)].join('\n'));
    expect(run.rows?.count).toBe(1);
    expect(run.rows?.ttftS[0]).toBeCloseTo(0.128091, 9);
    expect(run.findings.map(({ message }) => message).join(' ')).toContain('left out');
  });

  it('a Perf Analyzer profile with usage in its replies', async () => {
    const request = {
      timestamp: 0,
      response_timestamps: [1000000, 3000000, 3000001],
      response_outputs: [
        { response: '{"text":"ab"}' },
        { response: '{"usage":{"completion_tokens":7}}' },
        { response: '' },
      ],
    };
    const run = await runOf(
      'x.json',
      JSON.stringify({
        experiments: [{ experiment: { mode: 'concurrency', value: 2 }, requests: [request] }],
      }),
    );
    expect(run.rows?.outputTokens[0]).toBe(7);
    expect(run.rows?.e2eS[0]).toBeCloseTo(0.003, 12);
    expect(run.facts.maxConcurrency).toBe(2);
  });

  it('LLMPerf errors without counts', async () => {
    const run = await runOf(
      'x.json',
      '[{"error_code": 500, "error_msg": "CANARY-x"}, {"error_code": null, "ttft_s": 0.1, "end_to_end_latency_s": 1, "number_output_tokens": 3}]',
    );
    expect(run.rows?.status).toEqual(['error', 'ok']);
    expect(run.rows?.inputTokens[0]).toBeNaN();
  });

  it('LLMServingSim bench requests that never finished', async () => {
    const run = await runOf(
      'requests.jsonl',
      '{"request_id":"bench-0","input_toks":5,"output_toks":2,"arrival_time":9,"queued_ts":1,"scheduled_ts":2,"first_token_ts":3,"last_token_ts":4}\n{"request_id":"bench-1","input_toks":5,"output_toks":2,"queued_ts":1,"scheduled_ts":null,"first_token_ts":null,"last_token_ts":null}\n',
    );
    expect(run.rows?.status).toEqual(['ok', 'incomplete']);
    expect([run.rows?.ttftS[0], run.rows?.queueS[0], run.rows?.e2eS[0]]).toEqual([2, 1, 3]);
  });

  it('half a BLIS trace', async () => {
    expect(await problemOf('trace.yaml', sample('blis-trace.yaml'))).toContain('trace.csv');
    expect(await problemOf('trace.csv', sample('blis-trace.csv'))).toContain('trace.yaml');
  });

  it('summaries, whose figures keep their units', async () => {
    const summary = await runOf(
      'a.json',
      '{"request_throughput": 3, "completed": 9, "mean_ttft_ms": 540.83, "request_rate": "inf"}',
    );
    expect(summary).toMatchObject({ format: 'bench-summary', facts: { requestRateRps: Infinity } });
    const lifecycle = await runOf(
      's.json',
      '{"load_summary": {"requested_rate": null}, "successes": {"count": 5, "latency": {"time_to_first_token": {"mean": 0.033, "median": 0.03}}}, "failures": {"count": 2}}',
    );
    expect(lifecycle.reported).toContainEqual({
      figure: 'ttft_p50_ms',
      key: 'successes.latency.time_to_first_token.median',
      value: 30,
    });
    expect(lifecycle.findings[0]?.count).toBe(2);
    const aiperf = await runOf(
      'p.json',
      '{"input_config": {}, "time_to_first_token": {"unit": "us", "avg": 2500, "p99": 9000}, "request_latency": {"unit": "parsecs", "avg": 1}}',
    );
    expect(aiperf.reported).toEqual([
      { figure: 'ttft_mean_ms', key: 'time_to_first_token.avg', value: 2.5 },
      { figure: 'ttft_p99_ms', key: 'time_to_first_token.p99', value: 9 },
    ]);
  });

  it('an llm-d report, reading each unit, and one that is no YAML', async () => {
    const report = `version: '0.2'
run: {time: {duration: PT1M49.5S}}
scenario:
  stack:
    - standardized: {kind: inference_engine, tool: vllm, model: {name: m}, accelerator: {parallelism: {tp: 4}}}
  load: {standardized: {rate_qps: .inf}}
results:
  request_performance:
    aggregate:
      latency:
        time_to_first_token: {units: s, mean: 0.25}
        time_per_output_token: {units: ms/token, mean: 9.5}
        request_latency: {units: fortnights, mean: 1}
      throughput:
        output_token_rate: {units: tokens/s, mean: 1200}
`;
    const run = await runOf('r.yaml', report);
    expect(run.facts).toMatchObject({
      model: 'm',
      tensorParallel: 4,
      durationS: 109.5,
      requestRateRps: Infinity,
    });
    expect(run.reported.map(({ figure, value }) => [figure, value])).toEqual([
      ['ttft_mean_ms', 250],
      ['tpot_mean_ms', 9.5],
      ['output_tokens_per_s', 1200],
    ]);
    expect(await problemOf('r.yaml', report.replace('tp: 4}}}', 'tp: 4'))).toContain('not readable as YAML');
    expect(isoSeconds('P1DT1H')).toBe(90000);
    expect(isoSeconds('soon')).toBeUndefined();
  });
});

describe('workload traces', () => {
  const workloadOf = async (name: string, content: string) => {
    const outcome = await importText(name, content);
    if (!outcome.ok) throw new Error(outcome.error.message);
    const trace = outcome.value[0]?.workloads[0];
    if (trace === undefined) throw new Error('no workload');
    return trace;
  };

  it('Azure: CRLF, 100 ns fractions, with and without a zone', async () => {
    const trace = await workloadOf(
      'a.csv',
      'TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44\r\n2023-11-16 18:15:46.7325901,7,0\r\n',
    );
    expect(trace.arrivalS[1]).toBeCloseTo(0.0520001, 6);
    expect([...trace.inputTokens]).toEqual([374, 7]);
    expect(azureSeconds('2024-05-10 00:00:00.009930+00:00')).toBeCloseTo(
      Date.UTC(2024, 4, 10) / 1000 + 0.00993,
      6,
    );
    expect(azureSeconds('yesterday')).toBeNaN();
  });

  it('BurstGPT, Vidur, Splitwise, Mooncake and LLMServingSim', async () => {
    const burst = await workloadOf(
      'b.csv',
      'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,x\n45,ChatGPT,1087,0,1087,x\n',
    );
    expect([...burst.arrivalS]).toEqual([0, 40]);
    expect(burst.findings[0]?.message).toContain('without a response');
    const lengths = await workloadOf(
      'v.csv',
      'num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio\n10,5,15,2\n',
    );
    expect(lengths.findings[0]?.message).toContain('lengths only');
    const vidur = await workloadOf(
      'v.csv',
      'arrived_at,num_prefill_tokens,num_decode_tokens\n0.0,10,5\n1.5,x,5\n',
    );
    expect(vidur.count).toBe(1);
    const splitwise = await workloadOf(
      's.csv',
      'request_id,request_type,application_id,arrival_timestamp,batch_size,prompt_size,token_size\n0,2,0,1.5,1,10,3\n',
    );
    expect(splitwise.outputTokens[0]).toBe(3);
    const mooncake = await workloadOf(
      'm.jsonl',
      '{"timestamp": 0, "input_length": 600, "output_length": 3, "hash_ids": [7, 8]}\n{"timestamp": 3000, "input_length": 5, "output_length": 1, "hash_ids": [7]}\n',
    );
    expect([...mooncake.arrivalS]).toEqual([0, 3]);
    expect(mooncake.prefixBlocks?.blockTokens).toBe(512);
    expect([...(mooncake.prefixBlocks?.ids.offsets ?? [])]).toEqual([0, 2, 3]);
    const sim = await workloadOf(
      'w.jsonl',
      '{"input_toks": 3, "output_toks": 2, "arrival_time_ns": 2000000000, "input_tok_ids": [1,2,3]}\n',
    );
    expect(sim.count).toBe(1);
    expect(await problemOf('chunk-0-trace.csv', '0,1.5,0.9,Gamma,1.2,3.4\n600,0,0,,0,0\n')).toContain(
      'ServeGen',
    );
  });
});
