// Zips, gzips and parquet: containers whose stated sizes lie, that end early, or that unpack to far more than they are.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** The central directory's first entry with two bytes changed. */
function inDirectory(zip: Uint8Array, offset: number, value: number): Uint8Array {
  const copy = zip.slice();
  const view = new DataView(copy.buffer);
  view.setUint16(view.getUint32(copy.length - 22 + 16, true) + offset, value, true);
  return copy;
}

/** A zip64 end that claims four billion entries, in front of the plain end that says to look there. */
function zip64Lie(zip: Uint8Array): Uint8Array {
  const body = zip.subarray(0, zip.length - 22);
  const end = new DataView(new ArrayBuffer(56));
  end.setUint32(0, 0x06064b50, true);
  end.setBigUint64(32, 4_000_000_000n, true);
  const locator = new DataView(new ArrayBuffer(20));
  locator.setUint32(0, 0x07064b50, true);
  locator.setBigUint64(8, BigInt(body.length), true);
  return bytes(
    body,
    new Uint8Array(end.buffer),
    new Uint8Array(locator.buffer),
    zip.subarray(zip.length - 22),
  );
}

/** Fifty thousand entries that all point at the same stored megabyte. */
function overlapping(): Uint8Array {
  const zip = zipSync({ a: new Uint8Array(1024 * 1024) }, { level: 0 });
  const view = new DataView(zip.buffer, zip.byteOffset);
  const start = view.getUint32(zip.length - 22 + 16, true);
  const entry = zip.slice(start, zip.length - 22);
  const count = 50_000;
  const list = new Uint8Array(entry.length * count);
  for (let at = 0; at < count; at++) list.set(entry, at * entry.length);
  const end = zip.slice(zip.length - 22);
  new DataView(end.buffer).setUint16(8, count, true);
  new DataView(end.buffer).setUint16(10, count, true);
  return bytes(zip.subarray(0, start), list, end);
}

const gemm = new Uint8Array(
  readFileSync(join(import.meta.dirname, '../fixtures/perf-tables/gemm_perf.parquet')),
);

/** The table with one byte of it changed, counted from the end of the file when below zero. */
const bent = (at: number, value: number): Uint8Array => {
  const copy = gemm.slice();
  copy[at < 0 ? copy.length + at : at] = value;
  return copy;
};

const small = zipSync({ 'notes.txt': utf8('hello') });
const zeros = gzipSync(new Uint8Array(64 * 1024 * 1024), { level: 9 });

/** 640 MiB of zeros in under 1 MiB. */
const gzipBomb = (): Uint8Array => bytes(...Array.from({ length: 10 }, () => zeros));
const nested = (depth: number): Uint8Array => {
  let inner: Uint8Array = utf8('{"title": 1}');
  for (let level = 0; level < depth; level++) inner = zipSync({ [`level${level}.zip`]: inner });
  return inner;
};

/** Where the footer begins. */
const FOOTER = -8 - new DataView(gemm.buffer).getUint32(gemm.length - 8, true);

export const packedCases: readonly HostileCase[] = [
  load('an encrypted zip', 'x.zip', inDirectory(small, 8, 1), /x\.zip is encrypted \(notes\.txt\)/),
  load(
    'a zip by an unknown method',
    'x.zip',
    inDirectory(small, 10, 99),
    /x\.zip packs notes\.txt by method 99/,
  ),
  load('a zip of a symbolic link', 'x.zip', inDirectory(small, 40, 0xa1ff), /x\.zip holds no files/),
  load(
    'a zip that points past its end',
    'x.zip',
    inDirectory(small, 44, 0xffff),
    /points outside of the file/,
  ),
  load(
    'a zip with a longer name than it has',
    'x.zip',
    inDirectory(small, 28, 0xffff),
    /list of contents is damaged/,
  ),
  load(
    'a zip64 of four billion entries',
    'x.zip',
    zip64Lie(small),
    /list of contents is longer than the file/,
  ),
  load('a zip of fifty thousand entries over one megabyte', 'x.zip', overlapping(), /more than 512 MiB/),
  load(
    'two files of one name',
    'x.zip',
    zipSync({ 'a.txt': utf8('1'), './a.txt': utf8('2') }),
    /two files named a\.txt/,
  ),
  load(
    'an absolute path of Windows',
    'x.zip',
    zipSync({ 'C:\\windows\\system32\\a.txt': utf8('x') }),
    /x\.zip\/C:\/windows\/system32\/a\.txt was not recognised/,
  ),
  {
    ...load(
      'a zip of zips of zeros',
      'x.zip',
      zipSync(
        Object.fromEntries(
          Array.from({ length: 60 }, (_, at) => [
            `${at}.zip`,
            zipSync({ a: new Uint8Array(10 * 1024 * 1024) }),
          ]),
        ),
      ),
      /more than 512 MiB/,
    ),
    isSlow: true,
  },
  ...Array.from({ length: 6 }, (_, at) => {
    const place = FOOTER + Math.round((-FOOTER - 9) * (at / 6));
    return table(`a footer bent at ${place}`, bent(place, 0xff), 'read');
  }),
  ...Array.from({ length: 6 }, (_, at) =>
    table(`pages bent at ${4 + at * 3}`, bent(4 + at * 3, 0xff), 'read'),
  ),
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
