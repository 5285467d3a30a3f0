// Charts as CSV: full precision, gaps empty, nothing that a spreadsheet would run.

import { expect, it } from 'vitest';
import { tableCsv } from '../../../src/app/charts/chart-files';
import { plumbTable } from '../../../src/app/charts/chart-tables';

it('writes numbers in full and neutralises formulas', () => {
  const table = {
    head: ['a', '=b'],
    rows: [
      ['x,y', 0.1 + 0.2],
      ['-1', undefined],
    ],
  };
  expect(tableCsv(table)).toBe(`a,'=b\r\n"x,y",0.30000000000000004\r\n'-1,\r\n`);
});

it('has a row an experiment, named by its folder where it has no number', () => {
  const mark = { simulator: 'vidur', ratio: 2, predictedMs: 20, measuredMs: 10 };
  const rows = [{ folder: 'old', expId: 0, workload: 'general', marks: [mark] }];
  expect(plumbTable({ groups: [{ key: 'M', rows }], measuredZero: [] }, ['vidur', 'other'])).toEqual({
    head: ['Experiment', 'Model', 'Workload', 'Measured, ms', 'Vidur', 'other'],
    rows: [['old', 'M', 'general', 10, 2, undefined]],
  });
});
