// The estimator adapters: who is eligible and why not, and how matched points become a prediction.

import { describe, expect, it } from 'vitest';
import type { Adapter, AdapterContext, AdapterOptions } from '../../src/adapters/adapter';
import { aiconfiguratorEstimate } from '../../src/adapters/estimators/aiconfigurator-estimate';
import { llmOptimizerEstimate } from '../../src/adapters/estimators/llm-optimizer-estimate';
import { resultFromPoints, type OperatingPoint } from '../../src/adapters/estimators/stage-results';
import type { Experiment } from '../../src/domain/experiment';
import { openSystemsFolder } from '../../src/sources/perf-tables/systems-folder';
import { experimentOf, smallCatalog, stageOf } from '../support/experiments';

const options: AdapterOptions = { mode: 'reference', multiTurn: 'as-profile' };
const contextOf = (more: Partial<AdapterContext> = {}): AdapterContext => ({
  catalog: smallCatalog,
  // The estimators never touch the module; an empty one stands in for it.
  wasm: new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])),
  options,
  ...more,
});

const causeOf = (
  adapter: Adapter,
  overrides: Partial<Experiment>,
  more: Partial<AdapterOptions> = {},
): string => {
  const verdict = adapter.canRun(experimentOf(overrides), {
    catalog: smallCatalog,
    options: { ...options, ...more },
  });
  return verdict.canRun ? 'runs' : verdict.cause;
};

const flatProfile = { ...experimentOf().profile, hasSharedPrefixObject: false };
const { outputLen: _, ...withoutOutputLen } = experimentOf().profile;
const mixtral = 'mistralai/Mixtral-8x7B-v0.1';

describe('llm-optimizer-estimate eligibility', () => {
  it.each([
    ['H100, FP16', {}, 'runs'],
    ['H100, FP8', { precision: 'FP8' }, 'runs'],
    ['A100, FP16', { hardware: 'A100-80GB' }, 'runs'],
    ['A100, FP8', { hardware: 'A100-80GB', precision: 'FP8' }, 'precision'],
    ['L40S', { hardware: 'L40S' }, 'hardware'],
    ['a flat profile', { profile: flatProfile }, 'profile'],
    ['a profile without output length', { profile: withoutOutputLen }, 'profile'],
    ['another data type', { profile: { ...experimentOf().profile, dataType: 'random' } }, 'profile'],
    ['a mixture of experts', { model: mixtral }, 'runs'],
    ['CPU offloading and data parallelism', { cpuOffload: true, dp: 4 }, 'runs'],
  ] satisfies [string, Partial<Experiment>, string][])('%s', (_name, overrides, expected) => {
    expect(causeOf(llmOptimizerEstimate, overrides)).toBe(expected);
  });
});

describe('aiconfigurator-estimate eligibility', () => {
  it.each([
    ['H100, FP16', {}, 'runs', 'runs'],
    ['H100, FP8', { precision: 'FP8' }, 'runs', 'runs'],
    ['A100', { hardware: 'A100-80GB' }, 'hardware', 'runs'],
    ['L40S', { hardware: 'L40S' }, 'hardware', 'runs'],
    ['BF16', { precision: 'BF16' }, 'precision', 'precision'],
    ['a mixture of experts', { model: mixtral }, 'mixture', 'runs'],
    ['a flat profile', { profile: flatProfile }, 'profile', 'profile'],
  ] satisfies [string, Partial<Experiment>, string, string][])('%s', (_name, overrides, at5b12, atHead) => {
    expect(causeOf(aiconfiguratorEstimate, overrides)).toBe(at5b12);
    expect(causeOf(aiconfiguratorEstimate, overrides, { study: 'dcec3fd' })).toBe(atHead);
  });

  it('gives the reason as a sentence with the property and the limit', () => {
    const verdict = aiconfiguratorEstimate.canRun(experimentOf({ hardware: 'L40S' }), {
      catalog: smallCatalog,
      options,
    });
    expect(verdict).toMatchObject({ reason: 'AIConfigurator covers H100; this experiment ran on L40S.' });
  });
});

describe('runs', () => {
  it('llm-optimizer answers each stage from its ladder, means only', async () => {
    const result = await llmOptimizerEstimate.run(experimentOf(), contextOf());
    if (!result.ok) throw new Error(result.error.message);
    const { stages, summary } = result.value;
    // Worked example: 8 requests in flight give 8.478 req/s, within 15 % of stage 0.
    expect(stages[0]?.ttft).toEqual({ mean: expect.closeTo(113.63453190741, 9) as number });
    expect(stages[0]?.itl.mean).toBeCloseTo(3.346805857188666, 11);
    expect(stages[0]?.e2e.mean).toBeCloseTo(943.6423844901992, 9);
    expect(summary).toMatchObject({ stageIndex: -1, rateRps: 0, durationS: 0, numRequests: 16800 });
  });

  it('names what stops a run: nested configs, models outside the catalogue, models that do not fit', async () => {
    const problemOf = async (overrides: Partial<Experiment>) => {
      const result = await llmOptimizerEstimate.run(experimentOf(overrides), contextOf());
      return result.ok ? 'ran' : result.error.message;
    };
    const scout = 'RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic';
    expect(await problemOf({ model: scout })).toContain('Could not find required key hidden_size');
    expect(await problemOf({ model: 'nobody/nothing' })).toContain('no architecture for nobody/nothing');
    const long = { ...experimentOf().profile, questionLen: 3_000_000 };
    expect(await problemOf({ profile: long })).toContain('does not fit');
  });

  it('AIConfigurator without tables is analytic, and says so; with useless tables it names what is missing', async () => {
    const analytic = await aiconfiguratorEstimate.run(experimentOf(), contextOf());
    if (!analytic.ok) throw new Error(analytic.error.message);
    expect(analytic.value.notes[0]).toBe('AIConfigurator EMPIRICAL: analytic, no measured tables.');
    expect(analytic.value.basis).toEqual({ mode: 'EMPIRICAL' });
    const [stage] = analytic.value.stages;
    expect(stage?.e2e.mean).toBeCloseTo((stage?.ttft.mean ?? 0) + (stage?.itl.mean ?? 0) * 247, 9);
    expect(stage?.throughput.inputTokensPerSec).toBeCloseTo((stage?.throughput.requestsPerSec ?? 0) * 547, 9);

    const text = 'gemm_dtype,m,n,k,latency\nfp8,1,64,64,1\n';
    const systems = await openSystemsFolder([
      {
        path: 'data/h100_sxm/vllm/0.14.0/gemm_perf.txt',
        bytes: () => Promise.resolve(new TextEncoder().encode(text)),
      },
    ]);
    const measured = await aiconfiguratorEstimate.run(experimentOf(), contextOf({ systems }));
    expect(measured).toMatchObject({ ok: false, error: { field: 'gemm_perf' } });
    if (!measured.ok) expect(measured.error.message).toContain('HYBRID');

    // On request the gaps are estimated instead; here that is everything.
    const hybrid = await aiconfiguratorEstimate.run(
      experimentOf(),
      contextOf({ systems, options: { ...options, tableGaps: 'estimate' } }),
    );
    if (!hybrid.ok) throw new Error(hybrid.error.message);
    expect(hybrid.value.basis).toEqual({ mode: 'HYBRID', tables: 'h100_sxm/vllm/0.14.0' });
    expect(hybrid.value.stages[0]?.e2e).toEqual(stage?.e2e);

    // Tables of another system than the experiment's: analytic, with the reason.
    const elsewhere = await aiconfiguratorEstimate.run(
      experimentOf({ hardware: 'A100-80GB' }),
      contextOf({ systems, options: { ...options, study: 'dcec3fd' } }),
    );
    if (!elsewhere.ok) throw new Error(elsewhere.error.message);
    expect(elsewhere.value.basis).toEqual({ mode: 'EMPIRICAL' });
    expect(elsewhere.value.notes).toContain('The loaded tables hold none of a100_sxm.');
  });

  it('counts the system prompt as cached only in the later state of the study, and runs mixtures there', async () => {
    const ttft = async (study: '5b12a00' | 'dcec3fd', overrides: Partial<Experiment> = {}) => {
      const context = contextOf({ options: { ...options, study } });
      const result = await aiconfiguratorEstimate.run(
        experimentOf({ stages: [stageOf(0, 20, 600, 1)], ...overrides }),
        context,
      );
      return result.ok ? (result.value.stages[0]?.ttft.mean ?? NaN) : NaN;
    };
    expect(await ttft('dcec3fd')).toBeLessThan(await ttft('5b12a00'));
    expect(await ttft('dcec3fd', { model: mixtral, tp: 2 })).toBeGreaterThan(0);
  });
});

describe('stage results', () => {
  const point = (requestsPerSec: number): OperatingPoint => ({
    label: `${String(requestsPerSec)} req/s`,
    e2eMs: 1000 * requestsPerSec,
    ttftMs: 10 * requestsPerSec,
    itlMs: requestsPerSec,
    throughput: { inputTokensPerSec: 100, outputTokensPerSec: 10 * requestsPerSec, requestsPerSec },
  });

  it('weights latencies by requests and throughputs by duration', () => {
    const stages = [stageOf(0, 1, 30, 10), stageOf(1, 4, 10, 30)];
    const result = resultFromPoints('x', experimentOf({ stages }), [point(1), point(4)], ['first']);
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.summary.e2e).toEqual({ mean: (1000 * 10 + 4000 * 30) / 40 });
    expect(result.value.summary.throughput.requestsPerSec).toBe((1 * 30 + 4 * 10) / 40);
    expect(result.value.notes).toEqual([
      'first',
      'Matched by request rate: stage 0 at 1 req/s, stage 1 at 4 req/s.',
    ]);
  });

  it('is all zero when no request succeeded, and fails where a stage has no rate', () => {
    const empty = resultFromPoints('x', experimentOf({ stages: [stageOf(0, 1, 30, 0)] }), [point(1)], []);
    expect(empty).toMatchObject({
      ok: true,
      value: { summary: { e2e: { mean: 0 }, throughput: { requestsPerSec: 0 } } },
    });
    const idle = resultFromPoints('x', experimentOf({ stages: [stageOf(0, 0, 30, 5)] }), [point(1)], []);
    expect(idle).toMatchObject({ ok: false, error: { code: 'bad-value' } });
  });
});
