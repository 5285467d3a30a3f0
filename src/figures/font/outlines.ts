// Text as vector outlines, for files that must look alike where no font can be embedded or found (and for pixel images).

import type { TextMark } from '../scene/scene';
import { round } from '../scene/svg';
import { textWidth, type Face } from './measure';
import type { GlyphCommand, TrueTypeFont } from './woff';

export type FontSet = Readonly<Record<Face, TrueTypeFont>>;

/** SVG path data in points, the anchor at the origin, before rotation. */
export function textOutline(mark: TextMark, fonts: FontSet): string {
  const font = fonts[mark.face];
  const scale = mark.sizePt / font.unitsPerEm;
  let x = anchorShift(mark);
  let path = '';
  for (const character of mark.text) {
    const glyph = font.glyphOf(character.codePointAt(0) ?? 0);
    for (const command of font.outlineOf(glyph)) path += pathStep(command, x, scale);
    x += font.advanceOf(glyph) * scale;
  }
  return path;
}

/** From the anchor to where the first letter begins. */
export function anchorShift(mark: TextMark): number {
  if (mark.anchor === 'start') return 0;
  const width = textWidth(mark.text, mark.sizePt, mark.face);
  return mark.anchor === 'middle' ? -width / 2 : -width;
}

function pathStep(command: GlyphCommand, x: number, scale: number): string {
  const at = (px: number, py: number): string => `${round(x + px * scale)} ${round(-py * scale)}`;
  switch (command.kind) {
    case 'move':
      return `M${at(command.x, command.y)}`;
    case 'line':
      return `L${at(command.x, command.y)}`;
    case 'curve':
      return `Q${at(command.cx, command.cy)} ${at(command.x, command.y)}`;
    case 'close':
      return 'Z';
  }
}
