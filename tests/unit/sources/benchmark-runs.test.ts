// Benchmark results as measurements: found by content, paired, their server described by files around them, and the same numbers
// whichever way they are handed in.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateCommand } from '../../../src/headless/commands/validate';
import { importCommand } from '../../../src/headless/commands/import';
import { loadMeasurements } from '../../../src/sources/benchmarks/load-measurements';
import { runEntry } from '../../../src/sources/benchmarks/run-entry';
import { FileTree, memoryFile } from '../../../src/sources/file-tree';
import { readServerFacts } from '../../../src/sources/formats/read-server-facts';
import { parseFact } from '../../../src/sources/formats/server-facts';
import { readServerLogFacts } from '../../../src/sources/formats/server-log-facts';
import { qualityFindings } from '../../../src/validation/quality/checks';
import { runCommand } from '../../support/captured-io';
import { measuredTree } from '../../support/measured-folder';

const sample = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/same-20-requests', name), 'utf8');

const SERVER = {
  model: 'meta-llama/Llama-3.1-8B-Instruct',
  hw: 'H100',
  tensor_parallelism: 1,
  max_num_seqs: 128,
  max_num_batched_tokens: 2048,
  total_kv_blocks: 26000,
};
const yaml = (facts: object): string =>
  Object.entries(facts)
    .map(([key, value]) => `${key}: ${String(value)}\n`)
    .join('');

const treeOf = (files: Readonly<Record<string, string>>): FileTree =>
  new FileTree({
    name: 'data',
    files: Object.entries(files).map(([path, text]) => memoryFile(path, text)),
  });

async function measurementsIn(files: Readonly<Record<string, string>>) {
  const loaded = await loadMeasurements(treeOf(files));
  if (!loaded.ok) throw new Error(loaded.error.message);
  return loaded.value;
}

async function runIn(files: Readonly<Record<string, string>>) {
  const { runs } = await measurementsIn(files);
  const [run] = runs;
  if (run === undefined || runs.length > 1) throw new Error(`${runs.length} runs`);
  return run;
}

const LOG = `INFO 02-18 15:34:01 [api_server.py:1] vLLM API server version 0.15.1
INFO 02-18 15:34:01 [utils.py:1] non-default args: {'model_tag': 'a/b', 'model': 'a/b', 'max_model_len': 4096, 'tensor_parallel_size': 2, 'gpu_memory_utilization': 0.92, 'max_num_batched_tokens': 2048, 'max_num_seqs': 64}
INFO 02-18 15:34:47 [kv_cache_utils.py:1] GPU KV cache size: 425,648 tokens
INFO 02-18 15:34:50 [kv_cache_utils.py:1] GPU KV cache size: 1,600 tokens
`;

describe('benchmark results in an opened folder', () => {
  it('are found by content, and unknown files say what was found in them', async () => {
    const { runs, unknown } = await measurementsIn({
      'a/result.txt.json': sample('vllm-bench-2026.json'),
      'b/anything.json': sample('guidellm-v2-benchmarks.json'),
      'notes.json': '{"title": 1, "cells": []}',
      'README.md': 'not looked at',
    });
    expect(runs.map(({ name, format }) => [name, format])).toEqual([
      ['a/result.txt.json', 'vllm-bench'],
      ['b/anything.json, constant 10 req/s', 'guidellm'],
    ]);
    expect(unknown.map(({ file }) => file)).toEqual(['notes.json']);
    expect(unknown[0]?.message).toContain('title, cells');
  });

  it('stand beside experiment folders, whose own files are left to them', async () => {
    const kit = await Promise.all(
      measuredTree().files.map(async (file) => [`kit/${file.path}`, await file.text()] as const),
    );
    const { truth, runs } = await measurementsIn({
      ...Object.fromEntries(kit),
      'kit/loose.json': sample('vllm-bench-2026.json'),
      'other/bench.jsonl': sample('aiperf-profile_export.jsonl'),
    });
    expect(truth?.entries).toHaveLength(1);
    expect(runs.map(({ name }) => name)).toEqual(['kit/loose.json', 'other/bench.jsonl']);
  });

  it('fail as experiment folders do when there is neither', async () => {
    const empty = await loadMeasurements(treeOf({ 'notes.txt': 'hello' }));
    expect(empty).toMatchObject({ ok: false, error: { code: 'missing-file' } });
  });

  it('pair the files that a tool writes for one run', async () => {
    const stage = (rate: number) =>
      JSON.stringify({
        load_summary: { count: 10 * rate, requested_rate: rate, send_duration: 10 },
        successes: {
          count: 10 * rate,
          latency: {
            request_latency: { mean: 1, p90: 2, p99: 3 },
            time_to_first_token: { mean: 0.1, p90: 0.2, p99: 0.3 },
          },
          throughput: {
            input_tokens_per_sec: 100 * rate,
            output_tokens_per_sec: 11 * rate,
            requests_per_sec: rate,
          },
          prompt_len: { mean: 100 },
          output_len: { mean: 11 },
        },
        failures: { count: 0 },
      });
    const run = await runIn({
      'r/stage_10_lifecycle_metrics.json': stage(4),
      'r/stage_2_lifecycle_metrics.json': stage(2),
      'r/summary_lifecycle_metrics.json': stage(6),
      'r/config.yaml': 'load:\n  type: constant\nserver:\n  type: vllm\n',
    });
    expect(run.files).toHaveLength(3);
    const entry = runEntry(run, SERVER);
    if (entry.kind !== 'ready') throw new Error(entry.problem.message);
    expect(entry.experiment.stages.map(({ rateRps, durationS }) => [rateRps, durationS])).toEqual([
      [2, 10],
      [4, 10],
    ]);
    expect(entry.experiment.summary).toMatchObject({
      numRequests: 60,
      ttft: { mean: 100, p99: 300 },
      itl: { mean: 90 },
    });
    expect(entry.experiment.profile).toMatchObject({ questionLen: 100, outputLen: 11 });
    expect(entry.experiment.requests).toBeUndefined();
  });

  it('take the server’s description from the nearest and most deliberate file', async () => {
    const run = await runIn({
      'a/run.json': sample('vllm-bench-2026.json'),
      'a/run.server.yaml': 'max_num_seqs: 32\n',
      'a/vllm.log': LOG,
      'server.yaml': 'hw: A100-80GB\nmax_num_seqs: 16\ntensor_parallelism: 8\n',
    });
    const facts = Object.fromEntries(run.facts.map(({ name, value, from }) => [name, [value, from]]));
    expect(facts).toEqual({
      max_num_seqs: [32, 'a/run.server.yaml'],
      hw: ['A100-80GB', 'server.yaml'],
      tensor_parallelism: [8, 'server.yaml'],
      model: ['a/b', 'a/vllm.log'],
      max_num_batched_tokens: [2048, 'a/vllm.log'],
      total_kv_blocks: [26603, 'a/vllm.log'],
      max_model_len: [4096, 'a/vllm.log'],
      gpu_mem: [0.92, 'a/vllm.log'],
      vllm_version: ['0.15.1', 'a/vllm.log'],
    });
    const entry = runEntry(run);
    expect(entry).toMatchObject({
      kind: 'ready',
      experiment: { kvSource: 'vllm.log', tp: 8, gpuMemUtil: 0.92 },
    });
  });

  it('say which facts are missing, and what a wrong description says', async () => {
    const missing = runEntry(
      await runIn({ 'run.json': sample('vllm-bench-2026.json'), 'server.yaml': 'hw: H100' }),
    );
    expect(missing).toMatchObject({
      kind: 'left-out',
      problem: { field: 'tensor_parallelism, max_num_seqs, max_num_batched_tokens, total_kv_blocks' },
    });
    const wrong = runEntry(
      await runIn({ 'run.json': sample('vllm-bench-2026.json'), 'server.yaml': 'hw: H100\ntp: 2' }),
    );
    expect(wrong).toMatchObject({ kind: 'left-out', problem: { file: 'server.yaml', line: 2 } });
    expect(wrong.kind === 'left-out' && wrong.problem.message).toContain('did you mean');
  });

  it('keep what the source cannot say for the quality panel', async () => {
    const entry = runEntry(await runIn({ 'run.jsonl': sample('sglang-bench.jsonl') }), SERVER);
    if (entry.kind !== 'ready') throw new Error(entry.problem.message);
    const limits = qualityFindings(entry.experiment).find(({ check }) => check === 'source-limits');
    expect(limits?.sentence).toContain('No start times');
    const empty = qualityFindings(entry.experiment).find(({ check }) => check === 'empty-requests');
    // (18 × 140.145833 + 0) / 19
    expect(empty?.sentence).toContain(
      'TTFT mean 140 ms; with them as 0 ms, as some tools count them, it is 133 ms',
    );
  });

  it.each([
    [
      'a simulator’s rows',
      {
        'x.csv':
          'instance id,request id,model,input,output,arrival,end_time,latency,queuing_delay,TTFT,TPOT,ITL\n0,0,a/b,10,5,0,9,9,0,1,2,"[2]"\n',
      },
      'not a measurement',
    ],
    ['a workload', { 'x.csv': 'arrived_at,num_prefill_tokens,num_decode_tokens\n0,1,2\n' }, 'workload'],
    [
      'a list without latencies',
      { 'x.json': '[{"error_code": 5, "error_msg": "no"}]' },
      'no successful request',
    ],
  ])('%s cannot serve', async (_what, files, reason) => {
    const { runs, unknown } = await measurementsIn(files);
    const reasons = [
      ...unknown.map(({ message }) => message),
      ...runs.map((run) => (run.measurement.ok ? 'it can' : run.measurement.error.message)),
    ];
    expect(reasons.join(' ')).toContain(reason);
  });
});

describe('server facts', () => {
  it('are read with their bounds', async () => {
    expect(parseFact('total_kv_blocks', ' 26 603 ')).toEqual({ ok: true, value: 26603 });
    expect(parseFact('gpu_mem', '0')).toMatchObject({ ok: false });
    expect(parseFact('cpu_offload', 'maybe')).toMatchObject({ ok: false });
    expect(parseFact('tensor_parallelism', '2.5')).toMatchObject({ ok: false });
    const list = await readServerFacts(memoryFile('server.yaml', '- 1'));
    expect(list).toMatchObject({ ok: false, error: { code: 'malformed' } });
  });

  it('are found in logs of either engine, whatever is missing', async () => {
    const v0 = await readServerLogFacts(
      memoryFile(
        'vllm.log',
        "args: Namespace(host=None, model='m/n', tensor_parallel_size=4, max_num_seqs=256, max_num_batched_tokens=None)\n" +
          "Initializing an LLM engine (v0.6.3) with config: model='m/n', max_seq_len=8192, quantization=fp8\n" +
          '# GPU blocks: 12,345, # CPU blocks: 2048\n',
      ),
    );
    expect(v0).toEqual({
      ok: true,
      value: {
        model: 'm/n',
        tensor_parallelism: 4,
        max_num_seqs: 256,
        vllm_version: '0.6.3',
        max_model_len: 8192,
        precision: 'FP8',
        total_kv_blocks: 12345,
      },
    });
    expect(await readServerLogFacts(memoryFile('vllm.log', 'nothing\n'))).toEqual({ ok: true, value: {} });
  });
});

describe('validate with benchmark results', () => {
  const FILES = {
    'vllm.json': sample('vllm-bench-2026.json'),
    'server.yaml': yaml({ ...SERVER, id: 500, max_model_len: 4096 }),
  };
  const validate = (tree: FileTree) =>
    runCommand(
      validateCommand,
      ['--data-dir', 'data', '--output-dir', 'out', '--adapters', 'blis-roofline', 'llm-optimizer-estimate'],
      {},
      { data: tree },
    );
  /** simulator, stage, metric, predicted, actual … without the folder's name. */
  const records = (written: ReadonlyMap<string, string>): string[] =>
    (written.get('out/error_records.csv') ?? '')
      .trim()
      .split('\r\n')
      .map((line) =>
        line
          .split(',')
          .filter((_, column) => column !== 1)
          .join(','),
      );

  it('gives the same numbers from the file with its server.yaml as from the experiment folder made of it', async () => {
    const direct = await validate(treeOf(FILES));
    expect(direct.problems).toEqual([]);
    expect(direct.stdout).toContain('Parsed 1 experiments successfully');
    const made = await runCommand(
      importCommand,
      [
        join(import.meta.dirname, '../../fixtures/same-20-requests/vllm-bench-2026.json'),
        '--experiment-dir',
        'kit',
        '--facts',
        'server.yaml',
      ],
      FILES,
    );
    expect(made.problems).toEqual([]);
    const folder = treeOf(
      Object.fromEntries([...made.written].map(([path, text]) => [path.replace(/^kit\//, ''), text])),
    );
    const indirect = await validate(folder);
    expect(indirect.problems).toEqual([]);
    const [left, right] = [records(direct.written), records(indirect.written)];
    expect(left.length).toBeGreaterThan(20);
    expect(left.length).toBe(right.length);
    for (const [index, line] of left.entries()) {
      const cells = line.split(',');
      for (const [column, cell] of (right[index] ?? '').split(',').entries()) {
        const [a, b] = [Number(cells[column]), Number(cell)];
        // Seconds and milliseconds differ in the last bit.
        if (Number.isFinite(a) && cell !== '') expect(b).toBeCloseTo(a, 9);
        else expect(cell).toBe(cells[column]);
      }
    }
  });

  it('leaves out what is not described, and says where to describe it', async () => {
    const run = await validate(treeOf({ 'sub/vllm.json': FILES['vllm.json'] }));
    expect(run.stderr).toContain('SKIP (parse error): sub/vllm.json');
    expect(run.stderr).toContain('hw, tensor_parallelism');
    expect(run.stderr).toContain('State them in sub/server.yaml.');
  });
});
