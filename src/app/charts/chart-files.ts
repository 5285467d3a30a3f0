// A chart of the page as files: its numbers as CSV, its picture as SVG or PNG that needs neither the page's styles nor its theme.

import { textCell } from '../../report/record-csv';
import { saveBlob, saveText } from '../ui/save-file';

/** What a chart shows, in full precision; a number that is not there stays empty. */
export interface ChartTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

/** Texts that a spreadsheet would take for a formula are quoted away. */
export function tableCsv({ head, rows }: ChartTable): string {
  const cell = (value: string | number | undefined): string =>
    typeof value === 'string' ? textCell(value) : String(value ?? '');
  return [head, ...rows].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

/** Properties that style sheets and the theme decide. */
const DRAWN = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'stroke-linecap',
  'stroke-opacity',
  'paint-order',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
] as const;

/**
 * The picture with everything that it looks like written into it, on the surface it lies on.
 * @param under elements between the two, as SVG text: what a canvas shows on screen.
 */
export function standaloneSvg(svg: SVGSVGElement, view: Window & typeof globalThis, under = ''): string {
  const copy = svg.cloneNode(true);
  if (!(copy instanceof view.SVGSVGElement)) throw new Error('A picture could not be copied.');
  const originals = [svg, ...svg.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [index, original] of originals.entries()) {
    const target = copies[index];
    if (target === undefined) continue;
    const style = view.getComputedStyle(original);
    for (const name of DRAWN) target.setAttribute(name, style.getPropertyValue(name));
    for (const name of ['class', 'style', 'tabindex', 'role']) target.removeAttribute(name);
  }
  const [width, height] = [svg.width.baseVal.value, svg.height.baseVal.value];
  const surface = view.getComputedStyle(
    svg.closest('.card') ?? view.document.documentElement,
  ).backgroundColor;
  const drawn = [...copy.childNodes].map((node) => new XMLSerializer().serializeToString(node));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="100%" height="100%" fill="${surface}"/>${under}${drawn.join('')}</svg>\n`
  );
}

/** Pixels of the picture for each of the page's. */
const PNG_SCALE = 3;

/** The entries of an export menu that save a picture. @param draw nothing when there is none on screen. */
export function pictureFiles(
  view: Window & typeof globalThis,
  name: string,
  draw: () => { readonly svg: SVGSVGElement; readonly under?: string } | undefined,
): readonly { readonly id: string; readonly label: string; readonly hint: string; run(): void }[] {
  const text = ({ svg, under }: { readonly svg: SVGSVGElement; readonly under?: string }): string =>
    standaloneSvg(svg, view, under);
  return [
    {
      id: 'svg',
      label: 'Picture as SVG',
      hint: 'as on screen',
      run: () => {
        const drawn = draw();
        if (drawn !== undefined) saveText(view, `${name}.svg`, text(drawn), 'image/svg+xml');
      },
    },
    {
      id: 'png',
      label: 'Picture as PNG',
      hint: `${PNG_SCALE} × the pixels on screen`,
      run: () => {
        const drawn = draw();
        if (drawn === undefined) return;
        const { width, height } = drawn.svg;
        void svgPng(text(drawn), width.baseVal.value, height.baseVal.value, view).then((blob) =>
          saveBlob(view, `${name}.png`, blob),
        );
      },
    },
  ];
}

async function svgPng(svgText: string, width: number, height: number, view: Window): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svgText], { type: 'image/svg+xml' }));
  try {
    const image = view.document.createElement('img');
    image.src = url;
    await image.decode();
    const canvas = view.document.createElement('canvas');
    canvas.width = Math.round(width * PNG_SCALE);
    canvas.height = Math.round(height * PNG_SCALE);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('This browser cannot draw to a canvas.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The picture is too large for this browser.');
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
