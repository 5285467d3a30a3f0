// Lists a directory handle, however deep. A folder or file that cannot be listed is noted with its reason and the rest goes on.

import type { Problem } from '../base/problem';
import { blobFile, describeReadError, joinPath, type SourceFile } from '../sources/file-tree';

export interface ListedDirectory {
  readonly files: readonly SourceFile[];
  readonly folders: readonly string[];
  readonly blocked: ReadonlyMap<string, Problem>;
}

/** More would not be a folder of measurements; it protects the page from a whole home directory. */
const MOST_ENTRIES = 200_000;

export async function listDirectory(root: FileSystemDirectoryHandle): Promise<ListedDirectory> {
  const files: SourceFile[] = [];
  const folders: string[] = [];
  const blocked = new Map<string, Problem>();
  const waiting: { path: string; handle: FileSystemDirectoryHandle }[] = [{ path: '', handle: root }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, handle } = next;
    try {
      for await (const child of handle.values()) {
        const childPath = joinPath(path, child.name);
        if (files.length + folders.length >= MOST_ENTRIES) break;
        if (child.kind === 'directory') {
          folders.push(childPath);
          waiting.push({ path: childPath, handle: child });
        } else {
          const file = await sizedFile(childPath, child);
          if ('code' in file) blocked.set(childPath, file);
          else files.push(file);
        }
      }
    } catch (error) {
      blocked.set(path, describeReadError(path === '' ? root.name : path, error));
    }
  }
  return { files, folders, blocked };
}

async function sizedFile(path: string, handle: FileSystemFileHandle): Promise<SourceFile | Problem> {
  try {
    return blobFile(path, await handle.getFile());
  } catch (error) {
    return describeReadError(path, error);
  }
}
