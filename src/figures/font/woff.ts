// Unpacks a WOFF 1.0 file (W3C REC-WOFF-20121213) into the TrueType font that it wraps, and reads the tables that figures need:
// cmap (characters → glyphs), hmtx (advance widths), glyf (outlines). Composite glyphs are resolved.

import { unzlibSync } from 'fflate';

export interface TrueTypeFont {
  readonly unitsPerEm: number;
  readonly ascender: number;
  readonly descender: number;
  /** The font file, as PDF wants it. */
  readonly file: Uint8Array;
  glyphOf(codePoint: number): number;
  /** Font units. */
  advanceOf(glyph: number): number;
  outlineOf(glyph: number): readonly GlyphCommand[];
}

/** Font units, y upwards. Quadratic curves, as TrueType has them. */
export type GlyphCommand =
  | { readonly kind: 'move' | 'line'; readonly x: number; readonly y: number }
  | {
      readonly kind: 'curve';
      readonly cx: number;
      readonly cy: number;
      readonly x: number;
      readonly y: number;
    }
  | { readonly kind: 'close' };

const WOFF_SIGNATURE = 0x774f4646;
const WOFF_HEADER = 44;
const WOFF_ENTRY = 20;

interface Table {
  readonly tag: number;
  readonly checksum: number;
  readonly bytes: Uint8Array;
}

export function readWoff(woff: Uint8Array): TrueTypeFont {
  const tables = unpack(woff);
  const view = (name: string): DataView => {
    const tag = [...name].reduce((code, letter) => code * 256 + letter.charCodeAt(0), 0);
    const table = tables.find((entry) => entry.tag === tag);
    if (table === undefined) throw new Error(`The font has no table ${name}.`);
    return new DataView(table.bytes.buffer, table.bytes.byteOffset, table.bytes.byteLength);
  };
  const head = view('head');
  const hhea = view('hhea');
  const hmtx = view('hmtx');
  const glyf = view('glyf');
  const loca = view('loca');
  const hasLongOffsets = head.getInt16(50) === 1;
  const metricCount = hhea.getUint16(34);
  const characters = readCmap(view('cmap'));
  const offsetOf = (glyph: number): number =>
    hasLongOffsets ? loca.getUint32(glyph * 4) : loca.getUint16(glyph * 2) * 2;
  const outlineOf = (glyph: number): readonly GlyphCommand[] => readOutline(glyf, offsetOf, glyph, 0);
  return {
    unitsPerEm: head.getUint16(18),
    ascender: hhea.getInt16(4),
    descender: hhea.getInt16(6),
    file: pack(tables),
    glyphOf: (codePoint) => characters.get(codePoint) ?? 0,
    advanceOf: (glyph) => hmtx.getUint16(Math.min(glyph, metricCount - 1) * 4),
    outlineOf,
  };
}

function unpack(woff: Uint8Array): readonly Table[] {
  const view = new DataView(woff.buffer, woff.byteOffset, woff.byteLength);
  if (woff.length < WOFF_HEADER || view.getUint32(0) !== WOFF_SIGNATURE)
    throw new Error('Not a WOFF 1.0 font.');
  return Array.from({ length: view.getUint16(12) }, (_, index) => {
    const at = WOFF_HEADER + index * WOFF_ENTRY;
    const offset = view.getUint32(at + 4);
    const packedLength = view.getUint32(at + 8);
    const packed = woff.subarray(offset, offset + packedLength);
    return {
      tag: view.getUint32(at),
      checksum: view.getUint32(at + 16),
      bytes: packedLength < view.getUint32(at + 12) ? unzlibSync(packed) : packed.slice(),
    };
  });
}

/** The tables as one TrueType file: header, directory, tables on 4-byte boundaries. */
function pack(tables: readonly Table[]): Uint8Array {
  const directory = 12 + tables.length * 16;
  const size = tables.reduce((sum, table) => sum + Math.ceil(table.bytes.length / 4) * 4, directory);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const power = 2 ** Math.floor(Math.log2(tables.length));
  view.setUint32(0, 0x00010000);
  view.setUint16(4, tables.length);
  view.setUint16(6, power * 16);
  view.setUint16(8, Math.log2(power));
  view.setUint16(10, (tables.length - power) * 16);
  let at = directory;
  tables.forEach((table, index) => {
    const entry = 12 + index * 16;
    view.setUint32(entry, table.tag);
    view.setUint32(entry + 4, table.checksum);
    view.setUint32(entry + 8, at);
    view.setUint32(entry + 12, table.bytes.length);
    file.set(table.bytes, at);
    at += Math.ceil(table.bytes.length / 4) * 4;
  });
  return file;
}

/** Format 4 subtable of the Unicode platform: enough for every character of the basic plane. */
function readCmap(cmap: DataView): ReadonlyMap<number, number> {
  const characters = new Map<number, number>();
  const count = cmap.getUint16(2);
  for (let index = 0; index < count; index++) {
    const start = cmap.getUint32(4 + index * 8 + 4);
    if (cmap.getUint16(start) !== 4) continue;
    const segments = cmap.getUint16(start + 6) / 2;
    const ends = start + 14;
    const starts = ends + segments * 2 + 2;
    const deltas = starts + segments * 2;
    const ranges = deltas + segments * 2;
    for (let segment = 0; segment < segments; segment++) {
      const first = cmap.getUint16(starts + segment * 2);
      const last = cmap.getUint16(ends + segment * 2);
      const delta = cmap.getUint16(deltas + segment * 2);
      const rangeAt = ranges + segment * 2;
      const range = cmap.getUint16(rangeAt);
      for (let code = first; code <= last && code !== 0xffff; code++) {
        const raw = range === 0 ? code : cmap.getUint16(rangeAt + range + (code - first) * 2);
        const glyph = raw === 0 ? 0 : (raw + delta) & 0xffff;
        if (glyph !== 0) characters.set(code, glyph);
      }
    }
    return characters;
  }
  throw new Error('The font has no character map of format 4.');
}

const ON_CURVE = 1;
const X_SHORT = 2;
const Y_SHORT = 4;
const REPEAT = 8;
const X_SAME = 16;
const Y_SAME = 32;

const ARGS_ARE_WORDS = 1;
const ARGS_ARE_XY = 2;
const HAS_SCALE = 8;
const MORE_COMPONENTS = 32;
const HAS_XY_SCALE = 64;
const HAS_2X2 = 128;
const MAX_NESTING = 5;

function readOutline(
  glyf: DataView,
  offsetOf: (glyph: number) => number,
  glyph: number,
  depth: number,
): readonly GlyphCommand[] {
  const start = offsetOf(glyph);
  if (start === offsetOf(glyph + 1) || depth > MAX_NESTING) return [];
  const contours = glyf.getInt16(start);
  if (contours >= 0) return simpleOutline(glyf, start + 10, contours);
  const commands: GlyphCommand[] = [];
  let at = start + 10;
  let flags: number;
  do {
    flags = glyf.getUint16(at);
    const component = glyf.getUint16(at + 2);
    at += 4;
    const areWords = (flags & ARGS_ARE_WORDS) !== 0;
    const isOffset = (flags & ARGS_ARE_XY) !== 0;
    const dx = isOffset ? (areWords ? glyf.getInt16(at) : glyf.getInt8(at)) : 0;
    const dy = isOffset ? (areWords ? glyf.getInt16(at + 2) : glyf.getInt8(at + 1)) : 0;
    at += areWords ? 4 : 2;
    const fixed = (place: number): number => glyf.getInt16(at + place * 2) / 16384;
    let [a, b, c, d] = [1, 0, 0, 1];
    if ((flags & HAS_SCALE) !== 0) {
      a = d = fixed(0);
      at += 2;
    } else if ((flags & HAS_XY_SCALE) !== 0) {
      [a, d] = [fixed(0), fixed(1)];
      at += 4;
    } else if ((flags & HAS_2X2) !== 0) {
      [a, b, c, d] = [fixed(0), fixed(1), fixed(2), fixed(3)];
      at += 8;
    }
    const place = (x: number, y: number): [number, number] => [a * x + c * y + dx, b * x + d * y + dy];
    commands.push(...readOutline(glyf, offsetOf, component, depth + 1).map((part) => moved(part, place)));
  } while ((flags & MORE_COMPONENTS) !== 0);
  return commands;
}

function moved(part: GlyphCommand, place: (x: number, y: number) => [number, number]): GlyphCommand {
  if (part.kind === 'close') return part;
  const [x, y] = place(part.x, part.y);
  if (part.kind !== 'curve') return { kind: part.kind, x, y };
  const [cx, cy] = place(part.cx, part.cy);
  return { kind: 'curve', cx, cy, x, y };
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly isOnCurve: boolean;
}

function simpleOutline(glyf: DataView, start: number, contours: number): readonly GlyphCommand[] {
  const ends = Array.from({ length: contours }, (_, index) => glyf.getUint16(start + index * 2));
  const pointCount = (ends.at(-1) ?? -1) + 1;
  let at = start + contours * 2;
  at += 2 + glyf.getUint16(at);
  const flags: number[] = [];
  while (flags.length < pointCount) {
    const flag = glyf.getUint8(at++);
    const times = (flag & REPEAT) === 0 ? 1 : glyf.getUint8(at++) + 1;
    for (let index = 0; index < times; index++) flags.push(flag);
  }
  const coordinates = (short: number, same: number): number[] => {
    let value = 0;
    return flags.map((flag) => {
      if ((flag & short) !== 0) {
        value += glyf.getUint8(at++) * ((flag & same) !== 0 ? 1 : -1);
      } else if ((flag & same) === 0) {
        value += glyf.getInt16(at);
        at += 2;
      }
      return value;
    });
  };
  const xs = coordinates(X_SHORT, X_SAME);
  const ys = coordinates(Y_SHORT, Y_SAME);
  const points = flags.map((flag, index) => ({
    x: xs[index] ?? 0,
    y: ys[index] ?? 0,
    isOnCurve: (flag & ON_CURVE) !== 0,
  }));
  return ends.flatMap((end, index) =>
    contour(points.slice(index === 0 ? 0 : (ends[index - 1] ?? 0) + 1, end + 1)),
  );
}

/** A closed run of points; between two off-curve points lies an implied on-curve one. */
function contour(points: readonly Point[]): readonly GlyphCommand[] {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, isOnCurve: true });
  const start = first.isOnCurve ? first : last.isOnCurve ? last : middle(first, last);
  const commands: GlyphCommand[] = [{ kind: 'move', x: start.x, y: start.y }];
  const rest = first.isOnCurve ? points.slice(1) : points;
  let control: Point | undefined;
  for (const point of [...rest, start]) {
    if (control === undefined) {
      if (point.isOnCurve) commands.push({ kind: 'line', x: point.x, y: point.y });
      else control = point;
    } else {
      const to = point.isOnCurve ? point : middle(control, point);
      commands.push({ kind: 'curve', cx: control.x, cy: control.y, x: to.x, y: to.y });
      control = point.isOnCurve ? undefined : point;
    }
  }
  commands.push({ kind: 'close' });
  return commands;
}
