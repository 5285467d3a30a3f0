// Operator tables from what was dropped: only what estimates read is kept, and what cannot be used is named at once.

import { describe, expect, it } from 'vitest';
import { findSystem } from '../../../src/adapters/estimators/aiconfigurator/systems';
import { loadTables } from '../../../src/sources/perf-tables/load-tables';
import { FileTree, memoryFile } from '../../../src/sources/file-tree';
import { keptFolder } from '../../../src/workers/kept-tables';
import { readTablesTree } from '../../../src/workers/table-reading';

const GEMM = 'gemm_dtype,m,n,k,latency\nbfloat16,1,64,64,0.5\n';
const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n';

const read = (files: Record<string, string>) =>
  readTablesTree(
    new FileTree({
      name: 'systems',
      files: Object.entries(files).map(([path, text]) => memoryFile(path, text)),
    }),
  );

describe('readTablesTree', () => {
  it('keeps the vLLM tables of the systems that are estimated, other versions to borrow from, and nothing else', async () => {
    const result = await read({
      'data/h100_sxm/vllm/0.14.0/gemm_perf.txt': GEMM,
      'data/h100_sxm/vllm/0.9.0/gemm_perf.txt': GEMM,
      'data/h100_sxm/trtllm/1.0.0/gemm_perf.txt': GEMM,
      'data/gb200/vllm/0.14.0/gemm_perf.txt': GEMM,
      'data/l40s/vllm/0.12.0/gemm_perf.txt': GEMM,
      'h100_sxm.yaml': 'gpu:',
    });
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.sets).toEqual([
      { system: 'h100_sxm', label: 'h100_sxm/vllm/0.14.0', tables: ['gemm_perf'] },
      { system: 'l40s', label: 'l40s/vllm/0.12.0', tables: ['gemm_perf'] },
    ]);
    expect(result.value.tables.map(({ path }) => path)).toEqual([
      'data/h100_sxm/vllm/0.14.0/gemm_perf.txt',
      'data/h100_sxm/vllm/0.9.0/gemm_perf.txt',
      'data/l40s/vllm/0.12.0/gemm_perf.txt',
    ]);
    expect(result.value).toMatchObject({ isSlice: false, problems: [] });
    const [table] = keptFolder(structuredClone(result.value)).tables;
    expect(table).toMatchObject({ kind: 'gemm', system: 'h100_sxm', backend: 'vllm', version: '0.14.0' });
    expect(new TextDecoder().decode(await table?.file.bytes())).toBe(GEMM);
  });

  it('lets estimates borrow shapes from other versions, when asked', async () => {
    const result = await read({
      'data/h100_sxm/vllm/0.14.0/gemm_perf.txt': GEMM,
      'data/h100_sxm/vllm/0.9.0/gemm_perf.txt': GEMM.replace('1,64,64', '2,64,64'),
    });
    const system = findSystem('h100_sxm');
    if (!result.ok || !system.ok) throw new Error('not read');
    const folder = keptFolder(result.value);
    const rowsOf = async (borrows: boolean) =>
      (
        await loadTables(folder, {
          system: 'h100_sxm',
          backend: 'vllm',
          ncclVersion: system.value.ncclVersion,
          borrowsVersions: borrows,
        })
      ).tables.gemm?.rowCount;
    expect([await rowsOf(false), await rowsOf(true)]).toEqual([1, 2]);
  });

  it('has one identity for the same tables, another for others', async () => {
    const printOf = async (files: Record<string, string>) => {
      const result = await read(files);
      return result.ok ? result.value.print : result.error.message;
    };
    const path = 'data/h100_sxm/vllm/0.14.0/gemm_perf.txt';
    expect(await printOf({ [path]: GEMM })).toBe(await printOf({ [`x/${path}`]: GEMM, 'y.txt': '' }));
    expect(await printOf({ [path]: GEMM })).not.toBe(await printOf({ [path]: GEMM.replace('0.5', '0.6') }));
    expect(await printOf({ [path]: GEMM })).toMatch(/^[0-9a-f]{16}$/);
  });

  it('names a table that cannot be used and takes the others', async () => {
    const result = await read({
      'data/h100_sxm/vllm/0.14.0/gemm_perf.txt': GEMM,
      'data/h100_sxm/vllm/0.14.0/moe_perf.txt': POINTER,
      'data/h100_sxm/vllm/0.14.0/context_attention_perf.txt': 'a,b\n1,2\n',
    });
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.sets[0]?.tables).toEqual(['gemm_perf']);
    expect(result.value.problems.map(({ file }) => file?.split('/').at(-1))).toEqual([
      'context_attention_perf.txt',
      'moe_perf.txt',
    ]);
    expect(result.value.problems[1]?.message).toContain('Git LFS pointer');
  });

  it('says why nothing is of use', async () => {
    const messageOf = async (files: Record<string, string>) => {
      const result = await read(files);
      return result.ok ? 'read' : result.error.message;
    };
    expect(await messageOf({ 'readme.md': '' })).toContain('looked for gemm_perf, context_attention_perf');
    expect(await messageOf({ 'data/h200_sxm/trtllm/1.0/gemm_perf.txt': GEMM })).toContain(
      'no vllm tables of h100_sxm, a100_sxm, l40s; found h200_sxm/trtllm',
    );
    expect(await messageOf({ 'data/h100_sxm/vllm/0.14.0/gemm_perf.txt': POINTER })).toContain('git lfs pull');
  });

  it('takes loose tables for every system, marked as a slice', async () => {
    const result = await read({ 'gemm_perf.csv': GEMM });
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.isSlice).toBe(true);
    expect(result.value.tables).toHaveLength(1);
  });
});
