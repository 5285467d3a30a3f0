// A folder on disk as the tree that readers see, for tests that read the reference material.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { FileTree, memoryFile } from '../../src/sources/file-tree';

/** All files below `root`, read when asked for. */
export function diskTree(root: string): FileTree {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const pathOf = (entry: { parentPath: string; name: string }): string =>
    relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = pathOf(entry);
      const at = join(root, path);
      return {
        path,
        sizeBytes: statSync(at).size,
        text: () => Promise.resolve(readFileSync(at, 'utf8')),
        stream: () => memoryFile(path, readFileSync(at)).stream(),
      };
    });
  const folders = entries.filter((entry) => entry.isDirectory()).map(pathOf);
  return new FileTree({ name: basename(root), files, folders });
}
