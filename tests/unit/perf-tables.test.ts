// Finding and reading operator tables: every layout of a systems folder, both file formats, and files that cannot be used.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTables } from '../../src/sources/perf-tables/load-tables';
import {
  compareVersions,
  openSystemsFolder,
  versionsOf,
  type PerfFile,
} from '../../src/sources/perf-tables/systems-folder';

const file = (path: string, content: string | Uint8Array): PerfFile => ({
  path,
  bytes: () => Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content),
});

const gemmText = (latency: number, lineEnd = '\n') =>
  ['framework,gemm_dtype,m,n,k,latency', `VLLM,bfloat16,1,4096,4096,${String(latency)}`, ''].join(lineEnd);

const request = { system: 'h100_sxm', backend: 'vllm', ncclVersion: '2.27.3' };

async function gemmLatencies(files: PerfFile[], more: object = {}): Promise<number[]> {
  const loaded = await loadTables(await openSystemsFolder(files), { ...request, ...more });
  const table = loaded.tables.gemm;
  if (table === undefined) return [];
  const latency = table.number('latency');
  return Array.from({ length: table.rowCount }, (_, row) => latency(row));
}

describe('layouts', () => {
  it('reads text tables of system/backend/version, whatever the line ends, newest version first', async () => {
    const files = [
      file('systems/data/h100_sxm/vllm/0.9.2/gemm_perf.txt', gemmText(1)),
      file('systems/data/h100_sxm/vllm/0.14.0/gemm_perf.txt', gemmText(2, '\r\n')),
      file('systems/data/h100_sxm/vllm/0.14.0rc2/gemm_perf.txt', gemmText(3)),
      file('systems/data/a100_sxm/vllm/0.19.0/gemm_perf.txt', gemmText(4)),
    ];
    expect(await gemmLatencies(files)).toEqual([2]);
    expect(await gemmLatencies(files, { version: '0.9.2' })).toEqual([1]);
    const folder = await openSystemsFolder(files);
    expect(versionsOf(folder, 'h100_sxm', 'vllm')).toEqual(['0.14.0', '0.14.0rc2', '0.9.2']);
  });

  it('reads ZSTD-compressed Parquet tables of system/family/backend/version', async () => {
    const parquet = readFileSync(join(import.meta.dirname, '../fixtures/perf-tables/gemm_perf.parquet'));
    const path = 'data/h100_sxm/gemm/vllm/0.19.0/gemm_perf.parquet';
    const loaded = await loadTables(await openSystemsFolder([file(path, parquet)]), request);
    expect(loaded.problems).toEqual([]);
    expect(loaded.label).toBe('h100_sxm/vllm/0.19.0');
    const table = loaded.tables.gemm;
    expect(table?.rowCount).toBe(16);
    // The last row: m 256, n 6144, k 8192. Counts arrive as BigInt and must become numbers.
    expect(table?.number('m')(15)).toBe(256);
    expect(table?.text('gemm_dtype')(15)).toBe('bfloat16');
    expect(table?.number('latency')(15)).toBe(0.01 + 256e-4 + 6144 * 8192 * 1e-9);
  });

  it('follows reuse.yaml to the version it names', async () => {
    const reuse =
      'schema_version: 1\nreuse:\n  - table: gemm_perf\n    from_version: 0.14.0\n    reason: same kernels\n';
    const files = [
      file('data/h100_sxm/gemm/vllm/0.14.0/gemm_perf.txt', gemmText(7)),
      file('data/h100_sxm/gemm/vllm/0.20.0/reuse.yaml', reuse),
    ];
    expect(await gemmLatencies(files)).toEqual([7]);
    const loaded = await loadTables(await openSystemsFolder(files), request);
    expect(loaded.version).toBe('0.20.0');
  });

  it('takes loose tables as one slice, and nccl tables by nccl version', async () => {
    const nccl = 'nccl_dtype,op_name,num_gpus,message_size,latency\nhalf,all_reduce,2,128,0.5\n';
    const loose = await loadTables(await openSystemsFolder([file('gemm_perf.csv', gemmText(5))]), request);
    expect(loose.isSlice).toBe(true);
    expect(loose.tables.gemm?.rowCount).toBe(1);
    const files = [
      file('data/h100_sxm/vllm/0.14.0/gemm_perf.txt', gemmText(1)),
      file('data/h100_sxm/nccl/2.27.3/nccl_perf.txt', nccl),
      file('data/h100_sxm/nccl/2.20/nccl_perf.txt', nccl.replace('0.5', '9')),
    ];
    const loaded = await loadTables(await openSystemsFolder(files), request);
    expect(loaded.isSlice).toBe(false);
    expect(loaded.tables.nccl?.number('latency')(0)).toBe(0.5);
  });

  it('borrows rows of other versions only when asked, own rows first', async () => {
    const files = [
      file('data/h100_sxm/vllm/0.14.0/gemm_perf.txt', gemmText(1)),
      file('data/h100_sxm/vllm/0.19.0/gemm_perf.txt', gemmText(2)),
      file('data/h100_sxm/vllm/0.11.0/gemm_perf.txt', gemmText(3)),
    ];
    expect(await gemmLatencies(files, { version: '0.14.0' })).toEqual([1]);
    expect(await gemmLatencies(files, { version: '0.14.0', borrowsVersions: true })).toEqual([1, 2, 3]);
  });
});

describe('version order', () => {
  it('compares numbers, puts releases above candidates, and candidates by number', () => {
    const shuffled = ['1.0.0rc3', '0.9.10', '1.0.0', '1.0.0rc10', '0.14.0', '0.9.9'];
    expect(shuffled.sort(compareVersions)).toEqual([
      '0.9.9',
      '0.9.10',
      '0.14.0',
      '1.0.0rc3',
      '1.0.0rc10',
      '1.0.0',
    ]);
  });
});

describe('files that cannot be used are named and the rest is kept', () => {
  const place = 'data/h100_sxm/vllm/0.14.0';
  const problemsOf = async (name: string, content: string | Uint8Array) => {
    const files = [file(`${place}/${name}`, content), file(`${place}/moe_perf.txt`, 'moe_dtype\nfp8\n')];
    const loaded = await loadTables(await openSystemsFolder(files), request);
    return loaded.problems.filter((problem) => problem.file === `${place}/${name}`);
  };

  it('a Git LFS pointer', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n';
    const [problem] = await problemsOf('gemm_perf.txt', pointer);
    expect(problem?.code).toBe('unreadable-file');
    expect(problem?.message).toContain('git lfs pull');
  });

  it('missing columns', async () => {
    const [problem] = await problemsOf('gemm_perf.txt', 'gemm_dtype,m,n,time\nbfloat16,1,2,3\n');
    expect(problem?.message).toBe(
      'data/h100_sxm/vllm/0.14.0/gemm_perf.txt: a gemm_perf table needs the columns k, latency; found gemm_dtype, m, n, time.',
    );
  });

  it('a line that is cut off', async () => {
    const [problem] = await problemsOf('gemm_perf.txt', `${gemmText(1)}VLLM,bflo`);
    expect(problem).toMatchObject({ code: 'malformed', line: 3 });
  });

  it('a truncated Parquet file', async () => {
    const parquet = readFileSync(join(import.meta.dirname, '../fixtures/perf-tables/gemm_perf.parquet'));
    const [problem] = await problemsOf('gemm_perf.parquet', parquet.subarray(0, 900));
    expect(problem?.message).toContain('not a readable Parquet file: it does not end with a footer');
  });

  it('rows without a usable number are left out and counted', async () => {
    const text = `${gemmText(1)}VLLM,bfloat16,2,4096,4096,\n`;
    const [problem] = await problemsOf('gemm_perf.txt', text);
    expect(problem?.message).toBe(
      'data/h100_sxm/vllm/0.14.0/gemm_perf.txt: 1 rows without a usable key or latency were left out.',
    );
  });
});
