// Where requests of a run come from when the file is old, long, or too long.

import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand as buildRun } from '../../../src/headless/commands/run';
import { nodeIo } from '../../../src/headless/io';
import { readTraceV2 } from '../../../src/sources/trace-v2';
import { runCommand } from '../../support/captured-io';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-inputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SERVER = [
  ...['--model', 'qwen/qwen3-14b', '--hardware', 'H100', '--tp', '1', '--latency-model', 'blackbox'],
  ...['--alpha-coeffs', '0,0,0', '--beta-coeffs', '1000,1,1', '--block-size-in-tokens', '4'],
];

describe('run with the five-column CSV of older commits', () => {
  const csv = [
    'arrival_time,request_id,model,prefill_tokens,decode_tokens',
    '0.1,a,m,"[1,2,3,4,5,6,7,8,9]","[5,6,7]"',
    '0.2,b,m,"[1,2,3,4,5,6,7,8,10]","[5,6]"',
  ].join('\n');
  const traces = ['--workload', 'traces', '--workload-traces-filepath', 'old.csv'];

  it('replays its requests with their own token ids', async () => {
    const run = await runCommand(buildRun, [...SERVER, ...traces], { 'old.csv': csv });
    expect(run.problems).toEqual([]);
    expect(run.stdout).toContain('"completed_requests": 2');
    expect(run.stdout).toContain('"total_input_tokens": 18');
    // The second prompt begins with the two full blocks of the first.
    expect(run.stdout).toMatch(/Cache Hit Rate: 0\.[1-9]/);
  });

  it('names the row that is wrong, and the flag that is missing', async () => {
    const bad = await runCommand(buildRun, [...SERVER, ...traces], { 'old.csv': `${csv}\n0.3,c,m,[1` });
    expect(bad.problems.join('\n')).toMatch(/old\.csv.*row 2/s);
    const missing = await runCommand(buildRun, [...SERVER, '--workload', 'traces']);
    expect(missing.problems).toEqual(['--workload traces needs --workload-traces-filepath.']);
    const alone = await runCommand(buildRun, [...SERVER, ...traces.slice(2)], { 'old.csv': csv });
    expect(alone.problems.join('\n')).toContain('--workload traces only');
  });
});

describe('large files', () => {
  it('refuses a gigabyte of text by its size, before reading it', async () => {
    const path = join(folder, 'huge.yaml');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 30);
    await expect(nodeIo.readText(path)).rejects.toThrow(/1024 MiB, and at most 512 MiB/);
  });

  it('streams a trace of a million rows', async () => {
    const samples = join(import.meta.dirname, '../../fixtures/same-20-requests');
    const [head = '', ...rows] = readFileSync(join(samples, 'blis-trace.csv'), 'utf8').trim().split('\n');
    const path = join(folder, 'million.csv');
    const block = `${rows.join('\n')}\n`;
    writeFileSync(path, `${head}\n`);
    for (let i = 0; i < 100; i++) writeFileSync(path, block.repeat(500), { flag: 'a' });
    const header = readFileSync(join(samples, 'blis-trace.yaml'), 'utf8');
    const trace = await readTraceV2(header, await nodeIo.openFile(path), 'million.csv');
    if (!trace.ok) throw new Error(trace.error.message);
    expect(trace.value.records.arrivalUs).toHaveLength(1_000_000);
    expect(trace.value.records.arrivalUs[999_999]).toBe(trace.value.records.arrivalUs[19]);
  }, 60_000);
});

describe('run with our own step-time model', () => {
  const server = ['--model', 'meta-llama/llama-2-7b-hf', '--hardware', 'H100', '--tp', '1'];
  const run = (...flags: string[]) =>
    runCommand(buildRun, [
      ...server,
      '--latency-model',
      'physics',
      '--num-requests',
      '40',
      '--rate',
      '4',
      ...flags,
    ]);
  const ttft = ({ stdout }: { stdout: string }): number =>
    Number(/"ttft_mean_ms": ([\d.]+)/.exec(stdout)?.[1] ?? NaN);

  it('states where its default coefficients come from, and takes others', async () => {
    const plain = await run();
    expect(plain.problems).toEqual([]);
    expect(plain.stderr).toContain('its default coefficients were fitted on H100 with vLLM 0.15.1');
    const alpha = '66600,52.2';
    const beta = '0.902,0.899,0.874,0.555,0.649,1180,11,6.08,1.1,2.49,218';
    const slow = await run('--alpha-coeffs', alpha, '--beta-coeffs', beta);
    expect(slow.stderr).not.toContain('default coefficients');
    // A front end that takes 60 ms longer.
    expect(ttft(slow) - ttft(plain)).toBeCloseTo(59.94, 0);
  });

  it('decides batches one step ahead on request: first tokens wait for a step that is already decided', async () => {
    expect(ttft(await run('--pipelined-scheduling'))).toBeGreaterThan(ttft(await run()) + 1);
  });
});
