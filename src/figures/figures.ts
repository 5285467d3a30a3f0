// The figures, in the order of a paper: what each selects, how it is laid out, what its caption says. A figure without data is
// skipped with the reason.

import { configSubtitle, layoutConfigFigure } from './layout/config-figure';
import {
  selectAggregate,
  selectPair,
  SIMULATOR_PAIRS,
  type AggregateName,
  type ComparisonData,
} from './data/comparison';
import type { BarFigureData, BarPanel } from './data/bars';
import { selectConfigSensitivity, type ModelKind } from './data/config-sensitivity';
import { selectPareto } from './data/pareto';
import type { FigureData } from './data/prepare';
import {
  selectHardwarePortability,
  selectModelSensitivity,
  selectWorkloadSensitivity,
  type SelectionOptions,
} from './data/sensitivity';
import { simulatorStyle } from './data/simulators';
import { layoutBarFigure, type PanelRow, type PanelSpec } from './layout/bar-figure';
import { slotAxis } from './layout/bar-plot';
import { drawSmallBarLabels } from './layout/broken-panel';
import type { LabelTurn } from './layout/frame';
import type { DrawOptions } from './layout/look';
import { layoutParetoFigure, MIN_COVERAGE } from './layout/pareto-figure';
import { READABLE_FROM } from './layout/value-stack';
import type { Scene } from './scene/scene';

export interface FigureRequest {
  readonly data: FigureData;
  readonly selection: SelectionOptions;
  readonly draw: DrawOptions;
  /** Comparison figures also show medians over all common experiments. */
  readonly hasAggregateRow: boolean;
  /** What the caption says about where the numbers come from, e.g. `mode reference, Plumbline 0.1.0`. */
  readonly provenance?: string;
}

/** One number of a figure, for its table view. */
export interface FigureValue {
  readonly panel: string;
  readonly group: string;
  readonly simulator: string;
  readonly value: number;
  /** Rows or experiments behind it. */
  readonly count: number;
}

export type FigureOutcome =
  | {
      readonly kind: 'drawn';
      readonly scene: Scene;
      readonly caption: string;
      /** Simulators that occur, in legend order. */
      readonly simulators: readonly string[];
      readonly values: readonly FigureValue[];
    }
  | { readonly kind: 'skipped'; readonly reason: string };

export interface FigureDefinition {
  /** File name without ending; comparisons live in a folder of their own. */
  readonly name: string;
  /** Short form for lists: `Figure 4a`. */
  readonly label: string;
  readonly subject: string;
  draw(request: FigureRequest): FigureOutcome;
}

const ARROW = '↓';
const GENERAL = 'general-purpose workload';

export const FIGURES: readonly FigureDefinition[] = [
  grouped({
    name: 'fig1_model_sensitivity',
    label: 'Figure 1',
    subject: 'Prediction Error Across Model Architectures',
    publishedTitle: `Prediction Error Across Model Architectures (All Simulators) ${ARROW}`,
    filter: `H100, default configuration, ${GENERAL}`,
    along: 'model',
    select: selectModelSensitivity,
    turn: -35,
    publishedHeightIn: 3.2,
    wantsSymlog: false,
    labelsSmallBars: true,
  }),
  grouped({
    name: 'fig2_hardware_portability',
    label: 'Figure 2',
    subject: 'Prediction Error Across GPU Types',
    publishedTitle: `Prediction Error Across GPU Types ${ARROW}`,
    filter: `default configuration, single replica, ${GENERAL}`,
    along: 'GPU type',
    select: selectHardwarePortability,
    turn: 0,
    publishedHeightIn: 3.2,
    wantsSymlog: true,
    labelsSmallBars: false,
  }),
  grouped({
    name: 'fig3_workload_sensitivity',
    label: 'Figure 3',
    subject: 'Prediction Error Across Workload Types',
    publishedTitle: `Prediction Error Across Workload Types ${ARROW}`,
    filter: 'H100, default configuration, single replica, four models',
    along: 'workload type',
    select: selectWorkloadSensitivity,
    turn: -35,
    publishedHeightIn: 4,
    wantsSymlog: false,
    labelsSmallBars: false,
  }),
  config('dense', 'fig4a_config_dense', 'Figure 4a', 'Config Sensitivity (Dense)'),
  config('moe', 'fig4b_config_moe', 'Figure 4b', 'Config Sensitivity (MoE)'),
  {
    name: 'fig5_pareto',
    label: 'Figure 5',
    subject: 'Accuracy-Speed Pareto Frontier',
    draw: drawPareto,
  },
  aggregate(
    'analytical',
    'fig0a_aggregate_analytical',
    'Figure 0a',
    'BLIS-Roofline vs LLM-Optimizer vs AIConfigurator',
  ),
  aggregate('trace', 'fig0b_aggregate_trace', 'Figure 0b', 'BLIS-Roofline vs Vidur'),
  aggregate('llmservingsim', 'fig0c_aggregate_llmservingsim', 'Figure 0c', 'BLIS-Roofline vs LLMServingSim'),
  {
    name: 'fig6_blis_roofline_vs_trained',
    label: 'Figure 6',
    subject: 'BLIS-Roofline vs BLIS Trained-Physics',
    draw: (request) =>
      drawPair({ ...request, hasAggregateRow: false }, 'blis-roofline', 'blis-trained-physics', {
        'blis-trained-physics': 'BLIS Trained-Physics',
      }),
  },
  ...SIMULATOR_PAIRS.map(({ first, second }): FigureDefinition => ({
    name: `sim_comparisons/blis_vs_${second.replace(/-estimate$/, '').replaceAll('-', '_')}`,
    label: `${simulatorStyle(first).name} vs ${simulatorStyle(second).name}`,
    subject: `${simulatorStyle(first).name} vs ${simulatorStyle(second).name}`,
    draw: (request) => drawPair(request, first, second, {}),
  })),
];

interface GroupedSpec {
  readonly name: string;
  readonly label: string;
  readonly subject: string;
  readonly publishedTitle: string;
  readonly filter: string;
  readonly along: string;
  readonly select: (data: FigureData, options: SelectionOptions) => BarFigureData | undefined;
  readonly turn: LabelTurn;
  readonly publishedHeightIn: number;
  readonly wantsSymlog: boolean;
  readonly labelsSmallBars: boolean;
}

function grouped(spec: GroupedSpec): FigureDefinition {
  const draw = (request: FigureRequest): FigureOutcome => {
    const data = spec.select(request.data, request.selection);
    const filter = filterText(spec.filter, request.selection);
    if (data === undefined) return skipped(`no experiment matches: ${filter}`);
    const options = request.draw;
    const scene = layoutBarFigure(
      {
        title: options.preset === 'published' ? spec.publishedTitle : spec.subject,
        description: describe(data.panels, spec.along),
        rows: [panelRow(data.panels, data.simulators.length, spec.turn)],
        simulators: data.simulators,
        wideHeightIn: 2.7,
        narrowHeightIn: 4.9,
        publishedSize: { width: 10, height: spec.publishedHeightIn },
        wantsSymlog: spec.wantsSymlog,
        canBreak: true,
        ...(spec.labelsSmallBars ? { publishedLabels: drawSmallBarLabels } : {}),
      },
      options,
    );
    const statistic = data.statistic === 'first' ? 'each bar one experiment' : 'median over experiments';
    return {
      kind: 'drawn',
      scene,
      simulators: data.simulators,
      values: barValues(data.panels),
      caption: caption(request, [
        `Prediction error (MAPE) by ${spec.along}.`,
        `${sentence(filter)}; ${statistic}; n = ${data.experiments.length} experiments.`,
        clippedNote(options),
      ]),
    };
  };
  return { name: spec.name, label: spec.label, subject: spec.subject, draw };
}

function config(kind: ModelKind, name: string, label: string, subject: string): FigureDefinition {
  const draw = (request: FigureRequest): FigureOutcome => {
    const data = selectConfigSensitivity(request.data, kind, request.selection);
    if (data === undefined) {
      return skipped(
        'no model has experiments that differ in a single serving parameter (needs the metadata columns)',
      );
    }
    const title = request.draw.preset === 'published' ? `${subject} ${ARROW}` : subject;
    const values = data.parameters.flatMap((parameter) =>
      parameter.entries.map((entry) => `${parameter.label} ${entry.label}`),
    );
    const scene = layoutConfigFigure(data, title, `E2E mean MAPE for ${values.join(', ')}.`, request.draw);
    return {
      kind: 'drawn',
      scene,
      simulators: data.simulators,
      values: data.parameters.flatMap((parameter) =>
        parameter.entries.flatMap((entry) =>
          entry.bars.map((bar) => ({ panel: parameter.label, group: entry.label, ...bar })),
        ),
      ),
      caption: caption(request, [
        `Prediction error (MAPE) of the mean E2E latency along serving parameters: ${configSubtitle(data)}.`,
        `Each parameter is varied alone; median over experiments; n = ${data.experiments.length} experiments.`,
        clippedNote(request.draw, true),
      ]),
    };
  };
  return { name, label, subject, draw };
}

function drawPareto(request: FigureRequest): FigureOutcome {
  const data = selectPareto(request.data);
  if (data === undefined) return skipped('no simulator has both errors and runtimes');
  const title = 'Accuracy-Speed Pareto Frontier';
  const onFrontier = data.points
    .filter((point) => point.onFrontier)
    .map((point) => simulatorStyle(point.simulator).name);
  const scene = layoutParetoFigure(
    data,
    title,
    `Median error against median runtime of ${data.points.length} simulators. On the frontier: ${onFrontier.join(', ')}.`,
    request.draw,
  );
  const coverage = data.points
    .map((point) => `${simulatorStyle(point.simulator).name} ${point.count}`)
    .join(', ');
  const hasHollow =
    request.draw.preset === 'plumbline' &&
    data.points.some((point) => point.count < MIN_COVERAGE * data.experimentCount);
  return {
    kind: 'drawn',
    scene,
    simulators: data.points.map((point) => point.simulator),
    values: data.points.flatMap(({ simulator, mape, runtimeS, count }) => [
      { panel: 'Median MAPE (%)', group: 'all', simulator, value: mape.median, count },
      { panel: 'Median runtime (s)', group: 'all', simulator, value: runtimeS.median, count },
    ]),
    caption: caption(request, [
      'Median prediction error (MAPE over all summary metrics) against median runtime; whiskers are quartiles over experiments,',
      `the dashed line joins the simulators that no other beats in both. Experiments of ${data.experimentCount}: ${coverage}.`,
      ...(hasHollow ? ['Hollow: fewer than half of the experiments.'] : []),
    ]),
  };
}

function aggregate(name: AggregateName, file: string, label: string, subject: string): FigureDefinition {
  const draw = (request: FigureRequest): FigureOutcome => {
    const data = selectAggregate(request.data, name, request.selection);
    if (data === undefined) return skipped('no experiment is covered by all of these simulators');
    const isMoe = name === 'llmservingsim';
    const count = data.experiments.length;
    return drawComparison(request, data, {
      title: `${subject} (n=${count}) ${ARROW}${isMoe ? ' for MoE' : ''}`,
      ...(isMoe ? { subtitle: 'Mixtral-8x7B, H100, general' } : {}),
      about: isMoe
        ? 'Mixtral-8x7B, H100, general workload'
        : filterText(`default configuration, ${GENERAL}`, request.selection),
      rows: ['aggregate'],
      wantsSymlog: false,
      publishedHeightIn: 4,
    });
  };
  return { name: file, label, subject, draw };
}

function drawPair(
  request: FigureRequest,
  first: string,
  second: string,
  legendNames: Readonly<Record<string, string>>,
): FigureOutcome {
  const data = selectPair(request.data, first, second, request.selection);
  if (data === undefined) return skipped(`no experiment is covered by both ${first} and ${second}`);
  const nameOf = (simulator: string): string => legendNames[simulator] ?? simulatorStyle(simulator).name;
  return drawComparison(request, data, {
    title: `${nameOf(first)} vs ${nameOf(second)} Simulator Comparison (n=${data.experiments.length}) ${ARROW}`,
    about: 'all configurations and workloads',
    rows: request.hasAggregateRow ? ['aggregate', 'by model'] : ['by model'],
    legendNames,
    wantsSymlog: second === 'vidur',
    publishedHeightIn: request.hasAggregateRow ? 6.5 : 3.5,
  });
}

interface ComparisonLook {
  readonly title: string;
  readonly subtitle?: string;
  readonly about: string;
  readonly rows: readonly ('aggregate' | 'by model')[];
  readonly legendNames?: Readonly<Record<string, string>>;
  readonly wantsSymlog: boolean;
  readonly publishedHeightIn: number;
}

function drawComparison(request: FigureRequest, data: ComparisonData, look: ComparisonLook): FigureOutcome {
  const rows = look.rows.flatMap((row): PanelRow[] => {
    if (row === 'aggregate') return [aggregateRow(data)];
    const byModel = data.byModel;
    if (byModel === undefined) return [];
    const named = byModel.panels.map((panel) => ({ ...panel, title: `${panel.title}, by model` }));
    const panels =
      look.rows.length > 1 ? byModel.panels.map((panel) => ({ ...panel, title: '' })) : byModel.panels;
    return [panelRow(request.draw.width === '3.3in' ? named : panels, 2, -35)];
  });
  if (rows.length === 0) return skipped('none of the common experiments runs a model of the axis');
  const scene = layoutBarFigure(
    {
      title: look.title,
      ...(look.subtitle === undefined ? {} : { subtitle: look.subtitle, subtitleFace: 'italic' as const }),
      description: describe(data.aggregate, 'simulator'),
      rows,
      simulators: data.simulators,
      ...(look.legendNames === undefined ? {} : { legendNames: look.legendNames }),
      wideHeightIn: rows.length > 1 ? 3.9 : 2.4,
      narrowHeightIn: rows.length > 1 ? 5.6 : look.rows[0] === 'aggregate' ? 1.9 : 4.6,
      publishedSize: { width: 10, height: look.publishedHeightIn },
      wantsSymlog: look.wantsSymlog,
      canBreak: false,
    },
    request.draw,
  );
  const shown = look.rows.flatMap((row) =>
    row === 'aggregate' ? data.aggregate : (data.byModel?.panels ?? []),
  );
  return {
    kind: 'drawn',
    scene,
    simulators: data.simulators,
    values: barValues(shown),
    caption: caption(request, [
      `Prediction error (MAPE) on the ${data.experiments.length} experiments that all of these simulators cover:`,
      `${look.about}; median over experiments.`,
      clippedNote(request.draw),
    ]),
  };
}

/** Each simulator at its own place, in a bar of width 0.6. */
function aggregateRow(data: ComparisonData): PanelRow {
  const panels = data.aggregate.map((panel): PanelSpec => {
    const bars = panel.groups.flatMap((group) => group.bars);
    return {
      title: panel.title,
      metric: panel.metric,
      axis: {
        ...slotAxis(
          bars.map((bar) => ({ label: '', bars: [bar] })),
          1,
        ),
        barWidth: 0.6,
      },
      showsAllValues: true,
    };
  });
  return { panels, turn: 0, stacksWhenNarrow: false };
}

function panelRow(panels: readonly BarPanel[], simulatorCount: number, turn: LabelTurn): PanelRow {
  return {
    panels: panels.map((panel) => ({
      title: panel.title,
      metric: panel.metric,
      axis: slotAxis(panel.groups, simulatorCount),
    })),
    turn,
    stacksWhenNarrow: true,
  };
}

function barValues(panels: readonly BarPanel[]): readonly FigureValue[] {
  return panels.flatMap((panel) =>
    panel.groups.flatMap((group) =>
      group.bars.map((bar) => ({ panel: panel.title, group: group.label || 'all', ...bar })),
    ),
  );
}

function describe(panels: readonly BarPanel[], along: string): string {
  const groups = panels[0]?.groups.map((group) => group.label).filter((label) => label !== '') ?? [];
  const titles = panels.map((panel) => panel.title).join(', ');
  return `MAPE of ${titles} by ${along}${groups.length === 0 ? '' : `: ${groups.join(', ')}`}.`;
}

/** What the caption says of the filter, with the reader's own widening of it. */
function filterText(filter: string, { anyConfiguration, otherModels }: SelectionOptions): string {
  const configured =
    anyConfiguration === true ? filter.replace('default configuration', 'any configuration') : filter;
  return otherModels === true ? configured.replace('four models', 'all models') : configured;
}

/** How to read what the axis cannot show. `isE2eOnly`: the figure has no TTFT panel. */
function clippedNote({ axis, limits }: DrawOptions, isE2eOnly = false): string {
  if (axis !== 'clipped') return '';
  const ttft = isE2eOnly || limits.ttft === limits.others ? '' : ` (TTFT: ${limits.ttft} %)`;
  return (
    `Bars above ${limits.others} %${ttft} are cut; their values, and those under ${READABLE_FROM} %, ` +
    'are written above the group.'
  );
}

function caption({ provenance }: FigureRequest, parts: readonly string[]): string {
  const source = provenance === undefined ? [] : [`${sentence(provenance)}.`];
  return [...parts.filter((part) => part !== ''), ...source].join(' ');
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function skipped(reason: string): FigureOutcome {
  return { kind: 'skipped', reason };
}
