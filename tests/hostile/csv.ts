import { TRACE_V2_COLUMNS } from '../../src/sources/trace-v2-data';
import { bytes, utf16, type HostileCase } from './case';
import { measurements } from './measured';

const HEADER = `${TRACE_V2_COLUMNS.join(',')}\n`;
const ROW = '0,c,,,,0,,0,true,100,200,0,0,0,0,0,,0,0,0,0,0,0,0,ok,,\n';

const trace = (name: string, data: string | Uint8Array, told: HostileCase['told']): HostileCase => ({
  name: `CSV: ${name}`,
  door: 'load',
  files: { 'data.csv': data, 'header.yaml': 'trace_version: 2\ntime_unit: microseconds\nmode: generated\n' },
  told,
});
const perRequest = (name: string, content: string | Uint8Array, told: HostileCase['told']): HostileCase =>
  measurements(`CSV: ${name}`, { 'results/per_request.csv': content }, told);
const results = (
  name: string,
  file: string,
  content: string | Uint8Array,
  told: HostileCase['told'],
): HostileCase => ({
  name: `CSV: ${name}`,
  door: 'results',
  files: { [file]: content },
  told,
});

const VIDUR =
  'Request Id,request_e2e_time,prefill_e2e_time,request_num_prefill_tokens,request_num_decode_tokens\n';
const REQUESTS = 'arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error\n';

export const csvCases: readonly HostileCase[] = [
  trace('a header and nothing else', HEADER, 'read'),
  trace('too few fields', `${HEADER}0,c\n`, /line 2.*2 fields/),
  trace('a letter as a count', HEADER + ROW.replace(',100,', ',abc,'), /line 2.*input_tokens.*abc/),
  trace('a negative count', HEADER + ROW.replace(',100,', ',-1,'), /line 2.*input_tokens/),
  trace('a count beyond 32 bits', HEADER + ROW.replace(',100,', ',4294967296,'), /line 2.*input_tokens/),
  trace(
    'a count beyond 64 bits',
    HEADER + ROW.replace(',100,', `,${'9'.repeat(40)},`),
    /line 2.*input_tokens/,
  ),
  trace('an exponent as a count', HEADER + ROW.replace(',100,', ',1e2,'), /line 2.*input_tokens/),
  trace('a number in Arabic digits', HEADER + ROW.replace(',100,', ',١٢٣,'), /line 2.*input_tokens/),
  trace('a quote inside a field', HEADER + ROW.replace(',c,', ',c"d,'), /line 2.*quote/),
  trace('a quote that never closes', `${HEADER}0,"c${'x'.repeat(9_000_000)}`, /quote|longer/),
  trace('text after a quote', HEADER + ROW.replace(',c,', ',"c"d,'), /line 2.*quote/),
  trace('a broken row after a thousand good ones', HEADER + ROW.repeat(1000) + 'x\n', /line 1002/),
  trace('a flag that is none', HEADER + ROW.replace('true', 'maybe'), /line 2.*streaming.*maybe/),
  trace('a share beyond one', HEADER + ROW.replace('0,0,0,0,0,,0', '0,0,0,0,1.5,,0'), /line 2.*reason_ratio/),
  trace('carriage returns alone', (HEADER + ROW).replaceAll('\n', '\r'), /data\.csv|fields/),
  trace('labels that are formulas', HEADER + ROW.replace(',c,', ',=HYPERLINK(1),'), 'read'),
  trace('labels that are markup', HEADER + ROW.replace(',c,', ',<img src=x onerror=alert(1)>,'), 'read'),
  trace('a million columns', `${','.repeat(1_000_000)}\n`, /data\.csv|not recognised/),
  trace('a row of a million columns', `${HEADER}${'0,'.repeat(1_000_000)}\n`, 'read'),
  trace(
    'line ends of all kinds',
    `${HEADER.replace('\n', '\r\n')}${ROW}${ROW.replace('\n', '\r\n')}`,
    'read',
  ),
  trace('a byte order mark', `\ufeff${HEADER}${ROW}`, 'read'),
  trace('a field of seven megabytes', HEADER + ROW.replace(',c,', `,${'c'.repeat(7_000_000)},`), 'read'),
  trace('a count of minus nothing', HEADER + ROW.replace(',100,', ',-0,'), 'read'),
  trace(
    "a server's count beyond exact numbers",
    HEADER + ROW.replace('0,0,0,0,0,0,0,ok', '0,9007199254740993,0,0,0,0,0,ok'),
    /line 2: column server_input_tokens found 9007199254740992/,
  ),
  trace(
    "a server's count below zero",
    HEADER + ROW + ROW.replace('0,0,0,0,0,0,0,ok', '0,-5,0,0,0,0,0,ok'),
    /line 3: column server_input_tokens found -5/,
  ),
  trace('UTF-16', utf16(HEADER + ROW), /data\.csv/),
  perRequest('empty', '', /per_request\.csv/),
  perRequest('columns missing', 'arrival_us\n0\n', /lacks/),
  perRequest('a field in quotes with a tail', `${REQUESTS}0,5,"6"x,1,2,0\n`, /line 2, field 3/),
  perRequest('a latency of minus one', `${REQUESTS}0,5,6,-1,2,0\n`, /ttft_us/),
  perRequest('semicolons', `${REQUESTS.replaceAll(',', ';')}0;5;6;1;2;0\n`, /lacks|per_request/),
  perRequest('three hundred columns', `${'x,'.repeat(300)}\n`, /lacks|per_request/),
  perRequest('bytes that are no text', bytes(REQUESTS, [0xff, 0xfe, 0x00], ',1,1,1,1,1\n'), /line 2/),
  results(
    'Vidur requests without a time',
    'request_metrics.csv',
    'Request Id,cdf\n0,1\n',
    /request_metrics\.csv/,
  ),
  results('Vidur requests cut off', 'request_metrics.csv', `${VIDUR}0,1.5,0.2,10`, /request_metrics\.csv/),
  results(
    'Vidur requests of letters',
    'request_metrics.csv',
    `${VIDUR}0,abc,0.2,10,5\n`,
    /request_metrics\.csv/,
  ),
  results(
    'Vidur requests below zero',
    'request_metrics.csv',
    `${VIDUR}0,-1,0.2,10,5\n`,
    /request_metrics\.csv/,
  ),
  results('no rows', 'request_metrics.csv', VIDUR, /request_metrics\.csv/),
  results(
    'predictions without numbers',
    'flat.csv',
    'exp_id,simulator,stage,metric,predicted\n1,x,0,e2e_mean,NaN\n',
    /flat\.csv|number|predicted/,
  ),
  results(
    'a table of pictures',
    'picture.csv',
    bytes([0x89], 'PNG\r\n', new Uint8Array(64)),
    /No |picture|result/i,
  ),
];
