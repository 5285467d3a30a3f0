// Zips, gzips and parquet: containers whose stated sizes lie, that end early, or that unpack to far more than they are.

import { gzipSync, zipSync } from 'fflate';
import { bytes, utf8, type HostileCase } from './case';

const load = (name: string, file: string, content: Uint8Array, told: HostileCase['told']): HostileCase => ({
  name: `packed: ${name}`,
  door: 'load',
  files: { [file]: content },
  told,
});
const results = (name: string, content: Uint8Array, told: HostileCase['told']): HostileCase => ({
  name: `packed: ${name}`,
  door: 'results',
  files: { 'results.zip': content },
  told,
});
const table = (name: string, content: Uint8Array, told: HostileCase['told']): HostileCase => ({
  name: `parquet: ${name}`,
  door: 'tables',
  files: { 'data/h100_sxm/vllm/0.14.0/gemm_perf.parquet': content },
  told,
});

/** Overwrites 32-bit little-endian numbers. */
function patched(source: Uint8Array, at: number, value: number): Uint8Array {
  const copy = source.slice();
  new DataView(copy.buffer).setUint32(at < 0 ? copy.length + at : at, value, true);
  return copy;
}

/** The size that the central directory of a zip with one entry states. */
function statedSize(zip: Uint8Array, size: number): Uint8Array {
  const view = new DataView(zip.buffer, zip.byteOffset);
  let at = zip.length - 22;
  at = view.getUint32(at + 16, true);
  return patched(zip, at + 24, size);
}

const small = zipSync({ 'notes.txt': utf8('hello') });
const zeros = gzipSync(new Uint8Array(64 * 1024 * 1024), { level: 9 });

/** 640 MiB of zeros in under 1 MiB. */
const gzipBomb = (): Uint8Array => bytes(...Array.from({ length: 10 }, () => zeros));
const nested = (depth: number): Uint8Array => {
  let inner: Uint8Array = utf8('{"title": 1}');
  for (let level = 0; level < depth; level++) inner = zipSync({ [`level${level}.zip`]: inner });
  return inner;
};

export const packedCases: readonly HostileCase[] = [
  load('a zip that is only a signature', 'x.zip', bytes('PK', [3, 4]), /x\.zip/),
  load('half a zip', 'x.zip', small.subarray(0, small.length >> 1), /x\.zip.*cut off/),
  load('an empty zip', 'x.zip', zipSync({}), /x\.zip/),
  load('a zip of notes', 'x.zip', small, /x\.zip/),
  load('a zip in a zip in a zip in a zip in a zip', 'x.zip', nested(5), /packed more than/),
  load('a zip that states 4 GiB', 'x.zip', statedSize(small, 0xfffffff0), /more than 512 MiB/),
  load(
    'a zip that states nothing',
    'x.zip',
    statedSize(zipSync({ 'a.json': utf8('{"title": 1, "n": 2}') }), 1),
    /x\.zip/,
  ),
  load(
    'paths that climb out',
    'x.zip',
    zipSync({ '../../etc/passwd': utf8('root:x'), '/abs': utf8('x') }),
    /x\.zip/,
  ),
  load('a gzip of zeros', 'x.json.gz', gzipBomb(), /more than 512 MiB/),
  load('half a gzip', 'x.json.gz', zeros.subarray(0, 1000), /x\.json\.gz.*cut off/),
  load('a gzip that is only a signature', 'x.gz', bytes([0x1f, 0x8b]), /x\.gz/),
  load(
    'a gzip of noise',
    'x.gz',
    bytes([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    /x\.gz/,
  ),
  load('Zstandard', 'x.zst', bytes([0x28, 0xb5, 0x2f, 0xfd, 0]), /Zstandard/),
  results('results in half a zip', small.subarray(0, 40), /results\.zip/),
  results('results in a zip that states 4 GiB', statedSize(small, 0xfffffff0), /more than 512 MiB/),
  results('a zip without results', small, /No |nothing|result/i),
  table('empty', new Uint8Array(0), /gemm_perf\.parquet/),
  table('signature only', bytes('PAR1'), /gemm_perf\.parquet/),
  table(
    'noise between signatures',
    bytes('PAR1', new Uint8Array(100).fill(7), [50, 0, 0, 0], 'PAR1'),
    /gemm_perf\.parquet/,
  ),
  table(
    'a footer longer than the file',
    bytes('PAR1', [0xff, 0xff, 0xff, 0x7f], 'PAR1'),
    /gemm_perf\.parquet/,
  ),
  table('text', utf8('m,n,k,latency\n1,2,3,4\n'), /gemm_perf\.parquet/),
];
