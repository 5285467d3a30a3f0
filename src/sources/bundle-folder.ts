// Where a result bundle of ours lies in what was opened: its two JSON files beside each other.

import { joinPath, parentOf, type FileTree } from './file-tree';

export const BUNDLE_MANIFEST = 'manifest.json';
export const BUNDLE_PROJECT = 'project.json';

/** The folder of the first bundle; bundles of versions that could not be opened again have no project. */
export function bundleFolder(tree: FileTree): string | undefined {
  const manifest = tree.files.find(({ path }) => {
    const folder = parentOf(path);
    return (
      path === joinPath(folder, BUNDLE_MANIFEST) && tree.file(joinPath(folder, BUNDLE_PROJECT)) !== undefined
    );
  });
  return manifest && parentOf(manifest.path);
}
