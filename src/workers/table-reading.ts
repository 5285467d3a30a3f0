// From an opened `systems` folder to the tables that are kept. Each table is parsed once here, so that a file that cannot be
// used is named when it is added and not first when a pair fails.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { STUDY_SYSTEMS } from '../adapters/estimators/aiconfigurator-estimate';
import { TABLES_BACKEND } from '../adapters/estimators/aiconfigurator/measured-tables';
import { findSystem } from '../adapters/estimators/aiconfigurator/systems';
import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import { readBytes, type FileTree } from '../sources/file-tree';
import { loadTables, neededTables } from '../sources/perf-tables/load-tables';
import {
  isLoose,
  openSystemsFolder,
  type LocatedTable,
  type PerfFile,
  type SystemsFolder,
} from '../sources/perf-tables/systems-folder';
import { KIND_FACTS, TABLE_KINDS } from '../sources/perf-tables/table-kinds';
import { openZips } from '../sources/packed-files';
import type { KeptTable, KeptTables, TableSet } from './kept-tables';

/** Picks the vLLM tables of the systems that the study estimates: the newest, and other versions, from which shapes can be borrowed. */
export async function readTablesTree(opened: FileTree): Promise<Result<KeptTables>> {
  const problems: Problem[] = [];
  const tree = await openZips(opened, problems);
  const folder = await openSystemsFolder(tree.files.map(perfFile));
  const picked = new Map<string, LocatedTable>();
  const sets: TableSet[] = [];
  for (const name of STUDY_SYSTEMS) {
    const system = findSystem(name);
    if (!system.ok) return system;
    const request = { system: name, backend: TABLES_BACKEND, ncclVersion: system.value.ncclVersion };
    const found = neededTables(folder, { ...request, borrowsVersions: true });
    if (found.length === 0) continue;
    const loaded = await loadTables(folder, request);
    problems.push(...loaded.problems.filter(isNews(problems)));
    const tables = TABLE_KINDS.filter((kind) => loaded.tables[kind] !== undefined);
    if (tables.length === 0) continue;
    sets.push({ system: name, label: loaded.label, tables: tables.map((kind) => KIND_FACTS[kind].stem) });
    for (const table of found) picked.set(table.file.path, table);
  }
  if (sets.length === 0) return fail(nothingUsable(opened.name, folder, problems));
  const tables: KeptTable[] = [];
  const print = sha256.create();
  for (const { file, ...place } of picked.values()) {
    const bytes = await file.bytes();
    tables.push({ ...place, path: file.path, content: new Blob([new Uint8Array(bytes)]) });
    print.update(new TextEncoder().encode(JSON.stringify(place))).update(bytes);
  }
  return ok({
    name: opened.name,
    print: bytesToHex(print.digest()).slice(0, 16),
    tables,
    reuses: folder.reuses,
    sets,
    isSlice: isLoose(folder),
    problems,
  });
}

/** A table that cannot be read counts as empty; `loadTables` then names it. */
const perfFile = (file: FileTree['files'][number]): PerfFile => ({
  path: file.path,
  bytes: async () => {
    const bytes = await readBytes(file);
    return bytes.ok ? bytes.value : new Uint8Array();
  },
});

const isNews =
  (known: readonly Problem[]) =>
  ({ file, message }: Problem): boolean =>
    !known.some((problem) => problem.file === file && problem.message === message);

function nothingUsable(name: string, folder: SystemsFolder, problems: readonly Problem[]): Problem {
  const [first] = problems;
  if (first !== undefined) return first;
  const found = [
    ...new Set(folder.tables.map(({ system, backend }) => `${system ?? '?'}/${backend ?? '?'}`)),
  ];
  return {
    code: 'missing-file',
    message:
      found.length === 0
        ? `${name} holds no operator tables: looked for ${TABLE_KINDS.map((kind) => KIND_FACTS[kind].stem).join(', ')} as .txt, .csv or .parquet.`
        : `${name} holds no ${TABLES_BACKEND} tables of ${STUDY_SYSTEMS.join(', ')}; found ${found.join(', ')}. Choose the systems folder of AIConfigurator itself.`,
  };
}
