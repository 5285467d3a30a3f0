// Everything that is kept on this device, by kind and by name, with its size; and taking it away, which can be undone while the
// list is open. A new shelf cannot be forgotten: the table below must name each.

import type { Problem } from '../../base/problem';
import { sizeOf } from './size-of';
import type { Shelf } from './shelf';
import type { Shelves } from './shelves';

/** What one name stands for: one value, or several that belong together. */
export interface StoredItem {
  readonly name: string;
  readonly keys: readonly string[];
  /** About: as the values measure, without the browser's own overhead. */
  readonly bytes: number;
}

export interface StoredKind {
  readonly subject: keyof Shelves;
  readonly title: string;
  readonly items: readonly StoredItem[];
  readonly bytes: number;
}

export interface Inventory {
  readonly kinds: readonly StoredKind[];
  /** The browser refuses to tell, or to keep anything. */
  readonly problem?: Problem;
}

type ValueOf<S> = S extends Shelf<infer T> ? T : never;
type Names = { readonly folderOf: (fingerprint: string) => string };
type Kinds = {
  readonly [S in keyof Shelves]: {
    readonly title: string;
    /** Values of one name are one item. */
    nameOf(key: string, value: ValueOf<Shelves[S]>, names: Names): string;
  };
};

const KINDS: Kinds = {
  project: { title: 'Open project: parsed measurements', nameOf: (_, { name }) => name },
  pairs: {
    title: 'Finished runs',
    nameOf: (key, { outcome }, { folderOf }) =>
      outcome.records[0]?.experimentFolder ?? folderOf(key.split(':')[0] ?? ''),
  },
  rows: { title: 'Measured request rows', nameOf: (key, _, { folderOf }) => folderOf(key) },
  preRun: { title: 'Imported results of other simulators', nameOf: () => 'of the open project' },
  tables: { title: 'Operator tables for AIConfigurator', nameOf: (_, { name }) => name },
  servers: { title: 'Calibrated servers', nameOf: (_, { name }) => name },
  serverFacts: { title: 'Descriptions of measured servers', nameOf: (_, { server }) => server },
  ownModels: { title: 'Own models', nameOf: (_, { name }) => name },
  ownGpus: { title: 'Own GPUs', nameOf: (_, { gpu }) => gpu.name },
  folders: { title: 'Recent folders: names and permission to reopen', nameOf: (_, { name }) => name },
};

export const SUBJECTS = Object.keys(KINDS) as (keyof Shelves)[];

/** Kinds of which nothing is kept are left out. */
export async function takeInventory(shelves: Shelves): Promise<Inventory> {
  const folders = await foldersByFingerprint(shelves);
  const names: Names = {
    folderOf: (fingerprint) => folders.get(fingerprint) ?? `an earlier project (${fingerprint.slice(0, 8)})`,
  };
  const kinds: StoredKind[] = [];
  let problem: Problem | undefined;
  for (const subject of SUBJECTS) {
    const kind = await kindOf(shelves, subject, names);
    if ('message' in kind) problem ??= kind;
    else if (kind.items.length > 0) kinds.push(kind);
  }
  return { kinds, ...(problem === undefined ? {} : { problem }) };
}

/** Takes the values away and gives back how to put them there again. */
export async function remove(
  shelves: Shelves,
  subject: keyof Shelves,
  keys: readonly string[],
): Promise<() => Promise<void>> {
  const shelf = shelves[subject] as Shelf<unknown>;
  const held = await shelf.getMany(keys);
  for (const key of keys) await shelf.delete(key);
  return async () => {
    if (held.ok) for (const [key, value] of held.value) await shelf.set(key, value);
  };
}

async function kindOf<S extends keyof Shelves>(
  shelves: Shelves,
  subject: S,
  names: Names,
): Promise<StoredKind | Problem> {
  const entries = await (shelves[subject] as Shelf<ValueOf<Shelves[S]>>).entries();
  if (!entries.ok) return entries.error;
  const { title, nameOf } = KINDS[subject];
  const items = new Map<string, { keys: string[]; bytes: number }>();
  for (const [key, value] of entries.value) {
    const name = nameOf(key, value, names);
    const item = items.get(name) ?? { keys: [], bytes: 0 };
    items.set(name, { keys: [...item.keys, key], bytes: item.bytes + sizeOf(value) });
  }
  const list = [...items]
    .map(([name, item]) => ({ name, ...item }))
    .sort((left, right) => left.name.localeCompare(right.name, 'en', { numeric: true }));
  return { subject, title, items: list, bytes: list.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** The open project knows which folder a fingerprint belongs to. */
async function foldersByFingerprint({ project }: Shelves): Promise<ReadonlyMap<string, string>> {
  const kept = await project.entries();
  const projects = kept.ok ? kept.value.map(([, value]) => value) : [];
  return new Map([
    ...projects
      .flatMap(({ entries }) => entries)
      .flatMap((entry) => (entry.kind === 'ready' ? [[entry.fingerprint, entry.folder] as const] : [])),
    ...projects.flatMap(({ runs = [] }) => runs.map(({ print, name }) => [print, name] as const)),
  ]);
}
