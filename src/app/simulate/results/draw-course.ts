// The timelines on a canvas, and the same as SVG text. Lanes are paths of pixel columns; strips are one pixel a column, stretched.

import type { KvStrips, LaneColumns } from '../../../domain/timeline';
import type { Lanes } from './course.svelte';
import type { CourseLayout, LaneId } from './course-layout';
import { laneArea, laneLine, laneTop, smoothRates } from './lane-shapes';

const US_PER_S = 1e6;
/** Of runs beside this one, in order. */
export const OVERLAY_DASHES = ['3 3', '6 3', '1 3', '8 3 2 3'] as const;
/** Triangles closer than this run into each other. */
const MARK_GAP = 7;

export interface CourseColours {
  readonly run: string;
  readonly other: string;
  readonly ink: string;
  readonly mark: string;
}

interface Shape {
  readonly d: string;
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly opacity?: number;
  readonly dash?: string;
}

/** Top of each lane's axis: the greatest value of all runs on screen. */
export function laneTops({ own, others }: Lanes): Readonly<Record<LaneId, number>> {
  const all = [own, ...others.map(({ lanes }) => lanes)];
  const topOf = (lane: 'waiting' | 'running'): number =>
    laneTop(
      all.map(({ lanes }) => lanes[lane].greatest),
      4,
    );
  return {
    arrivals: laneTop(
      all.map((each) => arrivalRate(each).greatest),
      1,
    ),
    waiting: topOf('waiting'),
    running: topOf('running'),
    kvUse: 1,
  };
}

export const arrivalRate = ({ arrivals, fromUs, toUs, columns }: LaneColumns) =>
  smoothRates(arrivals, (toUs - fromUs) / columns);

function shapes(lanes: Lanes, layout: CourseLayout, colours: CourseColours): readonly Shape[] {
  const tops = laneTops(lanes);
  const { own, others } = lanes;
  const boxes = layout.lanes;
  const line = (columns: LaneColumns, dash: string | undefined): Shape[] => {
    const stroke = dash === undefined ? colours.run : colours.other;
    const style = { stroke, width: 1.5, ...(dash === undefined ? {} : { dash }) };
    // Beside another run only the greatest value is drawn: dashes up and down would read as a hatch.
    const of = (id: 'waiting' | 'running' | 'kvUse') =>
      dash === undefined
        ? columns.lanes[id]
        : { least: columns.lanes[id].greatest, greatest: columns.lanes[id].greatest };
    return [
      { d: laneLine(of('waiting'), boxes.waiting, tops.waiting), ...style },
      { d: laneLine(of('running'), boxes.running, tops.running), ...style },
      { d: laneLine(of('kvUse'), boxes.kvUse, tops.kvUse), ...style },
    ];
  };
  return [
    { d: laneLine(arrivalRate(own), boxes.arrivals, tops.arrivals), stroke: colours.ink, width: 1 },
    { d: laneArea(own.lanes.waiting, boxes.waiting, tops.waiting), fill: colours.run, opacity: 0.16 },
    ...others.flatMap(({ lanes: columns }, index) =>
      line(columns, OVERLAY_DASHES[index] ?? OVERLAY_DASHES[0]),
    ),
    ...line(own, undefined),
    { d: marks(own.preemptions, layout, boxes.kvUse.top - 1), fill: colours.mark },
  ];
}

/** ▼ over the columns in which something was preempted. */
function marks(preemptions: Uint32Array, { plot }: CourseLayout, y: number): string {
  const step = plot.width / preemptions.length;
  let path = '';
  let last = -Infinity;
  preemptions.forEach((count, column) => {
    const x = plot.left + (column + 0.5) * step;
    if (count === 0 || x - last < MARK_GAP) return;
    last = x;
    path += `M${(x - 4).toFixed(1)} ${y - 5}h8l-4 6Z`;
  });
  return path;
}

export function drawCourse(
  canvas: HTMLCanvasElement,
  layout: CourseLayout,
  lanes: Lanes | undefined,
  strips: KvStrips | undefined,
  colours: CourseColours,
  pixelRatio: number,
): void {
  canvas.width = Math.round(layout.width * pixelRatio);
  canvas.height = Math.round(layout.height * pixelRatio);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  if (lanes !== undefined) {
    context.lineJoin = 'round';
    for (const { d, fill, stroke, width = 1, opacity = 1, dash } of shapes(lanes, layout, colours)) {
      const path = new Path2D(d);
      context.globalAlpha = opacity;
      context.setLineDash(dash === undefined ? [] : dash.split(' ').map(Number));
      if (fill !== undefined) {
        context.fillStyle = fill;
        context.fill(path);
      }
      if (stroke === undefined) continue;
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.stroke(path);
    }
    context.globalAlpha = 1;
  }
  if (strips !== undefined) drawStrips(context, layout, strips, colours);
}

/** Opacity of a full cache; text of the page stays the darkest. */
const FULL = 0.8;

function drawStrips(
  context: CanvasRenderingContext2D,
  layout: CourseLayout,
  { strips, columns }: KvStrips,
  colours: CourseColours,
): void {
  if (strips.length === 0) return;
  const cells = new OffscreenCanvas(columns, strips.length);
  const small = cells.getContext('2d');
  if (small === null) return;
  small.fillStyle = colours.ink;
  small.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = small.getImageData(0, 0, 1, 1).data;
  const image = small.createImageData(columns, strips.length);
  strips.forEach(({ peak }, row) => {
    peak.forEach((share, column) => {
      const at = 4 * (row * columns + column);
      image.data.set([red, green, blue, Number.isNaN(share) ? 0 : Math.round(255 * FULL * share)], at);
    });
  });
  small.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  const { plot, stripTop, stripHeight } = layout;
  strips.forEach(({ preemptions }, row) => {
    const top = stripTop + row * stripHeight;
    context.drawImage(cells, 0, row, columns, 1, plot.left, top + 1, plot.width, stripHeight - 2);
    context.fillStyle = colours.mark;
    context.fill(new Path2D(marks(preemptions, layout, top + 8)));
  });
}

/** What is on the canvas, as SVG elements. */
export function courseSvg(
  layout: CourseLayout,
  lanes: Lanes,
  strips: KvStrips | undefined,
  colours: CourseColours,
): string {
  const drawn = shapes(lanes, layout, colours).map(
    ({ d, fill = 'none', stroke = 'none', width = 1, opacity = 1, dash = 'none' }) =>
      `<path d="${d}" fill="${fill}" stroke="${stroke}" stroke-width="${width}" opacity="${opacity}" stroke-dasharray="${dash}"/>`,
  );
  const step = strips === undefined ? 0 : layout.plot.width / strips.columns;
  const cells = (strips?.strips ?? []).map(({ peak, preemptions }, row) => {
    const top = layout.stripTop + row * layout.stripHeight;
    const rects = [...runsOf(peak)].map(
      ({ from, to, share }) =>
        `<rect x="${(layout.plot.left + from * step).toFixed(1)}" y="${top + 1}" width="${((to - from) * step).toFixed(1)}" height="${layout.stripHeight - 2}" fill="${colours.ink}" fill-opacity="${(FULL * share).toFixed(3)}"/>`,
    );
    return `${rects.join('')}<path d="${marks(preemptions, layout, top + 8)}" fill="${colours.mark}"/>`;
  });
  return [...drawn, ...cells].join('');
}

/** Neighbouring columns of equal share to a hundredth. */
function* runsOf(peak: Float32Array): Generator<{ from: number; to: number; share: number }> {
  const shareAt = (column: number): number => Math.round((peak[column] ?? 0) * 100) / 100 || 0;
  let from = 0;
  for (let column = 1; column <= peak.length; column++) {
    if (column < peak.length && shareAt(column) === shareAt(from)) continue;
    if (shareAt(from) > 0) yield { from, to: column, share: shareAt(from) };
    from = column;
  }
}

/** The lanes as a table: one line a pixel column. */
export function courseCsv({ own }: Lanes): string {
  const lines = [
    'from_s,to_s,arrivals,waiting_min,waiting_max,running_min,running_max,kv_use_min,kv_use_max,preemptions',
  ];
  const step = (own.toUs - own.fromUs) / own.columns;
  const { waiting, running, kvUse } = own.lanes;
  for (let column = 0; column < own.columns; column++) {
    const from = own.fromUs + column * step;
    lines.push(
      [
        from / US_PER_S,
        (from + step) / US_PER_S,
        own.arrivals[column],
        ...[waiting, running, kvUse].flatMap(({ least, greatest }) =>
          [least[column], greatest[column]].map((value) => (Number.isNaN(value) ? '' : value)),
        ),
        own.preemptions[column],
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}
