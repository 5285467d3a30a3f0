// Published predictions and the recorded fixture results through compare, tables and CSV writers.

import { expect, it } from 'vitest';
import type { SimulatorResult } from '../../src/domain/prediction';
import { reportCommand } from '../../src/headless/commands/report';
import { errorRecordsCsv, runtimeCsv } from '../../src/report/record-csv';
import { errorTablesText, runtimeTableText } from '../../src/report/text-report';
import { loadGroundTruth, readyExperiments } from '../../src/sources/ground-truth/load';
import { compare, runtimeRecord } from '../../src/validation/compare';
import { runCommand } from '../support/captured-io';
import { openFolder } from '../../src/headless/open-folder';
import { stageFromJson, type JsonResult } from '../support/experiments';
import { describeShared, sharedJson, sharedPath, sharedText } from '../support/shared';

const SIMULATORS = [
  'aiconfigurator-estimate',
  'blis-roofline',
  'blis-trained-physics',
  'llm-optimizer-estimate',
  'llmservingsim',
  'vidur',
];

/** Every number of `wanted`, at its own path in `found`, within 1e-9 relative. */
function expectClose(found: unknown, wanted: unknown, path: string): void {
  if (typeof wanted === 'number') {
    expect(typeof found, path).toBe('number');
    expect(Math.abs((found as number) - wanted), path).toBeLessThanOrEqual(1e-9 * Math.abs(wanted));
  } else if (typeof wanted === 'object' && wanted !== null) {
    expect(Object.keys(found as object).sort(), path).toEqual(Object.keys(wanted).sort());
    for (const [key, value] of Object.entries(wanted)) {
      expectClose((found as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  } else {
    expect(found, path).toEqual(wanted);
  }
}

describeShared('the published results', () => {
  it('give the recorded tables, as text exactly and as numbers', async () => {
    const { stdout, written } = await runCommand(reportCommand, [
      '--actuals',
      sharedPath('published-results', 'actuals.csv'),
      '--predictions',
      ...SIMULATORS.map((name) => sharedPath('published-results', `predictions-${name}.csv`)),
      '--output-dir',
      'out',
    ]);
    expect(stdout).toBe(sharedText('published-results', 'expected-report.txt'));
    const tables = JSON.parse(written.get('out/tables.json') ?? '') as { report: unknown };
    const golden = sharedJson<{ report: unknown }>('published-results', 'expected-tables.json');
    expectClose(tables.report, golden.report, 'report');
  });
});

/** Wall clocks of the recorded run. */
const SECONDS = { 'blis-roofline': 2.5, vidur: 9.25, 'llm-optimizer-estimate': 0.05, llmservingsim: 210 };

describeShared('the fixture results', () => {
  const expected = ['ground-truth', 'fixtures', 'expected'];

  it('become the recorded CSV files and report', async () => {
    const truth = await loadGroundTruth(await openFolder(sharedPath('ground-truth', 'fixtures', 'mini')));
    if (!truth.ok) throw new Error(truth.error.message);
    const [experiment] = readyExperiments(truth.value);
    if (experiment === undefined) throw new Error('no experiment');
    const results = Object.entries(SECONDS).map(([simulator, wallClockSeconds]): SimulatorResult => {
      const golden = sharedJson<JsonResult>(...expected, `result_${simulator}.json`);
      return {
        simulator,
        expId: experiment.expId,
        folder: experiment.folder,
        stages: golden.stages.map(stageFromJson),
        summary: stageFromJson(golden.summary),
        wallClockSeconds,
        notes: [],
      };
    });
    const records = results.flatMap((result) => compare(experiment, result));
    const runtimes = results.flatMap((result) => runtimeRecord(experiment, result) ?? []);
    expect(errorRecordsCsv(records)).toBe(sharedText(...expected, 'error_records.csv'));
    expect(runtimeCsv(runtimes)).toBe(sharedText(...expected, 'runtime.csv'));
    expect(
      `\n${errorTablesText(records)}\n\nCSV saved to OUTPUT_DIR/error_records.csv\n\n` +
        `${runtimeTableText(runtimes)}\n\nRuntime CSV saved to OUTPUT_DIR/runtime.csv\n`,
    ).toBe(sharedText(...expected, 'report.txt'));
  });
});
