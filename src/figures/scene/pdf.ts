// A scene as a PDF of one page: vector marks, text as text in embedded TrueType subsets. The scene is drawn with jsPDF directly,
// not through its SVG text, so that no DOM is needed and the file is the same under Node and in a browser. Dates and ids are
// fixed: same scene, same bytes.

import type { jsPDF as JsPdf } from 'jspdf';
import type { Face } from '../font/measure';
import { anchorShift, type FontSet } from '../font/outlines';
import { hatchTile, type HatchName } from './hatch';
import type { Fill, Mark, Rect, Scene, Stroke, TextMark } from './scene';

const FAMILY = 'STIXTwoText';
const STYLE: Readonly<Record<Face, string>> = { regular: 'normal', bold: 'bold', italic: 'italic' };
const FIXED_DATE = new Date(Date.UTC(2000, 0, 1));
const FIXED_ID = '0'.repeat(32);
/** Bézier control distance for a quarter circle. */
const ROUND = 0.5522847498;

export async function writePdf(scene: Scene, fonts: FontSet): Promise<Uint8Array> {
  const { jsPDF } = await import('jspdf');
  const doc = new jsPDF({
    unit: 'pt',
    format: [scene.widthPt, scene.heightPt],
    orientation: scene.widthPt > scene.heightPt ? 'landscape' : 'portrait',
    compress: true,
    floatPrecision: 3,
    putOnlyUsedFonts: true,
  });
  doc.setCreationDate(FIXED_DATE);
  doc.setFileId(FIXED_ID);
  doc.setProperties({ title: scene.title, subject: scene.description, creator: 'Plumbline' });
  for (const face of ['regular', 'bold', 'italic'] as const) {
    const file = `${FAMILY}-${face}.ttf`;
    doc.addFileToVFS(file, binaryText(fonts[face].file));
    doc.addFont(file, FAMILY, STYLE[face], undefined, 'Identity-H');
  }
  doc.setLineJoin('miter');
  doc.setLineCap('butt');
  for (const mark of scene.marks) drawMark(doc, mark);
  return new Uint8Array(doc.output('arraybuffer'));
}

function drawMark(doc: JsPdf, mark: Mark): void {
  switch (mark.kind) {
    case 'group':
      doc.saveGraphicsState();
      if (mark.clip !== undefined) clipTo(doc, mark.clip);
      for (const child of mark.marks) drawMark(doc, child);
      doc.restoreGraphicsState();
      return;
    case 'text':
      drawText(doc, mark);
      return;
    case 'line':
      paint(doc, undefined, mark.stroke, () => tracePoints(doc, mark.points, false));
      return;
    case 'polygon':
      paint(doc, mark.fill, mark.stroke, () => tracePoints(doc, mark.points, true));
      return;
    case 'circle':
      paint(doc, mark.fill, mark.stroke, () => traceCircle(doc, mark.x, mark.y, mark.radius));
      return;
    case 'rect': {
      const radius = mark.radius ?? 0;
      const trace = (): void => (radius === 0 ? traceRect(doc, mark) : traceRounded(doc, mark, radius));
      const hatch = mark.fill?.hatch;
      if (hatch === undefined || hatch === 'none') {
        paint(doc, mark.fill, mark.stroke, trace);
        return;
      }
      // The outline comes last, over the ends of the hatch lines.
      paint(doc, mark.fill, undefined, trace);
      drawHatch(doc, hatch, mark);
      paint(doc, undefined, mark.stroke, trace);
      return;
    }
  }
}

function paint(doc: JsPdf, fill: Fill | undefined, stroke: Stroke | undefined, trace: () => void): void {
  if (fill === undefined && stroke === undefined) return;
  const opacity = { opacity: fill?.opacity ?? 1, 'stroke-opacity': stroke?.opacity ?? 1 };
  const isOpaque = opacity.opacity === 1 && opacity['stroke-opacity'] === 1;
  if (!isOpaque) {
    doc.saveGraphicsState();
    doc.setGState(doc.GState(opacity));
  }
  if (fill !== undefined) doc.setFillColor(fill.color);
  if (stroke !== undefined) {
    doc.setDrawColor(stroke.color);
    doc.setLineWidth(stroke.widthPt);
    doc.setLineDashPattern([...(stroke.dash ?? [])], 0);
  }
  trace();
  if (fill === undefined) doc.stroke();
  else if (stroke === undefined) doc.fill();
  else doc.fillStroke();
  if (!isOpaque) doc.restoreGraphicsState();
}

function tracePoints(doc: JsPdf, points: readonly (readonly [number, number])[], isClosed: boolean): void {
  points.forEach(([x, y], index) => {
    if (index === 0) doc.moveTo(x, y);
    else doc.lineTo(x, y);
  });
  if (isClosed) doc.close();
}

function traceRect(doc: JsPdf, { x, y, width, height }: Rect): void {
  tracePoints(
    doc,
    [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ],
    true,
  );
}

function traceRounded(doc: JsPdf, { x, y, width, height }: Rect, radius: number): void {
  const k = radius * (1 - ROUND);
  const right = x + width;
  const bottom = y + height;
  doc.moveTo(x + radius, y);
  doc.lineTo(right - radius, y);
  doc.curveTo(right - k, y, right, y + k, right, y + radius);
  doc.lineTo(right, bottom - radius);
  doc.curveTo(right, bottom - k, right - k, bottom, right - radius, bottom);
  doc.lineTo(x + radius, bottom);
  doc.curveTo(x + k, bottom, x, bottom - k, x, bottom - radius);
  doc.lineTo(x, y + radius);
  doc.curveTo(x, y + k, x + k, y, x + radius, y);
  doc.close();
}

function traceCircle(doc: JsPdf, x: number, y: number, radius: number): void {
  const k = radius * ROUND;
  doc.moveTo(x + radius, y);
  doc.curveTo(x + radius, y + k, x + k, y + radius, x, y + radius);
  doc.curveTo(x - k, y + radius, x - radius, y + k, x - radius, y);
  doc.curveTo(x - radius, y - k, x - k, y - radius, x, y - radius);
  doc.curveTo(x + k, y - radius, x + radius, y - k, x + radius, y);
  doc.close();
}

function clipTo(doc: JsPdf, rect: Rect): void {
  traceRect(doc, rect);
  doc.clip();
  doc.discardPath();
}

function drawText(doc: JsPdf, mark: TextMark): void {
  const angle = ((mark.rotateDeg ?? 0) * Math.PI) / 180;
  const shift = anchorShift(mark);
  doc.setFont(FAMILY, STYLE[mark.face]);
  doc.setFontSize(mark.sizePt);
  doc.setTextColor(mark.color);
  // jsPDF counts angles counter-clockwise and aligns before it rotates, so the anchor is resolved here.
  doc.text(mark.text, mark.x + shift * Math.cos(angle), mark.y + shift * Math.sin(angle), {
    angle: -(mark.rotateDeg ?? 0),
  });
}

/** The pattern's lines as real lines, clipped to the shape: viewers draw them sharper, and smaller, than tiles. */
function drawHatch(doc: JsPdf, name: Exclude<HatchName, 'none'>, rect: Rect): void {
  if (rect.width <= 0 || rect.height <= 0) return;
  const { side, lineWidthPt, discs, rings } = hatchTile(name);
  doc.saveGraphicsState();
  clipTo(doc, rect);
  doc.setDrawColor('#000000');
  doc.setFillColor('#000000');
  doc.setLineWidth(lineWidthPt);
  doc.setLineDashPattern([], 0);
  const x2 = rect.x + rect.width;
  const y2 = rect.y + rect.height;
  const lines = lineFamilies(name).flatMap((family) => familyLines(family, side, rect));
  for (const [ax, ay, bx, by] of lines) {
    doc.moveTo(ax, ay);
    doc.lineTo(bx, by);
  }
  if (lines.length > 0) doc.stroke();
  for (const shapes of [discs, rings]) {
    if (shapes.length === 0) continue;
    for (let row = Math.floor(rect.y / side) - 1; row * side < y2; row++) {
      for (let column = Math.floor(rect.x / side) - 1; column * side < x2; column++) {
        for (const [x, y, radius] of shapes) {
          traceCircle(doc, (column + x) * side, (row + y) * side, radius * side);
        }
      }
    }
    if (shapes === discs) doc.fill();
    else doc.stroke();
  }
  doc.restoreGraphicsState();
}

type Family = 'rising' | 'falling' | 'vertical' | 'horizontal';

function lineFamilies(name: Exclude<HatchName, 'none'>): readonly Family[] {
  switch (name) {
    case 'rising':
    case 'falling':
    case 'vertical':
    case 'horizontal':
      return [name];
    case 'crossed':
      return ['rising', 'falling'];
    case 'grid':
      return ['vertical', 'horizontal'];
    case 'dots':
    case 'rings':
      return [];
  }
}

/** All lines of a family through the rectangle, where the tiles of hatch.ts put them. */
function familyLines(
  family: Family,
  side: number,
  rect: Rect,
): (readonly [number, number, number, number])[] {
  const { x, y } = rect;
  const x2 = x + rect.width;
  const y2 = y + rect.height;
  const between = (from: number, to: number, offset: number): number[] => {
    const first = Math.ceil(from / side - offset);
    const count = Math.max(0, Math.floor(to / side - offset) - first + 1);
    return Array.from({ length: count }, (_, index) => (first + index + offset) * side);
  };
  switch (family) {
    case 'vertical':
      return between(x, x2, 0.5).map((at) => [at, y, at, y2]);
    case 'horizontal':
      return between(y, y2, 0.5).map((at) => [x, at, x2, at]);
    case 'rising':
      // x + y is constant along the line.
      return between(x + y, x2 + y2, 0).map((sum) => [sum - y2, y2, sum - y, y]);
    case 'falling':
      // x − y is constant along the line.
      return between(x - y2, x2 - y, 0).map((difference) => [difference + y, y, difference + y2, y2]);
  }
}

/** jsPDF's file store takes one character a byte. */
function binaryText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
