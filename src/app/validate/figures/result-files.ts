// Which files of a results folder a name stands for. Folders in front and words around are free.

import { BUNDLE_PROJECT } from '../../../sources/bundle-folder';
import { nameOf } from '../../../sources/file-tree';
import { isMeasurement } from '../../../sources/measurement-names';

export const isErrorRecords = (name: string): boolean =>
  /error_records[^/]*\.csv$/i.test(name) && !isMatchedErrors(name);

export const isRuntime = (name: string): boolean =>
  /runtime[^/]*\.csv$/i.test(name) && !isMatchedRuntime(name);

export const isMatchedErrors = (name: string): boolean =>
  /llmservingsim_error_records[^/]*\.csv$/i.test(name);

export const isMatchedRuntime = (name: string): boolean => /llmservingsim_runtime[^/]*\.csv$/i.test(name);

/** Whether these are results to draw at once: not where they lie among measurements, or in a bundle that opens as a project. */
export const areResultsToDraw = (paths: readonly string[]): boolean =>
  paths.some(isErrorRecords) &&
  !paths.some((path) => {
    const name = nameOf(path).toLowerCase();
    return isMeasurement(name) || name === BUNDLE_PROJECT;
  });
