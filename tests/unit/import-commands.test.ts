// `import` and `simulator-inputs` as the command line runs them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCommand } from '../../src/headless/commands/import';
import { simulatorInputsCommand } from '../../src/headless/commands/simulator-inputs';
import { memoryFile } from '../../src/sources/file-tree';
import { parseTraceV2 } from '../../src/sources/trace-v2';
import { readVidurPlots } from '../../src/sources/pre-run/vidur-plots';
import { runCommand } from '../support/captured-io';
import { describeShared, sharedPath } from '../support/shared';

interface Described {
  readonly file: string;
  readonly error?: string;
  readonly runs?: readonly {
    readonly format: string;
    readonly requests?: Readonly<Record<string, number>>;
    readonly figures: readonly object[];
  }[];
}

const samples = join(import.meta.dirname, '../fixtures/same-20-requests');
const importPaths = async (...args: string[]): Promise<readonly Described[]> => {
  const run = await runCommand(importCommand, args);
  expect(run.problems).toEqual([]);
  return JSON.parse(run.stdout) as readonly Described[];
};

describe('import', () => {
  it('describes a file: format, outcomes, own figures beside the file’s', async () => {
    const [file] = await importPaths(join(samples, 'sglang-bench.jsonl'));
    expect(file?.runs?.[0]).toMatchObject({ requests: { ok: 18, error: 1, empty: 1 } });
    expect(file?.runs?.[0]?.figures).toContainEqual(
      expect.objectContaining({ figure: 'e2e_mean_ms', key: 'mean_e2e_latency_ms', differs: true }),
    );
    const [counted] = await importPaths(join(samples, 'sglang-bench.jsonl'), '--include-empty');
    expect(counted?.runs?.[0]?.figures).toContainEqual(
      expect.objectContaining({ figure: 'e2e_mean_ms', differs: false }),
    );
  });

  it('finds the other half of a trace beside it, and reads a whole folder', async () => {
    const [trace] = await importPaths(join(samples, 'blis-trace.yaml'));
    expect(trace?.runs).toHaveLength(1);
    const all = await importPaths(samples);
    expect(all.filter(({ runs }) => runs !== undefined)).toHaveLength(13);
    const errors = all.filter(({ error }) => error !== undefined).map(({ file }) => file);
    expect(errors).toEqual(['README.md', 'expected.json']);
  });

  it('writes a run or a public trace as a TraceV2 pair that reads back', async () => {
    const run = await runCommand(importCommand, [
      join(samples, 'aiperf-profile_export.jsonl'),
      '--trace-output',
      't',
    ]);
    expect(run.problems).toEqual([]);
    const trace = parseTraceV2(run.written.get('t.yaml') ?? '', run.written.get('t.csv') ?? '', {
      header: 'h',
      data: 'd',
    });
    if (!trace.ok) throw new Error(trace.error.message);
    const { records, header } = trace.value;
    expect([header.mode, records.count]).toEqual(['real', 20]);
    const { rows } = JSON.parse(readFileSync(join(samples, 'expected.json'), 'utf8')) as {
      rows: { startS: number }[];
    };
    const starts = rows.map(({ startS }) => Math.round(startS * 1e6)).sort((a, b) => a - b);
    expect([...records.arrivalUs]).toEqual(starts);
    expect(records.firstChunkUs[0]).toBe(227677);
    expect(records.lastChunkUs[0]).toBe(388179);

    const azure =
      'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.68,374,44\n2023-11-16 18:15:46.732,7,3\n';
    const folder = mkdtempSync(join(tmpdir(), 'import-'));
    writeFileSync(join(folder, 'azure.csv'), azure);
    const workload = await runCommand(importCommand, [join(folder, 'azure.csv'), '--trace-output', 'w']);
    rmSync(folder, { recursive: true });
    expect(workload.written.get('w.yaml')).toContain('mode: generated');
    const replayed = parseTraceV2(workload.written.get('w.yaml') ?? '', workload.written.get('w.csv') ?? '', {
      header: 'h',
      data: 'd',
    });
    expect(replayed.ok && [...replayed.value.records.arrivalUs]).toEqual([0, 52000]);

    const timeless = await runCommand(importCommand, [
      join(samples, 'sglang-bench.jsonl'),
      '--trace-output',
      't',
    ]);
    expect(timeless.problems[0]).toContain('no arrival times');
  });

  it('refuses a warm-up that is no number', async () => {
    const run = await runCommand(importCommand, [samples, '--skip-first', 'many']);
    expect(run.problems[0]).toContain('--skip-first');
  });
});

describe('Vidur plots', () => {
  it('tells the layouts apart by their header, and passes over what it does not know', async () => {
    const plots = await readVidurPlots([
      memoryFile(
        'plots/request_e2e_time.csv',
        ',Request Id,request_e2e_time,cdf\n1,3,0.7,0.5\n0,4,0.9,1.0\n',
      ),
      memoryFile('plots/batch_size.csv', ',cdf,batch_size\n0,0.0,0.99\n'),
      memoryFile('plots/request_arrival_time_series.csv', ',Time (sec),request_arrival\n0,0.0,1\n1,1.5,2\n'),
      memoryFile('plots/batch_size_per_batch.csv', ',Batch Id,batch_size\n0,0,1\n'),
      memoryFile('plots/replica_1_memory_usage.json', '{"a_min": 0, "a_max": 4, "a_weighted_mean": 2.5}'),
      memoryFile('plots/odd.csv', 'x,y\n1,2\n'),
      memoryFile('plots/odd.json', '[1'),
      memoryFile('plots/picture.png', 'x'),
    ]);
    expect(plots.map(({ kind, name }) => [kind, name])).toEqual([
      ['requests', 'request_e2e_time'],
      ['sketch', 'batch_size'],
      ['series', 'request_arrival_time_series'],
      ['batches', 'batch_size_per_batch'],
      ['utilisation', 'replica_1_memory_usage'],
    ]);
    expect(plots[2]).toMatchObject({ values: Float64Array.of(1, 2), timeS: Float64Array.of(0, 1.5) });
  });
});

describeShared('simulator-inputs over a real folder', () => {
  const data = sharedPath('ground-truth', 'fixtures', 'mini');

  it('writes a Vidur trace and prints the command', async () => {
    const run = await runCommand(simulatorInputsCommand, [
      '--simulator',
      'vidur',
      '--data-dir',
      data,
      '--output-dir',
      'out',
    ]);
    const [path, trace] = [...run.written][0] ?? [];
    expect(path).toBe('out/900-codellama-34b-tp2-codegen/trace.csv');
    expect(trace?.split('\r\n')).toHaveLength(102);
    expect(run.stdout).toContain(`--trace_request_generator_config_trace_file ${path ?? ''}`);
  });

  it('says why LLMServingSim cannot run a model, and writes for the later version that can', async () => {
    const args = ['--simulator', 'llmservingsim', '--data-dir', data, '--output-dir', 'out'];
    const refused = await runCommand(simulatorInputsCommand, args);
    expect(refused.stderr).toContain('no profile of codellama/CodeLlama-34b-Instruct-hf');
    const run = await runCommand(simulatorInputsCommand, [
      ...args,
      '--study',
      'dcec3fd',
      '--max-requests',
      '10',
    ]);
    expect([...run.written.keys()].map((path) => path.split('/').at(-1))).toEqual([
      'cluster.json',
      'workload.jsonl',
    ]);
    expect([...run.written.values()][1]?.trimEnd().split('\n')).toHaveLength(10);
    expect(run.stdout).toContain('python3 -m serving');
  });

  it('reports experiments that are not there', async () => {
    const run = await runCommand(simulatorInputsCommand, [
      '--simulator',
      'vidur',
      '--data-dir',
      data,
      '--output-dir',
      'out',
      '--experiments',
      '1',
    ]);
    expect(run.problems[0]).toContain('none of the experiments');
  });
});
