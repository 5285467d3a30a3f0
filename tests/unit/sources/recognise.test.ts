// What was dropped, told by content and not by where it was dropped.

import { zipSync, strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { FileTree, memoryFile } from '../../../src/sources/file-tree';
import { recognise } from '../../../src/sources/recognise';
import { openZips } from '../../../src/sources/packed-files';

const kindOf = (files: Record<string, string | Uint8Array>) =>
  recognise(
    new FileTree({
      name: 'dropped',
      files: Object.entries(files).map(([path, content]) => memoryFile(path, content)),
    }),
  );

const VIDUR = 'Request Id,request_e2e_time,prefill_e2e_time\n0,1,0.1\n';
const SERVING_SIM =
  'instance id,request id,model,input,output,arrival,end_time,latency,queuing_delay,TTFT,TPOT,ITL\n';

describe('recognise', () => {
  it.each([
    ['a manifest', { 'experiments.json': '[]' }, 'measurements'],
    ['one experiment', { 'exp-config.yaml': '', 'vllm.log': '' }, 'measurements'],
    [
      'measurements with results beside them',
      { 'experiments.json': '[]', 'pre/request_metrics.csv': VIDUR },
      'measurements',
    ],
    ['a Vidur table of any name', { 'run/table.csv': VIDUR }, 'results'],
    ['a Vidur folder without its table', { 'out/plots/a.csv': 'x', 'out/config.json': '{}' }, 'results'],
    ['an LLMServingSim table', { 'mixtral.csv': `\uFEFF${SERVING_SIM}` }, 'results'],
    [
      'error records',
      { 'deep/down/rows.csv': 'simulator,experiment_folder,metric_name,stage_index\n' },
      'results',
    ],
    ['flat predictions', { 'p.csv': 'exp_id,stage,metric,predicted\n' }, 'results'],
    ['a mapping', { 'import.json': '{}' }, 'results'],
    ['operator tables', { 'data/h100_sxm/vllm/0.14.0/gemm_perf.txt': 'm,n,k' }, 'tables'],
    ['operator tables as Parquet', { 'gemm/vllm/0.19.0/gemm_perf.parquet': 'PAR1' }, 'tables'],
    ['something else', { 'notes.csv': 'a,b\n1,2\n', 'readme.md': '' }, 'measurements'],
    ['nothing', {}, 'measurements'],
  ] satisfies [string, Record<string, string>, string][])('%s', async (_name, files, expected) => {
    expect(await kindOf(files)).toBe(expected);
  });

  it('looks into zips', async () => {
    const zip = (path: string, text: string) => zipSync({ [path]: strToU8(text) });
    expect(await kindOf({ 'a.zip': zip('x/request_metrics.csv', VIDUR) })).toBe('results');
    expect(await kindOf({ 'a.zip': zip('x/experiments.json', '[]') })).toBe('measurements');
    expect(await kindOf({ 'a.zip': zip('systems/data/l40s/vllm/1.0/moe_perf.txt', '') })).toBe('tables');
    expect(await kindOf({ 'a.zip': 'no zip' })).toBe('measurements');
  });
});

describe('a folder that is one zip', () => {
  it('becomes the content, under the name of the zip', async () => {
    const file = memoryFile('runs.ZIP', zipSync({ 'experiments.json': strToU8('[]') }));
    const tree = await openZips(new FileTree({ name: '1 file', files: [file] }), [], true);
    expect([tree.name, tree.files.map(({ path }) => path)]).toEqual(['runs', ['experiments.json']]);
  });
});
