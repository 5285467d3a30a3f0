// Figures 4a and 4b: one run of slots a parameter, the parameter's name in bold below its values.

import type { ConfigFigureData, ConfigParameter } from '../data/config-sensitivity';
import { titleModel, workloadLabel } from '../data/axes';
import { textWidth } from '../font/measure';
import { line, text, type Mark, type Rect, type Scene } from '../scene/scene';
import { barSpans, type SlotAxis } from './bar-plot';
import { layoutBarFigure, type PanelSpec } from './bar-figure';
import type { DrawOptions, Styles } from './look';
import { niceCeiling, type Scale } from './scale';

/** Between the last value of a parameter and the first of the next, beyond the usual distance of 1. */
const PARAMETER_GAP = 0.6;
/** More entries than this do not fit a column's width in one panel: each parameter gets its own. */
const MAX_NARROW_ENTRIES = 6;

export function layoutConfigFigure(
  data: ConfigFigureData,
  title: string,
  description: string,
  options: DrawOptions,
): Scene {
  const entryCount = data.parameters.reduce((count, parameter) => count + parameter.entries.length, 0);
  const isOneRow = options.width !== '3.3in' || entryCount <= MAX_NARROW_ENTRIES;
  const panels = isOneRow ? [data.parameters] : data.parameters.map((parameter) => [parameter]);
  const longest = Math.max(...panels.map(spanOf));
  const end = Math.min(options.limits.others, niceCeiling(1.02 * highest(data)));
  return layoutBarFigure(
    {
      title,
      subtitle: configSubtitle(data),
      ...(options.preset === 'published' && options.width !== '3.3in' ? { titlePt: 12 } : {}),
      description,
      rows: pairs(panels).map((row) => ({
        panels: row.map((parameters) => panelOf(parameters, longest, data.simulators.length, end)),
        turn: 0,
        stacksWhenNarrow: false,
        columns: Math.min(2, panels.length),
      })),
      simulators: data.simulators,
      wideHeightIn: 2.4,
      narrowHeightIn: 2.6,
      publishedSize: { width: 10, height: 3.2 },
      wantsSymlog: false,
      canBreak: false,
      publishedLabels: (foot, axis, scale, styles) => drawTp4Labels(foot, axis, scale, styles, data),
    },
    options,
  );
}

export function configSubtitle(data: ConfigFigureData): string {
  const hasGeneral = data.workloads.includes('general');
  const workloads = data.workloads.filter((workload) => workload !== 'general-lite' || !hasGeneral);
  return `${titleModel(data.model)} — E2E Mean MAPE — H100, ${workloads.map(workloadLabel).join(', ')}`;
}

/** Two panels a row: in a column's width each keeps bars of 4 pt and more. */
function pairs<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / 2) }, (_, row) => items.slice(2 * row, 2 * row + 2));
}

function spanOf(parameters: readonly ConfigParameter[]): number {
  const entries = parameters.reduce((count, parameter) => count + parameter.entries.length, 0);
  return entries + PARAMETER_GAP * (parameters.length - 1);
}

/** `span` = the longest panel's, so that bars are equally wide in all panels. */
function panelOf(
  parameters: readonly ConfigParameter[],
  span: number,
  simulatorCount: number,
  end: number,
): PanelSpec {
  const slots: { at: number; label: string; bars: ConfigParameter['entries'][number]['bars'] }[] = [];
  const sections: { label: string; at: number }[] = [];
  let at = 0;
  for (const parameter of parameters) {
    sections.push({ label: parameter.label, at: at + (parameter.entries.length - 1) / 2 });
    for (const entry of parameter.entries) slots.push({ at: at++, label: entry.label, bars: entry.bars });
    at += PARAMETER_GAP;
  }
  const slack = (span - spanOf(parameters)) / 2;
  const axis: SlotAxis = {
    slots,
    from: -0.6 - slack,
    to: spanOf(parameters) - 0.4 + slack,
    barWidth: 0.8 / Math.max(1, simulatorCount),
  };
  return { title: '', metric: 'e2e_mean', axis, sections, end };
}

function highest(data: ConfigFigureData): number {
  const values = data.parameters.flatMap((parameter) =>
    parameter.entries.flatMap((entry) => entry.bars.map((bar) => bar.value)),
  );
  return Math.max(...values.map((value) => (Number.isFinite(value) ? value : Infinity)));
}

const LABELLED = ['blis-trained-physics', 'llmservingsim'];
const TP4_LABEL_PT = 6.5;
/** Of the highest bar. */
const TP4_LABEL_HEIGHT = 0.08;

/** At TP = 4 two bars are nearly invisible; the published figure writes their values next to them. */
function drawTp4Labels(
  area: Rect,
  axis: SlotAxis,
  scale: Scale,
  styles: Styles,
  data: ConfigFigureData,
): Mark[] {
  const tp = data.parameters.find((parameter) => parameter.name === 'tp');
  const entry = tp?.entries.find((candidate) => candidate.value === 4);
  const slot = axis.slots.find((candidate) => candidate.bars === entry?.bars);
  if (slot === undefined) return [];
  const y = area.y + area.height * (1 - scale.share(TP4_LABEL_HEIGHT * highest(data)));
  return barSpans(area, axis, slot).flatMap(({ bar, left, width }): Mark[] => {
    const side = LABELLED.indexOf(bar.simulator);
    if (side < 0) return [];
    const content = bar.value.toFixed(bar.value < 10 ? 2 : 1);
    const color = styles.color(bar.simulator);
    // The first of the two stands left of its bar, the second right.
    const reach = textWidth(content, TP4_LABEL_PT, 'bold') / 2 + 3;
    const x = left + width / 2 + (side === 0 ? -reach : reach);
    const top = area.y + area.height * (1 - scale.share(bar.value));
    return [
      line(left + width / 2, top, x, y + 1, 0.5, color),
      text(content, x, y, TP4_LABEL_PT, { anchor: 'middle', face: 'bold', color }),
    ];
  });
}
