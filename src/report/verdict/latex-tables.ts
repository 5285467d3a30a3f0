// The verdict's tables as LaTeX (booktabs), for a paper: error by simulator, error by group, and Table 1 of runtimes. The choices that
// made the numbers stand above them as comments.

import { showPercent, showSeconds, showSignedPercent } from '../../base/display';
import { latexTable, latexText, runtimeTableLatex, type RuntimeLine } from '../latex';
import { metricLabel } from './experiment-detail';
import { TABLE_METRICS, type TablesInput } from './tables-input';

/** @param runtimes lines of Table 1; none = no such table. */
export function latexTables(input: TablesInput, runtimes: readonly RuntimeLine[]): string {
  const { pooling, labelOf } = input;
  const rows = pooling.rows === 'all' ? 'all stage and summary rows' : `all ${pooling.rows}`;
  const bySimulator = latexTable(
    `l${'r'.repeat(TABLE_METRICS.length + 3)}`,
    ['Simulator', 'Experiments', ...TABLE_METRICS.map(metricLabel), 'E2E bias', 'Runtime (s)'].map(latexText),
    input.table.map((row) =>
      [
        labelOf(row.simulator),
        `${row.experiments.size}/${input.experimentCount}`,
        ...TABLE_METRICS.map((metric) => percent(row.cells[metric]?.value)),
        row.bias === undefined ? 'N/A' : showSignedPercent(row.bias),
        row.runtimeS === undefined ? 'N/A' : showSeconds(row.runtimeS),
      ].map(latexText),
    ),
  );
  const groups = input.groupings.map(({ title, grouped }) =>
    withComment(
      [title],
      latexTable(
        `l${'r'.repeat(grouped.groups.length)}`,
        ['Simulator', ...grouped.groups.map(({ key }) => key)].map(latexText),
        grouped.rows.map(({ simulator, cells }) =>
          [labelOf(simulator), ...cells.map((cell) => percent(cell?.value))].map(latexText),
        ),
      ),
    ),
  );
  const title = `Error by simulator: absolute percentage errors, ${pooling.statistic} over ${rows}; bias is the signed error of the E2E mean.`;
  const parts = [
    withComment([input.headline, ...input.provenance, '', title], bySimulator),
    ...groups,
    ...(runtimes.length === 0 ? [] : [withComment(['Table 1: runtime'], runtimeTableLatex(runtimes))]),
  ];
  return `${parts.join('\n\n')}\n`;
}

const percent = (value: number | undefined): string => (value === undefined ? 'N/A' : showPercent(value));

/** A line break in a name must not end the comment. */
const withComment = (lines: readonly string[], table: string): string =>
  [...lines.map((line) => `% ${line.replaceAll(/[\r\n]+/g, ' ')}`.trimEnd()), table].join('\n');
