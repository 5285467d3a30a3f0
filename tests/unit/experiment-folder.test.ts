// Imported runs as measurements: the folder that is written reads back as an experiment with the same figures.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCommand } from '../../src/headless/commands/import';
import { FileTree, memoryFile } from '../../src/sources/file-tree';
import { experimentFolder } from '../../src/sources/formats/experiment-folder';
import { missingFacts } from '../../src/sources/formats/server-facts';
import { buildRows, type ImportedRun } from '../../src/sources/formats/run-record';
import { loadGroundTruth, readyExperiments } from '../../src/sources/ground-truth/load';
import { runCommand } from '../support/captured-io';

const sample = (name: string): string => join(import.meta.dirname, '../fixtures/same-20-requests', name);

const facts = {
  id: 500,
  model: 'meta-llama/Llama-3.1-8B-Instruct',
  hw: 'H100',
  tensor_parallelism: 1,
  max_model_len: 4096,
  max_num_batched_tokens: 2048,
  max_num_seqs: 128,
  precision: 'FP16',
  gpu_mem: 0.9,
  total_kv_blocks: 26000,
};

async function experimentsIn(files: Iterable<readonly [string, string]>) {
  const tree = new FileTree({ name: 'out', files: [...files].map(([path, text]) => memoryFile(path, text)) });
  const truth = await loadGroundTruth(tree, { requests: 'load' });
  if (!truth.ok) throw new Error(truth.error.message);
  return readyExperiments(truth.value);
}

describe('an imported run as an experiment', () => {
  it('reads back with the same figures, requests and one stage', async () => {
    const args = [sample('vllm-bench-2026.json'), '--experiment-dir', 'out', '--facts', 'facts.json'];
    const run = await runCommand(importCommand, args, { 'facts.json': JSON.stringify(facts) });
    expect(run.problems).toEqual([]);
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(6);
    const [experiment] = await experimentsIn(
      [...run.written].map(([path, text]) => [path.replace('out/', ''), text] as const),
    );
    expect(experiment).toMatchObject({
      expId: 500,
      model: facts.model,
      totalKvBlocks: 26000,
      kvSource: 'manifest',
      workload: 'imported',
    });
    expect(experiment?.stages).toHaveLength(1);
    expect(experiment?.summary.numRequests).toBe(18);
    expect(experiment?.summary.ttft.mean).toBeCloseTo(140.145833, 5);
    expect(experiment?.summary.e2e.mean).toBeCloseTo(576.765333, 5);
    const stage = experiment?.stages[0];
    // Requested as fast as possible: the achieved rate over the file's own duration, and every request in the profile.
    expect(stage?.rateRps).toBeCloseTo(20 / 2.570757, 9);
    expect((stage?.rateRps ?? 0) * (stage?.durationS ?? 0)).toBeCloseTo(20, 9);
    expect(experiment?.requests?.count).toBe(20);
    // One failed, one ended without a token.
    expect([...(experiment?.requests?.failed ?? [])].slice(17)).toEqual([1, 2, 0]);
    expect(experiment?.profile.rebuilt).toEqual({ kind: 'measured' });
  });

  it('asks for the server facts that the file does not hold', async () => {
    const run = await runCommand(importCommand, [sample('vllm-bench-2026.json'), '--experiment-dir', 'out']);
    expect(run.problems[0]).toContain('hw, tensor_parallelism, max_num_seqs');
    expect(run.problems[0]).not.toContain('model,');
    expect(run.written.size).toBe(0);
    expect(missingFacts(facts)).toEqual([]);
    const wrong = await runCommand(
      importCommand,
      [sample('vllm-bench-2026.json'), '--experiment-dir', 'out', '--facts', 'facts.json'],
      { 'facts.json': '{"id": 5, "tp": 2}' },
    );
    expect(wrong.problems[0]).toContain('facts.json');
  });

  it('takes one run at a time', async () => {
    const run = await runCommand(importCommand, [
      sample('vllm-bench-appended-twice.json'),
      '--experiment-dir',
      'out',
    ]);
    expect(run.problems[0]).toBe('--experiment-dir takes one run; the files hold 2');
  });

  it('does not invent arrivals or a load', () => {
    const run = (requestRateRps?: number, durationS?: number): ImportedRun => ({
      format: 'llmperf',
      label: '',
      facts: {
        tool: 'LLMPerf',
        clock: 'none',
        tokenCounts: 'client',
        gaps: 'none',
        ...(requestRateRps === undefined ? {} : { requestRateRps }),
        ...(durationS === undefined ? {} : { durationS }),
      },
      rows: buildRows([{ status: 'ok', inputTokens: 10, outputTokens: 5, ttftS: 0.1, e2eS: 0.5 }]),
      reported: [],
      findings: [],
    });
    expect(experimentFolder(run(), facts)).toMatchObject({ ok: false, error: { field: 'duration' } });
    const files = experimentFolder(run(2), facts);
    expect(files.ok && files.value.map(({ path }) => path.split('/').at(-1))).not.toContain(
      'per_request.csv',
    );
    const { rows: _, ...aggregates } = run(2);
    expect(experimentFolder(aggregates, facts)).toMatchObject({
      ok: false,
      error: { code: 'not-supported' },
    });
  });
});
