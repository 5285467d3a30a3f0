// Imports of results computed elsewhere, against what the reference pipeline makes of the same files, real Vidur output, and
// LLMServingSim's published comparisons.

import { expect, it } from 'vitest';
import type { AdapterContext } from '../../src/adapters/adapter';
import { llmServingSim, llmServingSimStages } from '../../src/adapters/pre-run/llmservingsim';
import { vidur, vidurStages } from '../../src/adapters/pre-run/vidur';
import { vidurCommand, vidurTrace } from '../../src/adapters/pre-run/vidur-export';
import type { Experiment } from '../../src/domain/experiment';
import { FileTree, memoryFile } from '../../src/sources/file-tree';
import { compare } from '../../src/validation/compare';
import { loadGroundTruth, readyExperiments } from '../../src/sources/ground-truth/load';
import type { ProposalEdits } from '../../src/sources/pre-run/associate';
import { findResults } from '../../src/sources/pre-run/find-results';
import { readLlmServingSim } from '../../src/sources/pre-run/llmservingsim-requests';
import { loadPreRun } from '../../src/sources/pre-run/load-pre-run';
import { openFolder } from '../../src/headless/open-folder';
import { experimentOf, smallCatalog, stageFromJson, type JsonResult } from '../support/experiments';
import { describeShared, sharedJson, sharedPath, sharedText } from '../support/shared';

const closeTo = (value: number): unknown =>
  expect.closeTo(value, Math.max(0, 9 - Math.ceil(Math.log10(Math.abs(value) + 1e-9))));

/** The value with every number replaced by a matcher at about 1e-9 relative. */
function nearly(value: unknown): unknown {
  if (typeof value === 'number') return closeTo(value);
  if (Array.isArray(value)) return value.map(nearly);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nearly(inner)]));
  }
  return value;
}

const context: AdapterContext = {
  catalog: smallCatalog,
  wasm: new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])),
  options: { mode: 'reference', multiTurn: 'as-profile' },
};

describeShared('the synthetic results of the reference pipeline', () => {
  async function fixture(edits: ProposalEdits = new Map()) {
    const truth = await loadGroundTruth(await openFolder(sharedPath('ground-truth', 'fixtures', 'mini')));
    if (!truth.ok) throw new Error(truth.error.message);
    const experiments = readyExperiments(truth.value);
    const preRun = await loadPreRun(
      await openFolder(sharedPath('ground-truth', 'fixtures', 'sim-output')),
      experiments,
      edits,
    );
    return { experiment: experiments[0] as Experiment, preRun };
  }

  it.each([
    ['vidur', vidur],
    ['llmservingsim', llmServingSim],
  ] as const)('%s: associated by itself, and equal in every stage', async (name, adapter) => {
    const { experiment, preRun } = await fixture();
    expect(preRun.problems).toEqual([]);
    const own = { ...context, preRun: preRun.proposals };
    expect(adapter.canRun(experiment, own)).toEqual({ canRun: true });
    const result = await adapter.run(experiment, own);
    if (!result.ok) throw new Error(result.error.message);
    const expected = sharedJson<JsonResult>('ground-truth', 'fixtures', 'expected', `result_${name}.json`);
    expect(result.value.folder).toBe(expected.experiment_folder);
    expect(result.value.stages).toEqual(nearly(expected.stages.map(stageFromJson)));
    expect(result.value.summary).toEqual(nearly(stageFromJson(expected.summary)));
    expect(result.value.wallClockSeconds).toBeUndefined();
  });

  it('says which rule decided, and what is doubtful', async () => {
    const { preRun } = await fixture();
    const [llm, vid] = ['llmservingsim', 'vidur'].map((name) =>
      preRun.proposals.find((p) => p.simulator === name),
    );
    expect(vid).toMatchObject({ rule: 'configuration', expId: 900 });
    // One row has empty cells: left out, and every later row moves up.
    expect(vid?.warnings.join(' ')).toContain('1 unfinished requests left out');
    expect(llm).toMatchObject({ rule: 'row-count', expId: 900 });
  });
});

interface VidurExpectation {
  readonly requests: number;
  readonly e2e_ms: Record<string, number>;
  readonly ttft_ms: Record<string, number>;
  readonly itl_ms: Record<string, number>;
  readonly restarts: number;
  readonly prefill_tokens: number;
  readonly decode_tokens: number;
}

describeShared('real Vidur output', () => {
  it('imports every scheduler, restarts and optional metrics included', async () => {
    const { cases } = sharedJson<{ cases: Record<string, VidurExpectation> }>(
      'golden',
      'vidur-output',
      'expected-import.json',
    );
    const found = await findResults(await openFolder(sharedPath('golden', 'vidur-output')));
    expect(found.problems).toEqual([]);
    expect(found.results).toHaveLength(Object.keys(cases).length);
    for (const [name, expected] of Object.entries(cases)) {
      const result = found.results.find(({ file }) => file.startsWith(`${name}/`));
      if (result?.kind !== 'vidur') throw new Error(`${name} was not found`);
      const { requests, config, plots } = result;
      const { summary } = vidurStages([{ stageIndex: 0, rateRps: 1, durationS: 1 }], requests);
      const sum = (column: Float64Array) => column.reduce((total, value) => total + value, 0);
      expect({
        requests: summary.numRequests,
        e2e_ms: summary.e2e,
        ttft_ms: summary.ttft,
        itl_ms: summary.itl,
        restarts: requests.restarts,
        prefill_tokens: sum(requests.prefillTokens),
        decode_tokens: sum(requests.decodeTokens),
      }).toEqual(nearly(expected));
      expect(config?.modelName).toBe('codellama/CodeLlama-34b-Instruct-hf');
      expect(plots.length).toBeGreaterThan(10);
    }
  });
});

describeShared('real LLMServingSim output', () => {
  it.each([
    ['llmservingsim-rtxpro6000-llama-3.1-8b', 6815.7, 32.1, 27694.8],
    ['llmservingsim-rtx4090-llama-3.1-8b', 65820.2, 32.5, 86980.1],
    ['llmservingsim-rtxpro6000-qwen3-30b-a3b', 938.6, 46.5, 31649.1],
  ])('%s: the means that its own summary prints', (folder, ttft, tpot, e2e) => {
    const file = 'simulator-requests.csv';
    const requests = readLlmServingSim(sharedText('ground-truth-other', folder, file), file);
    if (!requests.ok) throw new Error(requests.error.message);
    expect(requests.value.count).toBe(300);
    expect(requests.value.outputReading).toMatchObject({ kind: 'generated', isCertain: true });
    const { summary } = llmServingSimStages([{ stageIndex: 0, rateRps: 10, durationS: 30 }], requests.value);
    expect(summary.ttft.mean).toBeCloseTo(ttft, 1);
    expect(summary.itl.mean).toBeCloseTo(tpot, 1);
    expect(summary.e2e.mean).toBeCloseTo(e2e, 1);
  });
});

describeShared('published predictions as rows', () => {
  it('assigns every flat row file by its exp_id', async () => {
    const tree = await openFolder(sharedPath('published-results'));
    const files = tree.files.filter(({ path }) => path.startsWith('predictions-'));
    const experiments = [2, 31, 40].map((expId) => experimentOf({ expId, folder: `${String(expId)}-x` }));
    const preRun = await loadPreRun(new FileTree({ name: 'published', files }), experiments);
    expect(preRun.problems).toEqual([]);
    const assigned = preRun.proposals.filter(({ expId }) => expId !== undefined);
    const names = new Set(assigned.map(({ simulator }) => simulator));
    expect([...names].sort()).toEqual([
      'aiconfigurator-estimate',
      'blis-roofline',
      'blis-trained-physics',
      'llm-optimizer-estimate',
      'llmservingsim (cluster2000)',
      'llmservingsim (matched300)',
      'vidur',
    ]);
    const vidurResult = assigned.find(({ simulator }) => simulator === 'vidur');
    expect(vidurResult).toMatchObject({ expId: 40, rule: 'explicit', wallClockSeconds: 8.927580708870664 });
    const run = await vidur.run(experimentOf({ expId: 40 }), { ...context, preRun: assigned });
    expect(run).toMatchObject({ ok: true, value: { wallClockSeconds: 8.927580708870664 } });
    if (run.ok) expect(run.value.stages[0]?.e2e.mean).toBe(11400.779094897081);
  });
});

describeShared('inputs for Vidur', () => {
  it('writes the trace and the arguments that the reference pipeline writes', async () => {
    const truth = await loadGroundTruth(await openFolder(sharedPath('ground-truth', 'fixtures', 'mini')), {
      requests: 'load',
    });
    if (!truth.ok) throw new Error(truth.error.message);
    const [experiment] = readyExperiments(truth.value);
    if (experiment?.requests === undefined) throw new Error('the fixture has no per-request data');
    const expected = (name: string) => sharedText('ground-truth', 'fixtures', 'expected', name);
    expect(vidurTrace(experiment.requests).csv).toBe(expected('vidur_trace.csv'));
    const command = vidurCommand(experiment, 'TRACE', 'OUT');
    expect(command).toEqual({ ok: true, value: JSON.parse(expected('vidur_args.json')) as string[] });
  });
});

describeShared('the matched subset of a sampled run', () => {
  it.each([3, 7, 11])(
    'experiment %i: the first 300 measured requests, as the study published them',
    async (expId) => {
      const truth = await loadGroundTruth(await openFolder(sharedPath('ground-truth')), { requests: 'load' });
      if (!truth.ok) throw new Error(truth.error.message);
      const experiment = readyExperiments(truth.value).find((each) => each.expId === expId);
      if (experiment === undefined) throw new Error('the experiment is not there');
      const header =
        'instance id,request id,model,input,output,arrival,end_time,latency,queuing_delay,TTFT,TPOT';
      // Completion order is not request order.
      const rows = Array.from(
        { length: 300 },
        (_, i) => `0,${String(299 - i)},m,10,3,${String(i)},0,160000000,0,100000000,30000000`,
      );
      const file = memoryFile(`${String(expId)}-out.csv`, [header, ...rows, ''].join('\n'));
      const { proposals } = await loadPreRun(new FileTree({ name: 'x', files: [file] }), [experiment]);
      const own: AdapterContext = {
        ...context,
        preRun: proposals,
        options: { ...context.options, sampledRuns: 'matched' },
      };
      const result = await llmServingSim.run(experiment, own);
      if (!result.ok) throw new Error(result.error.message);
      const published = sharedText('published-results', 'predictions-llmservingsim.csv')
        .split('\n')
        .map((line) => line.split(','))
        .filter(([run, id]) => run === 'matched300' && id === String(expId));
      expect(published).toHaveLength(7);
      const records = compare(experiment, result.value).filter(({ stageIndex }) => stageIndex === -1);
      for (const [, , , metric, , actual] of published) {
        const record = records.find(({ metricName }) => metricName === metric);
        // The measurements are rounded to 1 µs here.
        expect(record?.actual).toBeCloseTo(Number(actual), 2);
      }
      const whole = await llmServingSim.run(experiment, { ...own, options: context.options });
      expect(whole.ok && whole.value.comparedWith).toBeUndefined();
    },
  );
});
