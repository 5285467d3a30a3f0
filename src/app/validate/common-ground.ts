// The experiments that several simulators all have results for: averages over them flatter nobody by what was skipped.

import type { ErrorRecord } from '../../domain/prediction';

/** Between whom: every simulator with a result, or only those that are ranked. */
export const COMMON_CHOICES = ['all', 'ranked'] as const;
export type CommonChoice = (typeof COMMON_CHOICES)[number];

export const commonWords = (count: number): string =>
  `Compare on the ${count === 1 ? 'common one' : `${count} common ones`}`;

/** Folders of experiments by simulator. */
export type Coverage = ReadonlyMap<string, ReadonlySet<string>>;

export function coveredBy(records: readonly ErrorRecord[]): Coverage {
  const bySimulator = new Map<string, Set<string>>();
  let before: ErrorRecord | undefined;
  for (const record of records) {
    const { simulator, experimentFolder } = record;
    // A pair's records lie together; of hundreds of experiments there are some hundred thousand.
    if (before?.simulator === simulator && before.experimentFolder === experimentFolder) continue;
    before = record;
    const own = bySimulator.get(simulator) ?? new Set<string>();
    bySimulator.set(simulator, own.add(experimentFolder));
  }
  return bySimulator;
}

/** Folders of the experiments that have a record. */
export function foldersOf(records: readonly ErrorRecord[]): ReadonlySet<string> {
  const folders = new Set<string>();
  let before: string | undefined;
  for (const { experimentFolder } of records) {
    if (experimentFolder !== before) folders.add(experimentFolder);
    before = experimentFolder;
  }
  return folders;
}

/** Experiments for which every one of the simulators has a result. */
export function commonFolders(covered: Coverage, simulators: Iterable<string>): ReadonlySet<string> {
  const [first, ...others] = [...simulators].map((name) => covered.get(name) ?? new Set<string>());
  return new Set([...(first ?? [])].filter((folder) => others.every((own) => own.has(folder))));
}

/** The simulators have not all run the same experiments. */
export function differs(covered: Coverage, simulators: Iterable<string>): boolean {
  const [first, ...others] = [...simulators].map((name) => covered.get(name)?.size ?? 0);
  const common = commonFolders(covered, simulators).size;
  return [first ?? 0, ...others].some((size) => size !== common);
}
