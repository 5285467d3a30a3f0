// Every way of handing in measurements ends here as one `SourceInput`: the folder picker, a drop, the file input. Only names
// and handles are touched on the page; the reading happens in a worker.

import { fail, ok, type Result } from '../../base/result';
import type { FileInput, SourceInput } from '../../workers/protocol';

export const hasFolderPicker = (host: Window & typeof globalThis): boolean => 'showDirectoryPicker' in host;

/** The browser's folder picker; `undefined` when the reader closed it. */
export async function pickFolder(host: Window & typeof globalThis): Promise<SourceInput | undefined> {
  try {
    const handle = await host.showDirectoryPicker({ id: 'measurements', mode: 'read' });
    return { kind: 'directory', name: handle.name, handle };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  }
}

/** The files of an `<input webkitdirectory>` or of a plain file input. */
export function fromFileList(list: Iterable<File>): Result<SourceInput> {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return fromFiles(files);
}

/** The items of a drop. Must be called inside the event: the browser empties the list afterwards. */
export function fromDrop(data: DataTransfer): Promise<Result<SourceInput>> {
  const items = [...data.items].filter((item) => item.kind === 'file');
  const [only] = items;
  // One folder by its handle, where the browser has them: it can be opened again later.
  const handle =
    only && items.length === 1 && 'getAsFileSystemHandle' in only ? only.getAsFileSystemHandle() : undefined;
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  // What is dragged out of another page or an archive program may be a file without an entry.
  const files = items.map((item) => item.getAsFile()).filter((file) => file !== null);
  const read = (): Promise<Result<SourceInput>> =>
    entries.length === 0 ? Promise.resolve(fromFileList(files)) : walkEntries(entries);
  return handle
    ? handle.then((found) =>
        found instanceof FileSystemDirectoryHandle
          ? ok({ kind: 'directory', name: found.name, handle: found })
          : read(),
      )
    : read();
}

async function walkEntries(entries: readonly FileSystemEntry[]): Promise<Result<SourceInput>> {
  const files: FileInput[] = [];
  const waiting = [...entries];
  try {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      if (isFile(entry)) files.push({ path: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry) });
      else if (isDirectory(entry)) for (const child of await childrenOf(entry)) waiting.push(child);
    }
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return fail({
      code: 'unreadable-file',
      message: `The dropped folder could not be read (${error.message}). Choose it with the button instead.`,
    });
  }
  return fromFiles(files);
}

/** Takes the common top folder off every path and uses it as the name. */
function fromFiles(files: readonly FileInput[]): Result<SourceInput> {
  const [first] = files;
  if (!first) return fail({ code: 'missing-file', message: 'Nothing to read: the folder has no files.' });
  const top = first.path.split('/', 1)[0] ?? '';
  const isInTop = files.every(({ path }) => path.startsWith(`${top}/`));
  if (!isInTop)
    return ok({ kind: 'files', name: files.length === 1 ? first.path : `${files.length} files`, files });
  const inside = files.map(({ path, file }) => ({ path: path.slice(top.length + 1), file }));
  return ok({ kind: 'files', name: top, files: inside });
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** A reader hands out at most a hundred children at a time; the empty answer ends it. */
async function childrenOf(entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return children;
    children.push(...batch);
  }
}
