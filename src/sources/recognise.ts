// What an opened folder, zip or list of files is, told by content: measurements to read, results of other simulators, or
// AIConfigurator's operator tables, or a result bundle of ours. Names that only one kind uses decide first; CSVs are told by their header.

import { bundleFolder } from './bundle-folder';
import { nameOf, type FileTree } from './file-tree';
import { isMeasurement } from './measurement-names';
import { isTableFile } from './perf-tables/systems-folder';
import { isVidurFolder, resultKindIn } from './pre-run/find-results';
import { openZips } from './packed-files';

export type FolderKind = 'measurements' | 'results' | 'tables' | 'bundle';

/** Headers looked at before giving up: a folder of results has one among its first files. */
const MOST_HEADERS = 500;

/** `measurements` when nothing speaks for another kind: its reader then says what it looked for. */
export async function recognise(listed: FileTree): Promise<FolderKind> {
  if (namesIn(listed).some(isMeasurement)) return 'measurements';
  const tree = await openZips(listed, []);
  const names = namesIn(tree);
  if (names.some(isMeasurement)) return 'measurements';
  if (bundleFolder(tree) !== undefined) return 'bundle';
  if (names.some(isTableFile)) return 'tables';
  if (names.includes('import.json')) return 'results';
  if (tree.allFolders.some((folder) => isVidurFolder(tree, folder))) return 'results';
  const tables = tree.files.filter(({ path }) => path.toLowerCase().endsWith('.csv'));
  for (const file of tables.slice(0, MOST_HEADERS))
    if ((await resultKindIn(file)) !== undefined) return 'results';
  return 'measurements';
}

const namesIn = ({ files }: FileTree): readonly string[] =>
  files.map(({ path }) => nameOf(path).toLowerCase());
