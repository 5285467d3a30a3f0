// What a figure is made of, before any file format: marks on a white page in points (1/72 inch), y downwards. Writers turn a
// scene into SVG text (svg.ts) or PDF (pdf.ts); both draw the same marks in the same order.

import type { Face } from '../font/measure';
import type { HatchName } from './hatch';

export interface Stroke {
  readonly color: string;
  readonly widthPt: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

export interface Fill {
  readonly color: string;
  readonly opacity?: number;
  /** Drawn in black over the colour. */
  readonly hatch?: HatchName;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface RectMark extends Rect {
  readonly kind: 'rect';
  readonly fill?: Fill;
  readonly stroke?: Stroke;
  readonly radius?: number;
}

export interface CircleMark {
  readonly kind: 'circle';
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly fill?: Fill;
  readonly stroke?: Stroke;
}

/** Straight segments through the points, in order. */
export interface LineMark {
  readonly kind: 'line';
  readonly points: readonly (readonly [number, number])[];
  readonly stroke: Stroke;
}

export interface PolygonMark {
  readonly kind: 'polygon';
  readonly points: readonly (readonly [number, number])[];
  readonly fill?: Fill;
  readonly stroke?: Stroke;
}

export type Anchor = 'start' | 'middle' | 'end';

export interface TextMark {
  readonly kind: 'text';
  readonly text: string;
  /** Of the baseline at the anchor. */
  readonly x: number;
  readonly y: number;
  readonly sizePt: number;
  readonly anchor: Anchor;
  readonly face: Face;
  readonly color: string;
  /** Clockwise, around the anchor. */
  readonly rotateDeg?: number;
}

/** Marks that belong together; `name` tells a reader of the file what they are. */
export interface GroupMark {
  readonly kind: 'group';
  readonly name: string;
  readonly clip?: Rect;
  readonly marks: readonly Mark[];
}

export type Mark = RectMark | CircleMark | LineMark | PolygonMark | TextMark | GroupMark;

export interface Scene {
  /** What the figure is, for screen readers and file titles. */
  readonly title: string;
  /** One sentence that says what it shows. */
  readonly description: string;
  readonly widthPt: number;
  readonly heightPt: number;
  readonly marks: readonly Mark[];
}

export const INK = '#000000';
export const POINTS_PER_INCH = 72;

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  widthPt: number,
  color: string = INK,
): LineMark {
  return {
    kind: 'line',
    points: [
      [x1, y1],
      [x2, y2],
    ],
    stroke: { color, widthPt },
  };
}

export function text(
  content: string,
  x: number,
  y: number,
  sizePt: number,
  options: Partial<Pick<TextMark, 'anchor' | 'face' | 'color' | 'rotateDeg'>> = {},
): TextMark {
  return {
    kind: 'text',
    text: content,
    x,
    y,
    sizePt,
    anchor: 'start',
    face: 'regular',
    color: INK,
    ...options,
  };
}

export function group(name: string, marks: readonly Mark[], clip?: Rect): GroupMark {
  return clip === undefined ? { kind: 'group', name, marks } : { kind: 'group', name, marks, clip };
}

/** All marks of a scene, groups opened. */
export function* flatMarks(marks: readonly Mark[]): Generator<Exclude<Mark, GroupMark>> {
  for (const mark of marks) {
    if (mark.kind === 'group') yield* flatMarks(mark.marks);
    else yield mark;
  }
}
