// The study's trace conversions of the small fixture, byte for byte, and through the command.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { convertCommand } from '../../src/headless/commands/convert';
import { parseTraceV2 } from '../../src/sources/trace-v2';
import { runCommand } from '../support/captured-io';
import { describeShared, sharedPath, sharedText } from '../support/shared';

const FIXTURES = ['ground-truth', 'fixtures'] as const;
const file = sharedPath(
  ...FIXTURES,
  'mini/900-codellama-34b-tp2-codegen/results/per_request_lifecycle_metrics.json',
);
const expected = (name: string): string => sharedText(...FIXTURES, 'expected', name);

async function convert(...args: string[]) {
  const run = await runCommand(convertCommand, ['trace', '--file', file, '--output-dir', 'out', ...args]);
  expect(run.problems).toEqual([]);
  return run.written;
}

describeShared('measured requests as traces', () => {
  it('the 22-column trace of the study', async () => {
    const written = await convert('--format', 'blis-22');
    expect(written.get('out/trace_header.yaml')).toBe(expected('blis_trace_header.yaml'));
    expect(written.get('out/trace_data.csv')).toBe(expected('blis_trace_data.csv'));
    expect(written.get('out/workload_spec.yaml')).toBe(expected('blis_workload_spec.yaml'));
  });

  it('the Vidur trace', async () => {
    const written = await convert('--format', 'vidur');
    expect(written.get('out/vidur_trace.csv')).toBe(expected('vidur_trace.csv'));
  });

  it('is read back, with the measured times kept and without negative arrivals when sorted', async () => {
    const written = await convert('--sort-by-start');
    const names = { header: 'h', data: 'd' };
    const trace = parseTraceV2(
      written.get('out/trace_header.yaml') ?? '',
      written.get('out/trace_data.csv') ?? '',
      names,
    );
    if (!trace.ok) throw new Error(trace.error.message);
    const { records } = trace.value;
    const source = JSON.parse(readFileSync(file, 'utf8')) as { start_time: number; error: unknown }[];
    expect(records.count).toBe(source.length);
    expect(
      [...records.arrivalUs].every((us, row) => us >= (row === 0 ? 0 : records.arrivalUs[row - 1]!)),
    ).toBe(true);
    const starts = source.map((entry) => entry.start_time).sort((a, b) => a - b);
    expect(records.arrivalUs[5]).toBe(Math.trunc((starts[5]! - starts[0]!) * 1e6));
    const ok = records.status.index.findIndex((index) => index === 0);
    expect(records.firstChunkUs[ok]).toBeGreaterThan(records.sendUs[ok]!);
    expect(records.lastChunkUs[ok]).toBeGreaterThan(records.firstChunkUs[ok]!);
  });

  it('leaves failed requests out on request', async () => {
    const source = JSON.parse(readFileSync(file, 'utf8')) as { error: unknown }[];
    const failed = source.filter((entry) => entry.error !== null).length;
    expect(failed).toBeGreaterThan(0);
    const written = await convert('--format', 'blis-22', '--drop-failed');
    const rows = (written.get('out/trace_data.csv') ?? '').trimEnd().split('\r\n');
    expect(rows.length - 1).toBe(source.length - failed);
  });
});
