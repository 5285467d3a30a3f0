import { lifecycle, manifestEntry, PROFILE } from '../support/measured-folder';
import type { HostileCase } from './case';
import { manifest, measurements, stage } from './measured';

const entry = (name: string, changes: object, told: HostileCase['told']): HostileCase =>
  manifest(`number: ${name}`, JSON.stringify([{ ...manifestEntry(7), ...changes }, manifestEntry(8)]), told);
const profile = (name: string, stages: unknown, told: HostileCase['told']): HostileCase =>
  measurements(`number: ${name}`, { 'profile.yaml': JSON.stringify({ ...PROFILE, load: { stages } }) }, told);
const summary = (name: string, content: unknown, told: HostileCase['told']): HostileCase =>
  measurements(
    `number: ${name}`,
    { 'results/summary_lifecycle_metrics.json': JSON.stringify(content) },
    told,
  );
const requests = (name: string, rows: readonly string[], told: HostileCase['told']): HostileCase =>
  measurements(
    `number: ${name}`,
    {
      'results/per_request.csv': `arrival_us,input_tokens,output_tokens,ttft_us,e2e_us,error\n${rows.join('\n')}\n`,
    },
    told,
  );

export const numberCases: readonly HostileCase[] = [
  entry('an id below zero', { id: -7 }, /id|No directory/),
  entry('half an id', { id: 7.5 }, /id/),
  entry('an id beyond whole numbers', { id: 2 ** 60 }, /No directory|id/),
  entry('a text as id', { id: '7' }, /id/),
  entry('the same id twice', { id: 8 }, /8/),
  manifest(
    'number: the same id twice, without a folder',
    JSON.stringify([manifestEntry(9), manifestEntry(9), manifestEntry(8)]),
    /No directory found for experiment id=9/,
  ),
  manifest(
    'number: the same id twice, both wrong',
    JSON.stringify([
      { ...manifestEntry(7), gpu_mem: 17 },
      { ...manifestEntry(7), gpu_mem: 18 },
      manifestEntry(8),
    ]),
    /gpu_mem of 7-/,
  ),
  entry('more memory than there is', { gpu_mem: 17 }, /gpu_mem/),
  entry('no memory', { gpu_mem: 0 }, /gpu_mem/),
  entry('copies below zero', { dp: -1 }, /dp/),
  entry('no blocks', { total_kv_blocks: 0 }, /total_kv_blocks/),
  entry('blocks beyond whole numbers', { total_kv_blocks: 1e300 }, /total_kv_blocks|read/),
  profile('no stages', [], /stages/),
  profile('a stage that is null', [null], /2 stage files.*lists 1 stage/),
  profile('a rate below zero', [{ rate: -1, duration: 5 }], /rate/),
  profile(
    'a rate of nothing',
    [
      { rate: 0, duration: 5 },
      { rate: 20, duration: 5 },
    ],
    'read',
  ),
  profile('a duration below zero', [{ rate: 1, duration: -5 }], /duration/),
  profile(
    'a rate of 10^300',
    [
      { rate: 1e300, duration: 10 },
      { rate: 20, duration: 5 },
    ],
    'read',
  ),
  profile(
    '200,000 stages',
    Array.from({ length: 200_000 }, () => ({ rate: 1, duration: 1 })),
    /profile\.yaml has 5 MB/,
  ),
  summary('nobody succeeded', lifecycle(0), /no successful request/),
  summary('a count below zero', lifecycle(-5), /count/),
  summary('no figures', {}, /successes/),
  measurements('number: a latency below zero', stage(': 2,', ': -2,'), /request_latency\.mean/),
  measurements('number: a latency of nothing', stage(': 2,', ': 0,'), 'read'),
  measurements('number: a latency of a million years', stage(': 2,', ': 3e13,'), 'read'),
  measurements('number: percentiles upside down', stage('"p90": 3', '"p90": 0.001'), 'read'),
  requests('no request', [], /per-request file of .* holds no requests/),
  requests('half a token', ['0,5.5,6,1,2,0'], /input_tokens/),
  requests('a token too many for memory', [`0,${2 ** 40},6,1,2,0`], /input_tokens/),
  requests('a time beyond exact numbers', [`${'9'.repeat(30)},5,6,1,2,0`], /arrival_us/),
  requests('an error code that is a word', ['0,5,6,1,2,yes'], /error/),
];
