// The figures and the runtime table as files of a report, from the texts of the two CSV files alone.

import { selectRuntimeTable, type RuntimeTableRow } from './data/runtime-table';
import { simulatorStyle } from './data/simulators';
import { FIGURES, type FigureRequest } from './figures';
import { readFigureFiles } from './inputs';
import { PRESETS } from './layout/look';
import { writeSvg } from './scene/svg';

export interface ReportFigures {
  readonly figures: readonly { readonly name: string; readonly caption: string; readonly svg: string }[];
  /** Rows of the runtime table, with the names that the figures print. */
  readonly runtimes: readonly (RuntimeTableRow & { readonly name: string })[];
  /** One sentence for each figure that is not there. */
  readonly skipped: readonly string[];
}

/**
 * `pause` lets other work of the thread pass between two figures. `provenance` ends every caption. `realSeconds` is what the
 * runtimes are compared with.
 */
export async function reportFigures(
  errorsCsv: string,
  runtimesCsv: string,
  provenance: string,
  realSeconds: number | undefined,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<ReportFigures> {
  const read = readFigureFiles({
    errors: { name: 'error_records.csv', text: errorsCsv },
    runtimes: { name: 'runtime.csv', text: runtimesCsv },
  });
  if (!read.ok) return { figures: [], runtimes: [], skipped: [read.error.message] };
  const { data } = read.value;
  const selection = { excluded: [], otherModels: true };
  const request: FigureRequest = {
    data,
    selection,
    draw: PRESETS.published,
    hasAggregateRow: true,
    provenance,
  };
  const figures: { name: string; caption: string; svg: string }[] = [];
  const skipped: string[] = [];
  for (const figure of FIGURES) {
    await pause();
    const drawn = figure.draw(request);
    if (drawn.kind === 'drawn') {
      figures.push({ name: figure.name, caption: drawn.caption, svg: writeSvg(drawn.scene, {}) });
    } else {
      skipped.push(`${figure.name}: ${drawn.reason}`);
    }
  }
  const runtimes = selectRuntimeTable(data, realSeconds, selection).map((row) => ({
    ...row,
    name: simulatorStyle(row.simulator).name,
  }));
  return { figures, runtimes, skipped };
}
