// What Vidur writes beside its request table (vidur 7d47513, metrics/*): distributions, quantile sketches, step series and utilisation.
// Drawn and summarised, never used for errors. Three CSV layouts, told apart by their header; the first, unnamed column is an index.

import { parseJson } from '../../base/json';
import { ok, type Result } from '../../base/result';
import { nameOf, readText, type SourceFile } from '../file-tree';
import { readCsvTable } from './csv-table';

export type VidurPlot =
  /** Exact, one point a request; `cdf` = rank / count. */
  | {
      readonly kind: 'requests';
      readonly name: string;
      readonly values: Float64Array;
      readonly cdf: Float64Array;
    }
  /** 101 quantiles of a sketch with a relative accuracy of 0.001. */
  | {
      readonly kind: 'sketch';
      readonly name: string;
      readonly values: Float64Array;
      readonly cdf: Float64Array;
    }
  /** Cumulative count over seconds. */
  | {
      readonly kind: 'series';
      readonly name: string;
      readonly values: Float64Array;
      readonly timeS: Float64Array;
    }
  /** One value a batch. */
  | { readonly kind: 'batches'; readonly name: string; readonly values: Float64Array }
  /** Time-weighted mean of a piecewise-constant quantity, percent. */
  | {
      readonly kind: 'utilisation';
      readonly name: string;
      readonly min: number;
      readonly max: number;
      readonly mean: number;
    };

const MAX_PLOT_BYTES = 64 * 1024 * 1024;

/** Every plot file that can be read; others (pictures, unknown layouts) are passed over. */
export async function readVidurPlots(files: readonly SourceFile[]): Promise<readonly VidurPlot[]> {
  const plots: VidurPlot[] = [];
  for (const file of files) {
    const name = nameOf(file.path);
    if (!/\.(csv|json)$/.test(name)) continue;
    const text = await readText(file, MAX_PLOT_BYTES);
    if (!text.ok) continue;
    const stem = name.replace(/\.(csv|json)$/, '');
    const plot = name.endsWith('.csv')
      ? csvPlot(text.value, file.path, stem)
      : utilisation(text.value, file.path, stem);
    if (plot.ok && plot.value !== undefined) plots.push(plot.value);
  }
  return plots;
}

function csvPlot(text: string, file: string, name: string): Result<VidurPlot | undefined> {
  const header = (text.split('\n', 1)[0] ?? '').trim().split(',');
  // The value column is the last one that is neither an index, a key nor the cdf.
  const column = header.findLast(
    (title) => !['', 'Request Id', 'Batch Id', 'cdf', 'Time (sec)'].includes(title),
  );
  if (column === undefined) return ok(undefined);
  const table = readCsvTable(text, file, [column, 'cdf', 'Time (sec)']);
  if (!table.ok) return table;
  const numbers = (title: string): Float64Array =>
    Float64Array.from(table.value.cells(title) ?? [], (cell) => (cell === '' ? NaN : Number(cell)));
  const values = numbers(column);
  if (header.includes('Time (sec)'))
    return ok({ kind: 'series', name, values, timeS: numbers('Time (sec)') });
  if (header.includes('cdf')) {
    const kind = header.includes('Request Id') ? 'requests' : 'sketch';
    return ok({ kind, name, values, cdf: numbers('cdf') });
  }
  return ok(header.includes('Batch Id') ? { kind: 'batches', name, values } : undefined);
}

function utilisation(text: string, file: string, name: string): Result<VidurPlot | undefined> {
  const document = parseJson(text, file);
  if (!document.ok) return document;
  const entries = Object.entries(document.value ?? {}) as readonly (readonly [string, unknown])[];
  const find = (suffix: string): number | undefined => {
    const value = entries.find(([key]) => key.endsWith(suffix))?.[1];
    return typeof value === 'number' ? value : undefined;
  };
  const [min, max, mean] = [find('_min'), find('_max'), find('_weighted_mean')];
  if (min === undefined || max === undefined || mean === undefined) return ok(undefined);
  return ok({ kind: 'utilisation', name, min, max, mean });
}
