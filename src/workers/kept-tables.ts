// AIConfigurator's operator tables as the page keeps them: the few files of a `systems` folder that estimates read, as blobs that
// cross to simulator workers without a copy and lie on the device's shelf.

import type { Problem } from '../base/problem';
import type { SystemsFolder, TablePlace, TableReuse } from '../sources/perf-tables/systems-folder';

export interface KeptTable extends TablePlace {
  readonly path: string;
  readonly content: Blob;
}

/** What was found for one system. */
export interface TableSet {
  readonly system: string;
  /** For example `h100_sxm/vllm/0.14.0`. */
  readonly label: string;
  /** Stems of the tables that can be read. */
  readonly tables: readonly string[];
}

export interface KeptTables {
  readonly name: string;
  /** Identity of the tables' bytes and places. */
  readonly print: string;
  readonly tables: readonly KeptTable[];
  readonly reuses: readonly TableReuse[];
  readonly sets: readonly TableSet[];
  /** Loose tables: a slice of some database. */
  readonly isSlice: boolean;
  /** Tables that could not be used, each named. */
  readonly problems: readonly Problem[];
}

/** Kept tables as the estimator reads them. */
export const keptFolder = ({ tables, reuses }: KeptTables): SystemsFolder => ({
  tables: tables.map(({ path, content, ...place }) => ({
    ...place,
    file: { path, bytes: async () => new Uint8Array(await content.arrayBuffer()) },
  })),
  reuses,
});
