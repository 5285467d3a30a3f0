import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRACE_V2_COLUMNS, TraceV2DataReader } from '../../src/sources/trace-v2-data';

type Column = (typeof TRACE_V2_COLUMNS)[number];

const TEXTS: readonly Column[] = [
  'client_id',
  'tenant_id',
  'slo_class',
  'session_id',
  'prefix_group',
  'model',
];
const TRIMMED: readonly Column[] = ['error_message', 'finish_reason'];

/** Values that need care come rarely, so that rows of both kinds lie in every file; a few of them are errors. */
const careless = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: rare });

function cell(column: Column): fc.Arbitrary<string> {
  if (column === 'streaming')
    return careless(fc.constantFrom('true', 'false'), fc.constantFrom('T', '0', 'fals'));
  if (column === 'reason_ratio')
    return careless(fc.constantFrom('0', '1'), fc.constantFrom('0.25', '1.5', '2'));
  if (column === 'status') return fc.constant('ok');
  if (TEXTS.includes(column))
    return careless(fc.constantFrom('', 'a', 'bb', 'a b'), fc.constantFrom(' é ', '\r'));
  if (TRIMMED.includes(column))
    return careless(fc.constantFrom('', 'stop'), fc.constantFrom(' stop', 'é', ' '));
  const number = fc.nat({ max: 5000 }).map(String);
  const odd = [
    '',
    '-3',
    '+7',
    '007',
    '4294967295',
    '4294967296',
    '9007199254740993',
    '1700000000000000',
    '1e3',
  ];
  if (column === 'deadline_us') return careless(fc.constantFrom('0', '5000'), fc.constantFrom('1', '6000'));
  return careless(number, fc.constantFrom(...odd));
}

const row = fc.tuple(...TRACE_V2_COLUMNS.map(cell));
const ending = fc.constantFrom('\n', '\r\n');
const extra = careless(fc.constant(''), fc.constantFrom(',', ',more'));

function read(text: string, chunkBytes: number): unknown {
  const reader = new TraceV2DataReader('d.csv');
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    if (reader.push(bytes.subarray(at, at + chunkBytes)) !== undefined) break;
  }
  return reader.finish();
}

describe('rows of a trace that need no care', () => {
  it('read as the general reader reads them, whatever lies between them', () => {
    const header = TRACE_V2_COLUMNS.join(',');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(row, extra), { maxLength: 200 }),
        ending,
        fc.integer({ min: 7, max: 30_000 }),
        (rows, end, chunkBytes) => {
          const plain = rows.map(([cells, more]) => cells.join(',') + more).join(end);
          // A quoted cell is read by the general reader alone.
          const quoted = rows
            .map(([cells, more]) => cells.map((text) => `"${text}"`).join(',') + more)
            .join(end);
          const [fast, general] = [plain, quoted].map((text) => read(header + end + text + end, chunkBytes));
          expect(fast).toEqual(general);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are counted in the line of a later error', () => {
    const good = TRACE_V2_COLUMNS.map((column) => (column === 'streaming' ? 'true' : '0')).join(',');
    const bad = good.replace('true', 'perhaps');
    const text = `${[TRACE_V2_COLUMNS.join(','), ...Array<string>(150).fill(good), bad].join('\n')}\n`;
    expect(read(text, 1 << 20)).toMatchObject({ error: { line: 152, field: 'streaming' } });
  });
});
