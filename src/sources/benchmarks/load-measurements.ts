// Everything measured in an opened folder: experiment folders as ever, and beside them the results of benchmark tools, as experiments
// where their server is described, as open questions where it is not.

import type { Problem } from '../../base/problem';
import { ok, type Result } from '../../base/result';
import { parentOf, type FileTree } from '../file-tree';
import { loadGroundTruth, type GroundTruth, type LoadHooks, type LoadOptions } from '../ground-truth/load';
import { MANIFEST_NAME } from '../measurement-names';
import { findBenchmarkRuns, type BenchmarkRun } from './find-runs';

export interface Measurements {
  /** Absent where there are no experiment folders. */
  readonly truth?: GroundTruth;
  readonly runs: readonly BenchmarkRun[];
  /** Loose files of no known format; only where nothing but loose files was opened. */
  readonly unknown: readonly Problem[];
}

/** A folder of this many unknown files is no folder of results: what was looked for says more than each file's reason. */
const MOST_UNKNOWN = 20;

export interface MeasurementHooks extends LoadHooks {
  readonly onFile?: (done: number, total: number) => void;
}

/** Fails as the experiment folders do when there is nothing else. */
export async function loadMeasurements(
  tree: FileTree,
  options: LoadOptions = {},
  hooks: MeasurementHooks = {},
): Promise<Result<Measurements>> {
  const truth = await loadGroundTruth(tree, options, hooks);
  if (!truth.ok && truth.error.code !== 'missing-file') return truth;
  const found = await findBenchmarkRuns(tree, truth.ok ? outsideOf(truth.value) : undefined, hooks);
  if (truth.ok) return ok({ truth: truth.value, runs: found.runs, unknown: [] });
  const tooMany = found.unknown.length > MOST_UNKNOWN;
  if (found.runs.length === 0 && (found.unknown.length === 0 || tooMany)) return truth;
  return ok({ runs: found.runs, unknown: tooMany ? [] : found.unknown });
}

/** Experiment folders and all that lies beside them in folders of its own belong to the manifest. */
function outsideOf({ discovery: { root } }: GroundTruth): (path: string) => boolean {
  return (path) => {
    if (path === `${root}/${MANIFEST_NAME}` || path === MANIFEST_NAME) return false;
    const isInside = root === '' || path.startsWith(`${root}/`);
    return !isInside || parentOf(path) === root;
  };
}
