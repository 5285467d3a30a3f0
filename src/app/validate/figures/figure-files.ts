// A figure as files: SVG with text or outlines, PDF, PNG at print resolution, its numbers as CSV.

import { zipSync } from 'fflate';
import { textCell } from '../../../report/record-csv';
import type { FigureOutcome, FigureValue } from '../../../figures/figures';
import { textOutline, type FontSet } from '../../../figures/font/outlines';
import { withDensity } from '../../../figures/scene/png-density';
import { POINTS_PER_INCH, type Scene } from '../../../figures/scene/scene';
import { writeSvg } from '../../../figures/scene/svg';

/** File name without folder: comparisons keep theirs in front. */
export const fileName = (name: string, ending: string): string => `${name.replaceAll('/', '-')}.${ending}`;

export const outlinedSvg = (scene: Scene, fonts: FontSet): string =>
  writeSvg(scene, { outline: (mark) => textOutline(mark, fonts) });

/** The PDF writer loads when it is first used. */
export async function pdfBytes(scene: Scene, fonts: FontSet): Promise<Uint8Array> {
  const { writePdf } = await import('../../../figures/scene/pdf');
  return writePdf(scene, fonts);
}

/** Drawn from the outlined SVG, so that the picture needs no font; `host` gives image and canvas. */
export async function pngBytes(host: Window, scene: Scene, fonts: FontSet, dpi: number): Promise<Uint8Array> {
  const url = URL.createObjectURL(new Blob([outlinedSvg(scene, fonts)], { type: 'image/svg+xml' }));
  try {
    const image = host.document.createElement('img');
    image.src = url;
    await image.decode();
    const canvas = host.document.createElement('canvas');
    canvas.width = Math.round((scene.widthPt / POINTS_PER_INCH) * dpi);
    canvas.height = Math.round((scene.heightPt / POINTS_PER_INCH) * dpi);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('This browser cannot draw to a canvas.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The picture is too large for this browser.');
    return withDensity(new Uint8Array(await blob.arrayBuffer()), dpi);
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function valuesCsv(values: readonly FigureValue[]): string {
  const lines = values.map(({ panel, group, simulator, value, count }) =>
    [textCell(panel), textCell(group), textCell(simulator), String(value), String(count)].join(','),
  );
  return ['panel,group,simulator,value,n', ...lines, ''].join('\r\n');
}

/** Rows of the table view: one a panel and group, a cell a simulator. */
export function valueTable(outcome: FigureOutcome & { readonly kind: 'drawn' }): readonly {
  readonly panel: string;
  readonly group: string;
  readonly cells: readonly (number | undefined)[];
}[] {
  const rows = new Map<string, { panel: string; group: string; values: Map<string, number> }>();
  for (const { panel, group, simulator, value } of outcome.values) {
    const key = `${panel}\n${group}`;
    const row = rows.get(key) ?? { panel, group, values: new Map<string, number>() };
    row.values.set(simulator, value);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ panel, group, values }) => ({
    panel,
    group,
    cells: outcome.simulators.map((simulator) => values.get(simulator)),
  }));
}

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Files of one archive; dates are fixed so that the same figures give the same archive. */
export function zipBytes(files: readonly NamedFile[]): Uint8Array {
  const mtime = new Date(2000, 0, 1);
  return zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), { level: 6, mtime });
}
