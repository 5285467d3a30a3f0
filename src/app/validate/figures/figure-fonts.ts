// The figures' typeface, fetched from the page's own files when the first figure is drawn.

import boldUrl from '@fontsource/stix-two-text/files/stix-two-text-latin-700-normal.woff?url';
import italicUrl from '@fontsource/stix-two-text/files/stix-two-text-latin-400-italic.woff?url';
import regularUrl from '@fontsource/stix-two-text/files/stix-two-text-latin-400-normal.woff?url';
import type { Face } from '../../../figures/font/measure';
import type { FontSet } from '../../../figures/font/outlines';
import { readWoff } from '../../../figures/font/woff';
import type { EmbeddedFonts } from './draw-all';

export type FontFiles = Readonly<Record<Face, Uint8Array>>;

export async function loadFontFiles(): Promise<FontFiles> {
  const load = async (url: string): Promise<Uint8Array> => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`The figures' typeface could not be read (${answer.status}).`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const [regular, bold, italic] = await Promise.all([load(regularUrl), load(boldUrl), load(italicUrl)]);
  return { regular, bold, italic };
}

export function embedded(files: FontFiles): EmbeddedFonts {
  return { regular: base64(files.regular), bold: base64(files.bold), italic: base64(files.italic) };
}

export function fontSet(files: FontFiles): FontSet {
  return { regular: readWoff(files.regular), bold: readWoff(files.bold), italic: readWoff(files.italic) };
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
