// From an opened folder to experiments: discover, then read one folder after the other. What cannot be read is reported with
// its folder and reason; the others go on.

import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import type { Experiment } from '../../domain/experiment';
import type { FileTree } from '../file-tree';
import { discover, type DiscoverOptions, type Discovery } from './discover';
import { readExperiment, type ReadOptions } from './read-experiment';

export interface LoadOptions extends DiscoverOptions, ReadOptions {}

/** One experiment folder, read or left out with its reason. */
export type LoadedEntry =
  | { readonly kind: 'ready'; readonly folder: string; readonly experiment: Experiment }
  | { readonly kind: 'left-out'; readonly folder: string; readonly problem: Problem };

export interface GroundTruth {
  readonly discovery: Discovery;
  readonly entries: readonly LoadedEntry[];
}

export interface LoadHooks {
  readonly onDiscovery?: (discovery: Discovery) => void;
  readonly onEntry?: (entry: LoadedEntry, done: number, total: number) => void;
  /** Asked before each experiment; true ends the loading with a `cancelled` problem. */
  readonly isCancelled?: () => boolean;
}

export async function loadGroundTruth(
  tree: FileTree,
  options: LoadOptions = {},
  hooks: LoadHooks = {},
): Promise<Result<GroundTruth>> {
  const discovery = await discover(tree, options);
  if (!discovery.ok) return discovery;
  hooks.onDiscovery?.(discovery.value);
  const entries: LoadedEntry[] = [];
  const { found } = discovery.value;
  for (const each of found) {
    if (hooks.isCancelled?.() === true) {
      return fail({
        code: 'cancelled',
        message: `Reading ${tree.name} was stopped after ${entries.length} folders.`,
      });
    }
    const { folder } = each;
    const experiment = await readExperiment(tree, each, options);
    const entry: LoadedEntry = experiment.ok
      ? { kind: 'ready', folder, experiment: experiment.value }
      : { kind: 'left-out', folder, problem: experiment.error };
    entries.push(entry);
    hooks.onEntry?.(entry, entries.length, found.length);
  }
  return ok({ discovery: discovery.value, entries });
}

export const readyExperiments = (truth: GroundTruth): Experiment[] =>
  truth.entries.flatMap((entry) => (entry.kind === 'ready' ? [entry.experiment] : []));
