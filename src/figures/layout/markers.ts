// Point symbols, one a simulator, of about equal area for the same radius.

import type { MarkerName } from '../data/simulators';
import { INK, type Fill, type Mark, type Stroke } from '../scene/scene';

const EDGE: Stroke = { color: INK, widthPt: 0.5 };

type Point = readonly [number, number];

/** `isHollow`: white inside, edge in the colour. */
export function markerMarks(
  marker: MarkerName,
  x: number,
  y: number,
  radius: number,
  color: string,
  isHollow = false,
): Mark[] {
  const fill: Fill = { color: isHollow ? '#FFFFFF' : color };
  const stroke: Stroke = isHollow ? { color, widthPt: 1.1 } : EDGE;
  if (marker === 'circle') return [{ kind: 'circle', x, y, radius: radius * 0.95, fill, stroke }];
  const points = OUTLINES[marker].map(([px, py]): Point => [x + px * radius, y + py * radius]);
  return [{ kind: 'polygon', points, fill, stroke }];
}

function regular(corners: number, size: number, startDeg: number): Point[] {
  return Array.from({ length: corners }, (_, index) => {
    const angle = ((startDeg + (360 * index) / corners) * Math.PI) / 180;
    return [Math.cos(angle) * size, Math.sin(angle) * size];
  });
}

function star(): Point[] {
  const outer = regular(5, 1.3, -90);
  const inner = regular(5, 0.58, -54);
  return outer.flatMap((point, index) => [point, inner[index] ?? point]);
}

/** Half the width of a plus's arm. */
const ARM = 0.36;
const PLUS: readonly Point[] = [
  [-ARM, -1.1],
  [ARM, -1.1],
  [ARM, -ARM],
  [1.1, -ARM],
  [1.1, ARM],
  [ARM, ARM],
  [ARM, 1.1],
  [-ARM, 1.1],
  [-ARM, ARM],
  [-1.1, ARM],
  [-1.1, -ARM],
  [-ARM, -ARM],
];

const OUTLINES: Readonly<Record<Exclude<MarkerName, 'circle'>, readonly Point[]>> = {
  star: star(),
  square: regular(4, 1.2, 45),
  diamond: regular(4, 1.25, 0),
  'triangle-up': regular(3, 1.25, -90).map(([x, y]): Point => [x, y + 0.15]),
  'triangle-down': regular(3, 1.25, 90).map(([x, y]): Point => [x, y - 0.15]),
  plus: PLUS,
  hexagon: regular(6, 1.05, -90),
  cross: PLUS.map(([x, y]): Point => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]),
};
