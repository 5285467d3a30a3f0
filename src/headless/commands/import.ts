// `import`: what third-party files hold, as JSON: runs with every figure recomputed beside the file's own, workloads, other
// simulators' results, and for each file that cannot be read the reason.

import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { formatProblem } from '../../base/problem';
import type { Result } from '../../base/result';
import { memoryFile, parentOf, type FileTree } from '../../sources/file-tree';
import { runAsTrace, workloadAsTrace } from '../../sources/formats/as-trace';
import { experimentFolder } from '../../sources/formats/experiment-folder';
import { importFile, type ImportOutcome } from '../../sources/formats/import-file';
import { qualityFindings } from '../../sources/formats/quality';
import { compareFigures, type RecomputeOptions } from '../../sources/formats/recompute';
import { FORMATS, STATUSES, type ImportedRun } from '../../sources/formats/run-record';
import { readServerFacts } from '../../sources/formats/read-server-facts';
import type { ServerFacts } from '../../sources/formats/server-facts';
import { findResults, type PreRunResult } from '../../sources/pre-run/find-results';
import { readVidurPlots } from '../../sources/pre-run/vidur-plots';
import { traceV2DataSlices, writeTraceV2Header } from '../../sources/trace-v2-write';
import { UsageError, type Io } from '../io';

interface ImportOptions {
  readonly includeEmpty?: boolean;
  readonly skipFirst?: string;
  readonly experimentDir?: string;
  readonly facts?: string;
  readonly traceOutput?: string;
}

export const importCommand = (io: Io): Command =>
  new Command('import')
    .description(
      'Says what benchmark results, traces and simulator outputs hold, and recomputes their figures.',
    )
    .argument('<paths...>', 'files or folders')
    .option('--include-empty', 'count successful requests without tokens as latency 0, as some tools do')
    .option('--skip-first <requests>', 'leave out the first requests (warm-up)', '0')
    .option(
      '--experiment-dir <folder>',
      'write the one run of a file as an experiment that validate can read',
    )
    .option(
      '--trace-output <stem>',
      'write the one run or workload of a file as <stem>.yaml and <stem>.csv for replay',
    )
    .option('--facts <file>', 'YAML or JSON with what the file does not say about its server')
    .action(async (paths: readonly string[], options: ImportOptions) => {
      const skipFirst = Number(options.skipFirst ?? '0');
      if (!Number.isInteger(skipFirst) || skipFirst < 0) {
        throw new UsageError(
          `--skip-first: expected a whole number of at least 0, found "${options.skipFirst ?? ''}"`,
        );
      }
      const recompute: RecomputeOptions = { includesEmpty: options.includeEmpty === true, skipFirst };
      if (options.traceOutput !== undefined) {
        await writeTrace(io, paths, options.traceOutput);
        return;
      }
      if (options.experimentDir !== undefined) {
        await writeExperiment(io, paths, options.experimentDir, options.facts);
        return;
      }
      const report: unknown[] = [];
      for (const path of paths) report.push(...(await describePath(io, path, recompute)));
      io.stdout(`${JSON.stringify(report, null, 1)}\n`);
    });

async function writeExperiment(
  io: Io,
  paths: readonly string[],
  folder: string,
  factsFile: string | undefined,
): Promise<void> {
  const { runs } = await importAll(io, paths);
  const [run] = runs;
  if (run === undefined || runs.length > 1) {
    throw new UsageError(`--experiment-dir takes one run; the files hold ${String(runs.length)}`);
  }
  const files = experimentFolder(run, factsFile === undefined ? {} : await readFacts(io, factsFile));
  if (!files.ok) throw new UsageError(`${formatProblem(files.error)} Give them with --facts FILE.`);
  for (const file of files.value) await io.writeText(join(folder, file.path), file.text);
  io.stdout(`${files.value.map(({ path }) => join(folder, path)).join('\n')}\n`);
}

/** Everything the files hold; the first that cannot be read ends the command. */
async function importAll(
  io: Io,
  paths: readonly string[],
): Promise<Pick<ImportOutcome, 'runs' | 'workloads'>> {
  const outcomes = await Promise.all(paths.map((path) => importPath(io, path)));
  const all = outcomes.flatMap((outcome) => {
    if (!outcome.ok) throw new UsageError(formatProblem(outcome.error));
    return outcome.value;
  });
  return { runs: all.flatMap(({ runs }) => runs), workloads: all.flatMap(({ workloads }) => workloads) };
}

async function writeTrace(io: Io, paths: readonly string[], stem: string): Promise<void> {
  const { runs, workloads } = await importAll(io, paths);
  if (runs.length + workloads.length !== 1) {
    throw new UsageError(
      `--trace-output takes one run or workload; the files hold ${String(runs.length + workloads.length)}`,
    );
  }
  for (const trace of [...runs.map(runAsTrace), ...workloads.map(workloadAsTrace)]) {
    if (!trace.ok) throw new UsageError(formatProblem(trace.error));
    await io.writeText(`${stem}.yaml`, writeTraceV2Header(trace.value.header));
    await io.writeChunks(`${stem}.csv`, traceV2DataSlices(trace.value.records));
    io.stdout(`${String(trace.value.records.count)} requests: ${stem}.yaml, ${stem}.csv\n`);
  }
}

async function readFacts(io: Io, path: string): Promise<ServerFacts> {
  const facts = await readServerFacts(memoryFile(path, await io.readText(path)));
  if (!facts.ok) throw new UsageError(formatProblem(facts.error));
  return facts.value;
}

/** One file with its neighbours at hand: the CSV of a trace header, server facts. */
async function importPath(io: Io, path: string): Promise<Result<readonly ImportOutcome[]>> {
  const tree = await io.openFolder(dirname(path));
  return importFile(memoryFile(basename(path), await io.readBytes(path)), tree);
}

async function describePath(io: Io, path: string, options: RecomputeOptions): Promise<readonly unknown[]> {
  const folder = await io.openFolder(path).catch(() => undefined);
  if (folder !== undefined) return describeFolder(folder, options);
  const name = basename(path);
  const outcome = await importPath(io, path);
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
