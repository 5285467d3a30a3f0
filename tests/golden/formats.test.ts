// Importers on real public measurements, against the figures worked out for them independently.

import { expect, it } from 'vitest';
import { importFile } from '../../src/sources/formats/import-file';
import { qualityFindings } from '../../src/sources/formats/quality';
import { recompute, type RecomputeOptions } from '../../src/sources/formats/recompute';
import type { Figure, ImportedRun } from '../../src/sources/formats/run-record';
import { FileTree, memoryFile } from '../../src/sources/file-tree';
import { describeShared, sharedText } from '../support/shared';

async function importShared(...path: string[]) {
  const outcome = await importFile(memoryFile(path.at(-1) ?? '', sharedText('ground-truth-other', ...path)));
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

async function runOf(...path: string[]): Promise<ImportedRun> {
  const [run] = (await importShared(...path)).flatMap(({ runs }) => runs);
  if (run === undefined) throw new Error(`${path.join('/')} holds no run`);
  return run;
}

/** Figures within 0.01 %, the digits the expectations carry. */
function expectFigures(
  run: ImportedRun,
  wanted: Partial<Record<Figure, number>>,
  options: RecomputeOptions = {},
): void {
  if (run.rows === undefined) throw new Error('no rows');
  const own = recompute(run.rows, run.facts, options);
  for (const [figure, value] of Object.entries(wanted)) {
    const found = own.get(figure as Figure) ?? NaN;
    expect(Math.abs(found / value - 1), `${figure}: ${String(found)} for ${String(value)}`).toBeLessThan(
      1e-4,
    );
  }
}

describeShared('public measurements', () => {
  it('vLLM on 8 × H100, where four in ten "completed" requests are empty', async () => {
    const run = await runOf('vllm-bench-8xh100-llama-3.1-405b-fp8-16qps.json');
    const statuses = run.rows?.status ?? [];
    expect(statuses).toHaveLength(1000);
    expect(statuses.filter((status) => status === 'empty')).toHaveLength(379);
    expect(statuses).not.toContain('error');
    expect([...(run.rows?.outputTokens ?? [])].filter((tokens) => tokens === 1)).toHaveLength(17);
    expect(run.facts).toMatchObject({ clock: 'none', durationS: expect.closeTo(100.667, 3) as number });
    expectFigures(
      run,
      {
        ttft_mean_ms: 1486.394,
        ttft_p50_ms: 403.316,
        ttft_p99_ms: 9912.536,
        input_tokens: 215196,
        output_tokens: 120689,
      },
      { includesEmpty: true },
    );
    expectFigures(run, {
      ttft_mean_ms: 2393.549,
      ttft_p50_ms: 956.39,
      ttft_p99_ms: 10040.932,
      itl_mean_ms: 99.489,
      itl_p50_ms: 113.8,
      itl_p99_ms: 290.838,
      e2e_mean_ms: 21621.165,
      e2e_p99_ms: 64584.098,
      tpot_mean_ms: 104.75,
    });
    expect(run.rows?.gapsS.values).toHaveLength(120017);
    const chunks = run.findings.find(({ message }) => message.includes('chunks'));
    expect(chunks?.count).toBe(6);
    expect(
      qualityFindings(run)
        .map(({ message }) => message)
        .join(' '),
    ).toContain('tpot_mean_ms: 104.7');
  });

  it.each([
    [
      'llmservingsim-rtxpro6000-llama-3.1-8b',
      {
        ttft_mean_ms: 7097.16,
        ttft_p50_ms: 9442.66,
        ttft_p90_ms: 16852.73,
        ttft_p99_ms: 19755.25,
        tpot_mean_ms: 32.458,
        tpot_p99_ms: 37.344,
        e2e_mean_ms: 28200.7,
        e2e_p99_ms: 37638.8,
        input_tokens: 257239,
        output_tokens: 195753,
        output_tokens_per_s: 2969.26,
      },
    ],
    [
      'llmservingsim-rtx4090-llama-3.1-8b',
      {
        ttft_mean_ms: 65456.57,
        ttft_p50_ms: 60110.94,
        ttft_p99_ms: 137356.3,
        tpot_mean_ms: 32.447,
        tpot_p99_ms: 56.004,
        e2e_mean_ms: 86578.3,
        output_tokens_per_s: 1066.38,
      },
    ],
    [
      'llmservingsim-rtxpro6000-qwen3-30b-a3b',
      {
        ttft_mean_ms: 1085.98,
        ttft_p50_ms: 138.77,
        ttft_p99_ms: 9587.91,
        tpot_mean_ms: 47.286,
        e2e_mean_ms: 32344.6,
        output_tokens_per_s: 3116.14,
      },
    ],
  ] satisfies [string, Partial<Record<Figure, number>>][])(
    '%s: engine timestamps',
    async (folder, figures) => {
      const run = await runOf(folder, 'requests.jsonl');
      expect(run.rows?.count).toBe(300);
      expectFigures(run, figures);
      if (folder.includes('rtxpro6000-llama')) {
        const queues = [...(run.rows?.queueS ?? [])];
        expect((queues.reduce((sum, value) => sum + value, 0) / 300) * 1000).toBeCloseTo(6975.22, 1);
      }
      const simulated = await runOf(folder, 'simulator-requests.csv');
      const means = [run, simulated].map((each) =>
        each.rows === undefined ? NaN : (recompute(each.rows, each.facts).get('ttft_mean_ms') ?? NaN),
      );
      const errorPercent = ((means[1] ?? NaN) / (means[0] ?? NaN) - 1) * 100;
      const published = {
        'llmservingsim-rtxpro6000-llama-3.1-8b': -4.0,
        'llmservingsim-rtx4090-llama-3.1-8b': 0.6,
        'llmservingsim-rtxpro6000-qwen3-30b-a3b': -13.6,
      }[folder];
      expect(errorPercent).toBeCloseTo(published ?? NaN, 1);
    },
  );

  it('inference-perf: a sweep of seven stages with its knee', async () => {
    const counts = [60, 2278, 4496, 6715, 8933, 11151, 13369];
    const asked = [1.0, 37.97, 74.94, 111.92, 148.89, 185.86, 222.83];
    const completed = [0.997, 37.676, 74.283, 110.76, 112.855, 114.314, 113.66];
    const ttft = [33.32, 31.29, 38.58, 146.23, 2056.41, 2110.03, 2200.45];
    for (let stage = 0; stage < 7; stage += 1) {
      const run = await runOf(
        'inference-perf-kubecon-batch-size',
        `stage_${String(stage)}_lifecycle_metrics.json`,
      );
      const figure = (name: Figure) => run.reported.find((entry) => entry.figure === name)?.value;
      expect(figure('requests')).toBe(counts[stage]);
      expect(run.facts.requestRateRps).toBeCloseTo(asked[stage] ?? NaN, 2);
      expect(figure('requests_per_s')).toBeCloseTo(completed[stage] ?? NaN, 3);
      expect(figure('ttft_mean_ms')).toBeCloseTo(ttft[stage] ?? NaN, 2);
    }
  });

  it.each([
    ['1p3d_conc64_in2048_out128_20250923_033822.json', 540.83, 8.815],
    ['2p2d_conc64_in2048_out128_20250922_063641.json', 883.63, 9.49],
    ['3p1d_conc64_in2048_out128_20250917_065754.json', 527.28, 13.459],
  ])('summary %s', async (file, ttft, tpot) => {
    const run = await runOf('vllm-bench-summary-pd-8xh200-gpt-oss-120b', file);
    expect(run).toMatchObject({
      format: 'bench-summary',
      facts: { requestRateRps: Infinity, maxConcurrency: 64 },
    });
    const figure = (name: Figure) => run.reported.find((entry) => entry.figure === name)?.value ?? NaN;
    expect(figure('requests')).toBe(500);
    expect(figure('ttft_mean_ms')).toBeCloseTo(ttft, 2);
    expect(figure('tpot_mean_ms')).toBeCloseTo(tpot, 3);
  });

  it('a GuideLLM report without request lists', async () => {
    const [outcome] = await importShared('format-samples', 'guidellm-report-v2-mock-backend.json');
    expect(outcome?.runs).toHaveLength(2);
    for (const run of outcome?.runs ?? []) {
      expect(run.rows).toBeUndefined();
      expect(run.findings[0]?.message).toContain('lists no requests');
    }
  });

  it('public traces', async () => {
    const workload = async (file: string) => (await importShared('traces', file))[0]?.workloads[0];
    const code = await workload('azure-2023-code-first500.csv');
    const conv = await workload('azure-2023-conv-first500.csv');
    expect([code?.count, conv?.count]).toEqual([500, 500]);
    expect(code?.arrivalS[1]).toBeCloseTo(0.052, 3);
    const mooncake = await workload('mooncake-conversation-first300.jsonl');
    expect(mooncake?.count).toBe(300);
    expect([...(mooncake?.arrivalS ?? [])].filter((arrival) => arrival === 0).length).toBeGreaterThan(1);
    await expect(workload('servegen-m-small-chunk-14-trace-first60.csv')).rejects.toThrow('ServeGen');
  });

  it('the server facts beside a bench run', async () => {
    const folder = 'llmservingsim-rtx4090-llama-3.1-8b';
    const names = ['requests.jsonl', 'meta.json', 'timeseries.csv'];
    const files = names.map((name) => memoryFile(name, sharedText('ground-truth-other', folder, name)));
    const tree = new FileTree({ name: folder, files });
    const outcomes = await Promise.all(files.map((file) => importFile(file, tree)));
    const [bench, meta, series] = outcomes.map((outcome) => (outcome.ok ? outcome.value[0] : undefined));
    expect(bench?.runs[0]?.facts).toMatchObject({
      model: 'meta-llama/Llama-3.1-8B',
      backendVersion: '0.19.0',
      tensorParallel: 1,
      kvBlocks: 2588,
      blockSizeTokens: 16,
      gpu: 'NVIDIA GeForce RTX 4090',
    });
    expect([meta?.note, series?.note]).toEqual([
      'server facts of an LLMServingSim bench run, read with its requests.jsonl',
      'the time series of an LLMServingSim bench run',
    ]);
  });
});
