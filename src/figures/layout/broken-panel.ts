// One panel with the published figures' y axis (validator spec 13.4): when bars reach far beyond the threshold, a second axis above
// a gap shows them; otherwise linear, or symmetric-log where asked for.

import type { MetricName } from '../../domain/prediction';
import { DESCENT, CAP_HEIGHT, textWidth } from '../font/measure';
import { group, line, text, type Mark, type Rect } from '../scene/scene';
import { barSpans, drawBars, type SlotAxis } from './bar-plot';
import { drawGrid, drawXAxis, drawYAxis } from './frame';
import { OUTLINE, type Styles } from './look';
import { linearScale, symlogScale, type Scale } from './scale';

const MIN_BARS_TO_BREAK = 3;
const TOP_SHARE = 1 / 5;
/** Of the mean height of the two axes. */
const GAP_SHARE = 0.05;
const HEADROOM = 1.2;

export interface BrokenAxis {
  readonly bottom: Scale;
  /** Absent: nothing reaches beyond the threshold. */
  readonly top?: Scale;
}

/** `wantsSymlog`: the figure asks for it in every panel without a break. `canBreak`: grouped figures break, comparisons do not. */
export function brokenAxis(
  axis: SlotAxis,
  metric: MetricName,
  wantsSymlog: boolean,
  canBreak: boolean,
): BrokenAxis {
  const threshold = metric === 'ttft_mean' ? 200 : 100;
  const heights = axis.slots.flatMap((slot) => slot.bars.map((bar) => bar.value)).filter(Number.isFinite);
  const highest = Math.max(0, ...heights);
  if (canBreak && heights.length >= MIN_BARS_TO_BREAK && highest > threshold) {
    const above = heights.filter((height) => height > threshold);
    const bottom = linearScale(0, threshold, 6);
    const top = linearScale(0.9 * Math.min(...above), 1.15 * highest, 3);
    return {
      bottom: { ...bottom, ticks: bottom.ticks.filter((tick) => tick.value < 0.99 * threshold) },
      top: { ...top, ticks: top.ticks.filter((tick) => tick.value > 1.05 * threshold) },
    };
  }
  const end = highest === 0 ? 1 : HEADROOM * highest;
  const isSymlog = wantsSymlog || (metric === 'ttft_mean' && end > 200);
  return { bottom: isSymlog ? symlogScale(end) : linearScale(0, end) };
}

/** Bars, axes and break marks; labels of slots and the quantity are the caller's. */
export function drawBrokenPanel(
  area: Rect,
  axis: SlotAxis,
  broken: BrokenAxis,
  styles: Styles,
  tickPt: number,
): Mark[] {
  if (broken.top === undefined) {
    return [
      ...drawGrid(area, broken.bottom, tickPt),
      ...drawBars(area, axis, broken.bottom, styles),
      ...drawYAxis(area, broken.bottom, tickPt),
      drawXAxis(area),
    ];
  }
  const { low, high } = splitArea(area);
  const top = broken.top;
  return [
    ...drawGrid(low, broken.bottom, tickPt),
    ...drawGrid(high, top, tickPt),
    group('bars below the break', drawBars(low, axis, broken.bottom, styles), low),
    group('bars above the break', drawBarsFrom(high, axis, top, styles), high),
    ...drawYAxis(low, broken.bottom, tickPt),
    ...drawYAxis(high, top, tickPt),
    drawXAxis(low),
    ...breakMarks(low.x, low.y, area.width, area.height),
    ...breakMarks(high.x, high.y + high.height, area.width, area.height),
  ];
}

export function splitArea(area: Rect): { readonly low: Rect; readonly high: Rect } {
  // Heights 1 : 4, and a gap of 5 % of their mean between them.
  const unit = area.height / (1 + GAP_SHARE / 2);
  const high = { ...area, height: unit * TOP_SHARE };
  const lowHeight = unit * (1 - TOP_SHARE);
  return { high, low: { ...area, y: area.y + area.height - lowHeight, height: lowHeight } };
}

/** Bars that reach into the upper axis, from its foot. */
function drawBarsFrom(area: Rect, axis: SlotAxis, scale: Scale, styles: Styles): Mark[] {
  return axis.slots.flatMap((slot) =>
    barSpans(area, axis, slot).flatMap(({ bar, left, width }): Mark[] => {
      if (bar.value < scale.from) return [];
      const height = Math.min(1, scale.share(bar.value)) * area.height;
      const y = area.y + area.height - height;
      return [{ kind: 'rect', x: left, y, width, height, fill: styles.fill(bar.simulator), stroke: OUTLINE }];
    }),
  );
}

const MARK_SHARE = 0.015;
const MARK_STEP_SHARE = 0.02;
const MARK_WIDTH_PT = 1.5;
const MAX_MARK_PT = 3;

/** Two short parallel strokes across the y axis. */
function breakMarks(x: number, y: number, width: number, height: number): Mark[] {
  const dx = Math.min(MAX_MARK_PT, width * MARK_SHARE);
  const dy = height * MARK_SHARE;
  return [0, MARK_STEP_SHARE * height].map((step) =>
    line(x - dx, y + dy - step, x + dx, y - dy - step, MARK_WIDTH_PT),
  );
}

const SMALL_BAR = 2;
const SMALL_LABEL_PT = 5.5;
const SMALL_LABELLED = ['blis-trained-physics', 'aiconfigurator-estimate'];

/** Values of bars too low to see, in small boxes above them (figure 1). `foot` is the axis with the bars' feet. */
export function drawSmallBarLabels(foot: Rect, axis: SlotAxis, scale: Scale, styles: Styles): Mark[] {
  return axis.slots.flatMap((slot) =>
    barSpans(foot, axis, slot).flatMap(({ bar, left, width }): Mark[] => {
      if (bar.value >= SMALL_BAR || !SMALL_LABELLED.includes(bar.simulator)) return [];
      const content = bar.value.toFixed(2);
      const color = styles.color(bar.simulator);
      const bottom = foot.y + foot.height * (1 - scale.share(bar.value + 1));
      const boxWidth = textWidth(content, SMALL_LABEL_PT, 'bold') + 3;
      const boxHeight = SMALL_LABEL_PT * (CAP_HEIGHT + DESCENT) + 1.6;
      const centre = left + width / 2;
      return [
        {
          kind: 'rect',
          x: centre - boxWidth / 2,
          y: bottom - boxHeight,
          width: boxWidth,
          height: boxHeight,
          radius: 1.2,
          fill: { color: '#FFFFFF', opacity: 0.9 },
          stroke: { color, widthPt: 0.4 },
        },
        text(content, centre, bottom - boxHeight / 2 + (SMALL_LABEL_PT * CAP_HEIGHT) / 2, SMALL_LABEL_PT, {
          anchor: 'middle',
          face: 'bold',
          color,
        }),
      ];
    }),
  );
}
