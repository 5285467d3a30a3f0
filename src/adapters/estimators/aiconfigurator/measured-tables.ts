// The tables of one system from an opened systems folder, read once however many experiments ask.

import type { Problem } from '../../../base/problem';
import { loadTables } from '../../../sources/perf-tables/load-tables';
import type { SystemsFolder } from '../../../sources/perf-tables/systems-folder';
import { PerfTables } from './perf-tables';
import type { SystemConstants } from './systems';

export interface MeasuredTables {
  /** Absent = the folder has none for the system. */
  readonly tables?: PerfTables;
  readonly isSlice: boolean;
  readonly problems: readonly Problem[];
}

/** Whose tables the study's estimates read. */
export const TABLES_BACKEND = 'vllm';

/** Keyed by the opened folder itself: forgotten with it. */
const opened = new WeakMap<SystemsFolder, Map<string, Promise<MeasuredTables>>>();

/** The newest vLLM tables of a system; `borrowsVersions` fills shapes that they lack from the other versions. */
export function measuredTables(
  folder: SystemsFolder,
  system: SystemConstants,
  borrowsVersions: boolean,
): Promise<MeasuredTables> {
  const bySystem = opened.get(folder) ?? new Map<string, Promise<MeasuredTables>>();
  opened.set(folder, bySystem);
  const key = `${system.name}${borrowsVersions ? ' and other versions' : ''}`;
  const known = bySystem.get(key);
  if (known !== undefined) return known;
  const loading = load(folder, system, borrowsVersions);
  bySystem.set(key, loading);
  return loading;
}

async function load(
  folder: SystemsFolder,
  system: SystemConstants,
  borrowsVersions: boolean,
): Promise<MeasuredTables> {
  const { label, isSlice, tables, problems } = await loadTables(folder, {
    system: system.name,
    backend: TABLES_BACKEND,
    ncclVersion: system.ncclVersion,
    borrowsVersions,
  });
  if (Object.keys(tables).length === 0) return { isSlice, problems };
  return { tables: new PerfTables(system, { label, ...tables }), isSlice, problems };
}
