// `import`: what third-party files hold, as JSON: runs with every figure recomputed beside the file's own, workloads, other
// simulators' results, and for each file that cannot be read the reason.

import { basename, dirname } from 'node:path';
import { Command } from 'commander';
import { formatProblem } from '../../base/problem';
import { memoryFile, parentOf, type FileTree } from '../../sources/file-tree';
import { importFile, type ImportOutcome } from '../../sources/formats/import-file';
import { qualityFindings } from '../../sources/formats/quality';
import { compareFigures, type RecomputeOptions } from '../../sources/formats/recompute';
import { FORMATS, STATUSES, type ImportedRun } from '../../sources/formats/run-record';
import { findResults, type PreRunResult } from '../../sources/pre-run/find-results';
import { readVidurPlots } from '../../sources/pre-run/vidur-plots';
import { UsageError, type Io } from '../io';

interface ImportOptions {
  readonly includeEmpty?: boolean;
  readonly skipFirst?: string;
}

export const importCommand = (io: Io): Command =>
  new Command('import')
    .description(
      'Says what benchmark results, traces and simulator outputs hold, and recomputes their figures.',
    )
    .argument('<paths...>', 'files or folders')
    .option('--include-empty', 'count successful requests without tokens as latency 0, as some tools do')
    .option('--skip-first <requests>', 'leave out the first requests (warm-up)', '0')
    .action(async (paths: readonly string[], options: ImportOptions) => {
      const skipFirst = Number(options.skipFirst ?? '0');
      if (!Number.isInteger(skipFirst) || skipFirst < 0) {
        throw new UsageError(
          `--skip-first: expected a whole number of at least 0, found "${options.skipFirst ?? ''}"`,
        );
      }
      const recompute: RecomputeOptions = { includesEmpty: options.includeEmpty === true, skipFirst };
      const report: unknown[] = [];
      for (const path of paths) report.push(...(await describePath(io, path, recompute)));
      io.stdout(`${JSON.stringify(report, null, 1)}\n`);
    });

async function describePath(io: Io, path: string, options: RecomputeOptions): Promise<readonly unknown[]> {
  const folder = await io.openFolder(path).catch(() => undefined);
  if (folder !== undefined) return describeFolder(folder, options);
  // A file may need its neighbours: the CSV of a trace header.
  const name = basename(path);
  const file = memoryFile(name, await io.readBytes(path));
  const outcome = await importFile(file, await io.openFolder(dirname(path)));
  return outcome.ok
    ? outcome.value.map((each) => describeOutcome(each, options))
    : [{ file: name, error: outcome.error.message }];
}

async function describeFolder(tree: FileTree, options: RecomputeOptions): Promise<readonly unknown[]> {
  const found = await findResults(tree);
  const report: unknown[] = [];
  for (const result of found.results) report.push(await describeResult(result));
  for (const problem of found.problems) report.push({ file: problem.file, error: formatProblem(problem) });
  const known = new Set([...found.results, ...found.problems].map(({ file }) => file));
  // What lies in a Vidur folder belongs to its result.
  const vidurFolders = found.results.filter(({ kind }) => kind === 'vidur').map(({ file }) => parentOf(file));
  for (const file of tree.files) {
    if (known.has(file.path) || vidurFolders.some((folder) => isInside(file.path, folder))) continue;
    const outcome = await importFile(file, tree);
    if (outcome.ok) report.push(...outcome.value.map((each) => describeOutcome(each, options)));
    else report.push({ file: file.path, error: outcome.error.message });
  }
  return report;
}

const isInside = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);

const describeOutcome = ({ file, runs, workloads, note }: ImportOutcome, options: RecomputeOptions) => ({
  file,
  ...(note === undefined ? {} : { note }),
  runs: runs.map((run) => describeRun(run, options)),
  workloads: workloads.map(({ format, count, findings }) => ({
    format: FORMATS[format],
    requests: count,
    findings,
  })),
});

function describeRun(run: ImportedRun, options: RecomputeOptions) {
  const { rows } = run;
  return {
    format: FORMATS[run.format],
    ...(run.label === '' ? {} : { label: run.label }),
    facts: run.facts,
    ...(rows === undefined
      ? {}
      : {
          requests: Object.fromEntries(
            STATUSES.map((status) => [status, rows.status.filter((each) => each === status).length]),
          ),
        }),
    figures: compareFigures(run, options),
    findings: [...run.findings, ...qualityFindings(run)],
  };
}

async function describeResult(result: PreRunResult) {
  const { file, warnings } = result;
  if (result.kind === 'rows') {
    return {
      file,
      simulator: result.rows.simulator,
      expId: result.rows.expId,
      rows: result.rows.values.length,
      warnings,
    };
  }
  const shared = { file, simulator: result.kind, requests: result.requests.count, warnings };
  if (result.kind === 'llmservingsim')
    return { ...shared, outputTokens: result.requests.outputReading.reason };
  const plots = await readVidurPlots(result.plots);
  return {
    ...shared,
    restarts: result.requests.restarts,
    config: result.config,
    plots: plots.map((plot) =>
      plot.kind === 'utilisation'
        ? { name: plot.name, percent: plot.mean }
        : { name: plot.name, kind: plot.kind, points: plot.values.length },
    ),
  };
}
