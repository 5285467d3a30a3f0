// Where to write a name beside each point so that names cover neither points, whiskers, lines nor each other. Candidates are boxes
// around the point at a few distances and directions; each label takes the cheapest one given the others, over a few rounds.
// No randomness: the same input gives the same places.

import type { Rect } from '../scene/scene';

export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** Of the marker. */
  readonly radius: number;
  /** Of the text. */
  readonly width: number;
  readonly height: number;
}

export interface Obstacle {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export interface PlacedLabel extends Rect {
  /** From the marker's edge to the box. */
  readonly distance: number;
}

export const MAX_LABEL_DISTANCE_PT = 12;
const DISTANCES = [2, 4.5, 7, 9.5, MAX_LABEL_DISTANCE_PT];
const DIRECTIONS = 24;
const ROUNDS = 4;

const COST = { overlap: 1, crossing: 12, outside: 4, distance: 0.55, preference: 0.8 } as const;

export function placeLabels(
  points: readonly LabelledPoint[],
  obstacles: readonly Obstacle[],
  bounds: Rect,
): readonly PlacedLabel[] {
  const candidates = points.map(candidateBoxes);
  const chosen: (PlacedLabel | undefined)[] = points.map(() => undefined);
  for (let round = 0; round < ROUNDS; round++) {
    points.forEach((point, index) => {
      const others = chosen.filter((box, other) => box !== undefined && other !== index);
      let best: PlacedLabel | undefined;
      let bestCost = Infinity;
      for (const box of candidates[index] ?? []) {
        const cost = costOf(box, point, points, others, obstacles, bounds);
        if (cost < bestCost - 1e-9) {
          best = box;
          bestCost = cost;
        }
      }
      chosen[index] = best;
    });
  }
  return chosen.filter((box) => box !== undefined);
}

/** Boxes whose nearest point lies at each distance from the marker's edge, clockwise from the right. */
function candidateBoxes(point: LabelledPoint): PlacedLabel[] {
  return DISTANCES.flatMap((distance) =>
    Array.from({ length: DIRECTIONS }, (_, index) => {
      const angle = (index * 2 * Math.PI) / DIRECTIONS;
      const reach = point.radius + distance;
      const nearX = point.x + Math.cos(angle) * reach;
      const nearY = point.y + Math.sin(angle) * reach;
      // The box hangs on that point by the side, or the corner, that faces the marker.
      const alongX = (1 - Math.cos(angle)) / 2;
      const alongY = (1 - Math.sin(angle)) / 2;
      return {
        x: nearX - alongX * point.width,
        y: nearY - alongY * point.height,
        width: point.width,
        height: point.height,
        distance,
      };
    }),
  );
}

function costOf(
  box: PlacedLabel,
  point: LabelledPoint,
  points: readonly LabelledPoint[],
  labels: readonly (PlacedLabel | undefined)[],
  obstacles: readonly Obstacle[],
  bounds: Rect,
): number {
  let cost = COST.distance * box.distance;
  // All else equal, right of the point and level with it reads best.
  const isRight = box.x >= point.x;
  cost +=
    COST.preference * ((isRight ? 0 : 1) + Math.abs(box.y + box.height / 2 - point.y) / (2 * box.height));
  for (const other of points) {
    const pad = other.radius + 1;
    cost +=
      COST.overlap * overlap(box, { x: other.x - pad, y: other.y - pad, width: 2 * pad, height: 2 * pad });
  }
  for (const label of labels) {
    if (label !== undefined) cost += 3 * COST.overlap * overlap(grown(box, 1), label);
  }
  const roomy = grown(box, 0.8);
  for (const obstacle of obstacles) if (crosses(roomy, obstacle)) cost += COST.crossing;
  const outside = box.width * box.height - overlap(box, bounds);
  return cost + COST.outside * outside;
}

function grown(box: Rect, by: number): Rect {
  return { x: box.x - by, y: box.y - by, width: box.width + 2 * by, height: box.height + 2 * by };
}

/** Shared area, pt². */
function overlap(a: Rect, b: Rect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Whether a straight line passes through the box (clipping by Liang and Barsky). */
function crosses(box: Rect, { x1, y1, x2, y2 }: Obstacle): boolean {
  let enter = 0;
  let leave = 1;
  const edges: readonly (readonly [number, number])[] = [
    [-(x2 - x1), x1 - box.x],
    [x2 - x1, box.x + box.width - x1],
    [-(y2 - y1), y1 - box.y],
    [y2 - y1, box.y + box.height - y1],
  ];
  for (const [direction, distance] of edges) {
    if (direction === 0) {
      if (distance < 0) return false;
    } else if (direction < 0) {
      enter = Math.max(enter, distance / direction);
    } else {
      leave = Math.min(leave, distance / direction);
    }
  }
  return enter < leave;
}
