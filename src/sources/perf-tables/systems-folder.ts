// Finding operator tables in what the user chose: a `systems` folder of AIConfigurator in any of its layouts, or loose tables.
//   0.9.0 and older   data/<system>/<backend>/<version>/<table>.txt          (or .parquet in between)
//   0.11 on           data/<system>/<family>/<backend>/<version>/<table>.parquet
//   loose             <table>.csv with no version folder: one set, a slice of some database
// nccl tables lie under the backend name `nccl`, by nccl version. A version folder may hold only `reuse.yaml`, which borrows
// a table from an older version.

import { parse } from 'yaml';
import { kindOfStem, type TableKind } from './table-kinds';

/** A file that can be read whole; the folder picker, a zip and the command line all provide this. */
export interface PerfFile {
  readonly path: string;
  bytes(): Promise<Uint8Array>;
}

/** Where a table belongs. */
export interface TablePlace {
  readonly kind: TableKind;
  /** Absent in loose tables. */
  readonly system?: string;
  readonly backend?: string;
  readonly version?: string;
}

export interface LocatedTable extends TablePlace {
  readonly file: PerfFile;
}

/** `reuse.yaml`: read `table` from another version of the same place. */
export interface TableReuse {
  readonly kind: TableKind;
  readonly system: string;
  readonly backend: string;
  readonly version: string;
  readonly fromVersion: string;
}

export interface SystemsFolder {
  readonly tables: readonly LocatedTable[];
  readonly reuses: readonly TableReuse[];
}

const FAMILIES = new Set(['gemm', 'attention', 'moe', 'comm']);
const EXTENSIONS = new Set(['txt', 'csv', 'parquet']);
const LOOKS_LIKE_VERSION = /^\d+(\.\d+)*/;

/** Reads the folder structure; tables themselves stay unread. */
export async function openSystemsFolder(files: readonly PerfFile[]): Promise<SystemsFolder> {
  const tables: LocatedTable[] = [];
  const reuses: TableReuse[] = [];
  for (const file of files) {
    const segments = file.path.split('/').filter((segment) => segment !== '' && segment !== '.');
    const name = segments.at(-1) ?? '';
    const place = placeOf(segments.slice(0, -1));
    if (name === 'reuse.yaml') {
      if (place.system === undefined || place.backend === undefined || place.version === undefined) continue;
      const { system, backend, version } = place;
      const text = new TextDecoder('utf-8').decode(await file.bytes());
      for (const { kind, fromVersion } of parseReuse(text)) {
        reuses.push({ kind, system, backend, version, fromVersion });
      }
      continue;
    }
    const kind = kindOfFile(name);
    if (kind !== undefined) tables.push({ kind, ...place, file });
  }
  return { tables, reuses };
}

export const isTableFile = (name: string): boolean => kindOfFile(name) !== undefined;

function kindOfFile(name: string): TableKind | undefined {
  const dot = name.lastIndexOf('.');
  return dot > 0 && EXTENSIONS.has(name.slice(dot + 1).toLowerCase())
    ? kindOfStem(name.slice(0, dot))
    : undefined;
}

/** Reads system, backend and version off the folders above a table, from the innermost outwards. */
function placeOf(folders: readonly string[]): Omit<TablePlace, 'kind'> {
  const version = folders.at(-1);
  const backend = folders.at(-2);
  if (version === undefined || backend === undefined || !LOOKS_LIKE_VERSION.test(version)) return {};
  const third = folders.at(-3);
  const system = third !== undefined && FAMILIES.has(third) ? folders.at(-4) : third;
  return { ...(system === undefined ? {} : { system }), backend, version };
}

function parseReuse(text: string): readonly { kind: TableKind; fromVersion: string }[] {
  let document: unknown;
  try {
    document = parse(text, { logLevel: 'error' });
  } catch {
    // A broken reuse list borrows nothing; the table it should have named is then reported as missing.
    return [];
  }
  if (typeof document !== 'object' || document === null || !('reuse' in document)) return [];
  const entries: readonly unknown[] = Array.isArray(document.reuse) ? document.reuse : [];
  return entries.flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null || !('table' in entry) || !('from_version' in entry))
      return [];
    const stem = String(entry.table).replace(/\.(txt|csv|parquet)$/, '');
    const kind = kindOfStem(stem) ?? kindOfStem(`${stem}_perf`);
    return kind === undefined ? [] : [{ kind, fromVersion: String(entry.from_version) }];
  });
}

/** Ascending order of versions: (major, minor, patch), a release above its candidates, then candidate and trailing number. */
export function compareVersions(left: string, right: string): number {
  const a = versionParts(left);
  const b = versionParts(right);
  for (const [index, part] of a.entries()) {
    const difference = part - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function versionParts(version: string): readonly number[] {
  const [, major = '0', minor = '0', patch = '0'] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  const candidate = /rc\.?(\d+)/i.exec(version)?.[1];
  const trailing = /(?:post|\+|-)\D*(\d+)$/.exec(version)?.[1] ?? '0';
  return [
    Number(major),
    Number(minor),
    Number(patch),
    candidate === undefined ? 1 : 0,
    Number(candidate ?? 0),
    Number(trailing),
  ];
}

/** The versions of a backend that have at least one table, newest first. */
export function versionsOf(folder: SystemsFolder, system: string, backend: string): readonly string[] {
  const versions = new Set<string>();
  for (const place of [...folder.tables, ...folder.reuses]) {
    if (place.system === system && place.backend === backend && place.version !== undefined) {
      versions.add(place.version);
    }
  }
  return [...versions].sort((a, b) => compareVersions(b, a));
}

/** True when the folder holds loose tables only: a slice of a database whose origin the layout does not tell. */
export const isLoose = (folder: SystemsFolder): boolean =>
  folder.tables.length > 0 && folder.tables.every((table) => table.version === undefined);
