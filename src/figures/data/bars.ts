// Bars grouped along an axis: rows → one value for each (metric, group, simulator). A simulator without rows in a group has no
// bar there, which is not the same as a bar of height 0.

import type { MetricName } from '../../domain/prediction';
import { experimentKey } from '../../domain/record-rows';
import { median } from '../../validation/statistics/order';
import type { AxisEntry } from './axes';
import type { TaggedRow } from './prepare';
import { inAxisOrder } from './simulators';

export const PANEL_METRICS: readonly { readonly metric: MetricName; readonly title: string }[] = [
  { metric: 'e2e_mean', title: 'E2E Mean' },
  { metric: 'ttft_mean', title: 'TTFT Mean' },
  { metric: 'itl_mean', title: 'ITL Mean' },
];

export interface Bar {
  readonly simulator: string;
  /** Percent; may be Infinity. */
  readonly value: number;
  /** Rows behind the value. */
  readonly count: number;
}

export interface BarGroup {
  readonly key: string;
  readonly label: string;
  /** In axis order of the simulators. */
  readonly bars: readonly Bar[];
}

export interface BarPanel {
  readonly metric: MetricName;
  readonly title: string;
  readonly groups: readonly BarGroup[];
}

export interface BarFigureData {
  readonly panels: readonly BarPanel[];
  /** Those that occur, in the order of the legend. */
  readonly simulators: readonly string[];
  /** Keys of the experiments behind the bars, in order of appearance. */
  readonly experiments: readonly string[];
  readonly statistic: Statistic;
}

/** `first` = the row with the lowest experiment number. */
export type Statistic = 'first' | 'median';

export interface Grouping {
  readonly axis: readonly AxisEntry[];
  readonly keyOf: (row: TaggedRow) => string;
  readonly statistic: Statistic;
  /** Order of the bars; absent = axis order. */
  readonly simulators?: readonly string[];
}

/** Undefined when no row falls into any group. */
export function groupBars(rows: readonly TaggedRow[], grouping: Grouping): BarFigureData | undefined {
  const { axis, keyOf, statistic } = grouping;
  const inOrder = statistic === 'first' ? byExperiment(rows) : rows;
  const present = new Set(rows.map(keyOf));
  const groups = axis.filter((entry) => present.has(entry.key));
  const used = inOrder.filter((row) => groups.some((entry) => entry.key === keyOf(row)));
  if (used.length === 0) return undefined;
  const simulators = grouping.simulators ?? inAxisOrder(used.map((row) => row.simulator));
  const panels = PANEL_METRICS.map(({ metric, title }) => ({
    metric,
    title,
    groups: groups.map(({ key, label }) => ({
      key,
      label,
      bars: barsOf(
        used.filter((row) => row.metricName === metric && keyOf(row) === key),
        simulators,
        statistic,
      ),
    })),
  }));
  const shown = statistic === 'first' ? firstRows(used, keyOf) : used;
  return { panels, simulators, experiments: experimentsOf(shown), statistic };
}

/** The rows that become bars when only the first of each (metric, group, simulator) counts. */
function firstRows(rows: readonly TaggedRow[], keyOf: (row: TaggedRow) => string): readonly TaggedRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const bar = [row.metricName, keyOf(row), row.simulator].join('\n');
    if (seen.has(bar) || !PANEL_METRICS.some(({ metric }) => metric === row.metricName)) return false;
    seen.add(bar);
    return true;
  });
}

/** One bar a simulator that has rows, in the given order. */
export function barsOf(
  rows: readonly TaggedRow[],
  simulators: readonly string[],
  statistic: Statistic,
): readonly Bar[] {
  return simulators.flatMap((simulator) => {
    const values = rows.filter((row) => row.simulator === simulator).map((row) => row.mape);
    const value = statistic === 'first' ? values[0] : median(values);
    return value === undefined ? [] : [{ simulator, value, count: values.length }];
  });
}

export function experimentsOf(rows: readonly TaggedRow[]): string[] {
  return [...new Set(rows.map(experimentKey))];
}

function byExperiment(rows: readonly TaggedRow[]): readonly TaggedRow[] {
  return [...rows].sort((a, b) => (a.expId ?? Infinity) - (b.expId ?? Infinity) || 0);
}
