// Choosing and dropping files onto a part of the page.

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
