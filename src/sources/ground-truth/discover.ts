// Which folders hold experiments: by the manifest `experiments.json`, or without one by the old timestamped names
// (sim-to-real 5b12a00, validator spec 2). The manifest may lie in the opened folder or further down: the one nearest to the
// top counts.

import { FirstFew } from '../../base/first-few';
import { fail, ok, type Result } from '../../base/result';
import { compareText, joinPath, nameOf, parentOf, type FileTree } from '../file-tree';
import { MANIFEST_NAME } from '../measurement-names';
import { readManifest, type ManifestEntry, type ManifestFile } from './manifest';

export interface FoundExperiment {
  /** Path inside the tree. */
  readonly path: string;
  /** Last part of the path: the name that reports show. */
  readonly folder: string;
  /** Absent for timestamped folders. */
  readonly entry?: ManifestEntry;
}

export interface Discovery {
  readonly kind: 'manifest' | 'legacy';
  /** Path of the folder that holds manifest and experiments; '' = the opened one. */
  readonly root: string;
  /** Ascending by id (manifest) or path (legacy). */
  readonly found: readonly FoundExperiment[];
  /** Entries that the safe filter left out. */
  readonly unsafeCount: number;
  readonly warnings: readonly string[];
}

export interface DiscoverOptions {
  /** Take experiments whose `safe` is not "safe" too. */
  readonly all?: boolean;
  /** Leave out entries without `done: true`, as the study's later state (dcec3fd) does. */
  readonly needsDone?: boolean;
}

/** `YYYYMMDD-HHMMSS-<anything>-tp<N>-<workload>`; hyphens in the workload are accepted beyond the reference. */
const LEGACY_NAME = /^\d{8}-\d{6}-.+-tp\d+-[\p{L}\p{N}_-]+$/u;

export async function discover(tree: FileTree, options: DiscoverOptions = {}): Promise<Result<Discovery>> {
  const manifest = tree.files
    .filter((file) => nameOf(file.path) === MANIFEST_NAME)
    .sort((a, b) => depthOf(a.path) - depthOf(b.path) || compareText(a.path, b.path))[0];
  if (manifest === undefined) return discoverLegacy(tree);
  const root = parentOf(manifest.path);
  const read = await readManifest(manifest, options);
  if (!read.ok) return read;
  const { entries, unsafeCount } = read.value;
  const warnings = new FirstFew(
    (count) => `${count} more entries of ${manifest.path} have no folder of their own.`,
  );
  const folders = foldersById(tree.foldersIn(root));
  const found: FoundExperiment[] = [];
  for (const entry of entries) {
    const matching = folders.get(String(entry.id)) ?? [];
    const [folder] = matching;
    if (folder === undefined) {
      const model = typeof entry.fields['model'] === 'string' ? entry.fields['model'] : 'unknown';
      warnings.add(
        () =>
          `No directory found for experiment id=${entry.id} model=${model.slice(0, 100)}: ` +
          `no folder beside ${manifest.path} has a name that starts with "${entry.id}-".`,
      );
      continue;
    }
    if (matching.length > 1) {
      warnings.add(
        () =>
          `Several folders belong to experiment id=${entry.id}: ${matching.slice(0, 6).join(', ')}` +
          `${matching.length > 6 ? ', …' : ''}; ${folder} is used.`,
      );
    }
    found.push({ path: joinPath(root, folder), folder, entry });
  }
  const none = found.length === 0 ? [nothingTaken(manifest.path, read.value)] : [];
  // Sorting is stable: entries of one id keep the manifest's order.
  found.sort((a, b) => (a.entry?.id ?? 0) - (b.entry?.id ?? 0));
  return ok({
    kind: 'manifest',
    root,
    found,
    unsafeCount,
    warnings: [...read.value.warnings, ...warnings.finish(), ...none],
  });
}

/** By what stands before the first hyphen; a leading one is a minus. */
function foldersById(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byId = new Map<string, string[]>();
  for (const name of names) {
    const id = name.slice(0, Math.max(0, name.indexOf('-', 1)));
    const same = byId.get(id);
    if (same === undefined) byId.set(id, [name]);
    else same.push(name);
  }
  return byId;
}

function nothingTaken(path: string, { listedCount, unsafeCount }: ManifestFile): string {
  if (listedCount === 0) return `${path} lists no experiments; expected one object an experiment.`;
  const experiments = `${listedCount} experiment${listedCount === 1 ? '' : 's'}`;
  const why = unsafeCount === 0 ? 'none has a folder' : `none is taken (${unsafeCount} not marked safe)`;
  return `${path} lists ${experiments}, and ${why}.`;
}

function discoverLegacy(tree: FileTree): Result<Discovery> {
  // The opened folder may be one experiment itself.
  if (LEGACY_NAME.test(tree.name) && tree.file('exp-config.yaml') !== undefined) {
    return ok(legacy('', [{ path: '', folder: tree.name }]));
  }
  const root = tree.allFolders
    .filter((path) => path !== '' && LEGACY_NAME.test(nameOf(path)))
    .sort((a, b) => depthOf(a) - depthOf(b) || compareText(a, b))
    .map(parentOf)[0];
  if (root === undefined) {
    const blocked = tree.blockedAt('');
    if (blocked !== undefined) return fail(blocked);
    return fail({
      code: 'missing-file',
      message:
        `Manifest not found: ${joinPath(tree.name, MANIFEST_NAME)}. Without it, folders named ` +
        'YYYYMMDD-HHMMSS-<model>-tp<N>-<workload> are looked for, and there is none either. Choose the folder that holds ' +
        'the experiments.',
      file: joinPath(tree.name, MANIFEST_NAME),
    });
  }
  const folders = tree.foldersIn(root).filter((name) => LEGACY_NAME.test(name));
  return ok(
    legacy(
      root,
      folders.map((folder) => ({ path: joinPath(root, folder), folder })),
    ),
  );
}

const legacy = (root: string, found: readonly FoundExperiment[]): Discovery => ({
  kind: 'legacy',
  root,
  found,
  unsafeCount: 0,
  warnings: [
    `No ${MANIFEST_NAME}: ${found.length} timestamped folder${found.length === 1 ? '' : 's'} read by name. ` +
      'Hardware is taken to be H100, precision FP16.',
  ],
});

/** The text after the first `-tp<digits>-` of a folder name. */
export function legacyWorkload(folder: string): Result<string> {
  const workload = /-tp\d+-(.+)$/.exec(folder)?.[1];
  if (workload !== undefined) return ok(workload);
  return fail({ code: 'bad-value', message: `Cannot extract workload from folder name: ${folder}` });
}

const depthOf = (path: string): number => path.split('/').length;
