// Every kind of broken measurement gives one clear message that names file and field, and never stops the other experiments.

import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/base/problem';
import { FileTree, type SourceFile } from '../../../src/sources/file-tree';
import { loadGroundTruth, readyExperiments } from '../../../src/sources/ground-truth/load';
import {
  CONFIG,
  FOLDER,
  PROFILE,
  experimentFiles,
  failingFile,
  lifecycle,
  manifestEntry,
  measuredTree,
  treeOf,
  type FolderFiles,
} from '../../support/measured-folder';

/** The reason why the folder's only experiment is left out. */
async function reason(tree: FileTree): Promise<Problem> {
  const loaded = await loadGroundTruth(tree, { requests: 'load' });
  if (!loaded.ok) return loaded.error;
  const [entry] = loaded.value.entries;
  if (entry?.kind !== 'left-out') throw new Error('the experiment was read');
  return entry.problem;
}

async function loaded(tree: FileTree) {
  const result = await loadGroundTruth(tree);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const host = (name: string, code = ''): Error => Object.assign(new Error('host says no'), { name, code });

describe('a folder without experiments', () => {
  it('names the manifest it looked for and the names it would have taken instead', async () => {
    const problem = await reason(treeOf('data', { 'notes.txt': 'x' }, ['holiday-pictures']));
    expect(problem.code).toBe('missing-file');
    expect(problem.file).toBe('data/experiments.json');
    expect(problem.message).toContain('Manifest not found: data/experiments.json');
    expect(problem.message).toContain('YYYYMMDD-HHMMSS');
  });

  it('finds none in an empty manifest, which is no failure', async () => {
    expect((await loaded(measuredTree({}, []))).entries).toEqual([]);
  });
});

describe('the manifest', () => {
  it('says line and column of a JSON fault', async () => {
    const problem = await reason(measuredTree({}, '[\n {"id": 7,\n  "model": "x",}\n]'));
    expect(problem).toMatchObject({ code: 'malformed', file: 'experiments.json', line: 3, column: 16 });
    expect(problem.message).toContain('Malformed JSON in experiments.json, line 3, column 16');
  });

  it('wants a list', async () => {
    const problem = await reason(measuredTree({}, '{"id": 7}'));
    expect(problem.message).toBe(
      'experiments.json, line 1: expected a list with one object an experiment, found an object.',
    );
  });

  it('names all missing keys of an entry, sorted, before it reads a file', async () => {
    const { hw: _hw, cpu_offload: _offload, ...entry } = manifestEntry();
    const problem = await reason(
      measuredTree({ 'exp-config.yaml': failingFile(host('NotFoundError')) }, [entry]),
    );
    expect(problem).toMatchObject({
      code: 'missing-key',
      field: 'cpu_offload, hw',
      file: 'experiments.json',
    });
    expect(problem.message).toContain(`the entry of ${FOLDER} lacks the keys cpu_offload, hw`);
  });

  it.each([
    ['gpu_mem', -0.5, 'a share above 0, up to 1'],
    ['dp', 'two', 'a whole number of at least 0, or null'],
    ['cpu_offload', 'yes', 'true or false'],
    ['hw', '', 'a GPU type'],
    ['total_kv_blocks', 0, 'a whole number of at least 1'],
  ])('refuses %s = %j', async (key, value, wanted) => {
    const problem = await reason(measuredTree({}, [{ ...manifestEntry(), [key]: value }]));
    expect(problem).toMatchObject({ code: 'bad-value', field: `[0].${key}`, file: 'experiments.json' });
    expect(problem.message).toContain(wanted);
    expect(problem.line).toBeGreaterThan(1);
  });

  it('skips entries without an id, without a folder and that are no objects, each with a warning', async () => {
    const { id: _id, ...nameless } = manifestEntry();
    const { discovery, entries } = await loaded(
      measuredTree({}, [nameless, 5, manifestEntry(99), manifestEntry()]),
    );
    expect(entries.map(({ folder }) => folder)).toEqual([FOLDER]);
    expect(discovery.warnings).toHaveLength(3);
    expect(discovery.warnings[0]).toContain('entry 1, model "Llama-2-70b" has no whole number as id');
    expect(discovery.warnings[1]).toContain('entry 2 is 5 instead of an object');
    expect(discovery.warnings[2]).toContain('No directory found for experiment id=99 model=Llama-2-70b');
  });

  it('skips what is not marked safe, unless all are wanted', async () => {
    const tree = measuredTree({}, [{ ...manifestEntry(), safe: 'unsafe' }]);
    const { discovery } = await loaded(tree);
    expect([discovery.found.length, discovery.unsafeCount]).toEqual([0, 1]);
    expect(discovery.warnings).toEqual([
      'experiments.json lists 1 experiment, and none is taken (1 not marked safe).',
    ]);
    const all = await loadGroundTruth(tree, { all: true });
    expect(all.ok && readyExperiments(all.value)[0]?.safe).toBe('unsafe');
  });
});

describe('a broken file of one experiment', () => {
  const cases: readonly [what: string, changes: FolderFiles, expected: Partial<Problem>, words: string][] = [
    [
      'no exp-config.yaml',
      { 'exp-config.yaml': undefined },
      { code: 'missing-file' },
      'has no file exp-config.yaml',
    ],
    ['no profile.yaml', { 'profile.yaml': undefined }, { code: 'missing-file' }, 'has no file profile.yaml'],
    [
      'malformed YAML',
      { 'exp-config.yaml': 'model: a\ntensor_parallelism: ]\n' },
      { code: 'malformed', line: 2 },
      'exp-config.yaml, line 2',
    ],
    [
      'malformed JSON in profile.yaml',
      { 'profile.yaml': '{"load": {"stages": [{"rate": 5]}}' },
      { code: 'malformed', line: 1, column: 32 },
      'profile.yaml, line 1',
    ],
    ['an empty YAML file', { 'profile.yaml': '' }, { code: 'malformed' }, 'is empty'],
    [
      'a missing server key',
      { 'exp-config.yaml': CONFIG.replace(/max_num_seqs.*\n/, '') },
      { code: 'missing-key', field: 'max_num_seqs' },
      'the key max_num_seqs is missing',
    ],
    [
      'a negative server number',
      { 'exp-config.yaml': CONFIG.replace('2048', '-2048') },
      { code: 'bad-value', field: 'max_num_batched_tokens', line: 4 },
      'expected a whole number of at least 1, found "-2048"',
    ],
    [
      'text where a number belongs',
      { 'exp-config.yaml': CONFIG.replace(': 4\n', ': four\n') },
      { code: 'bad-value', field: 'tensor_parallelism', line: 2, column: 21 },
      'found "four"',
    ],
    [
      'no load stages',
      { 'profile.yaml': 'data: {}\n' },
      { code: 'missing-key', field: 'load.stages' },
      'the key load.stages is missing',
    ],
    [
      'a NaN rate',
      { 'profile.yaml': 'load:\n  stages:\n  - rate: .nan\n    duration: 5\n' },
      { code: 'bad-value', field: 'load.stages[0].rate', line: 3 },
      'expected a number of at least 0, found ".nan"',
    ],
    [
      'a negative length',
      { 'profile.yaml': JSON.stringify({ ...PROFILE, data: { output_len: -1 } }) },
      { code: 'bad-value', field: 'data.output_len' },
      'found "-1"',
    ],
    [
      'no KV size anywhere',
      { 'vllm.log': undefined },
      { code: 'missing-key', field: 'total_kv_blocks' },
      'no KV cache size',
    ],
    [
      'a log without the line',
      { 'vllm.log': 'INFO started\n' },
      { code: 'missing-key' },
      `No 'GPU KV cache size' line found in ${FOLDER}/vllm.log`,
    ],
    [
      'offloading without the memory line',
      { 'vllm.log': "{'cpu_bytes_to_use': 8589934592.0}\nGPU KV cache size: 1,600 tokens\n" },
      { code: 'missing-key' },
      "no 'Available KV cache memory' line",
    ],
    [
      'a log number that is none',
      {
        'vllm.log':
          'cpu_bytes_to_use: 1.2.3\nGPU KV cache size: 1600 tokens\nAvailable KV cache memory: 2 GiB\n',
      },
      { code: 'bad-value', line: 1 },
      '"1.2.3" is not a usable number',
    ],
    [
      'no stage file',
      {
        'results/stage_0_lifecycle_metrics.json': undefined,
        'results/stage_1_lifecycle_metrics.json': undefined,
      },
      { code: 'missing-file' },
      'has no file stage_0_lifecycle_metrics.json',
    ],
    [
      'no summary',
      { 'results/summary_lifecycle_metrics.json': undefined },
      { code: 'missing-file', file: `${FOLDER}/results/summary_lifecycle_metrics.json` },
      'is missing',
    ],
    [
      'malformed JSON',
      { 'results/stage_1_lifecycle_metrics.json': '{\n "successes": {"count": 3,,}\n}' },
      { code: 'malformed', line: 2, column: 27 },
      'stage_1_lifecycle_metrics.json, line 2, column 27: expected a key in double quotes, found ","',
    ],
    [
      'a JSON file that is cut off',
      { 'results/stage_0_lifecycle_metrics.json': '{"successes": {"count": 3' },
      { code: 'malformed', line: 1 },
      'found the end of the file',
    ],
    [
      'NaN as Python writes it',
      {
        'results/stage_0_lifecycle_metrics.json': JSON.stringify(lifecycle(3), null, 1).replace(
          ': 2,',
          ': NaN,',
        ),
      },
      { code: 'malformed', line: 9 },
      'NaN is not a number that JSON can hold',
    ],
    [
      'a negative latency',
      {
        'results/stage_0_lifecycle_metrics.json': JSON.stringify(lifecycle(3), null, 1).replace(
          ': 2,',
          ': -2,',
        ),
      },
      { code: 'bad-value', line: 9, field: 'successes.latency.request_latency.mean' },
      'expected a number of at least 0, found -2',
    ],
    [
      'a missing percentile',
      { 'results/summary_lifecycle_metrics.json': JSON.stringify(lifecycle(3)).replace('"p90":3,', '') },
      { code: 'missing-key', field: 'successes.latency.request_latency.p90' },
      'the key successes.latency.request_latency.p90 is missing',
    ],
    [
      'a missing count',
      { 'results/summary_lifecycle_metrics.json': '{"successes": {}}' },
      { code: 'missing-key', field: 'successes.count' },
      'the key successes.count is missing',
    ],
    [
      'a null distribution',
      {
        'results/stage_0_lifecycle_metrics.json': JSON.stringify({
          ...lifecycle(3),
          successes: { ...lifecycle(3).successes, latency: { request_latency: null } },
        }),
      },
      { code: 'bad-value', field: 'successes.latency.request_latency' },
      'expected an object, found null',
    ],
    [
      'zero requests in a stage',
      { 'results/stage_1_lifecycle_metrics.json': JSON.stringify(lifecycle(0)) },
      { code: 'bad-value', field: 'successes.count' },
      'no successful request in stage 1',
    ],
    [
      'zero requests in all',
      { 'results/summary_lifecycle_metrics.json': JSON.stringify(lifecycle(0)) },
      { code: 'bad-value', field: 'successes.count' },
      'no successful request in the whole run',
    ],
    [
      'a 200 MB file under a small name',
      { 'results/stage_0_lifecycle_metrics.json': failingFile(new Error('must not be read'), 200e6) },
      { code: 'too-large', file: `${FOLDER}/results/stage_0_lifecycle_metrics.json` },
      'has 200 MB; a file of this name has at most 16 MB',
    ],
    [
      'a 200 MB configuration',
      { 'exp-config.yaml': failingFile(new Error('must not be read'), 200e6) },
      { code: 'too-large' },
      'exp-config.yaml has 200 MB',
    ],
    [
      'a file deleted while reading (browser)',
      { 'profile.yaml': failingFile(host('NotFoundError')) },
      { code: 'missing-file', file: `${FOLDER}/profile.yaml` },
      'is gone',
    ],
    [
      'a log deleted while reading (Node)',
      { 'vllm.log': failingFile(host('Error', 'ENOENT')) },
      { code: 'missing-file', file: `${FOLDER}/vllm.log` },
      'is gone',
    ],
    [
      'permission denied (browser)',
      { 'profile.yaml': failingFile(host('NotAllowedError')) },
      { code: 'unreadable-file', file: `${FOLDER}/profile.yaml` },
      'permission denied',
    ],
    [
      'permission denied (Node)',
      { 'exp-config.yaml': failingFile(host('Error', 'EACCES')) },
      { code: 'unreadable-file' },
      'permission denied',
    ],
    [
      'any other failure of the host',
      { 'exp-config.yaml': failingFile(host('Error', 'EIO')) },
      { code: 'unreadable-file' },
      'cannot be read (host says no)',
    ],
    [
      'a malformed CSV',
      {
        'results/per_request.csv':
          'arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error\n0,5,"6"x,1,2,0\n',
      },
      { code: 'malformed', line: 2 },
      'per_request.csv, line 2, field 3',
    ],
    [
      'a CSV without its columns',
      { 'results/per_request.csv': 'arrival_us,tokens\n0,5\n' },
      { code: 'missing-key', line: 1 },
      'the header lacks input_tokens, output_tokens, ttft_us, e2e_us, error',
    ],
    [
      'a CSV with a negative number',
      {
        'results/per_request.csv':
          'arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error\n0,5,6,-1,2,0\n',
      },
      { code: 'bad-value', line: 2, field: 'ttft_us' },
      'field 4: ttft_us should be a whole number of at least 0, found "-1"',
    ],
    [
      'a per-request list that is cut off',
      { 'results/per_request_lifecycle_metrics.json': '[{"start_time": 1}' },
      { code: 'bad-value', line: 1 },
      'record 1',
    ],
  ];

  it.each(cases)('%s', async (_what, changes, expected, words) => {
    const problem = await reason(measuredTree(changes));
    expect(problem).toMatchObject(expected);
    expect(problem.message).toContain(words);
    expect(problem.file).toBeDefined();
  });

  it.each(cases)('%s: the other experiment is read all the same', async (_what, changes) => {
    const other = Object.entries(experimentFiles()).map(([path, content]) => [
      `8-x-tp4-codegen/${path}`,
      content,
    ]);
    const broken = Object.entries({ ...experimentFiles(), ...changes }).map(([path, content]) => [
      `${FOLDER}/${path}`,
      content,
    ]);
    const tree = treeOf('data', {
      'experiments.json': JSON.stringify([manifestEntry(7), manifestEntry(8)]),
      ...(Object.fromEntries([...broken, ...other]) as Record<string, string | SourceFile | undefined>),
    });
    const result = await loadGroundTruth(tree, { requests: 'load' });
    expect(result.ok && result.value.entries.map(({ kind }) => kind)).toEqual(['left-out', 'ready']);
  });
});

describe('names and folders', () => {
  it('carries names with markup through as plain text', async () => {
    const entry = { ...manifestEntry(), workload: '<img src=x onerror=alert(1)>' };
    const tree = measuredTree(
      { 'exp-config.yaml': CONFIG.replace('meta-llama/Llama-2-70b-hf', '"<b>m</b>"') },
      [entry],
    );
    const [experiment] = readyExperiments(await loaded(tree));
    expect(experiment?.workload).toBe('<img src=x onerror=alert(1)>');
    expect(experiment?.model).toBe('<b>m</b>');
  });

  it('reports a folder that may not be listed, and reads the others', async () => {
    const problem: Problem = {
      code: 'unreadable-file',
      message: `${FOLDER} may not be listed: permission denied.`,
    };
    const other = Object.entries(experimentFiles()).map(([path, content]) => [
      `8-x-tp4-codegen/${path}`,
      content,
    ]);
    const readable = treeOf('data', {
      'experiments.json': JSON.stringify([manifestEntry(7), manifestEntry(8)]),
      ...(Object.fromEntries(other) as Record<string, string>),
    });
    const tree = new FileTree({ name: 'data', files: readable.files, blocked: new Map([[FOLDER, problem]]) });
    const { entries } = await loaded(tree);
    expect(entries[0]).toEqual({ kind: 'left-out', folder: FOLDER, problem });
    expect(entries[1]?.kind).toBe('ready');
  });

  it('stops between folders when asked to', async () => {
    const result = await loadGroundTruth(measuredTree(), {}, { isCancelled: () => true });
    expect(result.ok ? undefined : result.error.code).toBe('cancelled');
  });
});
