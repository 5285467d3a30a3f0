// Axes, ticks, grid and labels around a plot area. No top or right spine; only horizontal grid lines, behind the bars.

import { CAP_HEIGHT, DESCENT, textWidth } from '../font/measure';
import { line, text, type Mark, type Rect } from '../scene/scene';
import { slotX, type SlotAxis } from './bar-plot';
import { AXIS_WIDTH_PT, GRID, TICK_LENGTH_PT } from './look';
import type { Scale, Tick } from './scale';

/** Labels of slots, clockwise turn in degrees. */
export type LabelTurn = 0 | -35;

export function drawGrid(area: Rect, scale: Scale, sizePt: number): Mark[] {
  return roomyTicks(area, scale, sizePt)
    .filter((tick) => tick.value > scale.from)
    .map((tick) => {
      const y = tickY(area, scale, tick);
      return {
        kind: 'line',
        points: [
          [area.x, y],
          [area.x + area.width, y],
        ],
        stroke: GRID,
      };
    });
}

/** Left spine with ticks and their labels. */
export function drawYAxis(area: Rect, scale: Scale, sizePt: number): Mark[] {
  return [
    line(area.x, area.y, area.x, area.y + area.height, AXIS_WIDTH_PT),
    ...roomyTicks(area, scale, sizePt).flatMap((tick) => {
      const y = tickY(area, scale, tick);
      return [
        line(area.x - TICK_LENGTH_PT, y, area.x, y, AXIS_WIDTH_PT),
        text(tick.label, area.x - TICK_LENGTH_PT - 1.8, y + (sizePt * CAP_HEIGHT) / 2, sizePt, {
          anchor: 'end',
        }),
      ];
    }),
  ];
}

export function drawXAxis(area: Rect): Mark {
  const y = area.y + area.height;
  return line(area.x, y, area.x + area.width, y, AXIS_WIDTH_PT);
}

/** The quantity, upright along the axis. `left` is where the letters' outer edge may begin. */
export function drawYLabel(label: string, area: Rect, left: number, sizePt: number): Mark {
  return text(label, left + sizePt * 0.8, area.y + area.height / 2, sizePt, {
    anchor: 'middle',
    rotateDeg: -90,
  });
}

/** Width from the spine to the outer edge of the tick labels. */
export function yTickWidth(scale: Scale, sizePt: number): number {
  return TICK_LENGTH_PT + 1.8 + Math.max(0, ...scale.ticks.map((tick) => textWidth(tick.label, sizePt)));
}

const LABEL_GAP_PT = 2.5;

export function drawSlotLabels(area: Rect, axis: SlotAxis, sizePt: number, turn: LabelTurn): Mark[] {
  const bottom = area.y + area.height;
  return axis.slots.flatMap((slot) => {
    const x = slotX(area, axis, slot.at);
    if (slot.label === '') return [];
    if (turn === 0) {
      return [text(slot.label, x, bottom + LABEL_GAP_PT + sizePt * 0.82, sizePt, { anchor: 'middle' })];
    }
    // The end of the text meets the slot's centre.
    return [
      text(slot.label, x + sizePt * 0.3, bottom + LABEL_GAP_PT + sizePt * 0.66, sizePt, {
        anchor: 'end',
        rotateDeg: turn,
      }),
    ];
  });
}

/** Space below the axis that the labels take. */
export function slotLabelHeight(axis: SlotAxis, sizePt: number, turn: LabelTurn): number {
  const widest = Math.max(0, ...axis.slots.map((slot) => textWidth(slot.label, sizePt)));
  if (widest === 0) return 0;
  const angle = (turn * Math.PI) / 180;
  if (turn === 0) return LABEL_GAP_PT + sizePt * (0.82 + DESCENT);
  return LABEL_GAP_PT + sizePt * 0.66 + widest * Math.sin(-angle) + sizePt * DESCENT * Math.cos(angle);
}

/** Every tick, or every second, third … so that their labels do not touch. */
function roomyTicks(area: Rect, scale: Scale, sizePt: number): readonly Tick[] {
  const heights = scale.ticks.map((tick) => tickY(area, scale, tick));
  const closest = Math.min(...heights.slice(1).map((y, index) => Math.abs(y - (heights[index] ?? Infinity))));
  const step = Math.max(1, Math.ceil((sizePt * 0.95) / closest));
  return scale.ticks.filter((_, index) => index % step === 0);
}

function tickY(area: Rect, scale: Scale, tick: Tick): number {
  return area.y + area.height * (1 - scale.share(tick.value));
}
