// Importing finished runs: which file is what, which experiment it belongs to and why, and what happens to files that cannot be used.

import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { AdapterContext, AdapterOptions } from '../../src/adapters/adapter';
import { llmServingSim, llmServingSimStages } from '../../src/adapters/pre-run/llmservingsim';
import { rowAdapters } from '../../src/adapters/pre-run/row-results';
import { vidur, vidurStages } from '../../src/adapters/pre-run/vidur';
import type { Experiment } from '../../src/domain/experiment';
import { FileTree, memoryFile } from '../../src/sources/file-tree';
import { findResults } from '../../src/sources/pre-run/find-results';
import { readLlmServingSim } from '../../src/sources/pre-run/llmservingsim-requests';
import { loadPreRun } from '../../src/sources/pre-run/load-pre-run';
import { sampledStages } from '../../src/sources/pre-run/planned-requests';
import { readVidurRequests } from '../../src/sources/pre-run/vidur-requests';
import { experimentOf, smallCatalog, stageOf } from '../support/experiments';

const VIDUR_HEADER =
  'Request Id,request_e2e_time,prefill_e2e_time,decode_time_execution_plus_preemption_normalized,request_num_prefill_tokens,request_num_decode_tokens,request_num_restarts';
const vidurRows = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `${String(from + i)},${String(1 + i)},0.5,0.01,607.0,60.0,0`).join(
    '\n',
  );
const vidurTable = (count: number): string => `${VIDUR_HEADER}\n${vidurRows(count)}\n`;

const SIM_HEADER =
  'instance id,request id,model,input,output,arrival,end_time,latency,queuing_delay,TTFT,TPOT,ITL';
const simRow = (id: number, arrivalNs: number, more = ''): string =>
  `0,${String(id)},meta-llama/Llama-3.1-8B,100,3,${String(arrivalNs)},0,160000000,0,100000000,30000000,"${more}"`;
const simTable = (arrivals: readonly number[]): string =>
  [SIM_HEADER, ...arrivals.map((arrival, id) => simRow(id, arrival, '[30000000, 30000000]')), ''].join('\n');

const tree = (files: Readonly<Record<string, string | Uint8Array>>): FileTree =>
  new FileTree({
    name: 'results',
    files: Object.entries(files).map(([path, content]) => memoryFile(path, content)),
  });

const twoStages = { stages: [stageOf(0, 2, 2, 4), stageOf(1, 1, 2, 2)] };
const small = (expId: number, more: Partial<Experiment> = {}): Experiment =>
  experimentOf({ expId, folder: `${String(expId)}-model-general`, ...twoStages, ...more });

const contextOf = (
  preRun: AdapterContext['preRun'],
  options: Partial<AdapterOptions> = {},
): AdapterContext => ({
  catalog: smallCatalog,
  wasm: new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])),
  options: { mode: 'reference', multiTurn: 'as-profile', ...options },
  ...(preRun === undefined ? {} : { preRun }),
});

function requestsOf(text: string) {
  const requests = readLlmServingSim(text, 'out.csv');
  if (!requests.ok) throw new Error(requests.error.message);
  return requests.value;
}

describe('Vidur tables', () => {
  it('fills stages by row number, the surplus going to the last', () => {
    const requests = readVidurRequests(vidurTable(7), 'request_metrics.csv');
    if (!requests.ok) throw new Error(requests.error.message);
    const { stages, summary } = vidurStages(twoStages.stages, requests.value);
    expect(stages.map(({ numRequests }) => numRequests)).toEqual([4, 3]);
    // E2E of rows 0 … 3 is 1, 2, 3, 4 s; the 90 % point lies 0.7 of the way from 3 to 4.
    expect(stages[0]?.e2e).toEqual({ mean: 2500, p90: 3700, p99: 3970 });
    expect(stages[0]?.throughput).toEqual({
      inputTokensPerSec: 1214,
      outputTokensPerSec: 120,
      requestsPerSec: 2,
    });
    expect(summary).toMatchObject({ stageIndex: -1, rateRps: 0, durationS: 4, numRequests: 7 });
  });

  it('makes an empty stage all zeros', () => {
    const requests = readVidurRequests(vidurTable(4), 'request_metrics.csv');
    if (!requests.ok) throw new Error(requests.error.message);
    const { stages } = vidurStages(twoStages.stages, requests.value);
    expect(stages[1]).toMatchObject({ numRequests: 0, e2e: { mean: 0, p90: 0, p99: 0 } });
  });

  it('leaves unfinished requests out, which moves later ones up', () => {
    const unfinished = '1,,,,607.0,60.0,';
    const text = [VIDUR_HEADER, vidurRows(1), unfinished, vidurRows(4, 2), ''].join('\n');
    const requests = readVidurRequests(text, 'f');
    expect(requests).toMatchObject({ ok: true, value: { count: 5, droppedRows: 1 } });
  });
});

describe('LLMServingSim tables', () => {
  it('reads the worked example, and a 1.0 file whose output column holds the prompt too', () => {
    const newer = requestsOf(simTable([0]));
    expect([newer.latencyNs[0], newer.ttftNs[0], newer.tpotNs[0]]).toEqual([160e6, 100e6, 30e6]);
    expect(newer.generatedTokens[0]).toBe(3);
    const older = requestsOf(simTable([0]).replace(',100,3,', ',100,103,'));
    expect(older.outputReading).toMatchObject({ kind: 'prompt-and-generated', isCertain: true });
    expect(older.generatedTokens[0]).toBe(3);
  });

  it('reads a header without instance id and ITL, and decides by TPOT', () => {
    const text =
      'request id,model,input,output,arrival,end_time,latency,queuing_delay,TTFT,TPOT\n0,m,100,103,0,0,160000000,0,100000000,30000000\n';
    expect(requestsOf(text)).toMatchObject({
      outputReading: { kind: 'prompt-and-generated', isCertain: true },
    });
    // One generated token: TPOT is 0 and tells nothing, so the header decides and the user is told.
    const single = text.replace('160000000,0,100000000,30000000', '100000000,0,100000000,0');
    expect(requestsOf(single)).toMatchObject({
      outputReading: { kind: 'prompt-and-generated', isCertain: false },
    });
    expect(requestsOf(`instance id,${single.replace('0,m', '0,0,m')}`)).toMatchObject({
      outputReading: { kind: 'generated', isCertain: false },
    });
  });

  it('puts an arrival exactly on a boundary into the next stage, and late ones into the last', () => {
    const s = 1e9;
    const requests = requestsOf(simTable([0, 2 * s - 1, 2 * s, 3 * s, 99 * s, 0]));
    const { stages } = llmServingSimStages(twoStages.stages, requests);
    expect(stages.map(({ numRequests }) => numRequests)).toEqual([3, 3]);
  });

  it('shortens the stages of a sampled run', () => {
    const general = [stageOf(0, 8, 600, 0), stageOf(1, 20, 600, 0)];
    const sampled = sampledStages(general, 100).map(({ durationS }) => durationS);
    expect(sampled).toEqual([3.625, 3.55]);
    expect(sampledStages(general, 0)).toBe(general);
    expect(sampledStages(general, 16800)).toBe(general);
    const { stages, summary } = llmServingSimStages(general, requestsOf(simTable([0, 1e9])));
    expect(summary.durationS).toBe(stages.reduce((sum, { durationS }) => sum + durationS, 0));
  });
});

describe('association', () => {
  const at = async (files: Record<string, string | Uint8Array>, experiments: readonly Experiment[]) =>
    (await loadPreRun(tree(files), experiments)).proposals.map(({ rule, expId }) => [rule, expId]);

  it('takes an id in the path, and never the year of a timestamp', async () => {
    const file = 'request_metrics.csv';
    const both = [small(40), small(41, { stages: [stageOf(0, 1, 9, 9)] })];
    expect(await at({ [`40/2026-11-22_06/${file}`]: vidurTable(9) }, both)).toEqual([['explicit', 40]]);
    expect(await at({ [`41-llama/run/${file}`]: vidurTable(6) }, both)).toEqual([['explicit', 41]]);
    expect(await at({ [`2026-11-22_06/${file}`]: vidurTable(7) }, both)).toEqual([['none', undefined]]);
  });

  it('takes import.json before anything else, with its wall clock', async () => {
    const manifest = '{"adapter":"vidur","runs":[{"exp_id":41,"path":"out/a","wall_clock_seconds":8.93}]}';
    const preRun = await loadPreRun(
      tree({ 'import.json': manifest, 'out/a/request_metrics.csv': vidurTable(6) }),
      [small(40), small(41)],
    );
    expect(preRun.proposals).toMatchObject([{ rule: 'explicit', expId: 41, wallClockSeconds: 8.93 }]);
    const unknown = manifest.replace('41', '99');
    expect(
      await at({ 'import.json': unknown, 'out/a/request_metrics.csv': vidurTable(6) }, [small(40)]),
    ).toEqual([['none', undefined]]);
  });

  const config = {
    cluster_config: {
      num_replicas: 1,
      replica_config: {
        model_name: 'codellama/CodeLlama-34b-Instruct-hf',
        device: 'h100',
        tensor_parallel_size: 2,
      },
      replica_scheduler_config: { name: 'vllm', batch_size_cap: 128, max_tokens_in_batch: 2048 },
    },
  };
  const codellama = { model: 'codellama/CodeLlama-34b-Instruct-hf', tp: 2 };

  it('takes the simulated configuration, and the row count where several loads share it', async () => {
    const files = { 'a/request_metrics.csv': vidurTable(6), 'a/config.json': JSON.stringify(config) };
    expect(await at(files, [small(1), small(2, codellama)])).toEqual([['configuration', 2]]);
    const longer = small(3, {
      ...codellama,
      stages: [stageOf(0, 1, 60, 60)],
      profile: { ...small(3).profile, stages: [{ rateRps: 1, durationS: 60 }] },
    });
    expect(await at(files, [small(2, codellama), longer])).toEqual([['configuration', 2]]);
    const [twins] = (await loadPreRun(tree(files), [small(2, codellama), small(4, codellama)])).proposals;
    expect(twins).toMatchObject({ rule: 'none', candidates: [2, 4] });
    const sarathi = JSON.stringify(config).replace('"vllm"', '"sarathi"');
    expect(await at({ ...files, 'a/config.json': sarathi }, [small(1), small(2, codellama)])).toEqual([
      ['none', undefined],
    ]);
  });

  it('takes the row count among the experiments that are still free', async () => {
    const files = { '1-x/request_metrics.csv': vidurTable(6), 'loose.csv': vidurTable(6) };
    expect(await at(files, [small(1), small(2)])).toEqual([
      ['explicit', 1],
      ['row-count', 2],
    ]);
    expect(await at({ 'loose.csv': vidurTable(6) }, [small(1), small(2)])).toEqual([['none', undefined]]);
  });

  it('takes LLMServingSim files by the name upstream gives them, else by model and count', async () => {
    const rows = simTable([0, 1, 2, 3, 4, 5]);
    expect(
      await at({ 'model-general_output.csv': rows }, [small(1), small(2, { folder: 'model-general' })]),
    ).toEqual([['file-name', 2]]);
    const other = small(2, { model: 'Qwen/Qwen3-14B' });
    expect(await at({ 'out.csv': rows }, [small(1), other])).toEqual([['row-count', 1]]);
    expect(await at({ 'out.csv': simTable([0, 1]) }, [small(1)])).toEqual([['none', undefined]]);
  });

  it('keeps the newest of several runs of one experiment, and lets the user decide otherwise', async () => {
    const files = {
      '7-x/2026-01-01_00-00-00-000000/request_metrics.csv': vidurTable(6),
      '7-x/2026-02-01_00-00-00-000000/request_metrics.csv': vidurTable(6),
    };
    const [older, newer] = (await loadPreRun(tree(files), [small(7)])).proposals;
    expect([older?.expId, newer?.expId]).toEqual([undefined, 7]);
    expect(older?.reason).toContain('2026-02-01');
    const edits = new Map([[older?.key ?? '', { expId: 7, wallClockSeconds: 3 }]]);
    const edited = (await loadPreRun(tree(files), [small(7)], edits)).proposals;
    expect(edited.map(({ rule, expId }) => [rule, expId])).toEqual([
      ['edited', 7],
      ['none', undefined],
    ]);
    const out = new Map([[newer?.key ?? '', { expId: 'none' as const }]]);
    const without = (await loadPreRun(tree(files), [small(7)], out)).proposals;
    expect(without.map(({ expId }) => expId)).toEqual([7, undefined]);
  });

  it('warns where counts or lengths differ from the measurement', async () => {
    const measured = {
      count: 6,
      arrivalUs: Float64Array.from([5, 0, 1, 2, 3, 4]),
      inputTokens: Uint32Array.from([607, 607, 607, 607, 607, 1]),
      outputTokens: Uint32Array.from([60, 60, 60, 60, 60, 60]),
      ttftUs: new Float64Array(6),
      e2eUs: new Float64Array(6),
      failed: new Uint8Array(6),
    };
    const [proposal] = (
      await loadPreRun(tree({ '7/request_metrics.csv': vidurTable(6) }), [small(7, { requests: measured })])
    ).proposals;
    expect(proposal?.warnings).toEqual([
      '1 simulated requests have other token counts than the measured ones.',
    ]);
    const [short] = (await loadPreRun(tree({ '7/request_metrics.csv': vidurTable(5) }), [small(7)]))
      .proposals;
    expect(short?.warnings).toEqual(['5 simulated requests against 6 of the load profile.']);
  });
});

describe('adapters of imported results', () => {
  it('say which limit stands against a run, else that nothing was imported', () => {
    const cause = (experiment: Experiment, adapter = vidur, options: Partial<AdapterOptions> = {}) => {
      const verdict = adapter.canRun(experiment, contextOf([], options));
      return verdict.canRun ? 'runs' : verdict.cause;
    };
    const llama2 = { model: 'meta-llama/Llama-2-7b-hf' };
    expect(cause(small(1))).toBe('model');
    expect(cause(small(1, { ...llama2, hardware: 'L40S' }))).toBe('hardware');
    expect(cause(small(1, { ...llama2, precision: 'FP8' }))).toBe('precision');
    expect(cause(small(1, { ...llama2, cpuOffload: true }))).toBe('offload');
    expect(cause(small(1, llama2))).toBe('import');
    expect(cause(small(1), llmServingSim)).toBe('import');
    expect(cause(small(1, { tp: 4 }), llmServingSim)).toBe('profile');
    expect(cause(small(1, { hardware: 'A100-80GB' }), llmServingSim)).toBe('hardware');
    expect(cause(small(1, { precision: 'FP8' }), llmServingSim)).toBe('precision');
    expect(cause(small(1, llama2), llmServingSim)).toBe('model');
    expect(cause(small(1, { precision: 'FP8', tp: 4 }), llmServingSim, { study: 'dcec3fd' })).toBe('import');
    expect(cause(small(1, llama2), llmServingSim, { study: 'dcec3fd' })).toBe('model');
  });

  it('take a result outside the limits, and mark it', async () => {
    const offloading = small(7, { ...{ model: 'meta-llama/Llama-2-7b-hf' }, cpuOffload: true });
    const { proposals } = await loadPreRun(tree({ '7/request_metrics.csv': vidurTable(6) }), [offloading]);
    expect(vidur.canRun(offloading, contextOf(proposals))).toEqual({ canRun: true });
    const result = await vidur.run(offloading, contextOf(proposals));
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.notes).toContain(
      "Outside the study's limits: Vidur does not model KV-cache offloading; this experiment had it on.",
    );
  });

  it('say that a run was sampled', async () => {
    const { proposals } = await loadPreRun(tree({ '7-out.csv': simTable([0, 1, 2]) }), [small(7)]);
    const result = await llmServingSim.run(small(7), contextOf(proposals));
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.notes.join(' ')).toContain('A sampled run: 3 of 6 requests');
    expect(result.value.summary.durationS).toBe(2);
  });

  it('come into being for simulators that only occur in rows', async () => {
    const rows = [
      'simulator,experiment_folder,model,workload,stage_index,metric_name,predicted,actual,mape,exp_id',
      'other-sim,/home/x/7-model-general,m,general,0,e2e_mean,1200,1000,20,7',
      'other-sim,/home/x/7-model-general,m,general,-1,ttft_p90,50,40,25,7',
      'blis-roofline,/home/x/7-model-general,m,general,0,e2e_mean,1300,1000,30,7',
    ].join('\n');
    const runtime =
      'simulator,experiment_folder,model,workload,wall_clock_seconds,exp_id\nother-sim,/home/x/7-model-general,m,general,2.5,7\n';
    const { proposals } = await loadPreRun(tree({ 'error_records.csv': rows, 'runtime.csv': runtime }), [
      small(7),
    ]);
    const adapters = rowAdapters(proposals, ['blis-roofline'], ['vidur']);
    expect(adapters.map(({ name }) => name)).toEqual(['other-sim', 'blis-roofline (imported)']);
    const [other] = adapters;
    const result = await other?.run(small(7), contextOf(proposals));
    expect(result).toMatchObject({
      ok: true,
      value: {
        simulator: 'other-sim',
        wallClockSeconds: 2.5,
        stages: [{ stageIndex: 0, e2e: { mean: 1200 }, ttft: {} }],
        summary: { stageIndex: -1, ttft: { p90: 50 } },
      },
    });
    expect(other?.canRun(small(8), contextOf(proposals))).toMatchObject({ canRun: false, cause: 'import' });
  });
});

describe('files that cannot be used are named, and the others still count', () => {
  const good = { '7/request_metrics.csv': vidurTable(6) };
  const problemsOf = async (files: Record<string, string | Uint8Array>) => {
    const found = await findResults(tree({ ...good, ...files }));
    expect(found.results.some(({ file }) => file === '7/request_metrics.csv')).toBe(true);
    return found.problems.map(({ file, message }) => `${file ?? ''} :: ${message}`);
  };

  it.each([
    [
      'a Vidur table without TTFT',
      { 'a/request_metrics.csv': 'Request Id,request_e2e_time\n0,1\n' },
      'a/request_metrics.csv',
      'prefill_e2e_time',
    ],
    [
      'a Vidur table where nothing finished',
      { 'a/request_metrics.csv': `${VIDUR_HEADER}\n0,,,,607,60,\n` },
      'a/request_metrics.csv',
      'none of 1 rows',
    ],
    ['an empty Vidur table', { 'a/request_metrics.csv': '' }, 'a/request_metrics.csv', 'is empty'],
    [
      'a Vidur folder without its table',
      { 'a/config.json': '{}', 'a/plots/x.csv': 'a\n' },
      'a/request_metrics.csv',
      'store_request_metrics',
    ],
    ['a broken config.json', { '7/config.json': '{"a": 1,,}' }, '7/config.json', 'column'],
    [
      'an LLMServingSim table without TPOT',
      { 'x_output.csv': 'request id,model,input,output,arrival,latency,TTFT\n' },
      'x_output.csv',
      'TPOT',
    ],
    [
      'an LLMServingSim table without rows',
      { 'x_output.csv': `${SIM_HEADER}\n` },
      'x_output.csv',
      'no finished request',
    ],
    [
      'a truncated zip',
      { 'a.zip': zipSync({ 'x.csv': new Uint8Array(500) }).subarray(0, 60) },
      'a.zip',
      'cannot be unpacked',
    ],
    [
      'a broken import.json',
      { 'import.json': '{"adapter":"vidur","runs":[{"path":"x"}]}' },
      'import.json',
      'exp_id',
    ],
    [
      'error records without simulator',
      { 'error_records.csv': 'experiment_folder,mape\n' },
      'error_records.csv',
      'simulator',
    ],
  ])('%s', async (_name, files, file, word) => {
    const problems = await problemsOf(files as Record<string, string | Uint8Array>);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${file} ::`);
    expect(problems[0]).toContain(word);
  });

  it('passes over files that are no results at all', async () => {
    expect(await problemsOf({ 'notes.csv': 'a,b\n1,2\n', 'image.png': 'x', 'README.md': '# x' })).toEqual([]);
  });

  it('leaves cut-off records out and says so', async () => {
    const cutVidur = readVidurRequests(`${vidurTable(3)}3,1.0,0.`, 'f.csv');
    expect(cutVidur).toMatchObject({ ok: true, value: { count: 3 } });
    if (cutVidur.ok)
      expect(cutVidur.value.warnings[0]).toBe(
        'f.csv: 1 record with missing or extra cells left out (line 5); the file may be cut off.',
      );
    const cutSim = readLlmServingSim(simTable([0, 1]).trimEnd().slice(0, -10), 'f.csv');
    expect(cutSim).toMatchObject({ ok: true, value: { count: 1 } });
    if (cutSim.ok) expect(cutSim.value.warnings[0]).toContain('line 3');
  });

  it('suspects times in another unit', () => {
    const inMs = readVidurRequests(
      `${VIDUR_HEADER}\n0,8000,500,10,607,60,0\n1,9000,500,10,607,60,0\n`,
      'f.csv',
    );
    if (!inMs.ok) throw new Error(inMs.error.message);
    expect(inMs.value.warnings.join(' ')).toContain('another unit');
    const inMicroseconds = requestsOf(`${SIM_HEADER}\n0,0,m,100,3,0,16000,16000,0,10000,3000,\n`);
    expect(inMicroseconds.warnings.join(' ')).toContain('another unit');
  });

  it('reads results out of a zip, and plain Vidur folders whatever they are called', async () => {
    const zip = zipSync({ '2026-01-01/request_metrics.csv': new TextEncoder().encode(vidurTable(6)) });
    const found = await findResults(tree({ '7-run.zip': zip, 'renamed.csv': vidurTable(2) }));
    expect(found.results.map(({ file }) => file)).toEqual([
      '7-run/2026-01-01/request_metrics.csv',
      'renamed.csv',
    ]);
  });
});
