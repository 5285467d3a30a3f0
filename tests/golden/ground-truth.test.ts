// The measurements of the reference material, against what the reference's parser makes of them: every number bit for bit.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Experiment, LatencyDistribution, StageMetrics } from '../../src/domain/experiment';
import { readDemo } from '../../src/sources/demo';
import { FileTree, type SourceFile } from '../../src/sources/file-tree';
import { loadGroundTruth, readyExperiments } from '../../src/sources/ground-truth/load';
import { openFolder } from '../../src/headless/open-folder';
import { describeShared, sharedJson, sharedPath, sharedText } from '../support/shared';

const statistics = ({ mean, p90, p99 }: LatencyDistribution) => ({
  mean: mean ?? null,
  p90: p90 ?? null,
  p99: p99 ?? null,
});

/** A stage in the reference's own key names. */
const stageJson = (stage: StageMetrics) => ({
  stage_index: stage.stageIndex,
  rate: stage.rateRps,
  duration: stage.durationS,
  num_requests: stage.numRequests,
  e2e: statistics(stage.e2e),
  ttft: statistics(stage.ttft),
  itl: statistics(stage.itl),
  throughput: {
    input_tokens_per_sec: stage.throughput.inputTokensPerSec,
    output_tokens_per_sec: stage.throughput.outputTokensPerSec,
    requests_per_sec: stage.throughput.requestsPerSec,
  },
});

const parsedJson = (experiment: Experiment) => ({
  max_model_len: experiment.maxModelLen,
  max_num_batched_tokens: experiment.maxNumBatchedTokens,
  max_num_seqs: experiment.maxNumSeqs,
  model: experiment.model,
  stages: experiment.stages.map(stageJson),
  summary: stageJson(experiment.summary),
  total_kv_blocks: experiment.totalKvBlocks,
  tp: experiment.tp,
  workload: experiment.workload,
});

describeShared('the ground-truth kit', () => {
  const golden = sharedJson<Record<string, unknown>>('ground-truth', 'expected-parsed.json');

  it('parses to the reference parser’s numbers, every one', async () => {
    const loaded = await loadGroundTruth(await openFolder(sharedPath('ground-truth')), { all: true });
    if (!loaded.ok) throw new Error(loaded.error.message);
    const experiments = readyExperiments(loaded.value);
    expect(experiments.map(({ expId }) => String(expId))).toEqual(Object.keys(golden));
    for (const experiment of experiments) {
      expect(parsedJson(experiment)).toEqual(golden[String(experiment.expId)]);
      expect(experiment.kvSource).toBe('manifest');
    }
  });

  it('parses the same in the old layout: timestamped names, no manifest', async () => {
    const manifest = sharedJson<
      { id: number; source_dir: string; total_kv_blocks: number; workload: string }[]
    >('ground-truth', 'experiments.json');
    const kit = await openFolder(sharedPath('ground-truth'));
    const files = manifest.flatMap(({ id, source_dir: name, total_kv_blocks: blocks }) =>
      kit.files.flatMap((file): SourceFile[] => {
        if (!file.path.startsWith(`${id}-`)) return [];
        const path = file.path.replace(/^[^/]+/, name);
        if (!path.endsWith('/exp-config.yaml')) return [{ ...file, path }];
        return [{ ...file, path, text: async () => `${await file.text()}\ntotal_kv_blocks: ${blocks}\n` }];
      }),
    );
    const loaded = await loadGroundTruth(new FileTree({ name: 'old', files }));
    if (!loaded.ok) throw new Error(loaded.error.message);
    const byName = new Map(manifest.map((row) => [row.source_dir, row]));
    const experiments = readyExperiments(loaded.value);
    expect(experiments.map(({ folder }) => folder)).toEqual([...byName.keys()].sort());
    for (const experiment of experiments) {
      const row = byName.get(experiment.folder);
      expect(parsedJson(experiment)).toEqual(golden[String(row?.id)]);
      expect(experiment.workload).toBe(row?.workload);
      expect(experiment.kvSource).toBe('exp-config.yaml');
    }
  });

  it('reads per-request rows whose means are those of the lifecycle files', async () => {
    const loaded = await loadGroundTruth(await openFolder(sharedPath('ground-truth')), { requests: 'load' });
    if (!loaded.ok) throw new Error(loaded.error.message);
    for (const { requests, summary } of readyExperiments(loaded.value)) {
      if (requests === undefined) throw new Error('no rows');
      const succeeded = [...requests.e2eUs].filter((value) => !Number.isNaN(value));
      expect(succeeded.length).toBe(summary.numRequests);
      const mean = succeeded.reduce((sum, value) => sum + value, 0) / succeeded.length / 1000;
      // Rows are rounded to whole µs.
      expect(Math.abs(mean - (summary.e2e.mean ?? NaN))).toBeLessThan(0.001);
    }
  });
});

describeShared('the bundled demo', () => {
  it('is the kit, number for number', async () => {
    const truth = await loadGroundTruth(await openFolder(sharedPath('ground-truth')), { all: true });
    const text = readFileSync(join(import.meta.dirname, '../../public/demo/measurements.json'), 'utf8');
    const demo = readDemo(text, 'measurements.json');
    if (!truth.ok || !demo.ok) throw new Error('not read');
    expect(demo.value.experiments).toEqual(readyExperiments(truth.value));
  });
});

describeShared('the fixture experiment', () => {
  const mini = () => openFolder(sharedPath('ground-truth', 'fixtures', 'mini'));

  it('parses to the recorded experiment', async () => {
    const loaded = await loadGroundTruth(await mini());
    if (!loaded.ok) throw new Error(loaded.error.message);
    const experiments = readyExperiments(loaded.value);
    expect(experiments).toHaveLength(1);
    for (const experiment of experiments) {
      expect({
        folder: experiment.folder,
        ...parsedJson(experiment),
        cpu_kv_blocks: experiment.cpuKvBlocks,
        exp_id: experiment.expId,
        hardware: experiment.hardware,
        dp: experiment.dp ?? null,
        cpu_offload: experiment.cpuOffload,
        gpu_mem_util: experiment.gpuMemUtil,
        precision: experiment.precision,
        safe: experiment.safe,
      }).toEqual(sharedJson('ground-truth', 'fixtures', 'expected', 'experiment.json'));
    }
  });

  it('has the recorded KV sizes by both methods', async () => {
    const configured = await loadGroundTruth(await mini());
    const legacy = await loadGroundTruth(await mini(), { cpuBlocks: 'kv_events.jsonl' });
    if (!configured.ok || !legacy.ok) throw new Error('not loaded');
    const [now] = readyExperiments(configured.value);
    const [before] = readyExperiments(legacy.value);
    expect({
      total_kv_blocks: now?.totalKvBlocks,
      cpu_kv_blocks: now?.cpuKvBlocks,
      kv_events_peak_cpu_blocks_legacy: before?.cpuKvBlocks,
    }).toEqual(sharedJson('ground-truth', 'fixtures', 'expected', 'kv_blocks.json'));
  });

  it('gives the per-request rows that the recorded traces hold', async () => {
    const loaded = await loadGroundTruth(await mini(), { requests: 'load' });
    if (!loaded.ok) throw new Error(loaded.error.message);
    const [experiment] = readyExperiments(loaded.value);
    const [, ...rows] = sharedText('ground-truth', 'fixtures', 'expected', 'blis_trace_data.csv')
      .trim()
      .split('\r\n');
    const recorded = rows.map((row) => row.split(',').map(Number));
    const requests = experiment?.requests;
    expect([...(requests?.arrivalUs ?? [])]).toEqual(recorded.map((row) => row[15]));
    expect([...(requests?.inputTokens ?? [])]).toEqual(recorded.map((row) => row[8]));
    expect([...(requests?.outputTokens ?? [])]).toEqual(recorded.map((row) => row[9]));
  });
});
