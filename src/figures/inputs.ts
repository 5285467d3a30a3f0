// From the texts of the two CSV files, and what may lie beside them, to the data of the figures. The same for a results folder on
// disk and for files dropped onto the page.

import { ok, type Result } from '../base/result';
import { joinMetadata, readErrorRecords, readMetadata, readRuntimes } from '../sources/records-csv';
import { prepareFigureData, type FigureData } from './data/prepare';

/** Names of files in a results folder. The last two are the reference's later way to keep LLMServingSim's 300-request runs. */
export const ERROR_RECORDS_FILE = 'error_records.csv';
export const RUNTIME_FILE = 'runtime.csv';
export const MATCHED_ERRORS_FILE = 'llmservingsim_error_records_matched.csv';
export const MATCHED_RUNTIME_FILE = 'llmservingsim_runtime.csv';

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

export interface FigureFiles {
  readonly errors: TextFile;
  readonly runtimes: TextFile;
  readonly metadata?: TextFile;
  readonly matchedErrors?: TextFile;
  readonly matchedRuntimes?: TextFile;
}

export interface FigureInputs {
  readonly data: FigureData;
  readonly warnings: readonly string[];
}

export function readFigureFiles(files: FigureFiles): Result<FigureInputs> {
  const errors = readErrorRecords(files.errors.text, files.errors.name);
  if (!errors.ok) return errors;
  const runtimes = readRuntimes(files.runtimes.text, files.runtimes.name);
  if (!runtimes.ok) return runtimes;
  const matched = files.matchedErrors && readErrorRecords(files.matchedErrors.text, files.matchedErrors.name);
  if (matched?.ok === false) return matched;
  const matchedTimes =
    files.matchedRuntimes && readRuntimes(files.matchedRuntimes.text, files.matchedRuntimes.name);
  if (matchedTimes?.ok === false) return matchedTimes;
  const metadata = files.metadata && readMetadata(files.metadata.text, files.metadata.name);
  if (metadata?.ok === false) return metadata;

  const allErrors = { ...errors.value, rows: replacing(errors.value.rows, matched?.value.rows) };
  const joined = metadata === undefined ? allErrors : joinMetadata(allErrors, metadata.value);
  const data = prepareFigureData(
    joined.rows,
    replacing(runtimes.value.rows, matchedTimes?.value.rows),
    joined.columns.includes('config_tag'),
  );
  const warnings = [
    ...joined.warnings,
    ...runtimes.value.warnings,
    ...(matched?.value.warnings ?? []),
    ...(matchedTimes?.value.warnings ?? []),
  ];
  return ok({ data, warnings });
}

/** Rows of the second file take the place of the same simulators' rows in the first. */
function replacing<Row extends { readonly simulator: string }>(
  rows: readonly Row[],
  instead: readonly Row[] | undefined,
): readonly Row[] {
  if (instead === undefined) return rows;
  const replaced = new Set(instead.map((row) => row.simulator));
  return [...rows.filter((row) => !replaced.has(row.simulator)), ...instead];
}
