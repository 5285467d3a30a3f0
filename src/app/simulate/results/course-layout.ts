// Where the lanes and the strips of the timelines lie, in CSS pixels. Pure, so that canvas, axes and the exported file agree.

import type { LaneBox } from './lane-shapes';

export const LANES = [
  { id: 'arrivals', label: 'Arrivals', unit: 'req/s' },
  { id: 'waiting', label: 'Waiting', unit: 'requests' },
  { id: 'running', label: 'Running batch', unit: 'sequences' },
  { id: 'kvUse', label: 'KV use', unit: '%' },
] as const;
export type LaneId = (typeof LANES)[number]['id'];

const TOP = 10;
const LANE = 48;
const GAP = 22;
const STRIP = 16;
const AXIS = 26;
const RIGHT = 12;
/** Narrower than this, labels stand inside the lanes. */
const NARROW = 560;

export interface CourseLayout {
  readonly width: number;
  readonly height: number;
  readonly isNarrow: boolean;
  readonly plot: LaneBox;
  readonly lanes: Readonly<Record<LaneId, LaneBox>>;
  readonly stripTop: number;
  readonly stripHeight: number;
}

export function courseLayout(width: number, strips: number): CourseLayout {
  const isNarrow = width < NARROW;
  const left = isNarrow ? 44 : 152;
  const plotWidth = Math.max(40, width - left - RIGHT);
  let top = TOP + (isNarrow ? 20 : 0);
  const lanes = Object.fromEntries(
    LANES.map(({ id }) => {
      const box: LaneBox = { left, top, width: plotWidth, height: LANE };
      top += LANE + GAP + (isNarrow ? 14 : 0);
      return [id, box];
    }),
  ) as Record<LaneId, LaneBox>;
  const stripTop = top - GAP + (strips > 0 ? 36 : 0);
  const bottom = stripTop + strips * STRIP;
  return {
    width,
    height: bottom + AXIS,
    isNarrow,
    plot: { left, top: TOP, width: plotWidth, height: bottom - TOP },
    lanes,
    stripTop,
    stripHeight: STRIP,
  };
}
