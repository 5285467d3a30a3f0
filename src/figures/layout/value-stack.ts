// Values that a bar cannot show, written above its slot: one row a bar, in bar order, each with the simulator's key. They are
// the bars that the axis cuts and those too small to read. Where every slot is one bar, its value stands above it without a key.

import type { Bar } from '../data/bars';
import { CAP_HEIGHT, textWidth } from '../font/measure';
import { text, type Mark, type Rect } from '../scene/scene';
import { barSpans, slotX, type SlotAxis } from './bar-plot';
import { OUTLINE, type Styles } from './look';
import { shortNumber } from './number-text';
import type { Scale } from './scale';

/** Bars under this value are too low to read off, percent. */
export const READABLE_FROM = 2;

const KEY_PT = 4.6;
const KEY_GAP_PT = 1.3;
const ROW_GAP_PT = 0.9;
const FOOT_PT = 2.5;

function rowPitch(sizePt: number): number {
  return Math.max(KEY_PT, sizePt * CAP_HEIGHT) + ROW_GAP_PT + 1.2;
}

/** Which bars have their value written. */
export type IsLabelled = (bar: Bar) => boolean;

/** Height of the tallest stack, 0 where there is none. */
export function stackHeight(axis: SlotAxis, isLabelled: IsLabelled, sizePt: number): number {
  const rows = Math.max(0, ...axis.slots.map((slot) => slot.bars.filter(isLabelled).length));
  return rows === 0 ? 0 : rows * rowPitch(sizePt) + FOOT_PT;
}

/** Width of the widest stack: the slots must be at least this far apart. */
export function stackWidth(axis: SlotAxis, isLabelled: IsLabelled, sizePt: number): number {
  return Math.max(0, ...axis.slots.map((slot) => widthOf(slot.bars.filter(isLabelled), sizePt)));
}

function widthOf(bars: readonly Bar[], sizePt: number): number {
  if (bars.length === 0) return 0;
  return KEY_PT + KEY_GAP_PT + Math.max(...bars.map((bar) => textWidth(shortNumber(bar.value), sizePt)));
}

/** The value of every bar above it, or above the axis where the bar is cut: for slots of one bar each, whose value needs no key. */
export function drawBarValues(area: Rect, axis: SlotAxis, scale: Scale, sizePt: number): Mark[] {
  return axis.slots.flatMap((slot) =>
    barSpans(area, axis, slot).map(({ bar, left, width }): Mark => {
      const height = Math.min(1, Math.max(0, scale.share(bar.value))) * area.height;
      const baseline = area.y + area.height - height - FOOT_PT;
      return text(shortNumber(bar.value), left + width / 2, baseline, sizePt, { anchor: 'middle' });
    }),
  );
}

export function drawStacks(
  area: Rect,
  axis: SlotAxis,
  isLabelled: IsLabelled,
  styles: Styles,
  sizePt: number,
): Mark[] {
  const pitch = rowPitch(sizePt);
  return axis.slots.flatMap((slot) => {
    const bars = slot.bars.filter(isLabelled);
    const left = slotX(area, axis, slot.at) - widthOf(bars, sizePt) / 2;
    return bars.flatMap((bar, index): Mark[] => {
      const middle = area.y - FOOT_PT - (bars.length - index - 0.5) * pitch;
      return [
        {
          kind: 'rect',
          x: left,
          y: middle - KEY_PT / 2,
          width: KEY_PT,
          height: KEY_PT,
          fill: styles.fill(bar.simulator),
          stroke: OUTLINE,
        },
        text(shortNumber(bar.value), left + KEY_PT + KEY_GAP_PT, middle + (sizePt * CAP_HEIGHT) / 2, sizePt),
      ];
    });
  });
}
