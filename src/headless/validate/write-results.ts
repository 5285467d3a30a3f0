// What `validate` leaves behind: tables on stdout and the two CSV files, as the reference; on request the bundle and the HTML page.

import { join } from 'node:path';
import { measuredRealSeconds } from '../../figures/data/runtime-table';
import { reportFigures } from '../../figures/report-figures';
import { resultBundle } from '../../report/bundle/bundle';
import { htmlReport } from '../../report/bundle/html-report';
import { provenanceOf, recordsOf, runtimesOf, type ReportRun } from '../../report/bundle/report-run';
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
  const pictures = await reportFigures(
    errorRecordsCsv(records),
    runtimeCsv(runtimes),
    provenanceOf(run),
    measuredRealSeconds(run.experiments.map(({ summary }) => summary)),
  );
  for (const reason of pictures.skipped) log.info(reason);
  if (options.html !== undefined) {
    await io.writeText(options.html, htmlReport(run, pictures.figures));
    log.info(`Report saved to ${options.html}`);
  }
  if (options.bundle !== undefined) {
    await io.writeBytes(options.bundle, resultBundle(run, pictures));
    log.info(`Bundle saved to ${options.bundle}`);
  }
}
