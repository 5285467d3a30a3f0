import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { textWidth, type Face } from '../../src/figures/font/measure';
import { CHARACTERS, UNITS_PER_EM, WIDTHS } from '../../src/figures/font/stix-metrics';
import { readWoff } from '../../src/figures/font/woff';

const FILES: Readonly<Record<Face, string>> = {
  regular: '400-normal',
  bold: '700-normal',
  italic: '400-italic',
};

const fontFile = (face: Face): Uint8Array =>
  readFileSync(
    `${import.meta.dirname}/../../node_modules/@fontsource/stix-two-text/files/stix-two-text-latin-${FILES[face]}.woff`,
  );

describe('figure type', () => {
  it.each(['regular', 'bold', 'italic'] as const)('measures %s as the font file does', (face) => {
    const font = readWoff(fontFile(face));
    expect(font.unitsPerEm).toBe(UNITS_PER_EM);
    const widths = [...CHARACTERS].map((character) =>
      font.advanceOf(font.glyphOf(character.codePointAt(0)!)),
    );
    expect(WIDTHS[face]).toEqual(widths);
  });

  it('measures a number: four digits of 495 units', () => {
    expect(textWidth('1200', 10)).toBeCloseTo(4 * 0.495 * 10, 12);
  });

  it('reads outlines: a period is one closed contour, a colon two, an é composes two glyphs', () => {
    const font = readWoff(fontFile('regular'));
    const closes = (character: string): number =>
      font.outlineOf(font.glyphOf(character.codePointAt(0)!)).filter((command) => command.kind === 'close')
        .length;
    expect(closes('.')).toBe(1);
    expect(closes(':')).toBe(2);
    expect(closes('é')).toBe(closes('e') + 1);
    expect(closes(' ')).toBe(0);
  });

  it('refuses a file that is no WOFF', () => {
    expect(() => readWoff(new Uint8Array(100))).toThrow('Not a WOFF 1.0 font.');
  });
});
