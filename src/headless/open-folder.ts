// A folder on disk as the tree that readers see: listed at once, read when asked for. Links are followed; what may not be listed
// is kept with its reason, so that only what lies there is missing.

import { createReadStream, type Dirent } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Problem } from '../base/problem';
import { FileTree, describeReadError, joinPath, type SourceFile } from '../sources/file-tree';

/** Deeper folders are passed over; links that lead in a circle end here. */
const MAX_DEPTH = 12;

/** Fails with the host's error when `root` itself cannot be listed. */
export async function openFolder(root: string): Promise<FileTree> {
  const files: SourceFile[] = [];
  const folders: string[] = [];
  const blocked = new Map<string, Problem>();

  async function walk(path: string, depth: number): Promise<void> {
    let entries: Dirent[];
    try {
      entries = await readdir(join(root, path), { withFileTypes: true });
    } catch (error) {
      if (path === '') throw error;
      blocked.set(path, describeReadError(path, error));
      return;
    }
    for (const { name } of entries) {
      const inside = joinPath(path, name);
      try {
        const facts = await stat(join(root, inside));
        if (facts.isFile()) files.push(diskFile(root, inside, facts.size));
        if (!facts.isDirectory() || depth === MAX_DEPTH) continue;
        folders.push(inside);
      } catch (error) {
        blocked.set(inside, describeReadError(inside, error));
        continue;
      }
      await walk(inside, depth + 1);
    }
  }

  await walk('', 0);
  return new FileTree({ name: basename(resolve(root)), files, folders, blocked });
}

/** Fails with the host's error when the file is not there. Its `path` is the one given. */
export async function openFile(path: string): Promise<SourceFile> {
  const { size } = await stat(path);
  return {
    path,
    sizeBytes: size,
    text: () => readFile(path, 'utf8'),
    stream: () => createReadStream(path, { highWaterMark: 1 << 20 }),
  };
}

const diskFile = (root: string, path: string, sizeBytes: number): SourceFile => ({
  path,
  sizeBytes,
  text: () => readFile(join(root, path), 'utf8'),
  stream: () => createReadStream(join(root, path)),
});
