// A zip that the user dropped, as files: measurements, results and table folders travel that way. Unpacked in memory.

import { unzip } from 'fflate';
import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import { FileTree, joinPath, memoryFile, readBytes, type SourceFile } from './file-tree';

export interface ZippedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const MAX_ZIP_BYTES = 512 * 1024 * 1024;

/** Unpacks a zip; `name` names it in messages. Folders are left out. */
export function unzipFiles(bytes: Uint8Array, name: string): Promise<Result<readonly ZippedFile[]>> {
  return new Promise((resolve) => {
    unzip(bytes, (error, entries) => {
      if (error !== null) {
        resolve(
          fail({
            code: 'malformed',
            file: name,
            message: `The zip cannot be unpacked (${error.message}); it may be cut off. Copy it again, or choose the unpacked folder.`,
          }),
        );
        return;
      }
      const files = Object.entries(entries)
        .filter(([path]) => !path.endsWith('/'))
        .map(([path, content]) => ({ path, bytes: content }));
      resolve(ok(files.sort((a, b) => (a.path < b.path ? -1 : 1))));
    });
  });
}

/**
 * The tree with the contents of its zips in place of the zips, each in a folder of the zip's name (`fold`: a tree that is one
 * zip becomes that zip's content). Zips that cannot be opened go to `problems`.
 */
export async function openZips(tree: FileTree, problems: Problem[], fold = false): Promise<FileTree> {
  if (!tree.files.some(isZip)) return tree;
  const files: SourceFile[] = [];
  const [only] = tree.files;
  const isAll = fold && tree.files.length === 1;
  for (const file of tree.files) {
    if (!isZip(file)) {
      files.push(file);
      continue;
    }
    const entries = await entriesOf(file);
    if (!entries.ok) {
      problems.push(entries.error);
      continue;
    }
    const folder = isAll ? '' : withoutEnding(file.path);
    for (const { path, bytes } of entries.value) files.push(memoryFile(joinPath(folder, path), bytes));
  }
  return new FileTree({ name: isAll && only !== undefined ? withoutEnding(only.path) : tree.name, files });
}

const isZip = ({ path }: SourceFile): boolean => path.toLowerCase().endsWith('.zip');
const withoutEnding = (path: string): string => path.slice(0, -'.zip'.length);

async function entriesOf(file: SourceFile): Promise<Result<readonly ZippedFile[]>> {
  if (file.sizeBytes > MAX_ZIP_BYTES) {
    return fail({
      code: 'too-large',
      file: file.path,
      message: `${file.path} is over ${String(MAX_ZIP_BYTES / 2 ** 20)} MiB; unpack it and open the folder.`,
    });
  }
  const bytes = await readBytes(file);
  return bytes.ok ? unzipFiles(bytes.value, file.path) : bytes;
}
