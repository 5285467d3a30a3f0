// Zips and gzips: what they hold comes out; what lies about its size, ends early or unpacks to far too much is named.

import { gzipSync, strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/base/result';
import { gunzipFile, unzipFiles, UnpackRoom } from '../../../src/sources/packed-files';

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const messageOf = (result: Result<unknown>): string => (result.ok ? 'unpacked' : result.error.message);
const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** A zip of one entry whose list of contents states another size. */
function stating(zip: Uint8Array, size: number): Uint8Array {
  const copy = zip.slice();
  const view = new DataView(copy.buffer);
  const list = view.getUint32(copy.length - 22 + 16, true);
  view.setUint32(list + 24, size, true);
  return copy;
}

describe('a zip', () => {
  const zip = zipSync({ 'b.txt': strToU8('two'), 'a/x.txt': strToU8('one'), 'a/empty/': new Uint8Array(0) });

  it('gives its files by path, without folders', () => {
    const files = unzipFiles(zip, 'x.zip');
    expect(files.ok && files.value.map(({ path, bytes }) => [path, textOf(bytes)])).toEqual([
      ['a/x.txt', 'one'],
      ['b.txt', 'two'],
    ]);
  });

  it('opens files of any size in one go, without workers of its own', () => {
    const large = new Uint8Array(2_000_000).map((_, at) => at % 251);
    const files = unzipFiles(zipSync({ large }), 'x.zip');
    expect(files.ok && Buffer.compare(files.value[0]?.bytes ?? new Uint8Array(0), large)).toBe(0);
  });

  it.each([
    ['is cut off', zip.subarray(0, zip.length >> 1)],
    ['is no zip', strToU8('PK not really')],
    ['is empty', new Uint8Array(0)],
  ])('that %s is named', (_what, bytes) => {
    expect(messageOf(unzipFiles(bytes, 'x.zip'))).toMatch(/^x\.zip cannot be unpacked/);
  });

  it('is refused by the sizes it states, before anything is unpacked', () => {
    const lying = stating(zipSync({ a: strToU8('small') }), 0xfffffff0);
    expect(messageOf(unzipFiles(lying, 'x.zip'))).toMatch(/^x\.zip would unpack to more than 512 MiB/);
    expect(messageOf(unzipFiles(zip, 'x.zip', new UnpackRoom(5, 9)))).toMatch(/more than 0 MiB/);
    expect(messageOf(unzipFiles(zip, 'x.zip', new UnpackRoom(99, 2)))).toMatch(/more than 2 files/);
  });

  it('never gives more bytes than it states', () => {
    const files = unzipFiles(stating(zipSync({ a: strToU8('hello hello hello hello') }), 3), 'x.zip');
    if (files.ok) expect(files.value[0]?.bytes.length).toBeLessThanOrEqual(3);
    else expect(files.error.message).toMatch(/^x\.zip cannot be unpacked/);
  });
});

describe('a gzip', () => {
  it('of several members is their contents in a row', () => {
    const members = join(gzipSync(strToU8('one ')), gzipSync(strToU8('two')));
    const plain = gunzipFile(members, 'x.gz');
    expect(plain.ok && textOf(plain.value)).toBe('one two');
  });

  it('stops as soon as it is too much', () => {
    const zeros = gzipSync(new Uint8Array(8 * 1024 * 1024));
    expect(zeros.length).toBeLessThan(20_000);
    const refused = gunzipFile(zeros, 'x.gz', new UnpackRoom(1024 * 1024));
    expect(messageOf(refused)).toMatch(/^x\.gz would unpack to more than 1 MiB/);
  });

  it.each([
    ['is cut off', gzipSync(strToU8('some text that is long enough')).subarray(0, 20)],
    ['is only a signature', Uint8Array.of(0x1f, 0x8b)],
    ['is noise', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 7, 7, 7, 7, 7, 7, 7)],
    ['is empty', new Uint8Array(0)],
  ])('that %s is named', (_what, bytes) => {
    expect(messageOf(gunzipFile(bytes, 'x.gz'))).toMatch(/^x\.gz cannot be unpacked/);
  });
});
