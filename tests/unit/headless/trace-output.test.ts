// `--trace-output`: a run as the trace that replays it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { replayCommand } from '../../../src/headless/commands/replay';
import { runCommand as buildRun } from '../../../src/headless/commands/run';
import { TRACE_V2_COLUMNS } from '../../../src/sources/trace-v2-data';
import { runCommand, type Captured } from '../../support/captured-io';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SERVER = [
  ...['--model', 'demo/model', '--latency-model', 'blackbox', '--hardware', 'H100', '--tp', '1'],
  ...['--alpha-coeffs', '100.7,2.0,10.9', '--beta-coeffs', '1000.4,10.0,5.5'],
];
const OUTPUT = ['--trace-output', 'out'];

type Row = Readonly<Record<string, string>>;

/** The written trace as objects; no cell of these tests is quoted. */
function rowsOf(done: Captured): Row[] {
  expect(done.problems).toEqual([]);
  const [head = '', ...lines] = (done.written.get('out.csv') ?? '').trimEnd().split('\n');
  const keys = head.split(',');
  expect(keys).toEqual(TRACE_V2_COLUMNS);
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [keys[at] ?? '', cell])));
}

const pick = (row: Row | undefined, ...keys: string[]): string[] => keys.map((key) => row?.[key] ?? '');

/** A trace on disk from rows of stated cells; the others are empty or 0. */
function traceFiles(name: string, rows: readonly Readonly<Record<string, string | number>>[]): string[] {
  const texts = new Set(['client_id', 'tenant_id', 'slo_class', 'session_id', 'prefix_group', 'model']);
  const cell = (row: Readonly<Record<string, string | number>>, key: string): string => {
    const none = key === 'streaming' ? 'false' : key === 'status' ? 'ok' : texts.has(key) ? '' : '0';
    return String(row[key] ?? (key === 'error_message' || key === 'finish_reason' ? '' : none));
  };
  const lines = rows.map((row) => TRACE_V2_COLUMNS.map((key) => cell(row, key)).join(','));
  return storedTrace(
    name,
    'trace_version: 2\ntime_unit: microseconds\nmode: generated\nwarm_up_requests: 0\n',
    `${TRACE_V2_COLUMNS.join(',')}\n${lines.join('\n')}\n`,
  );
}

function storedTrace(name: string, header: string, data: string): string[] {
  const path = (end: string): string => join(folder, `${name}.${end}`);
  writeFileSync(path('yaml'), header);
  writeFileSync(path('csv'), data);
  return ['--trace-header', path('yaml'), '--trace-data', path('csv')];
}

describe('replay --trace-output', () => {
  /** The micro example of the engine's specification, with its worked times. */
  const micro = [
    ...[...SERVER, '--block-size-in-tokens', '4', '--total-kv-blocks', '5'],
    ...['--max-num-scheduled-tokens', '8', ...OUTPUT],
    ...traceFiles('micro', [
      { request_id: 7, arrival_time_us: 1000, input_tokens: 6, output_tokens: 4, client_id: 'a' },
      { request_id: 8, arrival_time_us: 1040, input_tokens: 9, output_tokens: 3, slo_class: 'batch' },
      { request_id: 9, arrival_time_us: 1500, input_tokens: 3, output_tokens: 1, tenant_id: 't' },
    ]),
  ];
  const times = ['status', 'first_chunk_time_us', 'last_chunk_time_us'] as const;

  it('writes what was asked and the times that came of it', async () => {
    const done = await runCommand(replayCommand, [...micro, '--horizon', '20000']);
    const rows = rowsOf(done);
    expect(rows.map((row) => pick(row, 'request_id', ...times))).toEqual([
      ['0', 'ok', '2182', '5317'],
      ['1', 'ok', '6327', '8357'],
      ['2', 'ok', '6327', '6327'],
    ]);
    expect(rows.map((row) => pick(row, 'client_id', 'slo_class', 'tenant_id'))).toEqual([
      ['a', '', ''],
      ['', 'batch', ''],
      ['', '', 't'],
    ]);
    expect(rows.map((row) => pick(row, 'arrival_time_us', 'send_time_us', 'num_chunks'))).toEqual([
      ['1000', '1000', '0'],
      ['1040', '1040', '0'],
      ['1500', '1500', '0'],
    ]);
    expect(done.written.get('out.yaml')).toBe(
      'trace_version: 2\ntime_unit: microseconds\nmode: replayed\nwarm_up_requests: 0\n',
    );
  });

  it('tells a request cut by the horizon up to its last token, and a preempted one up to its first', async () => {
    // The step at 6317 is the last: one decode of B after its first token.
    const late = rowsOf(await runCommand(replayCommand, [...micro, '--horizon', '6400']));
    expect(pick(late[1], ...times)).toEqual(['incomplete', '6327', '7342']);
    // B has been preempted at 4272; its provisional first token stands, and nothing after it.
    const early = rowsOf(await runCommand(replayCommand, [...micro, '--horizon', '4300']));
    expect(pick(early[1], ...times)).toEqual(['incomplete', '4282', '4282']);
    expect(pick(early[2], ...times)).toEqual(['incomplete', '0', '0']);
  });

  it('keeps the prefix length of the record, and the whole prompt with it', async () => {
    const trace = traceFiles('prefix', [
      { request_id: 0, input_tokens: 10, output_tokens: 1, prefix_group: 'g', prefix_length: 16 },
      { request_id: 1, input_tokens: 10, output_tokens: 1, prefix_group: 'g', prefix_length: 0 },
      { request_id: 2, input_tokens: 10, output_tokens: 1, prefix_group: 'g', prefix_length: 40 },
    ]);
    const done = await runCommand(replayCommand, [...SERVER, ...OUTPUT, ...trace]);
    // All three prompts have the group's 16 tokens in front; 40 is more than the whole prompt of 26.
    expect(rowsOf(done).map((row) => pick(row, 'prefix_group', 'prefix_length', 'input_tokens'))).toEqual([
      ['g', '16', '10'],
      ['g', '0', '26'],
      ['g', '0', '26'],
    ]);
  });

  it('leaves out the follow-ups of a closed loop', async () => {
    const trace = traceFiles('sessions', [
      { request_id: 0, session_id: 's', round_index: 0, input_tokens: 10, output_tokens: 2 },
      { request_id: 1, session_id: 's', round_index: 1, input_tokens: 10, output_tokens: 2 },
      { request_id: 2, input_tokens: 10, output_tokens: 2 },
    ]);
    const done = await runCommand(replayCommand, [
      ...[...SERVER, ...OUTPUT, ...trace, '--session-mode', 'closed-loop'],
    ]);
    expect(rowsOf(done).map((row) => pick(row, 'request_id', 'session_id', 'status'))).toEqual([
      ['0', 's', 'ok'],
      ['1', '', 'ok'],
    ]);
    expect(done.stdout).toContain('"completed_requests": 3');
  });
});

describe('run --trace-output', () => {
  it('writes a trace that replays to the same figures', async () => {
    const fleet = ['--num-instances', '2', '--routing-policy', 'least-loaded', '--horizon', '900000000'];
    const load = ['--rate', '50', '--num-requests', '40', '--prefix-tokens', '32', '--seed', '9'];
    const run = await runCommand(buildRun, [...SERVER, ...fleet, ...load, ...OUTPUT]);
    const rows = rowsOf(run);
    expect(rows).toHaveLength(40);
    expect(pick(rows[0], 'client_id', 'prefix_group', 'prefix_length')).toEqual([
      'distribution',
      'shared',
      '32',
    ]);
    const header = run.written.get('out.yaml') ?? '';
    expect(header).toBe(
      'trace_version: 2\ntime_unit: microseconds\nmode: generated\nwarm_up_requests: 0\nworkload_seed: 9\n',
    );
    const again = await runCommand(replayCommand, [
      ...[...SERVER, ...fleet, '--seed', '9'],
      ...storedTrace('run', header, run.written.get('out.csv') ?? ''),
    ]);
    expect(again.problems).toEqual([]);
    expect(again.stdout).toBe(run.stdout);
  });

  it('puts follow-ups where they arrive, under the labels of their first round', async () => {
    const spec = [
      'version: "2"\nseed: 5\naggregate_rate: 2\nnum_requests: 6\nclients:\n  - id: chat\n    tenant_id: acme',
      '    slo_class: critical\n    rate_fraction: 1\n    prefix_group: g\n    prefix_length: 20',
      '    arrival: {process: constant}\n    input_distribution: {type: constant, params: {value: 30}}',
      '    output_distribution: {type: constant, params: {value: 3}}',
      '    reasoning: {multi_turn: {max_rounds: 3, think_time_us: 1000, context_growth: ""}}\n',
    ].join('\n');
    const run = await runCommand(buildRun, [...SERVER, ...OUTPUT, '--workload-spec', 'chat.yaml'], {
      'chat.yaml': spec,
    });
    const rows = rowsOf(run);
    expect(rows.map((row) => row['round_index'])).toEqual(['0', '1', '2', '0', '1', '2']);
    expect(rows.map((row) => row['request_id'])).toEqual(['0', '1', '2', '3', '4', '5']);
    const arrivals = rows.map((row) => Number(row['arrival_time_us']));
    expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
    for (const row of rows) {
      expect(pick(row, 'client_id', 'tenant_id', 'slo_class', 'prefix_group', 'status')).toEqual([
        ...['chat', 'acme', 'critical', '', 'ok'],
      ]);
      expect(Number(row['deadline_us']) - Number(row['arrival_time_us'])).toBe(300_000_000);
      // The first round's prefix is told apart; a follow-up's is part of its prompt.
      const isFirst = row['round_index'] === '0';
      expect(pick(row, 'prefix_length', 'input_tokens')).toEqual(isFirst ? ['20', '30'] : ['0', '50']);
    }
    expect(rows[0]?.['session_id']).toBe(rows[2]?.['session_id']);
    expect(rows[0]?.['session_id']).not.toBe(rows[3]?.['session_id']);
    expect(run.written.get('out.yaml')).toContain('workload_seed: 5\n');
  });
});
