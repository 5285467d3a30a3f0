import { describe, expect, it } from 'vitest';
import { CsvReader, csvCell, textChunks } from '../../src/base/csv';

/** All records of a text, fed in chunks of `size` bytes. */
function read(
  text: string,
  size = 1 << 20,
): { rows: string[][]; lines: number[]; problem: string | undefined } {
  const rows: string[][] = [];
  const lines: number[] = [];
  const reader = new CsvReader('t.csv', (row) => {
    rows.push(Array.from({ length: row.count }, (_, field) => row.text(field)));
    lines.push(row.line);
    return undefined;
  });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.slice(at, at + size));
  return { rows, lines, problem: reader.end()?.message };
}

describe('CSV reader', () => {
  it('splits plain records and counts lines', () => {
    const { rows, lines, problem } = read('a,b\r\n\n1,2\n3,');
    expect(problem).toBeUndefined();
    expect(rows).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', ''],
    ]);
    expect(lines).toEqual([1, 3, 4]);
  });

  it.each([1, 2, 3, 5, 7])('gives the same records in chunks of %i bytes', (size) => {
    const text = '\ufeffname,"say ""hi""","two\r\nlines"\r\nü,€,"😀"\r\n,,\r\n"last"';
    const whole = read(text);
    expect(read(text, size)).toEqual(whole);
    expect(whole.rows).toEqual([
      ['name', 'say "hi"', 'two\nlines'],
      ['ü', '€', '😀'],
      ['', '', ''],
      ['last'],
    ]);
    expect(whole.lines).toEqual([1, 3, 4, 5]);
  });

  it.each([
    ['a,b"c\n', 'quote stands inside an unquoted field'],
    ['a\n"b"c,d\n', 'text follows the closing quote'],
    ['a\n"never closed\nx,y\n', 'not closed'],
  ])('refuses %j, naming the line', (text, reason) => {
    const { problem } = read(text, 3);
    expect(problem).toContain(reason);
    expect(problem).toContain(`line ${text.startsWith('a\n') ? 2 : 1}`);
  });

  it('refuses an endless record instead of collecting it', () => {
    const reader = new CsvReader('t.csv', () => undefined, 1000);
    const chunk = new TextEncoder().encode('"' + 'x'.repeat(400));
    let problem = reader.push(chunk);
    for (let i = 0; i < 5 && problem === undefined; i++) problem = reader.push(chunk.slice(1));
    expect(problem?.code).toBe('too-large');
  });

  it('reads integers as Go does, and nothing else', () => {
    const values: number[] = [];
    const reader = new CsvReader('t.csv', (row) => {
      for (let field = 0; field < row.count; field++) values.push(row.integer(field));
      return undefined;
    });
    reader.push(
      new TextEncoder().encode(
        '0,-5,+7,007,1700000000182906,9223372036854775807,9223372036854775808,, 1,1.0,1e3,0x10,"12"\n',
      ),
    );
    reader.end();
    expect(values).toEqual([0, -5, 7, 7, 1700000000182906, 2 ** 63, NaN, NaN, NaN, NaN, NaN, NaN, 12]);
  });

  it('slices a text without cutting a surrogate pair', () => {
    const text = 'x'.repeat((1 << 20) - 1) + '😀y';
    const decoder = new TextDecoder('utf-8', { fatal: true });
    expect([...textChunks(text)].map((chunk) => decoder.decode(chunk)).join('')).toBe(text);
  });

  it('quotes a cell only where Go would', () => {
    expect(['', 'a', 'a,b', 'a"b', ' a', 'a b', 'a\nb', '\\.'].map(csvCell)).toEqual([
      '',
      'a',
      '"a,b"',
      '"a""b"',
      '" a"',
      'a b',
      '"a\nb"',
      '"\\."',
    ]);
  });
});
