// `report`: tables and CSV files from flat result files, without experiments or simulators.

import { join } from 'node:path';
import { Command } from 'commander';
import { formatProblem } from '../../base/problem';
import type { Result } from '../../base/result';
import { errorRecordsCsv, runtimeCsv } from '../../report/record-csv';
import { statisticsJson } from '../../report/statistics-json';
import { reportJson } from '../../report/tables-json';
import { NO_RECORDS, errorTablesText, runtimeTableText } from '../../report/text-report';
import { readActuals, readPredictions } from '../../sources/flat-results';
import { joinMatchedRuns, joinResults } from '../../validation/join-results';
import { MATCHED_ERRORS_FILE, MATCHED_RUNTIME_FILE } from '../../figures/inputs';
import { UsageError, type Io } from '../io';

interface ReportOptions {
  readonly actuals: string;
  readonly predictions: readonly string[];
  readonly outputDir: string;
}

export const reportCommand = (io: Io): Command =>
  new Command('report')
    .description('Writes error tables and CSV files from flat files of measured and predicted values.')
    .requiredOption('--actuals <file>', 'CSV with one row a measured value')
    .requiredOption('--predictions <files...>', 'CSV files named predictions-<simulator>.csv')
    .requiredOption('--output-dir <folder>', 'where error_records.csv, runtime.csv and tables.json go')
    .action(async (options: ReportOptions) => {
      const actuals = unwrap(readActuals(await io.readText(options.actuals), options.actuals));
      const predictions = [];
      for (const file of options.predictions.flatMap((names) => names.split(','))) {
        predictions.push(unwrap(readPredictions(await io.readText(file), file)));
      }
      const joined = joinResults(actuals.rows, predictions);
      for (const warning of [actuals, ...predictions, joined].flatMap(({ warnings }) => warnings)) {
        io.stderr(`WARNING: ${warning}\n`);
      }
      const { records, runtimes } = joined;
      if (records.length === 0) {
        io.stdout(`${NO_RECORDS}\n`);
        return;
      }
      io.stdout(`${errorTablesText(records)}\n`);
      if (runtimes.length > 0) io.stdout(`\n${runtimeTableText(runtimes)}\n`);
      const write = async (name: string, text: string): Promise<void> => {
        const path = join(options.outputDir, name);
        await io.writeText(path, text);
        io.stderr(`${path} written\n`);
      };
      await write('error_records.csv', errorRecordsCsv(records));
      if (runtimes.length > 0) await write('runtime.csv', runtimeCsv(runtimes));
      await write('statistics.json', `${JSON.stringify(statisticsJson(records), null, 1)}\n`);
      const matched = joinMatchedRuns(actuals.rows, predictions);
      if (matched.records.length > 0) await write(MATCHED_ERRORS_FILE, errorRecordsCsv(matched.records));
      if (matched.runtimes.length > 0) await write(MATCHED_RUNTIME_FILE, runtimeCsv(matched.runtimes));
      await write('tables.json', `${JSON.stringify({ report: reportJson(records, runtimes) }, null, 1)}\n`);
    });

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new UsageError(formatProblem(result.error));
}
