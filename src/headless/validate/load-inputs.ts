// What `validate` reads: the experiments, and results of simulators that ran elsewhere. Progress lines are the reference's.

import { formatProblem } from '../../base/problem';
import type { Experiment } from '../../domain/experiment';
import { loadMeasurements } from '../../sources/benchmarks/load-measurements';
import { runEntry } from '../../sources/benchmarks/run-entry';
import type { LoadedEntry } from '../../sources/ground-truth/load';
import type { Proposal } from '../../sources/pre-run/associate';
import { joinPath, parentOf } from '../../sources/file-tree';
import { loadPreRun } from '../../sources/pre-run/load-pre-run';
import { singleReplica } from '../../validation/run-pairs';
import { UsageError, type Io } from '../io';
import type { Log } from '../log';
import type { ValidateOptions } from './options';

export interface LoadedExperiments {
  readonly experiments: readonly Experiment[];
  readonly leftOut: readonly { readonly folder: string; readonly reason: string }[];
}

/** Nothing when no experiment was found. */
export async function loadExperiments(
  io: Io,
  options: ValidateOptions,
  log: Log,
): Promise<LoadedExperiments | undefined> {
  const leftOut: { folder: string; reason: string }[] = [];
  const experiments: Experiment[] = [];
  const take = (entry: LoadedEntry, remedy = ''): void => {
    if (entry.kind === 'ready') {
      experiments.push(entry.experiment);
      for (const warning of entry.experiment.warnings) log.warning(`${entry.folder}: ${warning}`);
      return;
    }
    const reason = `${formatProblem(entry.problem)}${remedy}`;
    leftOut.push({ folder: entry.folder, reason });
    log.error(`SKIP (parse error): ${entry.folder} — ${reason}`);
  };
  const loaded = await loadMeasurements(
    await io.openFolder(options.dataDir),
    {
      all: options.all === true,
      needsDone: options.study === 'dcec3fd',
      cpuBlocks: options.cpuBlocks,
      // Imports are checked against the measured token counts.
      requests: options.preRun === undefined && options.arrivals === 'profile' ? 'skip' : 'load',
    },
    {
      onDiscovery: ({ warnings }) => {
        for (const warning of warnings) log.warning(warning);
      },
    },
  );
  if (!loaded.ok) throw new UsageError(formatProblem(loaded.error));
  const { truth, runs, unknown } = loaded.value;
  const count = (truth?.entries.length ?? 0) + runs.length;
  io.stdout(count === 0 ? `No experiments found in ${options.dataDir}\n` : `Found ${count} experiments\n`);
  for (const entry of truth?.entries ?? []) take(entry);
  for (const run of runs) {
    const entry = runEntry(run);
    const isUndescribed =
      entry.kind === 'left-out' && entry.problem.code === 'missing-key' && run.measurement.ok;
    take(entry, isUndescribed ? ` State them in ${serverFileOf(run.files[0] ?? '')}.` : '');
  }
  for (const problem of unknown) log.warning(formatProblem(problem));
  if (count === 0) return undefined;
  if (experiments.length === 0) log.warning('No experiment could be parsed.');
  const parsed = experiments;
  io.stdout(`Parsed ${parsed.length} experiments successfully\n`);
  if (options.dpScaling) return { experiments: parsed, leftOut };
  const kept = singleReplica(parsed);
  const excluded = parsed.length - kept.length;
  io.stdout(`Filtered to ${kept.length} single-replica experiments (excluded ${excluded} with DP > 1)\n`);
  return { experiments: kept, leftOut };
}

/** Where a benchmark result's server is described: beside it. */
const serverFileOf = (path: string): string => joinPath(parentOf(path), 'server.yaml');

export async function loadImports(
  io: Io,
  folders: readonly string[],
  experiments: readonly Experiment[],
  log: Log,
): Promise<Proposal[]> {
  const proposals: Proposal[] = [];
  for (const folder of folders.flatMap((names) => names.split(','))) {
    const { proposals: found, problems } = await loadPreRun(await io.openFolder(folder), experiments);
    for (const problem of problems) log.error(`SKIP (pre-run): ${formatProblem(problem)}`);
    for (const { result, simulator, expId, reason, warnings } of found) {
      const place = expId === undefined ? 'no experiment' : `experiment ${expId}`;
      log.info(`${result.file}: ${simulator} → ${place}: ${reason}`);
      for (const warning of warnings) log.warning(warning);
      if (expId === undefined) {
        log.warning(`${result.file}: belongs to no experiment and is left out (${reason})`);
      }
    }
    proposals.push(...found);
  }
  return proposals;
}
