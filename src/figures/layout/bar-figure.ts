// A figure of bar panels: E2E, TTFT and ITL side by side, or stacked with a shared x axis where the page is narrow or bars would
// get too thin. Draws the grouped figures 1–3 and the comparisons, in either preset.

import type { MetricName } from '../../domain/prediction';
import type { Bar } from '../data/bars';
import { textWidth, type Face } from '../font/measure';
import { group, POINTS_PER_INCH, text, type Mark, type Rect, type Scene } from '../scene/scene';
import { barWidthPt, drawBars, drawDots, drawNotches, slotX, type SlotAxis } from './bar-plot';
import { brokenAxis, drawBrokenPanel, splitArea, type BrokenAxis } from './broken-panel';
import {
  drawGrid,
  drawSlotLabels,
  drawXAxis,
  drawYAxis,
  drawYLabel,
  slotLabelHeight,
  yTickWidth,
  type LabelTurn,
} from './frame';
import { layoutLegend } from './legend';
import { MIN_BAR_PT, MIN_HATCHED_BAR_PT, Styles, typeSizes, type DrawOptions, type TypeSizes } from './look';
import { linearScale, logScale, type Scale } from './scale';
import { drawBarValues, drawStacks, READABLE_FROM, stackHeight, stackWidth } from './value-stack';

export interface PanelSpec {
  readonly title: string;
  readonly metric: MetricName;
  readonly axis: SlotAxis;
  /** Names under runs of slots, in bold. */
  readonly sections?: readonly { readonly label: string; readonly at: number }[];
  /** End of a clipped axis, where it is not the usual limit. */
  readonly end?: number;
  /** Few bars: each carries its value. */
  readonly showsAllValues?: boolean;
}

export interface PanelRow {
  readonly panels: readonly PanelSpec[];
  readonly turn: LabelTurn;
  /** On a narrow page the panels go below each other. A row of few bars stays a row. */
  readonly stacksWhenNarrow: boolean;
  /** Columns of the grid, where a row may have fewer panels than its neighbours. */
  readonly columns?: number;
}

export interface SizeInches {
  readonly width: number;
  readonly height: number;
}

export interface BarFigureSpec {
  readonly title: string;
  /** Second line of the published title. */
  readonly subtitle?: string;
  readonly subtitleFace?: Face;
  /** Where the published title is not of the usual size. */
  readonly titlePt?: number;
  readonly description: string;
  readonly rows: readonly PanelRow[];
  /** In legend order. */
  readonly simulators: readonly string[];
  readonly legendNames?: Readonly<Record<string, string>>;
  readonly wideHeightIn: number;
  readonly narrowHeightIn: number;
  readonly publishedSize: SizeInches;
  /** The published figure draws unbroken panels with a symmetric-log axis. */
  readonly wantsSymlog: boolean;
  readonly canBreak: boolean;
  /** Values that the published figure writes beside some bars. `foot` is the axis that carries the bars' feet. */
  readonly publishedLabels?: (foot: Rect, axis: SlotAxis, scale: Scale, styles: Styles) => Mark[];
}

const QUANTITY = 'MAPE (%)';

const EDGE_PT = 3.6;
const PANEL_GAP_PT = 9;
const UNLABELLED_GAP_PT = 7;
const LEGEND_GAP_PT = 4;
const MIN_PLOT_PT = 40;
const MAX_BAR_PT = 20;
const COMFORTABLE_BAR_PT = 4.6;
/** Share of the distance between slots that a full slot takes: usually, and where bars would get too thin. */
const SLOT_FILL = 0.76;
const TIGHT_SLOT_FILL = 0.94;

function pageWidthPt(options: DrawOptions, published: SizeInches): number {
  const inches = options.width === '7in' ? 7 : options.width === '3.3in' ? 3.3 : published.width;
  return inches * POINTS_PER_INCH;
}

/** Panels that share one y range on the page. */
interface Line {
  readonly panels: readonly PanelSpec[];
  readonly turn: LabelTurn;
  readonly hasSlotLabels: boolean;
  readonly columns: number;
}

type PanelScale =
  | { readonly kind: 'clipped' | 'log'; readonly scale: Scale }
  | { readonly kind: 'broken'; readonly broken: BrokenAxis };

interface Context {
  readonly spec: BarFigureSpec;
  readonly options: DrawOptions;
  readonly sizes: TypeSizes;
  readonly widthPt: number;
  /** From the page's edge to the first spine, and between a panel's end and the next spine. */
  readonly left: number;
  readonly gap: number;
  readonly right: number;
}

export function layoutBarFigure(spec: BarFigureSpec, options: DrawOptions): Scene {
  const sizes = typeSizes(options);
  const widthPt = pageWidthPt(options, spec.publishedSize);
  const margins = horizontalMargins(spec, options, sizes, widthPt);
  const context: Context = { spec, options, sizes, widthPt, ...margins };
  const lines = spec.rows
    .flatMap((row) => linesOf(row, context))
    .map((line) => (options.preset === 'plumbline' ? layFlat(fitBars(line, context), context) : line));
  const narrowest = Math.min(
    ...lines.flatMap((line) =>
      line.panels.map((panel) => barWidthPt({ width: panelWidth(context, line.columns) }, panel.axis)),
    ),
  );
  const isHatched = options.preset === 'published' || narrowest >= MIN_HATCHED_BAR_PT;
  const styles = new Styles(spec.simulators, options.palette, isHatched);
  const legend = layoutLegend({
    simulators: spec.simulators,
    styles,
    sizePt: sizes.legend,
    widthPt: widthPt - 2 * EDGE_PT,
    key: options.axis === 'log' ? 'marker' : 'bar',
    ...(spec.legendNames === undefined ? {} : { names: spec.legendNames }),
  });
  const head = titleHeight(spec, options, sizes);
  const heads = lines.map((line) => lineHead(line, context));
  const feet = lines.map((line) => lineFoot(line, context));
  const fixed = EDGE_PT * 2 + head + sum(heads) + sum(feet) + LEGEND_GAP_PT + legend.heightPt;
  const plotHeight = plotHeightPt(context, lines.length, fixed);
  const marks: Mark[] = drawTitle(context);
  let top = EDGE_PT + head;
  lines.forEach((line, index) => {
    const y = top + (heads[index] ?? 0);
    marks.push(...drawLine(line, y, plotHeight, styles, context));
    top = y + plotHeight + (feet[index] ?? 0);
  });
  marks.push(legend.place(widthPt / 2, top + LEGEND_GAP_PT));
  return {
    title: spec.title,
    description: spec.description,
    widthPt,
    heightPt: top + LEGEND_GAP_PT + legend.heightPt + EDGE_PT,
    marks,
  };
}

/** Side by side, or one below the other when the page or the bars ask for it. */
function linesOf(row: PanelRow, context: Context): readonly Line[] {
  const { options, sizes } = context;
  const columns = row.columns ?? row.panels.length;
  const width = panelWidth(context, columns);
  const isTooThin = row.panels.some((panel) => {
    if (options.preset === 'published') return false;
    if (barWidthPt({ width }, panel.axis) < MIN_BAR_PT) return true;
    if (options.axis !== 'clipped') return false;
    const pitch = width / (panel.axis.to - panel.axis.from);
    return stackWidth(panel.axis, labelled(panel, options), sizes.value) > pitch;
  });
  if (!(isTooThin && row.stacksWhenNarrow) && !(options.width === '3.3in' && row.stacksWhenNarrow)) {
    return [{ panels: row.panels, turn: row.turn, hasSlotLabels: true, columns }];
  }
  return row.panels.map((panel, index) => ({
    panels: [panel],
    turn: row.turn,
    hasSlotLabels: index === row.panels.length - 1,
    columns: 1,
  }));
}

/** Labels that fit beside each other are not turned. */
function layFlat(line: Line, context: Context): Line {
  const { tick } = context.sizes;
  const width = panelWidth(context, line.columns);
  const fits = line.panels.every(({ axis }) => {
    const pitch = width / (axis.to - axis.from);
    return axis.slots.every(({ label }) => textWidth(label, tick) + tick / 2 <= pitch);
  });
  return fits ? { ...line, turn: 0 } : line;
}

/** Bars no wider than reads well, and wide enough for their hatches where the distance between slots allows it. */
function fitBars(line: Line, context: Context): Line {
  const width = panelWidth(context, line.columns);
  const most = Math.max(1, ...line.panels.flatMap(({ axis }) => axis.slots.map((slot) => slot.bars.length)));
  const panels = line.panels.map((panel) => {
    const unit = width / (panel.axis.to - panel.axis.from);
    const roomy = (SLOT_FILL * unit) / most;
    const tight = (TIGHT_SLOT_FILL * unit) / most;
    const bar = Math.min(MAX_BAR_PT, Math.max(roomy, Math.min(tight, COMFORTABLE_BAR_PT)));
    return { ...panel, axis: { ...panel.axis, barWidth: bar / unit } };
  });
  return { ...line, panels };
}

function horizontalMargins(
  spec: BarFigureSpec,
  options: DrawOptions,
  sizes: TypeSizes,
  widthPt: number,
): Pick<Context, 'left' | 'gap' | 'right'> {
  // Shares of the published canvas (HEAD).
  if (options.width === 'published')
    return { left: 0.08 * widthPt, gap: 0.08 * widthPt, right: 0.02 * widthPt };
  const panels = spec.rows.flatMap((row) => row.panels);
  const ticks = Math.max(...panels.map((panel) => tickWidth(panelScale(panel, spec, options), sizes.tick)));
  return { left: EDGE_PT + sizes.label * 1.1 + 1.5 + ticks, gap: PANEL_GAP_PT + ticks, right: EDGE_PT };
}

function panelWidth(context: Context, count: number): number {
  return (context.widthPt - context.left - context.right - (count - 1) * context.gap) / count;
}

function plotHeightPt(context: Context, lineCount: number, fixed: number): number {
  const { spec, options } = context;
  if (options.width === 'published') {
    // The plot area of the published canvas; labels and legend extend the page, as its tight bounding box does.
    const share = lineCount === 1 ? 0.67 : 0.58;
    return (spec.publishedSize.height * POINTS_PER_INCH * share) / lineCount;
  }
  const inches = options.width === '3.3in' ? spec.narrowHeightIn : wideHeightIn(spec, options);
  return Math.max(MIN_PLOT_PT, (inches * POINTS_PER_INCH - fixed) / lineCount);
}

/** The published figures were 3.2 in high when they were 7 in wide (5b12a00), and 10 in wide ones keep their shape. */
function wideHeightIn(spec: BarFigureSpec, options: DrawOptions): number {
  if (options.preset === 'plumbline') return spec.wideHeightIn;
  return Math.max(Math.min(3.2, spec.publishedSize.height), 0.7 * spec.publishedSize.height);
}

function titleHeight(spec: BarFigureSpec, options: DrawOptions, sizes: TypeSizes): number {
  if (!options.hasTitle) return 0;
  return sizes.figureTitle * 1.45 + (spec.subtitle === undefined ? 0 : sizes.label * 1.3);
}

function drawTitle({ spec, options, sizes, widthPt }: Context): Mark[] {
  if (!options.hasTitle) return [];
  const baseline = EDGE_PT + sizes.figureTitle * 0.85;
  // A title longer than the page gets the size that fits it.
  const size = Math.min(
    spec.titlePt ?? sizes.figureTitle,
    (sizes.figureTitle * (widthPt - 2 * EDGE_PT)) / textWidth(spec.title, sizes.figureTitle),
  );
  const title = text(spec.title, widthPt / 2, baseline, size, { anchor: 'middle' });
  if (spec.subtitle === undefined) return [title];
  const subtitle = text(spec.subtitle, widthPt / 2, baseline + sizes.label * 1.35, sizes.label, {
    anchor: 'middle',
    face: spec.subtitleFace ?? 'regular',
  });
  return [title, subtitle];
}

function lineHead(line: Line, context: Context): number {
  const { sizes, options } = context;
  const title = line.panels.some((panel) => panel.title !== '') ? sizes.panelTitle * 1.35 : sizes.tick * 0.6;
  if (options.axis !== 'clipped') return title;
  const stacks = line.panels.map((panel) => stackHeight(panel.axis, labelled(panel, options), sizes.value));
  // Without a stack the highest tick label still needs half its height.
  return title + Math.max(sizes.tick * 0.4, ...stacks);
}

function lineFoot(line: Line, { sizes }: Context): number {
  if (!line.hasSlotLabels) return UNLABELLED_GAP_PT;
  const labels = line.panels.map((panel) => slotLabelHeight(panel.axis, sizes.tick, line.turn));
  const sections = line.panels.some((panel) => panel.sections !== undefined) ? sectionHeight(sizes) : 0;
  return Math.max(UNLABELLED_GAP_PT, ...labels) + sections;
}

function sectionHeight(sizes: TypeSizes): number {
  return sizes.label * 1.3;
}

function drawSections(area: Rect, panel: PanelSpec, turn: LabelTurn, sizes: TypeSizes): Mark[] {
  const top = area.y + area.height + slotLabelHeight(panel.axis, sizes.tick, turn);
  return (panel.sections ?? []).map((section) =>
    text(section.label, slotX(area, panel.axis, section.at), top + sizes.label * 0.95, sizes.label, {
      anchor: 'middle',
      face: 'bold',
    }),
  );
}

function drawLine(line: Line, y: number, height: number, styles: Styles, context: Context): Mark[] {
  const { spec, options, sizes, left, gap } = context;
  const width = panelWidth(context, line.columns);
  const head = lineHead(line, context);
  return line.panels.map((panel, index) => {
    const area: Rect = { x: left + index * (width + gap), y, width, height };
    const marks = drawPlot(area, panel, panelScale(panel, spec, options), styles, context);
    if (line.hasSlotLabels) {
      marks.push(...drawSlotLabels(area, panel.axis, sizes.tick, line.turn));
      marks.push(...drawSections(area, panel, line.turn, sizes));
    }
    if (panel.title !== '') {
      const title = options.preset === 'plumbline' ? sentenceCase(panel.title) : panel.title;
      marks.push(
        text(title, area.x + width / 2, y - head + sizes.panelTitle * 0.85, sizes.panelTitle, {
          anchor: 'middle',
        }),
      );
    }
    if (index === 0) {
      const edge = Math.max(EDGE_PT, left - sizes.label * 1.1 - 1.5 - widestTick(context));
      marks.push(drawYLabel(QUANTITY, area, edge, sizes.label));
    }
    return group(panel.title === '' ? panel.metric : panel.title, marks);
  });
}

function drawPlot(
  area: Rect,
  panel: PanelSpec,
  panelScale: PanelScale,
  styles: Styles,
  { spec, options, sizes }: Context,
): Mark[] {
  if (panelScale.kind === 'broken') {
    const { broken } = panelScale;
    const marks = drawBrokenPanel(area, panel.axis, broken, styles, sizes.tick);
    const foot = broken.top === undefined ? area : splitArea(area).low;
    return [...marks, ...(spec.publishedLabels?.(foot, panel.axis, broken.bottom, styles) ?? [])];
  }
  const { scale, kind } = panelScale;
  const bars =
    kind === 'log'
      ? drawDots(area, panel.axis, scale, styles)
      : [
          ...drawBars(area, panel.axis, scale, styles),
          ...drawNotches(area, panel.axis, scale),
          ...(panel.showsAllValues === true
            ? drawBarValues(area, panel.axis, scale, sizes.value)
            : drawStacks(area, panel.axis, labelled(panel, options), styles, sizes.value)),
        ];
  return [
    ...drawGrid(area, scale, sizes.tick),
    ...bars,
    ...drawYAxis(area, scale, sizes.tick),
    drawXAxis(area),
  ];
}

function panelScale(panel: PanelSpec, spec: BarFigureSpec, options: DrawOptions): PanelScale {
  switch (options.axis) {
    case 'clipped':
      return { kind: 'clipped', scale: clippedScale(panel, options) };
    case 'log':
      return { kind: 'log', scale: decades(spec.rows.flatMap((row) => row.panels)) };
    case 'broken':
      return {
        kind: 'broken',
        broken: brokenAxis(panel.axis, panel.metric, spec.wantsSymlog, spec.canBreak),
      };
  }
}

function clippedScale(panel: PanelSpec, { limits }: DrawOptions): Scale {
  return linearScale(0, panel.end ?? (panel.metric === 'ttft_mean' ? limits.ttft : limits.others));
}

/** The bars whose values are written above the plot. */
function labelled(panel: PanelSpec, options: DrawOptions): (bar: Bar) => boolean {
  const scale = clippedScale(panel, options);
  return (bar) => panel.showsAllValues === true || bar.value > scale.to || bar.value < READABLE_FROM;
}

/** Whole decades around all values of the figure, so that its panels compare. Nothing under 0.1 % is resolved. */
function decades(panels: readonly PanelSpec[]): Scale {
  const values = panels
    .flatMap((panel) => panel.axis.slots.flatMap((slot) => slot.bars.map((bar) => bar.value)))
    .filter((value) => value > 0 && Number.isFinite(value));
  const low = Math.max(0.1, 10 ** Math.floor(Math.log10(Math.min(1, ...values))));
  const high = 10 ** Math.ceil(Math.log10(Math.max(10 * low, ...values)));
  return logScale(low, high);
}

function widestTick({ spec, options, sizes }: Context): number {
  const panels = spec.rows.flatMap((row) => row.panels);
  return Math.max(...panels.map((panel) => tickWidth(panelScale(panel, spec, options), sizes.tick)));
}

function tickWidth(panel: PanelScale, sizePt: number): number {
  if (panel.kind !== 'broken') return yTickWidth(panel.scale, sizePt);
  const { bottom, top } = panel.broken;
  return Math.max(yTickWidth(bottom, sizePt), top === undefined ? 0 : yTickWidth(top, sizePt));
}

/** `E2E Mean` → `E2E mean`. */
function sentenceCase(title: string): string {
  return title.replace(/ ([A-Z])(?=[a-z])/g, (match) => match.toLowerCase());
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
