// One set of operator tables (system, backend, version) read from a systems folder. A table that cannot be read is named and
// left out; the rest is used.

import type { Problem } from '../../base/problem';
import { readTable } from './read-table';
import type { LocatedTable, SystemsFolder } from './systems-folder';
import { isLoose, versionsOf } from './systems-folder';
import { joinTables, type TableColumns } from './table-columns';
import { TABLE_KINDS, type TableKind } from './table-kinds';

export interface TableRequest {
  readonly system: string;
  readonly backend: string;
  /** Newest when absent. */
  readonly version?: string;
  readonly ncclVersion: string;
  /** Append the rows of the backend's other versions, newest first; the own version's rows win. Never for nccl. */
  readonly borrowsVersions?: boolean;
}

export interface LoadedTables {
  readonly label: string;
  /** True for loose tables: enough for what the slice covers, silently wrong elsewhere. */
  readonly isSlice: boolean;
  readonly version?: string;
  readonly tables: Readonly<Partial<Record<TableKind, TableColumns>>>;
  readonly problems: readonly Problem[];
}

const NCCL_BACKEND = 'nccl';

/** Reads the tables of a set. An empty `tables` means that the folder has none for it. */
export async function loadTables(folder: SystemsFolder, request: TableRequest): Promise<LoadedTables> {
  const problems: Problem[] = [];
  const isSlice = isLoose(folder);
  const version = versionFor(folder, request);
  const tables: Partial<Record<TableKind, TableColumns>> = {};
  for (const kind of TABLE_KINDS) {
    const read: TableColumns[] = [];
    for (const table of filesFor(folder, request, kind, version)) {
      const result = await readTable(kind, table.file.path, await table.file.bytes());
      if (!result.ok) {
        problems.push(result.error);
        continue;
      }
      if (result.value.skippedRows > 0) {
        problems.push({
          code: 'bad-value',
          file: table.file.path,
          message: `${table.file.path}: ${String(result.value.skippedRows)} rows without a usable key or latency were left out.`,
        });
      }
      read.push(result.value.table);
    }
    const [first, ...others] = read;
    if (first !== undefined) tables[kind] = others.length === 0 ? first : joinTables(read);
  }
  const label = isSlice
    ? `${request.system}, loose tables`
    : [request.system, request.backend, version ?? 'no version'].join('/');
  return { label, isSlice, ...(version === undefined ? {} : { version }), tables, problems };
}

/** Every file that `loadTables` would read, so that the rest of a large folder can be let go. */
export function neededTables(folder: SystemsFolder, request: TableRequest): readonly LocatedTable[] {
  const version = versionFor(folder, request);
  return TABLE_KINDS.flatMap((kind) => filesFor(folder, request, kind, version));
}

const versionFor = (folder: SystemsFolder, { system, backend, version }: TableRequest): string | undefined =>
  isLoose(folder) ? undefined : (version ?? versionsOf(folder, system, backend)[0]);

/** The files of one table in the order their rows count. */
function filesFor(
  folder: SystemsFolder,
  request: TableRequest,
  kind: TableKind,
  version: string | undefined,
): readonly LocatedTable[] {
  const ofKind = folder.tables.filter((table) => table.kind === kind);
  if (version === undefined) return ofKind.filter((table) => table.version === undefined).slice(0, 1);
  const { system } = request;
  const find = (backend: string, wanted: string) =>
    ofKind.find((t) => t.system === system && t.backend === backend && t.version === wanted);
  if (kind === 'nccl') {
    const table = find(NCCL_BACKEND, request.ncclVersion);
    return table === undefined ? [] : [table];
  }
  const resolve = (wanted: string): LocatedTable | undefined => {
    const own = find(request.backend, wanted);
    if (own !== undefined) return own;
    const reuse = folder.reuses.find(
      (r) => r.kind === kind && r.system === system && r.backend === request.backend && r.version === wanted,
    );
    return reuse === undefined ? undefined : find(request.backend, reuse.fromVersion);
  };
  const versions =
    request.borrowsVersions === true
      ? [version, ...versionsOf(folder, system, request.backend).filter((other) => other !== version)]
      : [version];
  const found = versions.map(resolve).filter((table) => table !== undefined);
  return [...new Set(found)];
}
