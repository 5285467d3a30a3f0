// Which files of a results folder a name stands for. Folders in front and words around are free.

export const isErrorRecords = (name: string): boolean =>
  /error_records[^/]*\.csv$/i.test(name) && !isMatchedErrors(name);

export const isRuntime = (name: string): boolean =>
  /runtime[^/]*\.csv$/i.test(name) && !isMatchedRuntime(name);

export const isMatchedErrors = (name: string): boolean =>
  /llmservingsim_error_records[^/]*\.csv$/i.test(name);

export const isMatchedRuntime = (name: string): boolean => /llmservingsim_runtime[^/]*\.csv$/i.test(name);
