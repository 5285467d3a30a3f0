// Discovery rules and the precedence of sources, on a small made-up folder.

import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../src/domain/experiment';
import { blobFile, FileTree, memoryFile } from '../../../src/sources/file-tree';
import { discover } from '../../../src/sources/ground-truth/discover';
import { loadGroundTruth, readyExperiments, type LoadOptions } from '../../../src/sources/ground-truth/load';
import {
  CONFIG,
  FOLDER,
  PROFILE,
  experimentFiles,
  lifecycle,
  manifestEntry,
  measuredTree,
  treeOf,
} from '../../support/measured-folder';

async function only(tree: FileTree, options: LoadOptions = {}): Promise<Experiment> {
  const loaded = await loadGroundTruth(tree, options);
  if (!loaded.ok) throw new Error(loaded.error.message);
  const [entry] = loaded.value.entries;
  if (entry?.kind !== 'ready') throw new Error(entry?.problem.message ?? 'nothing was found');
  return entry.experiment;
}

async function foldersFound(tree: FileTree): Promise<string[]> {
  const discovery = await discover(tree);
  if (!discovery.ok) throw new Error(discovery.error.message);
  return discovery.value.found.map(({ folder }) => folder);
}

const folderWith = (folder: string) =>
  Object.fromEntries(
    Object.entries(experimentFiles()).map(([path, content]) => [`${folder}/${path}`, content]),
  );

describe('an experiment folder', () => {
  it('becomes seconds × 1000, the derived ITL, and rates from the profile', async () => {
    const experiment = await only(measuredTree());
    expect(experiment).toMatchObject({
      expId: 7,
      folder: FOLDER,
      model: 'meta-llama/Llama-2-70b-hf',
      tp: 4,
      totalKvBlocks: 100,
      cpuKvBlocks: 0,
      kvSource: 'vllm.log',
      warnings: [],
      profile: {
        questionLen: 400,
        systemPromptLen: 100,
        outputLen: 11,
        enableMultiTurnChat: true,
        ignoreEos: true,
      },
    });
    expect(experiment.dp).toBeUndefined();
    const [first, second] = experiment.stages;
    expect(first).toMatchObject({ stageIndex: 0, rateRps: 8, durationS: 10, numRequests: 80 });
    expect(first?.e2e).toEqual({ mean: 2000, p90: 3000, p99: 4000 });
    // (2 − 0.25) s over 11 − 1 tokens
    expect(first?.itl).toEqual({ mean: 175 });
    expect(second).toMatchObject({ stageIndex: 1, rateRps: 20, durationS: 5 });
    expect(experiment.summary).toMatchObject({ stageIndex: -1, rateRps: 0, durationS: 0, numRequests: 180 });
  });

  it('divides by one token at least', async () => {
    const short = lifecycle(80);
    short.successes.output_len.mean = 1.2;
    const experiment = await only(
      measuredTree({ 'results/stage_0_lifecycle_metrics.json': JSON.stringify(short) }),
    );
    expect(experiment.stages[0]?.itl.mean).toBe(1750);
  });

  it('takes what the profile leaves out from the stage itself, and warns of other counts', async () => {
    const profile = { ...PROFILE, load: { stages: [{ rate: 8 }] } };
    const experiment = await only(
      measuredTree({
        'profile.yaml': JSON.stringify(profile),
        'results/stage_0_lifecycle_metrics.json': JSON.stringify(lifecycle(80, 7.5)),
        'results/stage_1_lifecycle_metrics.json': JSON.stringify(lifecycle(80, 19)),
      }),
    );
    expect(experiment.stages.map(({ rateRps, durationS }) => [rateRps, durationS])).toEqual([
      [8, 9.5],
      [19, 9.5],
    ]);
    expect(experiment.profile.stages).toEqual([{ rateRps: 8, durationS: 9.5 }]);
    expect(experiment.warnings).toEqual([
      `${FOLDER}/results has 2 stage files, and ${FOLDER}/profile.yaml lists 1 stage.`,
    ]);
  });

  it('sorts stage files by number', async () => {
    const stages = Array.from({ length: 11 }, (_, k) => ({ rate: k + 1, duration: 1 }));
    const files = Object.fromEntries(
      stages.map((_, k) => [`results/stage_${k}_lifecycle_metrics.json`, JSON.stringify(lifecycle(k + 1))]),
    );
    const experiment = await only(
      measuredTree({ ...files, 'profile.yaml': JSON.stringify({ ...PROFILE, load: { stages } }) }),
    );
    expect(experiment.stages.map(({ numRequests }) => numRequests)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
  });

  it.each([
    ['pretty JSON', JSON.stringify(PROFILE, null, '\t')],
    [
      'block YAML',
      'load:\n  stages:\n  - {rate: 8, duration: 10}\n  - rate: 20\n    duration: 5.0\ndata:\n  type: shared_prefix\n' +
        '  shared_prefix:\n    question_len: 400\n    system_prompt_len: 100\n    output_len: 11\n    enable_multi_turn_chat: yes\n' +
        'server: {ignore_eos: true}\n',
    ],
  ])('reads the profile as %s', async (_form, text) => {
    const compact = await only(measuredTree());
    expect((await only(measuredTree({ 'profile.yaml': text }))).profile).toEqual(compact.profile);
  });

  it('takes lengths directly under data, and knows that it did', async () => {
    const { profile } = await only(
      measuredTree({ 'profile.yaml': 'load: {stages: [{rate: 1, duration: 2}]}\ndata: {output_len: 9}' }),
    );
    expect(profile).toEqual({
      stages: [{ rateRps: 1, durationS: 2 }],
      hasSharedPrefixObject: false,
      outputLen: 9,
    });
  });

  it('prefers results/ for its mere existence, and falls back to inference-perf-data/', async () => {
    const moved = Object.fromEntries(
      Object.entries(folderWith(FOLDER)).map(([path, content]) => [
        path.replace('/results/', '/inference-perf-data/'),
        content,
      ]),
    );
    const files = { 'experiments.json': JSON.stringify([manifestEntry()]), ...moved };
    expect((await only(treeOf('data', files))).summary.numRequests).toBe(180);
    const blocked = await loadGroundTruth(treeOf('data', files, [`${FOLDER}/results`]));
    expect(blocked.ok && blocked.value.entries[0]?.kind).toBe('left-out');
  });
});

describe('KV sizes', () => {
  const stated = `${CONFIG}total_kv_blocks: 50\ncpu_kv_blocks: 6\n`;

  it('come from the log first, then exp-config.yaml, then the manifest', async () => {
    const manifest = [{ ...manifestEntry(), total_kv_blocks: 40, cpu_kv_blocks: 5 }];
    const facts = async (changes: Parameters<typeof measuredTree>[0]) => {
      const { totalKvBlocks, cpuKvBlocks, kvSource } = await only(measuredTree(changes, manifest));
      return [totalKvBlocks, cpuKvBlocks, kvSource];
    };
    expect(await facts({ 'exp-config.yaml': stated })).toEqual([100, 0, 'vllm.log']);
    expect(await facts({ 'exp-config.yaml': stated, 'vllm.log': undefined })).toEqual([
      50,
      6,
      'exp-config.yaml',
    ]);
    expect(await facts({ 'vllm.log': undefined })).toEqual([40, 5, 'manifest']);
  });

  it.each([
    ['INFO 01-15 10:00:01 vllm.v1.core.kv_cache_utils: GPU KV cache size: 119,408 tokens', 7463, 0],
    ['GPU KV cache size: 1600 tokens', 100, 0],
    ['GPU KV cache size:   1600 \t tokens\nGPU KV cache size: 3200 tokens', 100, 0],
    ['GPU KV cache size:1600 tokens\r\nGPU KV cache size: 3200 tokens\r\n', 200, 0],
    [
      "cfg={'cpu_bytes_to_use': 8589934592.0}\nGPU KV cache size: 425,648 tokens\nAvailable KV cache memory: 38.97 GiB",
      26603,
      5461,
    ],
    [
      '{cpu_bytes_to_use: 2147483648.0}\nGPU KV cache size: 1600 tokens\nAvailable KV cache memory:1GiB',
      100,
      200,
    ],
  ])('reads %j', async (log, totalKvBlocks, cpuKvBlocks) => {
    expect(await only(measuredTree({ 'vllm.log': log }))).toMatchObject({ totalKvBlocks, cpuKvBlocks });
  });

  it('finds lines that cross the chunks of a stream', async () => {
    const log = `${'x'.repeat(3000)}\nGPU KV cache size: 1,600 tokens`;
    const bytes = new TextEncoder().encode(log);
    const file = {
      ...memoryFile('', bytes),
      stream: async function* () {
        for (let at = 0; at < bytes.length; at += 7) yield await Promise.resolve(bytes.subarray(at, at + 7));
      },
    };
    expect((await only(measuredTree({ 'vllm.log': file }))).totalKvBlocks).toBe(100);
  });

  it('counts the peak of kv_events.jsonl when that older method is asked for', async () => {
    const events = [
      '[1, [["BlockStored", [1], null, [1], 16, null, "CPU"], ["BlockStored", [1], null, [1], 16, null]], 0]',
      '',
      '[2, [["TransferCompleted", 1, "r", "GPU", "CPU", 5, false, 1], ["CacheStoreCommitted", "r", "CPU", 3, 2]], 0]',
      '[3, [["TransferCompleted", 2, "r", "CPU", "GPU", 7, true, 1], ["CacheEviction", "CPU", 2, "x", 1, {}]], 0]',
    ].join('\n');
    const tree = measuredTree({ 'kv_events.jsonl': events });
    expect((await only(tree, { cpuBlocks: 'kv_events.jsonl' })).cpuKvBlocks).toBe(9);
    expect((await only(tree)).cpuKvBlocks).toBe(0);
    expect((await only(measuredTree(), { cpuBlocks: 'kv_events.jsonl' })).cpuKvBlocks).toBe(0);
    const broken = await loadGroundTruth(measuredTree({ 'kv_events.jsonl': `${events}\n[4, [}` }), {
      cpuBlocks: 'kv_events.jsonl',
    });
    expect(broken.ok && broken.value.entries[0]).toMatchObject({ problem: { line: 5, column: 6 } });
  });
});

describe('per-request rows', () => {
  it('stay in file order, with times relative to the first row', async () => {
    const row = (start: number, error: unknown = null, times = [start + 0.5, start + 2]) => ({
      start_time: start,
      end_time: start + 2,
      request: '{"a": "]}\\""}',
      info: { input_tokens: 10, output_tokens: 4, output_token_times: times },
      error,
    });
    const rows = [row(100.25), row(99.5), row(101, { error_type: 'TimeoutError' }, [])];
    const { requests } = await only(
      measuredTree({ 'results/per_request_lifecycle_metrics.json': JSON.stringify(rows, null, 1) }),
      { requests: 'load' },
    );
    expect(requests?.count).toBe(3);
    expect([...(requests?.startS ?? [])]).toEqual([100.25, 99.5, 101]);
    expect([...(requests?.arrivalUs ?? [])]).toEqual([0, -750000, 750000]);
    expect([...(requests?.ttftUs ?? [])]).toEqual([500000, 500000, NaN]);
    expect([...(requests?.e2eUs ?? [])]).toEqual([2e6, 2e6, NaN]);
    expect([...(requests?.failed ?? [])]).toEqual([0, 0, 1]);
  });

  it('may stand in the compact CSV', async () => {
    const csv =
      'index,arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error\n0,5,596,251,69500,4474805,0\n1,105,1,0,,300000000,1\n';
    const { requests } = await only(measuredTree({ 'results/per_request.csv': csv }), { requests: 'load' });
    expect([...(requests?.arrivalUs ?? [])]).toEqual([0, 100]);
    expect([...(requests?.inputTokens ?? [])]).toEqual([596, 1]);
    expect([...(requests?.ttftUs ?? [])]).toEqual([69500, NaN]);
    expect([...(requests?.failed ?? [])]).toEqual([0, 1]);
  });

  it('are absent where no file has them, and unread unless wanted', async () => {
    expect((await only(measuredTree(), { requests: 'load' })).requests).toBeUndefined();
    expect((await only(measuredTree({ 'results/per_request.csv': 'garbage' }))).requests).toBeUndefined();
  });
});

describe('discovery', () => {
  it('takes a folder by the number before its first hyphen, the first of several by text order', async () => {
    const manifest = JSON.stringify([manifestEntry(10), manifestEntry(1)]);
    const tree = treeOf('data', { 'experiments.json': manifest, '1-note.txt': 'a file' }, [
      '10-b',
      '10-a',
      '1-z',
      '100-q',
    ]);
    const discovery = await discover(tree);
    if (!discovery.ok) throw new Error(discovery.error.message);
    expect(discovery.value.found.map(({ path }) => path)).toEqual(['1-z', '10-a']);
    expect(discovery.value.warnings).toEqual([
      'Several folders belong to experiment id=10: 10-a, 10-b; 10-a is used.',
    ]);
  });

  it('takes the manifest nearest to the top, wherever it lies', async () => {
    const tree = treeOf(
      'download',
      {
        'data/truth/experiments.json': JSON.stringify([manifestEntry(3)]),
        'data/truth/3-x/deep/experiments.json': '[]',
      },
      ['data/truth/3-x'],
    );
    expect(await foldersFound(tree)).toEqual(['3-x']);
  });

  it('warns once more when no entry has a folder', async () => {
    const discovery = await discover(
      treeOf('data', { 'experiments.json': JSON.stringify([manifestEntry(3)]) }),
    );
    expect(discovery.ok && discovery.value.warnings.at(-1)).toBe(
      'experiments.json lists 1 experiment, and none has a folder.',
    );
  });

  it('falls back to timestamped names, with defaults for what no manifest says', async () => {
    const name = '20260218-150956-codellama-34b-tp2-codegen';
    const tree = treeOf('old', { ...folderWith(name), 'SCHEMA.md': 'x', '20260218-150956-x-tp2-file': 'x' }, [
      '20260218-1509-x-tp2-general',
      '20260217-150956-x-tp2-tp4-general-lite',
      'notes-tp2-general',
    ]);
    expect(await foldersFound(tree)).toEqual(['20260217-150956-x-tp2-tp4-general-lite', name]);
    const loaded = await loadGroundTruth(tree);
    if (!loaded.ok) throw new Error(loaded.error.message);
    expect(readyExperiments(loaded.value)[0]).toMatchObject({
      expId: 0,
      workload: 'codegen',
      hardware: 'H100',
      cpuOffload: false,
      gpuMemUtil: 0.9,
      precision: 'FP16',
      safe: 'safe',
    });
    expect(loaded.value.discovery.warnings[0]).toContain('read by name');
  });

  it('accepts a timestamped experiment folder that was opened itself', async () => {
    const tree = treeOf('20260218-150956-x-tp2-general-lite', experimentFiles());
    expect((await only(tree)).workload).toBe('general-lite');
  });
});

describe('a file tree', () => {
  it('reads browser blobs and drops a byte-order mark', async () => {
    const blob = new Blob([`\ufeff${JSON.stringify([manifestEntry()])}`]);
    const others = measuredTree().files.filter(({ path }) => path !== 'experiments.json');
    const tree = new FileTree({ name: 'data', files: [...others, blobFile('experiments.json', blob)] });
    expect((await only(tree)).expId).toBe(7);
  });

  it('knows folders that no file implies', () => {
    const tree = treeOf('data', { 'a/b/c.txt': 'x' }, ['d/e']);
    expect(tree.foldersIn('')).toEqual(['a', 'd']);
    expect([tree.hasFolder('a/b'), tree.hasFolder('d/e'), tree.hasFolder('b')]).toEqual([true, true, false]);
    expect(tree.filesIn('a/b').map(({ path }) => path)).toEqual(['a/b/c.txt']);
  });
});
