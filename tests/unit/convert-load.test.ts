// What the Convert door makes of files: recognised by content, previewed, written in another form, losses named.
import { describe, expect, it } from 'vitest';
import { openRandomDoor } from '../../src/engine/random-door';
import { readLoad, type Load } from '../../src/report/convert/read-load';
import { summariseLoad, summariseSpec } from '../../src/report/convert/summarise-load';
import { targetsOf, writeLoad } from '../../src/report/convert/write-load';
import { FileTree, memoryFile } from '../../src/sources/file-tree';
import { parseTraceV2 } from '../../src/sources/trace-v2';
import { TRACE_V2_COLUMNS } from '../../src/sources/trace-v2-data';
import { replayWorkload } from '../../src/workload/replay';
import { releaseModule } from '../support/wasm';

const random = openRandomDoor(releaseModule());
const measuredOptions = { random, sortByStart: false, dropFailed: false };

const treeOf = (files: Record<string, string>): FileTree =>
  new FileTree({
    name: 'dropped',
    files: Object.entries(files).map(([path, text]) => memoryFile(path, text)),
  });

async function loadOf(files: Record<string, string>): Promise<Load> {
  const load = await readLoad(treeOf(files));
  if (!load.ok) throw new Error(load.error.message);
  return load.value;
}

async function refusal(files: Record<string, string>): Promise<string> {
  const load = await readLoad(treeOf(files));
  if (load.ok) throw new Error('was accepted');
  return load.error.message;
}

function written(load: Load, target: Parameters<typeof writeLoad>[1], options = measuredOptions) {
  const made = writeLoad(load, target, options);
  if (!made.ok) throw new Error(made.error.message);
  const texts = new Map(made.value.files.map(({ name, slices }) => [name, [...slices].join('')]));
  return { texts, losses: made.value.losses };
}

const SPEC = `version: "2"
seed: 1
num_requests: 40
aggregate_rate: 10
clients:
- id: a
  rate_fraction: 1
  prefix_group: g
  prefix_length: 7
  slo_class: batch
  arrival: {process: poisson}
  input_distribution: {type: constant, params: {value: 10}}
  output_distribution: {type: constant, params: {value: 3}}
`;
const PERF = `inference_perf:
  stages: [{rate: 2, duration: 5}]
  shared_prefix: {num_unique_system_prompts: 2, num_users_per_system_prompt: 1, question_len: 4, output_len: 2}
version: "2"
num_requests: 10
`;
const TRACE_ROW = '0,c,,,,0,g,5,true,10,3,0,0,0,0,0,,0,0,100,0,0,0,0,ok,,';
const TRACE = `${TRACE_V2_COLUMNS.join(',')}\n${TRACE_ROW}\n`;
const PER_REQUEST = JSON.stringify([
  {
    start_time: 10,
    end_time: 11,
    info: { input_tokens: 5, output_tokens: 2, output_token_times: [10.5, 11] },
    error: null,
  },
  {
    start_time: 9,
    end_time: 12,
    info: { input_tokens: 6, output_tokens: 0, output_token_times: [] },
    error: { error_type: 'x' },
  },
]);

describe('recognising', () => {
  it.each([
    [{ 'w.yaml': SPEC }, 'spec', 'Workload specification'],
    [{ 'w.txt': SPEC }, 'spec', 'Workload specification'],
    [{ 'w.yaml': PERF }, 'spec', 'Workload specification with inference_perf'],
    [{ 'w.json': JSON.stringify({ version: '2', clients: [] }) }, 'spec', 'Workload specification'],
    [{ 'd.csv': TRACE, 'h.yaml': 'trace_version: 2\n' }, 'trace', 'BLIS TraceV2'],
    [{ 'd.csv': TRACE }, 'trace', 'BLIS TraceV2'],
    [{ 'per_request_lifecycle_metrics.json': PER_REQUEST }, 'measured', 'inference-perf, per request'],
    [
      { 'f.csv': 'arrival_time,request_id,model,prefill_tokens,decode_tokens\n0,r,m,[1],[2]\n' },
      'trace',
      'Five-column trace with token ids',
    ],
    [
      { 'r.csv': 'index,arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error\n0,0,5,2,10,20,0\n' },
      'measured',
      'Measured requests (CSV)',
    ],
    [
      { 'v.csv': 'arrived_at,num_prefill_tokens,num_decode_tokens\n0.0,5,2\n1.5,6,3\n' },
      'trace',
      'Vidur replay trace',
    ],
  ])('%j', async (files, kind, format) => {
    const load = await loadOf(files as unknown as Record<string, string>);
    expect([load.kind, load.format]).toEqual([kind, format]);
  });

  it('ServeGen data becomes a specification whose rate is a placeholder', async () => {
    const load = await loadOf({
      'data/chunk-1-trace.csv': '0,2,1,Gamma\n',
      'data/chunk-1-dataset.json': '{"0": {"input_tokens": "{5: 1}", "output_tokens": "{6: 1}"}}',
    });
    expect(load.kind === 'spec' && load.yaml).toContain('id: servegen-chunk-1');
    expect(load.notes.join(' ')).toContain('placeholder');
  });

  it('a load profile becomes an inference_perf specification', async () => {
    const load = await loadOf({
      'profile.yaml':
        '{"load": {"stages": [{"rate": 8, "duration": 600}]}, "data": {"shared_prefix": {"question_len": 9, "enable_multi_turn_chat": true}}}',
    });
    expect(load.kind === 'spec' && load.yaml).toContain('question_len: 9');
    expect(load.notes.join(' ')).toContain('chat template');
  });

  it('says what is missing or not known', async () => {
    expect(await refusal({ 'h.yaml': 'trace_version: 2\n' })).toContain('data CSV');
    expect(await refusal({ 'n.yaml': 'title: x\ncells: 1\n' })).toContain('title, cells');
    expect(await refusal({ 'profile.yaml': 'load: {stages: [{rate: 1}]}\n' })).toContain('duration');
    expect(await refusal({ 'n.json': '{"title": 1}' })).toContain('title');
    expect(await refusal({})).toContain('holds no files');
  });

  it('mentions the files that were not used', async () => {
    const load = await loadOf({ 'a.yaml': SPEC, 'b.yaml': SPEC });
    expect(load.notes).toEqual(['1 other file was not used.']);
  });
});

describe('preview', () => {
  it('counts what a specification generates', () => {
    const summary = summariseSpec(SPEC, 'w.yaml', random);
    if (!summary.ok) throw new Error('must be valid');
    const { preview } = summary.value;
    expect(preview).toMatchObject({ count: 40, clientCount: 1, groupCount: 1, sessionCount: 0 });
    expect(preview.groups).toEqual([{ name: 'g', requests: 40, prefixTokens: 7 }]);
    expect(preview.prompt).toMatchObject({ mean: 17, p50: 17, p99: 17, max: 17, total: 680 });
    expect(preview.sloClasses).toEqual([{ name: 'batch', requests: 40 }]);
    expect(preview.arrivals.counts.reduce((a, b) => a + b, 0)).toBe(40);
    expect(preview.prompt.histogram.counts[0]).toBe(40);
    expect(preview.rows).toHaveLength(20);
    expect(preview.rateRps).toBeGreaterThan(5);
  });

  it('shows the first requests of a load that nothing bounds, and says so', () => {
    const summary = summariseSpec(SPEC.replace('num_requests: 40\n', ''), 'w.yaml', random);
    expect(summary.ok && summary.value.preview.count).toBe(1000);
    expect(summary.ok && summary.value.notes.join(' ')).toContain('Neither num_requests nor horizon');
  });

  it('gives every problem of a text, with lines', () => {
    const summary = summariseSpec(
      SPEC.replace('seed: 1', 'sed: 1').replace('prefix_length: 7', 'prefix_length: x'),
      'w.yaml',
      random,
    );
    expect(!summary.ok && summary.error.map(({ field, line }) => [field, line])).toEqual([
      ['clients[0].prefix_length', 9],
      ['sed', 2],
    ]);
  });

  it('stops within its own limits', () => {
    const summary = summariseSpec(
      SPEC.replace('num_requests: 40', 'horizon: 100000000000'),
      'w.yaml',
      random,
    );
    expect(!summary.ok && summary.error[0]?.code).toBe('too-large');
  });

  it('reads a trace with its prefixes, and measured requests', async () => {
    const trace = await loadOf({ 'd.csv': TRACE });
    const measured = await loadOf({ 'per_request_lifecycle_metrics.json': PER_REQUEST });
    if (trace.kind === 'spec' || measured.kind === 'spec') throw new Error('wrong kind');
    expect(summariseLoad(trace).prompt.max).toBe(15);
    expect(summariseLoad(measured)).toMatchObject({ count: 2, spanUs: 1_000_000 });
  });
});

describe('writing', () => {
  it('a specification as TraceV2 that replays to the same requests', async () => {
    const load = await loadOf({ 'w.yaml': SPEC });
    const { texts, losses } = written(load, 'tracev2');
    expect(losses).toEqual([]);
    const names = { header: 'h', data: 'd' };
    const trace = parseTraceV2(
      texts.get('trace_header.yaml') ?? '',
      texts.get('trace_data.csv') ?? '',
      names,
    );
    if (!trace.ok) throw new Error(trace.error.message);
    expect(trace.value.header).toMatchObject({ mode: 'generated', workloadSeed: 1n });
    const replay = replayWorkload(trace.value, { sessionMode: 'fixed' });
    expect(replay.ok && [...replay.value.requests.inputTokens].every((tokens) => tokens === 17)).toBe(true);
    expect(replay.ok && replay.value.requests.prefixTokens[0]).toBe(7);
  });

  it('conversations and virtual users with their losses', async () => {
    const talk = SPEC.replace(
      'slo_class: batch',
      'reasoning: {multi_turn: {max_rounds: 2, think_time_us: 5, context_growth: accumulate}}',
    );
    expect(written(await loadOf({ 'w.yaml': talk }), 'tracev2').losses).toHaveLength(2);
    const users = SPEC.replace('rate_fraction: 1', 'concurrency: 2').replace(
      '  arrival: {process: poisson}\n',
      '',
    );
    const made = written(await loadOf({ 'w.yaml': users }), 'tracev2');
    expect(made.losses.join(' ')).toContain('Virtual users');
    expect((made.texts.get('trace_data.csv') ?? '').trimEnd().split('\n')).toHaveLength(3);
  });

  it('inference_perf as clients, naming what is lost', async () => {
    const load = await loadOf({ 'w.yaml': PERF });
    expect(targetsOf(load)).toContain('clients');
    const { texts, losses } = written(load, 'clients');
    expect(texts.get('workload-clients.yaml')).toContain('id: prompt-1-user-0');
    expect(losses.join(' ')).toContain('num_requests');
    expect(losses.join(' ')).toContain('poisson');
  });

  it('measured requests as each kind of trace, with negative arrivals announced or avoided', async () => {
    const load = await loadOf({ 'per_request_lifecycle_metrics.json': PER_REQUEST });
    expect(written(load, 'tracev2').losses.join(' ')).toContain('negative arrivals');
    const sorted = written(load, 'tracev2', { ...measuredOptions, sortByStart: true });
    expect(sorted.losses).toEqual([]);
    expect(sorted.texts.get('trace_data.csv')).toContain('1000000,1000000,1500000,2000000');
    expect(written(load, 'vidur').texts.get('vidur_trace.csv')).toBe(
      'arrived_at,num_prefill_tokens,num_decode_tokens\r\n0.0,6,0\r\n1.0,5,2\r\n',
    );
    expect(written(load, 'blis-22').texts.get('trace_data.csv')).toContain('-1000000');
  });

  it('any trace as a Vidur trace, whole prompts in order of arrival', async () => {
    const later = TRACE_ROW.replace('0,100,', '0,50,');
    const load = await loadOf({ 'd.csv': `${TRACE}${later}\n` });
    expect(written(load, 'vidur').texts.get('vidur_trace.csv')).toBe(
      'arrived_at,num_prefill_tokens,num_decode_tokens\n0,15,3\n0.00005,15,3\n',
    );
  });

  it('refuses a form that does not fit, and an empty list', async () => {
    const load = await loadOf({ 'w.yaml': SPEC });
    expect(writeLoad(load, 'blis-22', measuredOptions).ok).toBe(false);
    const empty = await loadOf({ 'w.yaml': SPEC.replace('num_requests: 40', 'horizon: 1') });
    const made = writeLoad(empty, 'tracev2', measuredOptions);
    expect(!made.ok && made.error.message).toContain('no request');
  });
});
