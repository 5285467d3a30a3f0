// The key below a figure: swatch and name a simulator, centred, in as few rows as fit, filled evenly.

import type { SimulatorStyle } from '../data/simulators';
import { textWidth, CAP_HEIGHT } from '../font/measure';
import { group, text, type GroupMark, type Mark } from '../scene/scene';
import { OUTLINE, type Styles } from './look';
import { markerMarks } from './markers';

export interface LegendSpec {
  readonly simulators: readonly string[];
  readonly styles: Styles;
  readonly sizePt: number;
  readonly widthPt: number;
  /** Each simulator's own marker, or a disc, instead of a piece of bar. */
  readonly key?: 'bar' | 'marker' | 'disc';
  readonly maxColumns?: number;
  /** Names other than the usual ones. */
  readonly names?: Readonly<Record<string, string>>;
}

export interface Legend {
  readonly heightPt: number;
  place(centreX: number, top: number): GroupMark;
}

const SWATCH_GAP_PT = 3.5;
const COLUMN_GAP_PT = 12;

export function layoutLegend(spec: LegendSpec): Legend {
  const { simulators, styles, sizePt } = spec;
  const key = spec.key ?? 'bar';
  const swatchWidth = key === 'bar' ? sizePt * 1.35 : sizePt;
  const swatchHeight = sizePt * 0.72;
  const rowHeight = sizePt * 1.45;
  const items = simulators.map((simulator) => {
    const style = styles.of(simulator);
    const name = spec.names?.[simulator] ?? style.name;
    return { simulator, style, name, width: swatchWidth + SWATCH_GAP_PT + textWidth(name, sizePt) };
  });
  const rows = fewestRows(items, spec.widthPt, spec.maxColumns ?? items.length);
  const draw = (row: typeof items, centreX: number, top: number): Mark[] => {
    let x = centreX - rowWidth(row) / 2;
    const baseline = top + rowHeight / 2 + (sizePt * CAP_HEIGHT) / 2;
    return row.flatMap((item) => {
      const left = x;
      x += item.width + COLUMN_GAP_PT;
      return [
        ...swatch(item.style, left, top + rowHeight / 2),
        text(item.name, left + swatchWidth + SWATCH_GAP_PT, baseline, sizePt),
      ];
    });
  };
  const swatch = (style: SimulatorStyle, left: number, middle: number): Mark[] =>
    key !== 'bar'
      ? markerMarks(
          key === 'disc' ? 'circle' : style.marker,
          left + swatchWidth / 2,
          middle,
          sizePt * 0.4,
          styles.color(style.simulator),
        )
      : [
          {
            kind: 'rect',
            x: left,
            y: middle - swatchHeight / 2,
            width: swatchWidth,
            height: swatchHeight,
            fill: styles.fill(style.simulator),
            stroke: OUTLINE,
          },
        ];
  return {
    heightPt: rows.length * rowHeight,
    place: (centreX, top) =>
      group(
        'legend',
        rows.flatMap((row, index) => draw(row, centreX, top + index * rowHeight)),
      ),
  };
}

function rowWidth(row: readonly { readonly width: number }[]): number {
  return row.reduce((sum, item) => sum + item.width, 0) + COLUMN_GAP_PT * Math.max(0, row.length - 1);
}

function fewestRows<Item extends { readonly width: number }>(
  items: readonly Item[],
  widthPt: number,
  maxColumns: number,
): Item[][] {
  for (let count = Math.max(1, Math.ceil(items.length / maxColumns)); count < items.length; count++) {
    const perRow = Math.ceil(items.length / count);
    const rows = Array.from({ length: Math.ceil(items.length / perRow) }, (_, index) =>
      items.slice(index * perRow, (index + 1) * perRow),
    );
    if (rows.every((row) => rowWidth(row) <= widthPt)) return rows;
  }
  return items.map((item) => [item]);
}
