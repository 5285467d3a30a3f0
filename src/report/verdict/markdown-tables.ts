// The verdict's tables as Markdown, for notes and reviews: what was compared, under which choices, and the numbers.

import { showPercent, showSeconds, showSignedPercent } from '../../base/display';
import type { ErrorCell } from './error-table';
import { metricLabel } from './experiment-detail';
import { TABLE_METRICS, type TablesInput } from './tables-input';

export function markdownTables(input: TablesInput): string {
  const { pooling, labelOf } = input;
  const bySimulator = table(
    ['Simulator', 'Experiments', ...TABLE_METRICS.map(metricLabel), 'E2E bias', 'Runtime, s'],
    input.table.map((row) => [
      labelOf(row.simulator),
      `${row.experiments.size}/${input.experimentCount}`,
      ...TABLE_METRICS.map((metric) => value(row.cells[metric])),
      row.bias === undefined ? 'N/A' : showSignedPercent(row.bias),
      row.runtimeS === undefined ? 'N/A' : showSeconds(row.runtimeS),
    ]),
  );
  const parts = input.groupings.map(({ title, grouped }) =>
    [
      `## ${title}`,
      table(
        ['Simulator', ...grouped.groups.map(({ key }) => key)],
        grouped.rows.map(({ simulator, cells }) => [labelOf(simulator), ...cells.map(value)]),
      ),
    ].join('\n\n'),
  );
  const rows = pooling.rows === 'all' ? 'all stage and summary rows' : `all ${pooling.rows}`;
  return `${[
    `# ${input.headline}`,
    ...(input.support.length === 0 ? [] : [input.support.join(' ')]),
    `## Error by simulator`,
    `Absolute percentage errors, ${pooling.statistic} over ${rows}; bias is the signed error of the E2E mean.`,
    bySimulator,
    ...parts,
    input.provenance.map((line) => `- ${cell(line)}`).join('\n'),
  ].join('\n\n')}\n`;
}

const value = (errors: ErrorCell | undefined): string =>
  errors === undefined ? 'N/A' : showPercent(errors.value);

/** First column left, the others right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Names come from files: a pipe or a line break must not break the table, a tag must not become one. */
const cell = (text: string): string => text.replace(/\r?\n/g, ' ').replace(/[\\|<>`*_[\]]/g, '\\$&');
