// The comparison as a table: metrics × runs, each with its change against the run that others are compared with.

import { showCount, showLatency, showQuantity, showSignedPercent } from '../../../base/display';
import type { LatencyRow, SimulatedRun } from '../../../domain/simulated-run';
import { textCell } from '../../../report/record-csv';

export interface ComparedRun {
  readonly letter: string;
  readonly name: string;
  readonly run: SimulatedRun;
}

interface Metric {
  readonly label: string;
  /** '' = a count. */
  readonly unit: string;
  /** NaN = not defined for the run. */
  read(run: SimulatedRun): number;
  show(value: number): string;
  /** The direction that serves users better; 0 = neither. */
  readonly better: -1 | 0 | 1;
}

const LATENCIES = [
  'TTFT',
  'ITL',
  'E2E',
  'Scheduling delay',
] as const satisfies readonly LatencyRow['metric'][];
const STATISTICS = { mean: 'meanMs', p50: 'p50Ms', p90: 'p90Ms', p99: 'p99Ms' } as const;

const METRICS: readonly Metric[] = [
  ...LATENCIES.flatMap((metric) =>
    Object.entries(STATISTICS).map(([statistic, key]): Metric => ({
      label: `${metric} ${statistic}`,
      unit: 'ms',
      read: (run) => run.latencies.find((row) => row.metric === metric)?.[key] ?? NaN,
      show: showLatency,
      better: -1,
    })),
  ),
  {
    label: 'Output rate',
    unit: 'tokens/s',
    read: (run) => run.outputTokensPerSec,
    show: showQuantity,
    better: 1,
  },
  { label: 'Requests', unit: '', read: (run) => run.requests, show: showCount, better: 0 },
  { label: 'Completed', unit: '', read: (run) => run.completed, show: showCount, better: 1 },
  { label: 'Preemptions', unit: '', read: (run) => run.preemptions, show: showCount, better: -1 },
  { label: 'Simulated time', unit: 's', read: (run) => run.durationS, show: showLatency, better: 0 },
];

export interface ComparedCell {
  /** NaN = not defined. */
  readonly value: number;
  readonly text: string;
  /** Signed, %; NaN for the baseline itself and where none is defined. */
  readonly changePercent: number;
  readonly isBetter: boolean | undefined;
}

export interface ComparedRow {
  readonly label: string;
  readonly unit: string;
  readonly cells: readonly ComparedCell[];
}

/** One row a metric that any of the runs has, one cell a run. */
export function compareTable(
  runs: readonly ComparedRun[],
  baseline: ComparedRun | undefined,
): readonly ComparedRow[] {
  return METRICS.map((metric) => ({
    label: metric.label,
    unit: metric.unit,
    cells: runs.map((compared) => cellOf(metric, compared, baseline)),
  })).filter(({ cells }) => cells.some(({ value }) => !Number.isNaN(value)));
}

function cellOf(metric: Metric, compared: ComparedRun, baseline: ComparedRun | undefined): ComparedCell {
  const value = metric.read(compared.run);
  const text = Number.isNaN(value) ? 'N/A' : metric.show(value);
  if (baseline === undefined || compared === baseline)
    return { value, text, changePercent: NaN, isBetter: undefined };
  const then = metric.read(baseline.run);
  const direction = Math.sign(value - then) * metric.better;
  return {
    value,
    text,
    changePercent: changePercent(value, then),
    isBetter: direction === 0 || Number.isNaN(direction) ? undefined : direction > 0,
  };
}

/** From zero there is none, but zero to zero is no change. */
function changePercent(value: number, then: number): number {
  if (then === 0) return value === 0 ? 0 : NaN;
  return (100 * (value - then)) / then;
}

/** '' where there is none. */
export const showChange = ({ changePercent: percent }: ComparedCell): string =>
  Number.isNaN(percent) ? '' : `${showSignedPercent(percent)} %`;

const headOf = ({ label, unit }: ComparedRow): string => (unit === '' ? label : `${label}, ${unit}`);
const titleOf = ({ letter, name }: ComparedRun): string => (name === '' ? letter : `${letter} ${name}`);
const number = (value: number): string => (Number.isFinite(value) ? String(value) : '');

/** Full precision; each change in a column of its own. */
export function compareCsv(runs: readonly ComparedRun[], baseline: ComparedRun | undefined): string {
  const others = baseline === undefined ? [] : runs.filter((run) => run !== baseline);
  const head = [
    'metric',
    ...runs.map(titleOf),
    ...others.map(({ letter }) => `${letter} against ${baseline?.letter ?? ''}, %`),
  ];
  const rows = compareTable(runs, baseline).map((row) => [
    headOf(row),
    ...row.cells.map(({ value }) => number(value)),
    ...others.map((run) => number(row.cells[runs.indexOf(run)]?.changePercent ?? NaN)),
  ]);
  return [head, ...rows].map((cells) => `${cells.map(csvText).join(',')}\r\n`).join('');
}

/** Numbers are never taken for formulas, though some begin with a minus. */
const csvText = (text: string): string =>
  text !== '' && !Number.isNaN(Number(text)) ? text : textCell(text);

/** A bar would end a cell, and a line break the table. */
const markdownCell = (text: string): string => text.replaceAll('|', '\\|').replace(/[\r\n]+/g, ' ');

/** As on screen. @param notes sentences under the table: what differs, caveats. */
export function compareMarkdown(
  runs: readonly ComparedRun[],
  baseline: ComparedRun | undefined,
  notes: readonly string[],
): string {
  const rows = compareTable(runs, baseline).map((row) => [
    headOf(row),
    ...row.cells.map((cell) => {
      const change = showChange(cell);
      return change === '' ? cell.text : `${cell.text} (${change})`;
    }),
  ]);
  const lines = [['', ...runs.map(titleOf)], ['---', ...runs.map(() => '---:')], ...rows].map(
    (cells) => `| ${cells.map(markdownCell).join(' | ')} |`,
  );
  return `${[...lines, '', ...notes.flatMap((note) => [note, ''])].join('\n').trimEnd()}\n`;
}
