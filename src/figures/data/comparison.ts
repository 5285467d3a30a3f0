// Comparisons of a few simulators on the experiments that all of them cover: the aggregate figures 0a, 0b, 0c (validator spec
// 13.7) and the pairs of 13.8.

import { experimentKey } from '../../domain/record-rows';
import { PANEL_METRICS, barsOf, experimentsOf, groupBars, type BarFigureData, type BarPanel } from './bars';
import type { FigureData, TaggedRow } from './prepare';
import { isDefault, isGeneral, modelAxis, shownRows, type SelectionOptions } from './sensitivity';

export interface ComparisonData {
  /** As compared: the order of the title and of the legend. */
  readonly simulators: readonly string[];
  readonly experiments: readonly string[];
  /** One group a metric: the median over all common experiments. */
  readonly aggregate: readonly BarPanel[];
  readonly byModel?: BarFigureData;
}

export type AggregateName = 'analytical' | 'trace' | 'llmservingsim';

interface AggregateSpec {
  readonly targets: readonly string[];
  readonly keeps: (row: TaggedRow, options: SelectionOptions) => boolean;
  /** Loads its own rows: a simulator hidden elsewhere still shows here. */
  readonly ignoresExclusion: boolean;
}

const isDefaultGeneral = (row: TaggedRow, options: SelectionOptions): boolean =>
  isDefault(row, options) && isGeneral(row);

const AGGREGATES: Readonly<Record<AggregateName, AggregateSpec>> = {
  analytical: {
    targets: ['blis-roofline', 'llm-optimizer-estimate', 'aiconfigurator-estimate'],
    keeps: isDefaultGeneral,
    ignoresExclusion: false,
  },
  trace: { targets: ['blis-roofline', 'vidur'], keeps: isDefaultGeneral, ignoresExclusion: true },
  llmservingsim: {
    targets: ['blis-roofline', 'llmservingsim'],
    keeps: (row) => row.model === 'mistralai/Mixtral-8x7B-v0.1' && row.workload === 'general',
    ignoresExclusion: true,
  },
};

export function selectAggregate(
  data: FigureData,
  name: AggregateName,
  options: SelectionOptions = {},
): ComparisonData | undefined {
  const { targets, keeps, ignoresExclusion } = AGGREGATES[name];
  const rows = commonRows(shownRows(data, ignoresExclusion ? {} : options), targets).filter((row) =>
    keeps(row, options),
  );
  return rows.length === 0 ? undefined : comparison(rows, targets);
}

/** The pairs of 13.8: first against second. */
export const SIMULATOR_PAIRS = [
  { first: 'blis-trained-physics', second: 'vidur' },
  { first: 'blis-trained-physics', second: 'llm-optimizer-estimate' },
  { first: 'blis-trained-physics', second: 'aiconfigurator-estimate' },
  { first: 'blis-trained-physics', second: 'llmservingsim' },
] as const;

/** Two simulators on everything both cover, whatever the configuration; also by model. */
export function selectPair(
  data: FigureData,
  first: string,
  second: string,
  options: SelectionOptions = {},
): ComparisonData | undefined {
  const rows = commonRows(shownRows(data, options), [first, second]);
  if (rows.length === 0) return undefined;
  const byModel = groupBars(rows, {
    axis: modelAxis(rows, options),
    keyOf: (row) => row.model,
    statistic: 'median',
    simulators: [first, second],
  });
  return { ...comparison(rows, [first, second]), ...(byModel === undefined ? {} : { byModel }) };
}

function comparison(rows: readonly TaggedRow[], simulators: readonly string[]): ComparisonData {
  const aggregate = PANEL_METRICS.map(({ metric, title }) => ({
    metric,
    title,
    groups: [
      {
        key: 'all',
        label: '',
        bars: barsOf(
          rows.filter((row) => row.metricName === metric),
          simulators,
          'median',
        ),
      },
    ],
  }));
  return { simulators, experiments: experimentsOf(rows), aggregate };
}

/** Rows of the targets in experiments for which every target has rows. */
function commonRows(rows: readonly TaggedRow[], targets: readonly string[]): readonly TaggedRow[] {
  const covered = targets.map(
    (target) => new Set(rows.filter((row) => row.simulator === target).map(experimentKey)),
  );
  return rows.filter(
    (row) =>
      targets.includes(row.simulator) && covered.every((experiments) => experiments.has(experimentKey(row))),
  );
}
