// Results of other simulators as the page keeps them: plain data that crosses to workers and onto the device's shelf. Reading and
// assigning happen in the reader worker; nothing here touches the page.

import { fingerprintOf } from '../base/fingerprint';
import type { Problem } from '../base/problem';
import type { Experiment } from '../domain/experiment';
import { FileTree, joinPath, type SourceFile } from '../sources/file-tree';
import { associate, type Proposal, type ProposalEdit } from '../sources/pre-run/associate';
import { findResults, type PreRunResult } from '../sources/pre-run/find-results';
import type { ImportEntry } from '../sources/pre-run/import-manifest';

export interface KeptResult {
  /** Without the plot files, which only live as long as the opened folder. */
  readonly result: PreRunResult;
  /** Identity of the parsed numbers. */
  readonly print: string;
}

export interface PreRunReading {
  readonly results: readonly KeptResult[];
  readonly manifest: readonly ImportEntry[];
  /** Files that could not be used, each named. */
  readonly problems: readonly Problem[];
}

/** A proposal beside its result, in the order of the results. */
export type Assignment = Omit<Proposal, 'result'>;

export type KeptEdits = readonly (readonly [key: string, edit: ProposalEdit])[];

/** The name of an opened folder is part of every path: `40-llama/request_metrics.csv` says which experiment it belongs to. */
export function inFolder(folder: string, tree: FileTree): FileTree {
  const moved = (file: SourceFile): SourceFile => ({
    path: joinPath(folder, file.path),
    sizeBytes: file.sizeBytes,
    text: () => file.text(),
    stream: () => file.stream(),
  });
  return new FileTree({ name: tree.name, files: tree.files.map(moved) });
}

export async function readPreRunTree(tree: FileTree): Promise<PreRunReading> {
  const { results, manifest, problems } = await findResults(tree);
  return {
    results: results.map((found) => {
      const result = found.kind === 'vidur' ? { ...found, plots: [] } : found;
      return { result, print: fingerprintOf(result) };
    }),
    manifest,
    problems,
  };
}

export const assignResults = (
  { results, manifest }: Pick<PreRunReading, 'results' | 'manifest'>,
  experiments: readonly Experiment[],
  edits: KeptEdits,
): readonly Assignment[] =>
  associate(
    results.map(({ result }) => result),
    experiments,
    manifest,
    new Map(edits),
  ).map(({ result: _result, ...assignment }) => assignment);
