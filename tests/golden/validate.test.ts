// The command over the whole kit: its CSV holds the reference's predictions, and a second run writes the same bytes.

import { expect, it } from 'vitest';
import { validateCommand } from '../../src/headless/commands/validate';
import { readErrorRecords, readRuntimes } from '../../src/sources/records-csv';
import { runCommand } from '../support/captured-io';
import { describeShared, sharedJson, sharedPath } from '../support/shared';

interface GoldenRun {
  readonly exp_id: number;
  readonly latency_model: string;
  readonly summary: { readonly e2e: { readonly p99: number } };
}

const validate = () =>
  runCommand(validateCommand, [
    '--data-dir',
    sharedPath('ground-truth'),
    '--output-dir',
    'out',
    '--adapters',
    'blis-crossmodel',
    'llm-optimizer-estimate',
    'aiconfigurator-estimate',
    'vidur',
    '--multi-turn=off',
  ]);

/** Everything but the one column that a clock fills. */
const withoutClock = (csv: string): string =>
  csv
    .split('\r\n')
    .map((line) =>
      line
        .split(',')
        .filter((_, column) => column !== 4)
        .join(),
    )
    .join('\n');

describeShared('validate over the kit', () => {
  it('writes the reference’s predictions, and the same bytes again', async () => {
    const [first, second] = [await validate(), await validate()];
    const errors = first.written.get('out/error_records.csv') ?? '';
    const runtimes = first.written.get('out/runtime.csv') ?? '';
    expect(second.written.get('out/error_records.csv')).toBe(errors);
    expect(withoutClock(second.written.get('out/runtime.csv') ?? '')).toBe(withoutClock(runtimes));

    const records = readErrorRecords(errors, 'error_records.csv');
    if (!records.ok) throw new Error(records.error.message);
    const predicted = new Map(
      records.value.rows
        .filter(
          (row) =>
            row.simulator === 'blis-crossmodel' && row.stageIndex === -1 && row.metricName === 'e2e_p99',
        )
        .map((row) => [row.expId, row.predicted]),
    );
    const golden = sharedJson<readonly GoldenRun[]>('golden', 'blis-ground-truth', 'reference.json').filter(
      (run) => run.latency_model === 'crossmodel',
    );
    expect(golden).toHaveLength(9);
    for (const run of golden) expect(predicted.get(run.exp_id)).toBe(run.summary.e2e.p99);

    // Nine experiments: all for the first two, seven (no mixture of experts) for the third, none for Vidur (offloading).
    const timed = readRuntimes(runtimes, 'runtime.csv');
    expect(timed.ok && timed.value.rows).toHaveLength(25);
    expect(first.stdout).toContain('Found 9 experiments\nParsed 9 experiments successfully\n');
  });
});
