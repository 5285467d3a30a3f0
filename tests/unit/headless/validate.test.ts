// The validate command over made-up folders: what is printed, what is written, and what stops what.

import { describe, expect, it } from 'vitest';
import { validateCommand } from '../../../src/headless/commands/validate';
import type { FileTree } from '../../../src/sources/file-tree';
import { runCommand } from '../../support/captured-io';
import {
  CONFIG,
  FOLDER,
  experimentFiles,
  manifestEntry,
  measuredTree,
  treeOf,
} from '../../support/measured-folder';

const validate = (tree: FileTree, ...args: string[]) =>
  runCommand(validateCommand, ['--data-dir', 'data', '--output-dir', 'out', ...args], {}, { data: tree });

const two = (second: Record<string, unknown>, changes: Record<string, string | undefined> = {}) =>
  treeOf('data', {
    'experiments.json': JSON.stringify([manifestEntry(), { ...manifestEntry(8), ...second }]),
    ...Object.fromEntries(
      [FOLDER, '8-other-tp4-general'].flatMap((folder, index) =>
        Object.entries({ ...experimentFiles(), ...(index === 1 ? changes : {}) }).map(([path, content]) => [
          `${folder}/${path}`,
          content,
        ]),
      ),
    ),
  });

describe('validate', () => {
  it('prints the reference’s lines and tables, and writes both files', async () => {
    const { stdout, written, problems } = await validate(
      measuredTree(),
      '--adapters',
      'llm-optimizer-estimate',
    );
    expect(problems).toEqual([]);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 2)).toEqual(['Found 1 experiments', 'Parsed 1 experiments successfully']);
    expect(lines[2]).toMatch(
      /^ {2}OK: llm-optimizer-estimate × meta-llama\/Llama-2-70b-hf \(general\) \[\d+\.\d\ds\]$/,
    );
    expect(lines.slice(3, 6)).toEqual(['', '=== MAPE by Simulator ===', '']);
    expect(stdout).toMatch(
      /\n\nCSV saved to out\/error_records.csv\n\n=== Simulator Runtime ===\n\nSimulator [^=]*\n\nRuntime CSV saved to out\/runtime.csv\n$/,
    );
    expect([...written.keys()]).toEqual(['out/error_records.csv', 'out/runtime.csv']);
    expect(written.get('out/error_records.csv')?.trim().split('\r\n')).toHaveLength(10);
  });

  it('writes the same error records again', async () => {
    const args = ['--adapters', 'llm-optimizer-estimate', 'aiconfigurator-estimate'];
    const [first, second] = [
      await validate(measuredTree(), ...args),
      await validate(measuredTree(), ...args),
    ];
    expect(first.written.get('out/error_records.csv')).toBe(second.written.get('out/error_records.csv'));
  });

  it('skips what cannot be parsed and runs the rest', async () => {
    const { stdout, stderr, written } = await validate(
      two({}, { 'exp-config.yaml': CONFIG.replace('tensor_parallelism: 4', '') }),
      '--adapters',
      'llm-optimizer-estimate',
    );
    expect(stdout).toContain('Found 2 experiments\nParsed 1 experiments successfully\n');
    expect(stderr).toContain(
      'ERROR - validate - SKIP (parse error): 8-other-tp4-general — 8-other-tp4-general/exp-config.yaml:1:1: the key tensor_parallelism is missing',
    );
    expect(written.has('out/error_records.csv')).toBe(true);
  });

  it('leaves out data-parallel experiments when asked to', async () => {
    const { stdout } = await validate(two({ dp: 2 }), '--no-dp-scaling', '--adapters=llm-optimizer-estimate');
    expect(stdout).toContain('Filtered to 1 single-replica experiments (excluded 1 with DP > 1)\n');
    expect(stdout.match(/ {2}OK: /g)).toHaveLength(1);
  });

  it('takes unsafe experiments only with --all', async () => {
    const tree = two({ safe: 'unsafe' });
    const adapters = '--adapters=llm-optimizer-estimate';
    expect((await validate(tree, adapters)).stdout).toContain('Found 1 experiments');
    expect((await validate(tree, adapters, '--all')).stdout).toContain('Found 2 experiments');
  });

  it('says that there is nothing, and writes nothing', async () => {
    const none = await validate(measuredTree({}, []));
    expect([none.stdout, none.written.size, none.problems]).toEqual([
      'No experiments found in data\n',
      0,
      [],
    ]);
    const skipped = await validate(measuredTree(), '--adapters', 'vidur', '--verbose');
    expect(skipped.stdout).toContain('Parsed 1 experiments successfully\nNo error records to report.\n');
    expect(skipped.stderr).toContain('Skipped 1 pairs that cannot run: vidur (offload): 1');
    expect(skipped.written.size).toBe(0);
  });

  it('reports a failing run and goes on', async () => {
    const { stdout, stderr } = await validate(
      two({}, { 'exp-config.yaml': CONFIG.replace('meta-llama/Llama-2-70b-hf', 'org/unheard-of') }),
      '--adapters',
      'llm-optimizer-estimate',
    );
    expect(stderr).toContain('ERROR - validate - FAIL: llm-optimizer-estimate × org/unheard-of (general): ');
    expect(stderr).toContain('WARNING - validate - 1 runs failed');
    expect(stdout.match(/ {2}OK: /g)).toHaveLength(1);
  });

  it('takes imported rows of any simulator, under its own name', async () => {
    const rows =
      'exp_id,stage,metric,predicted,runtime_s\n7,0,e2e_mean,2200,3.5\n7,-1,e2e_mean,2000,3.5\n7,-1,ttft_p99,1000,3.5\n';
    const { written, stdout } = await runCommand(
      validateCommand,
      [
        '--data-dir',
        'data',
        '--output-dir',
        'out',
        '--adapters',
        'llm-optimizer-estimate',
        '--pre-run',
        'runs',
      ],
      {},
      { data: measuredTree(), runs: treeOf('runs', { 'predictions-mine.csv': rows }) },
    );
    const mine = written
      .get('out/error_records.csv')
      ?.split('\r\n')
      .filter((line) => line.startsWith('mine,'));
    expect(mine?.map((line) => line.split(',').slice(4, 9))).toEqual([
      ['0', 'e2e_mean', '2200.0', '2000.0', '10.0'],
      ['-1', 'e2e_mean', '2000.0', '2000.0', '0.0'],
      ['-1', 'ttft_p99', '1000.0', '500.0', '100.0'],
    ]);
    expect(stdout).toContain('  OK: mine × meta-llama/Llama-2-70b-hf (general) [3.50s]');
    expect(written.get('out/runtime.csv')).toContain('mine,7-llama-2-70b-tp4-general,');
  });

  it('adds tables by hardware and property when asked to', async () => {
    const { stdout } = await validate(measuredTree(), '--adapters=llm-optimizer-estimate', '--extra-tables');
    expect(stdout).toContain('=== MAPE by Hardware ===');
  });

  it('knows its adapters', async () => {
    const { problems } = await validate(measuredTree(), '--adapters', 'llm-optimiser');
    expect(problems[0]).toContain('unknown adapter "llm-optimiser"; did you mean "llm-optimizer-estimate"?');
  });

  it('ends with one line when there is no manifest', async () => {
    const { problems } = await validate(treeOf('data', { 'a.txt': 'x' }));
    expect(problems).toEqual([expect.stringMatching(/^Manifest not found: data\/experiments.json/)]);
  });
});

it('leaves out what is not done under the study’s later rules', async () => {
  const undone = measuredTree({}, [{ ...manifestEntry(), done: false }]);
  const adapters = '--adapters=llm-optimizer-estimate';
  expect((await validate(undone, adapters)).stdout).toContain('Found 1 experiments');
  expect((await validate(undone, adapters, '--study', 'dcec3fd')).stdout).toBe(
    'No experiments found in data\n',
  );
});

it('replays measured arrivals on request, and says when there are none', async () => {
  const args = ['--adapters', 'blis-crossmodel', '--arrivals', 'measured', '--verbose'];
  const none = await validate(measuredTree(), ...args);
  expect(none.stderr).toContain('has no per-request data');
  const csv =
    'index,arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error\n0,0,500,11,69500,474805,0\n1,9000000,510,11,60000,470000,0\n';
  const log = 'GPU KV cache size: 160,000 tokens\n';
  const some = await validate(measuredTree({ 'results/per_request.csv': csv, 'vllm.log': log }), ...args);
  expect(some.stdout).toContain('  OK: blis-crossmodel');
  expect(some.stderr).toContain('Requests arrive as measured');
});
