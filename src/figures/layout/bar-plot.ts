// Bars in one plot area: slots along x, each with the bars of the simulators that have a value there, centred on the slot so
// that a missing simulator leaves no gap. Bars beyond the axis are cut at its end and marked by a notch; what they hide is
// written above the slot (value-stack.ts).

import type { Bar } from '../data/bars';
import { line, type Mark, type Rect } from '../scene/scene';
import { OUTLINE, type Styles } from './look';
import { markerMarks } from './markers';
import type { Scale } from './scale';

export interface BarSlot {
  /** Centre, in x units. */
  readonly at: number;
  readonly label: string;
  readonly bars: readonly Bar[];
}

export interface SlotAxis {
  readonly slots: readonly BarSlot[];
  /** Ends of the axis, in x units. */
  readonly from: number;
  readonly to: number;
  /** In x units. */
  readonly barWidth: number;
}

/** Groups one unit apart, as in all grouped figures. `fill` = share of the unit that a full group takes. */
export function slotAxis(
  groups: readonly { readonly label: string; readonly bars: readonly Bar[] }[],
  simulatorCount: number,
  fill = 0.8,
): SlotAxis {
  return {
    slots: groups.map((group, index) => ({ at: index, label: group.label, bars: group.bars })),
    from: -0.5,
    to: groups.length - 0.5,
    barWidth: fill / Math.max(1, simulatorCount),
  };
}

export function slotX(area: Rect, axis: SlotAxis, at: number): number {
  return area.x + ((at - axis.from) / (axis.to - axis.from)) * area.width;
}

export function barWidthPt(area: Pick<Rect, 'width'>, axis: SlotAxis): number {
  return (axis.barWidth / (axis.to - axis.from)) * area.width;
}

/** Left edge and width of each bar of a slot. */
export function barSpans(
  area: Rect,
  axis: SlotAxis,
  slot: BarSlot,
): readonly { readonly bar: Bar; readonly left: number; readonly width: number }[] {
  const width = barWidthPt(area, axis);
  const centre = slotX(area, axis, slot.at);
  return slot.bars.map((bar, index) => ({
    bar,
    left: centre + (index - slot.bars.length / 2) * width,
    width,
  }));
}

export function drawBars(area: Rect, axis: SlotAxis, scale: Scale, styles: Styles): Mark[] {
  const bottom = area.y + area.height;
  return axis.slots.flatMap((slot) =>
    barSpans(area, axis, slot).flatMap(({ bar, left, width }): Mark[] => {
      const height = Math.min(1, Math.max(0, scale.share(bar.value))) * area.height;
      return [
        {
          kind: 'rect',
          x: left,
          y: bottom - height,
          width,
          height,
          fill: styles.fill(bar.simulator),
          stroke: OUTLINE,
        },
      ];
    }),
  );
}

const NOTCH_BELOW_TOP_PT = 4.2;
const NOTCH_HEIGHT_PT = 2.2;
const NOTCH_RISE_PT = 2.2;
const NOTCH_OVERHANG_PT = 0.8;

/** A slanted white cut near the top of each bar that the axis cuts. */
export function drawNotches(area: Rect, axis: SlotAxis, scale: Scale): Mark[] {
  return axis.slots.flatMap((slot) =>
    barSpans(area, axis, slot).flatMap(({ bar, left, width }): Mark[] => {
      if (!(bar.value > scale.to)) return [];
      const x1 = left - NOTCH_OVERHANG_PT;
      const x2 = left + width + NOTCH_OVERHANG_PT;
      const y = area.y + NOTCH_BELOW_TOP_PT;
      const lowLeft = y + NOTCH_HEIGHT_PT + NOTCH_RISE_PT / 2;
      const lowRight = y + NOTCH_HEIGHT_PT - NOTCH_RISE_PT / 2;
      const highRight = y - NOTCH_RISE_PT / 2;
      const highLeft = y + NOTCH_RISE_PT / 2;
      return [
        {
          kind: 'polygon',
          points: [
            [x1, lowLeft],
            [x2, lowRight],
            [x2, highRight],
            [x1, highLeft],
          ],
          fill: { color: '#FFFFFF' },
        },
        line(x1, highLeft, x2, highRight, OUTLINE.widthPt),
        line(x1, lowLeft, x2, lowRight, OUTLINE.widthPt),
      ];
    }),
  );
}

/** On a logarithmic axis bars have no honest foot: markers on thin stems instead. A value below the axis sits on it. */
export function drawDots(area: Rect, axis: SlotAxis, scale: Scale, styles: Styles): Mark[] {
  const bottom = area.y + area.height;
  const marks: Mark[] = [];
  const heads: Mark[] = [];
  for (const slot of axis.slots) {
    for (const { bar, left, width } of barSpans(area, axis, slot)) {
      const x = left + width / 2;
      const share = bar.value > 0 ? Math.min(1, Math.max(0, scale.share(bar.value))) : 0;
      const y = bottom - share * area.height;
      const color = styles.color(bar.simulator);
      marks.push(line(x, bottom, x, y, 0.6, color));
      heads.push(...markerMarks(styles.of(bar.simulator).marker, x, y, Math.min(2.6, width * 0.75), color));
    }
  }
  return [...marks, ...heads];
}
