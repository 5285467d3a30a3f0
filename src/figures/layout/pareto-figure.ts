// Figure 5: one point a simulator on logarithmic axes of runtime and error, with quartile whiskers and the frontier as a dashed
// step line. Plumbline: each simulator's marker and its name beside it. Published: circles, fixed label offsets, legend.

import type { ParetoData, ParetoPoint } from '../data/pareto';
import { CAP_HEIGHT, textWidth } from '../font/measure';
import { group, line, POINTS_PER_INCH, text, type Mark, type Rect, type Scene } from '../scene/scene';
import { drawXAxis, drawYAxis, drawYLabel, yTickWidth } from './frame';
import { placeLabels, type LabelledPoint, type Obstacle } from './label-placement';
import { layoutLegend, type Legend } from './legend';
import { AXIS_WIDTH_PT, Styles, TICK_LENGTH_PT, typeSizes, type DrawOptions, type TypeSizes } from './look';
import { markerMarks } from './markers';
import { logScale, type Scale } from './scale';

const EDGE_PT = 3.6;
const GREY = '#7A7A7A';
const Y_LABEL = 'Median MAPE (%)';
const X_LABELS = { plumbline: 'Median runtime (s)', published: 'Median Runtime (s)' } as const;

interface Axes {
  readonly area: Rect;
  readonly x: Scale;
  readonly y: Scale;
}

export function layoutParetoFigure(
  data: ParetoData,
  title: string,
  description: string,
  options: DrawOptions,
): Scene {
  const isPublished = options.preset === 'published';
  const sizes = typeSizes(options);
  const { widthIn, heightIn } = sizeOf(options);
  const widthPt = widthIn * POINTS_PER_INCH;
  const simulators = data.points.map((point) => point.simulator);
  const styles = new Styles(simulators, options.palette, false);
  const { x, y } = isPublished ? publishedScales(data) : tightScales(data);
  const left = EDGE_PT + sizes.label * 1.1 + 1.5 + yTickWidth(y, sizes.tick);
  const head = options.hasTitle ? sizes.figureTitle * 1.5 : sizes.tick * 0.5;
  const foot = TICK_LENGTH_PT + sizes.tick * 1.35 + sizes.label * 1.35;
  const legend = isPublished
    ? layoutLegend({
        simulators,
        styles,
        sizePt: sizes.legend,
        key: 'disc',
        widthPt: widthPt - 2 * EDGE_PT,
        maxColumns: 3,
      })
    : undefined;
  const legendHeight = legend === undefined ? 0 : legend.heightPt + 4;
  const heightPt = heightIn * POINTS_PER_INCH + (isPublished ? legendHeight : 0);
  const area: Rect = {
    x: left,
    y: EDGE_PT + head,
    width: widthPt - left - EDGE_PT - sizes.tick,
    height: heightPt - 2 * EDGE_PT - head - foot - legendHeight,
  };
  const axes: Axes = { area, x, y };
  const marks: Mark[] = [
    ...(options.hasTitle
      ? [
          text(title, widthPt / 2, EDGE_PT + sizes.figureTitle * 0.85, sizes.figureTitle, {
            anchor: 'middle',
          }),
        ]
      : []),
    ...(isPublished ? dominatedRegion(data, axes) : []),
    group('frontier', frontier(data, axes)),
    group(
      'whiskers',
      data.points.flatMap((point) => whiskers(point, axes, styles.color(point.simulator))),
    ),
    ...(isPublished && options.width !== '3.3in'
      ? publishedPoints(data, axes, styles)
      : plumblinePoints(data, axes, styles, sizes)),
    ...drawYAxis(area, y, sizes.tick),
    ...minorTicks(axes),
    drawXAxis(area),
    ...xTicks(axes, sizes),
    drawYLabel(Y_LABEL, area, EDGE_PT, sizes.label),
    text(
      X_LABELS[options.preset],
      area.x + area.width / 2,
      area.y + area.height + foot - sizes.label * 0.3,
      sizes.label,
      {
        anchor: 'middle',
      },
    ),
    ...placedLegend(legend, widthPt, area, foot),
  ];
  return { title, description, widthPt, heightPt, marks };
}

function placedLegend(legend: Legend | undefined, widthPt: number, area: Rect, foot: number): Mark[] {
  return legend === undefined ? [] : [legend.place(widthPt / 2, area.y + area.height + foot + 4)];
}

function sizeOf(options: DrawOptions): { widthIn: number; heightIn: number } {
  if (options.preset === 'published' && options.width !== '3.3in') return { widthIn: 4.5, heightIn: 4.5 };
  return options.width === '3.3in' ? { widthIn: 3.3, heightIn: 3.1 } : { widthIn: 4.5, heightIn: 4 };
}

/** Around medians and whiskers, with room for names. */
function tightScales(data: ParetoData): { x: Scale; y: Scale } {
  const x = extent(data.points.flatMap(({ runtimeS }) => [runtimeS.q1, runtimeS.median, runtimeS.q3]));
  const y = extent(data.points.flatMap(({ mape }) => [mape.q1, mape.median, mape.q3]));
  return { x: logScale(x.low / 1.7, x.high * 2), y: logScale(y.low / 1.5, y.high * 1.6) };
}

/** Factors of the published limits around the medians. */
function publishedScales(data: ParetoData): { x: Scale; y: Scale } {
  const x = extent(data.points.map((point) => point.runtimeS.median));
  const y = extent(data.points.map((point) => point.mape.median));
  return { x: logScale(0.18 * x.low, 8 * x.high), y: logScale(0.28 * y.low, 6 * y.high) };
}

/** Of what a logarithmic axis can show. */
function extent(values: readonly number[]): { low: number; high: number } {
  const shown = values.filter((value) => value > 0 && Number.isFinite(value));
  return shown.length === 0 ? { low: 1, high: 10 } : { low: Math.min(...shown), high: Math.max(...shown) };
}

/** Zero and infinity sit on the ends of the axis. */
function clampedShare(scale: Scale, value: number): number {
  if (!(value > 0)) return 0;
  return Number.isFinite(value) ? Math.min(1, Math.max(0, scale.share(value))) : 1;
}

function toX({ area, x }: Axes, value: number): number {
  return area.x + clampedShare(x, value) * area.width;
}

function toY({ area, y }: Axes, value: number): number {
  return area.y + (1 - clampedShare(y, value)) * area.height;
}

function xTicks({ area, x }: Axes, sizes: TypeSizes): Mark[] {
  const bottom = area.y + area.height;
  return x.ticks.flatMap((tick) => {
    const at = area.x + x.share(tick.value) * area.width;
    return [
      line(at, bottom, at, bottom + TICK_LENGTH_PT, AXIS_WIDTH_PT),
      text(tick.label, at, bottom + TICK_LENGTH_PT + sizes.tick * 0.95, sizes.tick, { anchor: 'middle' }),
    ];
  });
}

/** Unlabelled strokes at 2 … 9 of each decade. */
function minorTicks({ area, x, y }: Axes): Mark[] {
  const inside = (scale: Scale): number[] => {
    const values: number[] = [];
    for (let decade = Math.floor(Math.log10(scale.from)); 10 ** decade <= scale.to; decade++) {
      for (let digit = 2; digit < 10; digit++) values.push(digit * 10 ** decade);
    }
    return values.filter((value) => value >= scale.from && value <= scale.to);
  };
  const bottom = area.y + area.height;
  const length = TICK_LENGTH_PT * 0.55;
  return [
    ...inside(x).map((value) => {
      const at = area.x + x.share(value) * area.width;
      return line(at, bottom, at, bottom + length, 0.4);
    }),
    ...inside(y).map((value) => {
      const at = area.y + (1 - y.share(value)) * area.height;
      return line(area.x - length, at, area.x, at, 0.4);
    }),
  ];
}

const CAP_PT = 3;

function whiskers(point: ParetoPoint, axes: Axes, color: string): Mark[] {
  return whiskerLines(point, axes).map(({ x1, y1, x2, y2 }) => line(x1, y1, x2, y2, 1, color));
}

function whiskerLines(point: ParetoPoint, axes: Axes): Obstacle[] {
  const x = toX(axes, point.runtimeS.median);
  const y = toY(axes, point.mape.median);
  // The published lower runtime whisker ends at a tenth of the median at the latest.
  const left = toX(axes, Math.max(point.runtimeS.q1, 0.1 * point.runtimeS.median));
  const right = toX(axes, point.runtimeS.q3);
  const low = toY(axes, point.mape.q1);
  const high = toY(axes, point.mape.q3);
  const half = CAP_PT / 2;
  return [
    { x1: left, y1: y, x2: right, y2: y },
    { x1: left, y1: y - half, x2: left, y2: y + half },
    { x1: right, y1: y - half, x2: right, y2: y + half },
    { x1: x, y1: low, x2: x, y2: high },
    { x1: x - half, y1: low, x2: x + half, y2: low },
    { x1: x - half, y1: high, x2: x + half, y2: high },
  ];
}

/** Horizontal first, then down to the next better point. */
function frontierPoints(data: ParetoData, axes: Axes): (readonly [number, number])[] {
  const chain = data.points
    .filter((point) => point.onFrontier)
    .sort((a, b) => a.runtimeS.median - b.runtimeS.median || a.mape.median - b.mape.median);
  return chain.flatMap((point, index) => {
    const previous = chain[index - 1];
    const x = toX(axes, point.runtimeS.median);
    const here = [x, toY(axes, point.mape.median)] as const;
    return previous === undefined ? [here] : [[x, toY(axes, previous.mape.median)] as const, here];
  });
}

function frontier(data: ParetoData, axes: Axes): Mark[] {
  const points = frontierPoints(data, axes);
  if (points.length < 2) return [];
  return [{ kind: 'line', points, stroke: { color: GREY, widthPt: 0.9, dash: [3.5, 2.5] } }];
}

const MARKER_PT = 3.9;
/** A simulator that covers less than this share of the experiments is drawn hollow. */
export const MIN_COVERAGE = 0.5;

function plumblinePoints(data: ParetoData, axes: Axes, styles: Styles, sizes: TypeSizes): Mark[] {
  const labels = data.points.map((point): LabelledPoint => {
    const name = styles.of(point.simulator).name;
    return {
      x: toX(axes, point.runtimeS.median),
      y: toY(axes, point.mape.median),
      radius: MARKER_PT,
      width: textWidth(name, sizes.label),
      height: sizes.label * 0.95,
    };
  });
  const steps = frontierPoints(data, axes);
  const obstacles: Obstacle[] = [
    ...data.points.flatMap((point) => whiskerLines(point, axes)),
    ...steps.flatMap(([x1, y1], index) => {
      const next = steps[index + 1];
      return next === undefined ? [] : [{ x1, y1, x2: next[0], y2: next[1] }];
    }),
  ];
  const placed = placeLabels(labels, obstacles, axes.area);
  return [
    group(
      'points',
      data.points.flatMap((point, index) => {
        const at = labels[index];
        if (at === undefined) return [];
        const isHollow = point.count < MIN_COVERAGE * data.experimentCount;
        const { marker } = styles.of(point.simulator);
        return markerMarks(marker, at.x, at.y, MARKER_PT, styles.color(point.simulator), isHollow);
      }),
    ),
    group(
      'names',
      data.points.flatMap((point, index) => {
        const box = placed[index];
        const at = labels[index];
        if (box === undefined || at === undefined) return [];
        const baseline = box.y + box.height / 2 + (sizes.label * CAP_HEIGHT) / 2;
        return [...leader(at, box), text(styles.of(point.simulator).name, box.x, baseline, sizes.label)];
      }),
    ),
  ];
}

/** A thin line from the marker to a name that stands apart. */
function leader(point: LabelledPoint, box: Rect & { readonly distance: number }): Mark[] {
  if (box.distance < 6) return [];
  const x = Math.min(Math.max(point.x, box.x), box.x + box.width);
  const y = Math.min(Math.max(point.y, box.y), box.y + box.height);
  const length = Math.hypot(x - point.x, y - point.y);
  const from = point.radius / length;
  return [line(point.x + (x - point.x) * from, point.y + (y - point.y) * from, x, y, 0.4, GREY)];
}

/** Points to the right and upwards. */
const LABEL_OFFSETS: Readonly<Record<string, readonly [number, number]>> = {
  'blis-trained-physics': [10, -35],
  'blis-roofline': [10, 28],
  vidur: [25, 15],
  'llm-optimizer-estimate': [10, 35],
  'aiconfigurator-estimate': [40, 5],
  llmservingsim: [25, -15],
};
const OTHER_OFFSET = [10, 8] as const;
const PUBLISHED_LABEL_PT = 9;

function publishedPoints(data: ParetoData, axes: Axes, styles: Styles): Mark[] {
  const names = data.points.flatMap((point): Mark[] => {
    const [right, up] = LABEL_OFFSETS[point.simulator] ?? OTHER_OFFSET;
    const { name } = styles.of(point.simulator);
    const width = textWidth(name, PUBLISHED_LABEL_PT);
    const x = toX(axes, point.runtimeS.median);
    const y = toY(axes, point.mape.median);
    // The offset stands unless the name would leave the page.
    const dx = Math.min(right, axes.area.x + axes.area.width + 4 - width - x);
    const dy = Math.min(up, y - axes.area.y);
    return [
      line(x, y, x + dx, y - dy, 0.5, '#999999'),
      {
        kind: 'rect',
        x: x + dx - 2,
        y: y - dy - PUBLISHED_LABEL_PT * 0.8,
        width: width + 4,
        height: PUBLISHED_LABEL_PT * 1.15,
        radius: 2,
        fill: { color: '#FFFFFF', opacity: 0.8 },
      },
      text(name, x + dx, y - dy, PUBLISHED_LABEL_PT),
    ];
  });
  const discs = data.points.map((point): Mark => {
    const areaPt2 = point.simulator === 'blis-trained-roofline' ? 120 : 60;
    return {
      kind: 'circle',
      x: toX(axes, point.runtimeS.median),
      y: toY(axes, point.mape.median),
      // matplotlib's marker area is the square of the diameter.
      radius: Math.sqrt(areaPt2) / 2,
      fill: { color: styles.color(point.simulator) },
      stroke: { color: '#000000', widthPt: 0.5 },
    };
  });
  return [group('names', names), group('points', discs)];
}

/** What is worse than `blis-trained-roofline` in both. */
function dominatedRegion(data: ParetoData, axes: Axes): Mark[] {
  const corner = data.points.find((point) => point.simulator === 'blis-trained-roofline');
  if (corner === undefined) return [];
  const x = toX(axes, corner.runtimeS.median);
  const y = toY(axes, corner.mape.median);
  return [
    {
      kind: 'rect',
      x,
      y: axes.area.y,
      width: axes.area.x + axes.area.width - x,
      height: y - axes.area.y,
      fill: { color: '#90E0EF', opacity: 0.15 },
    },
  ];
}
