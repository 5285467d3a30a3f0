import { describe, expect, it } from 'vitest';
import { textAt } from '../../src/base/columns';
import { parseTraceV2 } from '../../src/sources/trace-v2';
import { TRACE_V2_COLUMNS } from '../../src/sources/trace-v2-data';

const HEADER = 'trace_version: 2\ntime_unit: us\nmode: real\nserver:\n    type: vllm\n';
const names = { header: 'h.yaml', data: 'd.csv' };
const GOOD: Record<string, string> = {
  request_id: '3',
  client_id: 'c',
  tenant_id: '',
  slo_class: 'gold',
  session_id: 's',
  round_index: '0',
  prefix_group: 'g',
  prefix_length: '7',
  streaming: 'T',
  input_tokens: '10',
  output_tokens: '5',
  text_tokens: '0',
  image_tokens: '0',
  audio_tokens: '0',
  video_tokens: '0',
  reason_ratio: '0.25',
  model: 'm',
  deadline_us: '0',
  server_input_tokens: '17',
  arrival_time_us: '-4',
  send_time_us: '1700000000182906',
  first_chunk_time_us: '1700000000182907',
  last_chunk_time_us: '1700000000182999',
  num_chunks: '2',
  status: 'ok',
  error_message: '" a ""b"", c "',
  finish_reason: ' stop ',
};

const data = (change: Record<string, string> = {}, columns: readonly string[] = TRACE_V2_COLUMNS): string => {
  const row = { ...GOOD, ...change };
  return `${columns.join(',')}\n${columns.map((column) => row[column]).join(',')}\n`;
};
const parse = (text: string, header = HEADER) => parseTraceV2(header, text, names);

describe('TraceV2', () => {
  it('reads every column of a record', () => {
    const trace = parse(data());
    if (!trace.ok) throw new Error(trace.error.message);
    const { records, header, columnSet } = trace.value;
    expect(columnSet).toBe(27);
    expect(header.server.type).toBe('vllm');
    expect([records.requestId[0], records.arrivalUs[0], records.sendUs[0], records.prefixLength[0]]).toEqual([
      3, -4, 1700000000182906, 7,
    ]);
    expect([records.streaming[0], records.reasonRatio[0], records.numChunks[0]]).toEqual([1, 0.25, 2]);
    expect(textAt(records.sloClass, 0)).toBe('gold');
    expect(textAt(records.tenantId, 0)).toBe('');
    expect(textAt(records.errorMessage, 0)).toBe('a "b", c');
    expect(textAt(records.finishReason, 0)).toBe('stop');
  });

  it('reads by position whatever the header row says, and ignores further columns', () => {
    const trace = parse(data().replace(/^.*\n/, 'x,y\n').trimEnd() + ',extra,more\n');
    expect(trace.ok && trace.value.records.inputTokens[0]).toBe(10);
  });

  it('reads the 26-column set: every group has a prefix of 50 tokens', () => {
    const columns = TRACE_V2_COLUMNS.filter((column) => column !== 'prefix_length');
    const trace = parse(
      data({}, columns) + columns.map((c) => (c === 'prefix_group' ? '' : GOOD[c])).join(','),
    );
    expect(trace.ok && trace.value.columnSet).toBe(26);
    expect(trace.ok && [...trace.value.records.prefixLength]).toEqual([50, 0]);
  });

  it('reads the 22 columns of the s2r converter', () => {
    const absent = ['prefix_length', 'model', 'deadline_us', 'server_input_tokens', 'finish_reason'];
    const columns = TRACE_V2_COLUMNS.filter((column) => !absent.includes(column));
    const trace = parse(data({}, columns).replaceAll('\n', '\r\n'));
    if (!trace.ok) throw new Error(trace.error.message);
    expect(trace.value.columnSet).toBe(22);
    expect(trace.value.records.deadlineUs[0]).toBe(0);
    expect(textAt(trace.value.records.model, 0)).toBe('');
    expect(trace.value.records.lastChunkUs[0]).toBe(1700000000182999);
  });

  it.each([
    ['request_id', 'x'],
    ['request_id', ''],
    ['round_index', '1.5'],
    ['prefix_length', '-1'],
    ['streaming', 'yes'],
    ['input_tokens', '-2'],
    ['output_tokens', '99999999999'],
    ['text_tokens', '1e3'],
    ['reason_ratio', '1.01'],
    ['reason_ratio', 'NaN'],
    ['reason_ratio', ''],
    ['deadline_us', '-1'],
    ['server_input_tokens', 'none'],
    ['arrival_time_us', '9223372036854775808'],
    ['num_chunks', '-1'],
  ])('refuses %s = "%s", naming line and column', (column, value) => {
    const trace = parse(data({ [column]: value }));
    expect(trace.ok).toBe(false);
    if (trace.ok) return;
    expect(trace.error).toMatchObject({ file: 'd.csv', line: 2, field: column });
    expect(trace.error.message).toContain(column);
    expect(trace.error.message).toContain(value === '' ? '""' : value);
  });

  it('refuses a deadline before the arrival only where both are positive', () => {
    expect(parse(data({ deadline_us: '5', arrival_time_us: '6' })).ok).toBe(false);
    expect(parse(data({ deadline_us: '6', arrival_time_us: '6' })).ok).toBe(true);
    expect(parse(data({ deadline_us: '5', arrival_time_us: '0' })).ok).toBe(true);
  });

  it('refuses a short row, an empty file and a file without records', () => {
    const short = parse(`${data()}1,2,3\n`);
    expect(!short.ok && short.error.message).toContain('line 3: the row has 3 fields, expected at least 27');
    expect(parse('').ok).toBe(false);
    const none = parse(data().split('\n')[0] ?? '');
    expect(!none.ok && none.error.message).toContain('no records');
  });

  it.each([
    ['tracing: 2\n', 'tracing'],
    ['trace_version: two\n', 'trace_version'],
    ['trace_version: 2\ntrace_version: 2\n', 'trace_version'],
    ['server:\n  tp: 2\n', 'server.tp'],
    ['__proto__: {a: 1}\n', '__proto__'],
    ['network: [1]\n', 'network'],
  ])('refuses the header %j', (header, field) => {
    const trace = parse(data(), header);
    expect(!trace.ok && trace.error.field).toBe(field);
    expect(!trace.ok && trace.error.line).toBeGreaterThan(0);
  });
});
