// What is not UTF-8 text decodes all the same, and must not be mistaken for a fault of the format.

import { describe, expect, it } from 'vitest';
import { memoryFile, readText } from '../../src/sources/file-tree';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const told = async (text: string): Promise<string> => {
  const read = await readText({ ...memoryFile('a.json', ''), text: () => Promise.resolve(text) }, 1e6);
  return read.ok ? read.value : read.error.message;
};

describe('reading a text', () => {
  it('drops the mark of UTF-8, and reads UTF-16 by its own', async () => {
    expect(await readText(memoryFile('a', bytes(0xef, 0xbb, 0xbf, 0x61)), 9)).toEqual({
      ok: true,
      value: 'a',
    });
    expect(await readText(memoryFile('a', bytes(0xff, 0xfe, 0x61, 0)), 9)).toEqual({ ok: true, value: 'a' });
  });

  it('names what no decoder understood', async () => {
    expect(await told('\ufffd\ufffd{\0"\0')).toMatch(/^a\.json is not UTF-8 text .*save it as UTF-8/);
    expect(await told('\u007fELF\0\0')).toMatch(/^a\.json is no text: it holds zero bytes/);
    expect(await told('one \ufffd letter')).toBe('one \ufffd letter');
  });
});
