// Tables and CSV files: layout, arithmetic, and what happens to awkward values.

import { describe, expect, it } from 'vitest';
import { reportCommand } from '../../../src/headless/commands/report';
import { errorRecordsCsv, runtimeCsv } from '../../../src/report/record-csv';
import { errorTable } from '../../../src/report/tables';
import { reportJson } from '../../../src/report/tables-json';
import {
  errorTablesText,
  extraTablesText,
  formatErrorTable,
  formatRuntimeTable,
  runtimeTableText,
} from '../../../src/report/text-report';
import { readErrorRecords } from '../../../src/sources/records-csv';
import { compare } from '../../../src/validation/compare';
import { runCommand } from '../../support/captured-io';
import { madeExperiment, madeResult } from '../../support/made-experiment';

const records = compare(madeExperiment(), madeResult());
const [first] = records;
if (first === undefined) throw new Error('no records');

describe('error tables', () => {
  it('average all stage and summary rows of a group', () => {
    const mixed = [
      { ...first, mape: 10 },
      { ...first, stageIndex: -1, mape: 20 },
      { ...first, simulator: 'another', mape: 1 },
    ];
    expect(errorTable(mixed, 'Simulator')).toEqual({
      label: 'Simulator',
      rows: [
        { key: 'another', means: { e2e_mean: 1 } },
        { key: 'made', means: { e2e_mean: 15 } },
      ],
    });
  });

  it('line up, with N/A where nothing was recorded', () => {
    expect(formatErrorTable(errorTable([{ ...first, mape: 123456.789 }], 'Model'))).toBe(
      [
        'Model  e2e_mean   e2e_p90   e2e_p99  ttft_mean  ttft_p90  ttft_p99  itl_mean   itl_p90   itl_p99',
        '------------------------------------------------------------------------------------------------',
        'org/m  123456.79       N/A       N/A        N/A       N/A       N/A       N/A       N/A       N/A',
      ].join('\n'),
    );
    expect(formatErrorTable({ label: 'Model', rows: [] })).toBe('(no data for Model)');
  });

  it('print an infinite mean as inf', () => {
    const table = formatErrorTable(errorTable([{ ...first, mpe: -Infinity }], 'Workload', 'mpe'));
    expect(table.split('\n')[2]).toMatch(/^general {7}-inf/);
    expect(reportJson([{ ...first, mape: Infinity }], []).mape_by_model['org/m']).toMatchObject({
      e2e_mean: 'inf',
      e2e_p90: null,
    });
  });

  it('stand under their headings in the reference’s order', () => {
    expect(errorTablesText(records).match(/^===.*$/gm)).toEqual([
      '=== MAPE by Simulator ===',
      '=== MAPE by Model ===',
      '=== MAPE by Workload ===',
      '=== MPE by Simulator (signed) ===',
    ]);
    expect(extraTablesText(records).match(/^===.*$/gm)).toEqual([
      '=== MAPE by Hardware ===',
      '=== MAPE by Simulator, Model org/m ===',
      '=== MAPE by Simulator, Workload general ===',
      '=== MAPE by Simulator, Hardware H100 ===',
    ]);
  });
});

describe('the runtime table', () => {
  const runtime = (simulator: string, wallClockSeconds: number) => ({
    ...first,
    simulator,
    wallClockSeconds,
  });

  it('sums up runs by name', () => {
    expect(formatRuntimeTable([runtime('b', 1), runtime('a', 0.125), runtime('b', 3.5)])).toBe(
      [
        'Simulator   Mean(s)    Min(s)    Max(s)  Total(s)      Runs',
        '-----------------------------------------------------------',
        'a              0.12      0.12      0.12      0.12         1',
        'b              2.25      1.00      3.50      4.50         2',
      ].join('\n'),
    );
  });

  it('says when there is none', () => {
    expect(runtimeTableText([])).toBe('=== Simulator Runtime ===\n\n(no runtime data)');
  });
});

describe('CSV files', () => {
  it('have the reference’s columns, CRLF, Python’s spelling', () => {
    const [header, row] = errorRecordsCsv([{ ...first, mpe: -Infinity, mape: Infinity }]).split('\r\n');
    expect(header).toBe(
      'simulator,experiment_folder,model,workload,stage_index,metric_name,predicted,actual,mape,mpe,absolute_error,exp_id,hardware,dp,cpu_offload,gpu_mem_util,precision,tp,max_num_batched_tokens',
    );
    expect(row).toBe(
      'made,1-m-tp2-general,org/m,general,0,e2e_mean,1100.0,1000.0,inf,-inf,100.0,1,H100,,False,0.9,FP16,2,2048',
    );
    expect(runtimeCsv([{ ...first, dp: 2, cpuOffload: true, wallClockSeconds: 0.00001 }])).toBe(
      'simulator,experiment_folder,model,workload,wall_clock_seconds,exp_id,hardware,dp,cpu_offload,gpu_mem_util,precision,tp,max_num_batched_tokens\r\n' +
        'made,1-m-tp2-general,org/m,general,1e-05,1,H100,2,True,0.9,FP16,2,2048\r\n',
    );
  });

  it('neutralise what a spreadsheet would run, and read back as it was', () => {
    const hostile = {
      ...first,
      experimentFolder: '=HYPERLINK("http://x","y")',
      workload: '+1,2',
      model: '-m',
      mpe: -5.5,
    };
    const text = errorRecordsCsv([hostile]);
    expect(text).toContain(`made,"'=HYPERLINK(""http://x"",""y"")",'-m,"'+1,2",0,e2e_mean`);
    expect(text).toContain(',-5.5,');
    const read = readErrorRecords(text, 'error_records.csv');
    expect(read.ok && read.value.rows[0]).toMatchObject({
      experimentFolder: hostile.experimentFolder,
      workload: '+1,2',
      model: '-m',
      mpe: -5.5,
    });
  });
});

describe('the report command', () => {
  const ACTUALS =
    'exp_id,model,workload,hardware,tp,dp,precision,cpu_offload,gpu_mem_util,max_num_batched_tokens,stage,metric,actual\n' +
    '5,org/m,general,H100,2,,FP16,True,0.9,2048,0,e2e_mean,100\n' +
    '5,org/m,general,H100,2,,FP16,True,0.9,2048,-1,e2e_mean,200\n' +
    '5,org/m,general,H100,2,,FP16,maybe,0.9,2048,-1,e2e_p90,200\n';
  const report = (files: Record<string, string>) =>
    runCommand(
      reportCommand,
      [
        '--actuals',
        'a.csv',
        '--predictions',
        'd/predictions-fast.csv',
        'predictions-llmservingsim.csv',
        '--output-dir',
        'o',
      ],
      { 'a.csv': ACTUALS, ...files },
    );

  it('joins by key, takes the table runs only, and says what it leaves out', async () => {
    const { stdout, stderr, written } = await report({
      'd/predictions-fast.csv':
        'exp_id,stage,metric,predicted,runtime_s\n5,0,e2e_mean,110,2.5\n5,-1,e2e_mean,150,2.5\n6,0,e2e_mean,1,1\n5,x,e2e_mean,1,1\n',
      'predictions-llmservingsim.csv':
        'run,exp_id,stage,metric,predicted,actual_subset,runtime_s\ncluster2000,5,0,e2e_mean,130,,9\nmatched300,5,-1,e2e_mean,1,2,9\n',
    });
    expect(written.get('o/error_records.csv')?.split('\r\n').slice(1, 4)).toEqual([
      'fast,5,org/m,general,0,e2e_mean,110.0,100.0,10.0,10.0,10.0,5,H100,,True,0.9,FP16,2,2048',
      'fast,5,org/m,general,-1,e2e_mean,150.0,200.0,25.0,-25.0,50.0,5,H100,,True,0.9,FP16,2,2048',
      'llmservingsim,5,org/m,general,0,e2e_mean,130.0,100.0,30.0,30.0,30.0,5,H100,,True,0.9,FP16,2,2048',
    ]);
    expect(written.get('o/runtime.csv')?.trim().split('\r\n')).toHaveLength(2);
    const json = JSON.parse(written.get('o/tables.json') ?? '') as { report: { record_counts: object } };
    expect(json.report.record_counts).toEqual({ fast: 2, llmservingsim: 1 });
    expect(stdout).toMatch(/^=== MAPE by Simulator ===\n\nSimulator /);
    expect(stderr).toContain('1 prediction has no measured value of the same exp_id, stage and metric');
    expect(stderr).toContain('1 row left out because stage is not a whole number');
    expect(stderr).toContain('1 row left out because cpu_offload is neither True nor False');
  });

  it('reports nothing when nothing joins', async () => {
    const { stdout, written } = await report({
      'd/predictions-fast.csv': 'exp_id,stage,metric,predicted\n',
      'predictions-llmservingsim.csv': 'exp_id,stage,metric,predicted\n',
    });
    expect(stdout).toBe('No error records to report.\n');
    expect(written.size).toBe(0);
  });

  it('names missing columns and a file that names no simulator', async () => {
    const broken = await report({ 'd/predictions-fast.csv': 'exp_id,stage\n1,2\n' });
    expect(broken.problems[0]).toContain('needs the columns metric, predicted');
    const nameless = await runCommand(
      reportCommand,
      ['--actuals', 'a.csv', '--predictions', 'results.csv', '--output-dir', 'o'],
      { 'a.csv': ACTUALS, 'results.csv': 'x' },
    );
    expect(nameless.problems[0]).toContain('call the file predictions-<simulator>.csv');
  });
});
