// An opened folder of other simulators' results → proposals, one a result, and the files that could not be used.

import type { Problem } from '../../base/problem';
import type { Experiment } from '../../domain/experiment';
import type { FileTree } from '../file-tree';
import { associate, type Proposal, type ProposalEdits } from './associate';
import { findResults } from './find-results';

export interface PreRun {
  readonly proposals: readonly Proposal[];
  readonly problems: readonly Problem[];
}

export async function loadPreRun(
  tree: FileTree,
  experiments: readonly Experiment[],
  edits: ProposalEdits = new Map(),
): Promise<PreRun> {
  const found = await findResults(tree);
  return {
    proposals: associate(found.results, experiments, found.manifest, edits),
    problems: found.problems,
  };
}
