// The verdict's tables in LaTeX: what stands on the page, with names that cannot break the document.

import { expect, it } from 'vitest';
import { errorsByGroup, errorsBySimulator } from '../../../src/report/verdict/error-table';
import { latexTables } from '../../../src/report/verdict/latex-tables';
import { experiment, pairOutcome } from '../../support/validate-data';

const POOLING = { statistic: 'mean', rows: 'all' } as const;
const made = experiment({ model: 'org/50%_off' });
const outcome = pairOutcome(made, 'slow_sim', 14);
const records = outcome.records;

const text = latexTables(
  {
    headline: 'slow_sim is least far',
    support: [],
    table: errorsBySimulator(records, outcome.runtime ? [outcome.runtime] : [], ['slow_sim'], POOLING),
    groupings: [
      {
        title: 'E2E mean\nby model',
        grouped: errorsByGroup(records, ['slow_sim', 'other'], 'model', 'e2e_mean', POOLING),
      },
    ],
    pooling: POOLING,
    experimentCount: 2,
    labelOf: (name) => name,
    provenance: ['mode reference'],
  },
  [{ name: 'slow_sim', medianRuntimeS: 2, speedup: Infinity }],
);

it('writes one tabular a table, with the choices as comments', () => {
  expect(text).toBe(
    [
      '% slow_sim is least far',
      '% mode reference',
      '%',
      '% Error by simulator: absolute percentage errors, mean over all stage and summary rows; bias is the signed error of the E2E mean.',
      '\\begin{tabular}{lrrrrrrrrrr}',
      '\\toprule',
      'Simulator & Experiments & E2E mean & E2E p90 & E2E p99 & TTFT mean & TTFT p90 & TTFT p99 & ITL mean & E2E bias & Runtime (s) \\\\',
      '\\midrule',
      'slow\\_sim & 1/2 & 1\\,300 & 1\\,300 & 1\\,300 & 1\\,300 & N/A & N/A & 1\\,300 & +1\\,300 & 2.0 \\\\',
      '\\bottomrule',
      '\\end{tabular}',
      '',
      '% E2E mean by model',
      '\\begin{tabular}{lr}',
      '\\toprule',
      'Simulator & org/50\\%\\_off \\\\',
      '\\midrule',
      'slow\\_sim & 1\\,300 \\\\',
      '\\bottomrule',
      '\\end{tabular}',
      '',
      '% Table 1: runtime',
      '\\begin{tabular}{lrr}',
      '\\toprule',
      'Simulator & Median Runtime (s) & Speedup vs.\\ Real \\\\',
      '\\midrule',
      'slow\\_sim & 2.0 & $\\infty$$\\times$ \\\\',
      '\\bottomrule',
      '\\end{tabular}',
      '',
    ].join('\n'),
  );
});
