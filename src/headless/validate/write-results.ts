// What `validate` leaves behind: tables on stdout and the two CSV files, as the reference; on request the bundle and the HTML page.

import { join } from 'node:path';
import { selectRuntimeTable } from '../../figures/data/runtime-table';
import { simulatorStyle } from '../../figures/data/simulators';
import { FIGURES } from '../../figures/figures';
import { readFigureFiles } from '../../figures/inputs';
import { PRESETS } from '../../figures/layout/look';
import { writeSvg } from '../../figures/scene/svg';
import { resultBundle, type BundleFile } from '../../report/bundle/bundle';
import { htmlReport, type ReportFigure } from '../../report/bundle/html-report';
import { optionLines, recordsOf, runtimesOf, type ReportRun } from '../../report/bundle/report-run';
import { runtimeTableLatex } from '../../report/latex';
import { errorRecordsCsv, runtimeCsv } from '../../report/record-csv';
import { NO_RECORDS, errorTablesText, extraTablesText, runtimeTableText } from '../../report/text-report';
import type { Io } from '../io';
import type { Log } from '../log';
import type { ValidateOptions } from './options';

export async function writeResults(
  io: Io,
  options: ValidateOptions,
  run: ReportRun,
  log: Log,
): Promise<void> {
  const records = recordsOf(run);
  const runtimes = runtimesOf(run);
  if (records.length === 0) {
    io.stdout(`${NO_RECORDS}\n`);
    return;
  }
  const errorPath = join(options.outputDir, 'error_records.csv');
  await io.writeText(errorPath, errorRecordsCsv(records));
  io.stdout(`\n${errorTablesText(records)}\n\nCSV saved to ${errorPath}\n`);
  if (runtimes.length > 0) {
    const runtimePath = join(options.outputDir, 'runtime.csv');
    await io.writeText(runtimePath, runtimeCsv(runtimes));
    io.stdout(`\n${runtimeTableText(runtimes)}\n\nRuntime CSV saved to ${runtimePath}\n`);
  }
  if (options.extraTables === true) io.stdout(`\n${extraTablesText(records)}\n`);
  if (options.bundle === undefined && options.html === undefined) return;
  const { figures, others } = drawFigures(run, log);
  if (options.html !== undefined) {
    await io.writeText(options.html, htmlReport(run, figures));
    log.info(`Report saved to ${options.html}`);
  }
  if (options.bundle !== undefined) {
    await io.writeBytes(options.bundle, resultBundle(run, figures, others));
    log.info(`Bundle saved to ${options.bundle}`);
  }
}

interface DrawnFigures {
  readonly figures: readonly ReportFigure[];
  readonly others: readonly BundleFile[];
}

/** From the two CSV texts alone, as the figure command draws them. */
function drawFigures(run: ReportRun, log: Log): DrawnFigures {
  const read = readFigureFiles({
    errors: { name: 'error_records.csv', text: errorRecordsCsv(recordsOf(run)) },
    runtimes: { name: 'runtime.csv', text: runtimeCsv(runtimesOf(run)) },
  });
  if (!read.ok) {
    log.warning(`No figures: ${read.error.message}`);
    return { figures: [], others: [] };
  }
  const { data } = read.value;
  const selection = { excluded: [], otherModels: true };
  const provenance = optionLines(run)
    .map(({ name, value }) => `${name} ${value}`)
    .join(', ');
  const figures = FIGURES.flatMap((figure): ReportFigure[] => {
    const drawn = figure.draw({
      data,
      selection,
      draw: PRESETS.published,
      hasAggregateRow: true,
      provenance,
    });
    if (drawn.kind === 'drawn')
      return [{ name: figure.name, caption: drawn.caption, svg: writeSvg(drawn.scene, {}) }];
    log.info(`${figure.name}: ${drawn.reason}`);
    return [];
  });
  const lines = selectRuntimeTable(data, undefined, selection).map((row) => ({
    ...row,
    name: simulatorStyle(row.simulator).name,
  }));
  const latex = new TextEncoder().encode(runtimeTableLatex(lines));
  return {
    figures,
    others: lines.length === 0 ? [] : [{ path: 'figures/table1_runtime.tex', bytes: latex }],
  };
}
