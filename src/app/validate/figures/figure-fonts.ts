// The figures' typeface, loaded from the page's own files when the first figure is drawn.

import type { Face } from '../../../figures/font/measure';
import type { FontSet } from '../../../figures/font/outlines';
import { readWoff } from '../../../figures/font/woff';
import { bytesOf } from '../../own-files';
import type { EmbeddedFonts } from './draw-all';

/** Files as data: addresses. */
export type FontFiles = Readonly<Record<Face, string>>;

export async function loadFontFiles(): Promise<FontFiles> {
  const [regular, bold, italic] = await Promise.all([
    import('@fontsource/stix-two-text/files/stix-two-text-latin-400-normal.woff?inline'),
    import('@fontsource/stix-two-text/files/stix-two-text-latin-700-normal.woff?inline'),
    import('@fontsource/stix-two-text/files/stix-two-text-latin-400-italic.woff?inline'),
  ]);
  return { regular: regular.default, bold: bold.default, italic: italic.default };
}

export const embedded = (files: FontFiles): EmbeddedFonts => ofEach(files, base64Of);

export const fontSet = (files: FontFiles): FontSet => ofEach(files, (file) => readWoff(bytesOf(file)));

const base64Of = (dataUrl: string): string => dataUrl.slice(dataUrl.indexOf(',') + 1);

const ofEach = <T>({ regular, bold, italic }: FontFiles, make: (file: string) => T): Record<Face, T> => ({
  regular: make(regular),
  bold: make(bold),
  italic: make(italic),
});
