// What a drop or a choice of files is meant for, told by names alone: contents are read in the worker.

/** Of files that simulators write, and of nothing that belongs to a measurement. */
export function areResults(files: readonly { readonly path: string }[]): boolean {
  const names = files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1).toLowerCase());
  const isMeasurement = names.some((name) => name === 'experiments.json' || name === 'exp-config.yaml');
  return !isMeasurement && names.some(isResult);
}

const isResult = (name: string): boolean =>
  name === 'request_metrics.csv' ||
  name === 'import.json' ||
  name.endsWith('_output.csv') ||
  name.endsWith('.zip') ||
  /^predictions-.+\.csv$/.test(name);

/** The sentence of the nearest part that takes drops itself. */
export function dropHint(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest('[data-drop-hint]')?.getAttribute('data-drop-hint') ?? undefined;
}

/** The browser's file dialog; empty when it was closed. */
export function chooseFiles(page: Document, kind: 'files' | 'folder'): Promise<readonly File[]> {
  const input = page.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = kind === 'folder';
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
