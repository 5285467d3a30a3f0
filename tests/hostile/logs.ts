import { bytes, utf16, type HostileCase } from './case';
import { measurements } from './measured';

const log = (name: string, content: string | Uint8Array, told: HostileCase['told']): HostileCase =>
  measurements(`log: ${name}`, { 'vllm.log': content }, told);

const SIZE = 'x GPU KV cache size: 1,600 tokens\n';

export const logCases: readonly HostileCase[] = [
  log('empty', '', /KV cache size/),
  log('without the line', 'INFO started\n'.repeat(10_000), /KV cache size/),
  log('one line of twenty million letters', 'x'.repeat(20_000_000), /KV cache size/),
  log('zero bytes', new Uint8Array(1_000_000), /KV cache size/),
  log('noise', bytes(Array.from({ length: 4096 }, (_, at) => (at * 131) % 256)), /KV cache size/),
  log('UTF-16, as PowerShell pipes it', utf16(SIZE), 'read'),
  log('no size at all', 'GPU KV cache size: tokens\n', /KV cache size/),
  log('a size of zero', 'GPU KV cache size: 0 tokens\n', /KV|vllm\.log/),
  log('a size below zero', 'GPU KV cache size: -1,600 tokens\n', /KV|vllm\.log/),
  log('a size of words', 'GPU KV cache size: many tokens\n', /KV cache size/),
  log('a size beyond all numbers', `GPU KV cache size: ${'9'.repeat(400)} tokens\n`, /KV|vllm\.log/),
  log('a size in Arabic digits', 'GPU KV cache size: ١٦٠٠ tokens\n', /KV cache size/),
  log(
    'offloading of no number',
    `cpu_bytes_to_use: 1.2.3\n${SIZE}Available KV cache memory: 2 GiB\n`,
    /1\.2\.3/,
  ),
  log(
    'offloading without memory',
    `{'cpu_bytes_to_use': 8589934592.0}\n${SIZE}`,
    /Available KV cache memory/,
  ),
  log(
    'a size of a hundred million gigabytes',
    'GPU KV cache size: 99,999,999,999,999,999 tokens\n',
    /vllm\.log, line 1: "99,999/,
  ),
  log('a size after a megabyte of noise', `${'\u001b[0m\u0000'.repeat(200_000)}\n${SIZE}`, 'read'),
  log('a thousand sizes', SIZE.repeat(1000), 'read'),
  log('terminal colours', `\u001b[32mINFO\u001b[0m Available KV cache memory: 2 GiB\r\n${SIZE}`, 'read'),
];
