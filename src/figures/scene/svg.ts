// A scene as SVG text. The same scene gives the same bytes: numbers are rounded to 1/1000 pt, ids are derived from content, and
// nothing else enters. Text stays text (searchable, editable) in STIX Two Text, or becomes outlines when a font is handed in.

import type { Face } from '../font/measure';
import { hatchTile, type HatchName } from './hatch';
import {
  flatMarks,
  POINTS_PER_INCH,
  type Fill,
  type Mark,
  type Scene,
  type Stroke,
  type TextMark,
} from './scene';

const FONT_FAMILY = 'STIX Two Text';
const FALLBACKS = "'STIX Two Text', STIXTwoText, 'STIX Two', 'Times New Roman', Times, serif";

export interface SvgOptions {
  /** WOFF files as base64, embedded so that the text looks alike everywhere. Faces that the figure does not use are left out. */
  readonly fonts?: Partial<Readonly<Record<Face, string>>>;
  /** Draws each text as one path instead; `d` in points from the baseline's start, before anchoring and rotation. */
  readonly outline?: (mark: TextMark) => string;
}

export function writeSvg(scene: Scene, options: SvgOptions = {}): string {
  const marks = [...flatMarks(scene.marks)];
  const hatches = new Set(marks.flatMap((mark) => ('fill' in mark ? (hatchOf(mark.fill) ?? []) : [])));
  const clips = new Map<string, string>();
  const body = scene.marks.map((mark) => writeMark(mark, options, clips, '  ')).join('\n');
  const faces = new Set(marks.flatMap((mark) => (mark.kind === 'text' ? [mark.face] : [])));
  const definitions = [
    ...[...hatches].sort().map(writePattern),
    ...[...clips].map(([id, shape]) => `    <clipPath id="${id}">${shape}</clipPath>`),
  ];
  const style = options.outline === undefined ? writeFonts(options.fonts ?? {}, faces) : '';
  const inches = (points: number): string => `${round(points / POINTS_PER_INCH)}in`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${inches(scene.widthPt)}" height="${inches(scene.heightPt)}" ` +
      `viewBox="0 0 ${round(scene.widthPt)} ${round(scene.heightPt)}" role="img" font-family="${FALLBACKS}">`,
    `  <title>${escape(scene.title)}</title>`,
    `  <desc>${escape(scene.description)}</desc>`,
    ...(style === '' && definitions.length === 0
      ? []
      : ['  <defs>', ...(style === '' ? [] : [style]), ...definitions, '  </defs>']),
    `  <rect width="100%" height="100%" fill="#FFFFFF"/>`,
    body,
    '</svg>',
    '',
  ].join('\n');
}

function writeMark(mark: Mark, options: SvgOptions, clips: Map<string, string>, indent: string): string {
  switch (mark.kind) {
    case 'group': {
      const clip = mark.clip === undefined ? '' : ` clip-path="url(#${clipId(mark.clip, clips)})"`;
      const inner = mark.marks.map((child) => writeMark(child, options, clips, `${indent}  `));
      return [`${indent}<g data-name="${escape(mark.name)}"${clip}>`, ...inner, `${indent}</g>`].join('\n');
    }
    case 'rect': {
      const { x, y, width, height } = mark;
      const radius = mark.radius === undefined ? '' : ` rx="${round(mark.radius)}"`;
      const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${radius}`;
      return painted(mark, indent, (paint) => `<rect ${place}${paint}/>`);
    }
    case 'circle':
      return painted(
        mark,
        indent,
        (paint) => `<circle cx="${round(mark.x)}" cy="${round(mark.y)}" r="${round(mark.radius)}"${paint}/>`,
      );
    case 'polygon':
      return painted(mark, indent, (paint) => `<polygon points="${pointList(mark.points)}"${paint}/>`);
    case 'line':
      return `${indent}<polyline points="${pointList(mark.points)}" fill="none"${strokeText(mark.stroke)}/>`;
    case 'text':
      return `${indent}${options.outline === undefined ? liveText(mark) : outlinedText(mark, options.outline)}`;
  }
}

/** A hatched shape is drawn twice, colour below and pattern above, so that readers without patterns keep the colour. */
function painted(
  mark: { readonly fill?: Fill; readonly stroke?: Stroke },
  indent: string,
  shape: (paint: string) => string,
): string {
  const { fill, stroke } = mark;
  const hatch = hatchOf(fill);
  const colour =
    fill === undefined
      ? ' fill="none"'
      : ` fill="${fill.color}"${fill.opacity === undefined ? '' : ` fill-opacity="${round(fill.opacity)}"`}`;
  if (hatch === undefined) return `${indent}${shape(colour + strokeText(stroke))}`;
  return `${indent}${shape(colour)}\n${indent}${shape(` fill="url(#hatch-${hatch})"${strokeText(stroke)}`)}`;
}

function liveText(mark: TextMark): string {
  const weight = mark.face === 'bold' ? ' font-weight="700"' : '';
  const slope = mark.face === 'italic' ? ' font-style="italic"' : '';
  const anchor = mark.anchor === 'start' ? '' : ` text-anchor="${mark.anchor}"`;
  const fill = mark.color === '#000000' ? '' : ` fill="${mark.color}"`;
  const place =
    mark.rotateDeg === undefined
      ? `x="${round(mark.x)}" y="${round(mark.y)}"`
      : `transform="translate(${round(mark.x)} ${round(mark.y)}) rotate(${round(mark.rotateDeg)})"`;
  return `<text ${place} font-size="${round(mark.sizePt)}"${anchor}${weight}${slope}${fill}>${escape(mark.text)}</text>`;
}

function outlinedText(mark: TextMark, outline: (mark: TextMark) => string): string {
  const turn = mark.rotateDeg === undefined ? '' : ` rotate(${round(mark.rotateDeg)})`;
  const transform = `translate(${round(mark.x)} ${round(mark.y)})${turn}`;
  return `<path aria-label="${escape(mark.text)}" transform="${transform}" fill="${mark.color}" d="${outline(mark)}"/>`;
}

function strokeText(stroke: Stroke | undefined): string {
  if (stroke === undefined) return '';
  const dash = stroke.dash === undefined ? '' : ` stroke-dasharray="${stroke.dash.map(round).join(' ')}"`;
  const opacity = stroke.opacity === undefined ? '' : ` stroke-opacity="${round(stroke.opacity)}"`;
  return ` stroke="${stroke.color}" stroke-width="${round(stroke.widthPt)}"${dash}${opacity}`;
}

function writePattern(name: Exclude<HatchName, 'none'>): string {
  const { side, lineWidthPt, segments, discs, rings } = hatchTile(name);
  const scaled = (value: number): string => round(value * side);
  const lines = segments.map(
    ([x1, y1, x2, y2]) => `M${scaled(x1)} ${scaled(y1)}L${scaled(x2)} ${scaled(y2)}`,
  );
  const strokes = `fill="none" stroke="#000000" stroke-width="${round(lineWidthPt)}"`;
  const shapes = [
    ...(lines.length === 0 ? [] : [`<path d="${lines.join('')}" ${strokes}/>`]),
    ...discs.map(([x, y, r]) => `<circle cx="${scaled(x)}" cy="${scaled(y)}" r="${scaled(r)}"/>`),
    ...rings.map(([x, y, r]) => `<circle cx="${scaled(x)}" cy="${scaled(y)}" r="${scaled(r)}" ${strokes}/>`),
  ];
  return (
    `    <pattern id="hatch-${name}" width="${round(side)}" height="${round(side)}" patternUnits="userSpaceOnUse">` +
    `${shapes.join('')}</pattern>`
  );
}

function writeFonts(fonts: Partial<Readonly<Record<Face, string>>>, used: ReadonlySet<Face>): string {
  const rules = (['regular', 'bold', 'italic'] as const).flatMap((face) => {
    const data = fonts[face];
    if (data === undefined || !used.has(face)) return [];
    const weight = face === 'bold' ? 700 : 400;
    const slope = face === 'italic' ? 'italic' : 'normal';
    return [
      `@font-face{font-family:'${FONT_FAMILY}';font-weight:${weight};font-style:${slope};` +
        `src:url(data:font/woff;base64,${data}) format('woff')}`,
    ];
  });
  return rules.length === 0 ? '' : `    <style>${rules.join('')}</style>`;
}

function hatchOf(fill: Fill | undefined): Exclude<HatchName, 'none'> | undefined {
  return fill?.hatch === undefined || fill.hatch === 'none' ? undefined : fill.hatch;
}

function clipId(
  clip: { x: number; y: number; width: number; height: number },
  clips: Map<string, string>,
): string {
  const shape = `<rect x="${round(clip.x)}" y="${round(clip.y)}" width="${round(clip.width)}" height="${round(clip.height)}"/>`;
  const known = [...clips].find(([, other]) => other === shape);
  if (known !== undefined) return known[0];
  const id = `clip-${clips.size + 1}`;
  clips.set(id, shape);
  return id;
}

function pointList(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
}

/** Up to three decimals, no trailing zeros, never `-0`. */
export function round(value: number): string {
  const text = value.toFixed(3).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

/** Control characters and the last two code points are not allowed in XML at all; half a surrogate pair is no text. */
function escape(content: string): string {
  return [...content]
    .filter((character) => (character >= ' ' || character === '\t') && !/[\ufffe\uffff]/.test(character))
    .map((character) => (/^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character))
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
