// Widths of text in STIX Two Text without a DOM. Kerning is left out: browsers apply it and draw a little narrower.

import { CHARACTERS, UNITS_PER_EM, WIDTHS } from './stix-metrics';

export type Face = keyof typeof WIDTHS;

/** Heights in em: of a capital or digit, and of what hangs below the line (STIX Two Text OS/2 table). */
export const CAP_HEIGHT = 0.656;
export const DESCENT = 0.238;

/** For characters outside the table, which another font will draw. */
const OTHER_WIDTH = 600;

const PLACES = new Map([...CHARACTERS].map((character, index) => [character, index]));

/** Points, for a size in points. */
export function textWidth(text: string, sizePt: number, face: Face = 'regular'): number {
  let units = 0;
  for (const character of text) {
    const place = PLACES.get(character);
    units += place === undefined ? OTHER_WIDTH : (WIDTHS[face][place] ?? OTHER_WIDTH);
  }
  return (units / UNITS_PER_EM) * sizePt;
}
