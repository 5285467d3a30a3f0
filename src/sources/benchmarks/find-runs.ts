// Benchmark results among opened files, told by content, as runs that can serve as measurements once their server is described.

import { fingerprintOf } from '../../base/fingerprint';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { nameOf, parentOf, type FileTree, type SourceFile } from '../file-tree';
import { importFile } from '../formats/import-file';
import { fromAggregates, measurementOf, type Measurement } from '../formats/measurement';
import { qualityFindings } from '../formats/quality';
import { compareFigures, type FigureComparison } from '../formats/recompute';
import { FORMATS, type Finding, type FormatId, type ImportedRun } from '../formats/run-record';
import { isFactsFile, type KnownFact } from './facts-files';
import { serverFactsOf } from './known-facts';

export interface BenchmarkRun {
  /** Unique among the runs: the file's path, with the run's place in it where there are several. */
  readonly name: string;
  /** The file that holds the rows, then those that belong to it. */
  readonly files: readonly string[];
  readonly format: FormatId;
  /** Identity of the measurement; answers about its server are found again by it. */
  readonly print: string;
  /** The reason, where the run cannot serve as a measurement. */
  readonly measurement: Result<Measurement>;
  /** What is known about the server, each with the file that says so. */
  readonly facts: readonly KnownFact[];
  /** Problems of the files that state facts. */
  readonly factProblems: readonly Problem[];
  readonly figures: readonly FigureComparison[];
  readonly findings: readonly Finding[];
}

export interface FoundRuns {
  readonly runs: readonly BenchmarkRun[];
  /** Files of no format known here, with what was found in them. */
  readonly unknown: readonly Problem[];
}

export interface FindHooks {
  readonly onFile?: (done: number, total: number) => void;
}

/** Runs of the files that `isFree` lets through, in the order of their paths. One file that cannot be read stops no other. */
export async function findBenchmarkRuns(
  tree: FileTree,
  isFree: (path: string) => boolean = () => true,
  hooks: FindHooks = {},
): Promise<FoundRuns> {
  const files = tree.files.filter(({ path }) => isFree(path) && !isFactsFile(path) && !isNoData(path));
  const found: Found[] = [];
  const unknown: Problem[] = [];
  for (const [index, file] of files.entries()) {
    hooks.onFile?.(index, files.length);
    const outcome = await importOne(file, tree);
    if (outcome.ok) found.push(...outcome.value);
    else unknown.push(outcome.error);
  }
  const runs: BenchmarkRun[] = [];
  for (const group of grouped(found)) runs.push(await describe(group, tree));
  return { runs, unknown };
}

/** One run of one file. */
interface Found {
  readonly file: string;
  readonly run: ImportedRun;
}

/** Several files of one run: the one with the most detail first. */
type Group = readonly [Found, ...Found[]];

const NO_DATA = /\.(log|md|txt|html?|pdf|png|svg|ipynb|py|sh)$/i;
const isNoData = (path: string): boolean => NO_DATA.test(path) || nameOf(path).startsWith('.');

async function importOne(file: SourceFile, tree: FileTree): Promise<Result<readonly Found[]>> {
  const outcome = await importFile(file, tree);
  if (!outcome.ok) return outcome;
  const found = outcome.value.flatMap(({ file: inner, runs }) =>
    // Both halves of a BLIS trace import the pair; the header's stands for it.
    runs
      .filter(({ format }) => format !== 'blis-trace' || !/\.csv$/i.test(inner))
      .map((run): Found => ({ file: inner, run })),
  );
  const workloads = outcome.value.flatMap((each) => each.workloads);
  if (found.length === 0 && workloads.length > 0) {
    const [workload] = workloads;
    return fail({
      code: 'not-supported',
      file: file.path,
      message: `${file.path} is a workload (${workload === undefined ? '' : FORMATS[workload.format]}): it says when requests arrive, not how long they took. Open it in Convert or Simulate.`,
    });
  }
  return ok(found);
}

/** Per-request files that a summary of the other format accompanies. */
const SUMMARY_OF: Readonly<Partial<Record<FormatId, FormatId>>> = {
  aiperf: 'aiperf-summary',
  'perf-analyzer': 'aiperf-summary',
};
const STAGE_FILE = /^stage_(\d+)_lifecycle_metrics\.json$/;
const SUMMARY_FILE = 'summary_lifecycle_metrics.json';

/** Files of one run belong together: same folder, and formats that one tool writes side by side. */
function grouped(found: readonly Found[]): Group[] {
  const byFolder = new Map<string, Found[]>();
  for (const each of found) {
    const folder = parentOf(each.file);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), each]);
  }
  return [...byFolder.values()].flatMap((own) => {
    const [paired, rest] = lifecycleGroup(own);
    const summaries = new Set<Found>();
    const groups = rest.map((each): Group => {
      const wanted = SUMMARY_OF[each.run.format];
      const partners = rest.filter(({ run }) => run.format === wanted);
      const isOnlyOne = rest.filter(({ run }) => run.format === each.run.format).length === 1;
      const [partner] = partners;
      if (partner === undefined || partners.length > 1 || !isOnlyOne) return [each];
      summaries.add(partner);
      return [each, partner];
    });
    return [...paired, ...groups.filter(([head]) => !summaries.has(head))];
  });
}

/** inference-perf's rows, stages and summary of one folder are one run. */
function lifecycleGroup(own: readonly Found[]): readonly [Group[], readonly Found[]] {
  const stages = own
    .filter(({ file }) => STAGE_FILE.test(nameOf(file)))
    .sort((a, b) => stageOf(a.file) - stageOf(b.file));
  const summary = own.filter(({ file }) => nameOf(file) === SUMMARY_FILE);
  const rows = own.filter(({ run }) => run.format === 'inference-perf');
  const files = [...(rows.length === 1 ? rows : []), ...summary, ...stages];
  const [head, ...others] = files;
  if (head === undefined || others.length === 0) return [[], own];
  return [[[head, ...others]], own.filter((each) => !files.includes(each))];
}

const stageOf = (path: string): number => Number(STAGE_FILE.exec(nameOf(path))?.[1] ?? NaN);

async function describe(group: Group, tree: FileTree): Promise<BenchmarkRun> {
  const [head, ...others] = group;
  // The tool's own aggregates stand in the summary beside the rows.
  const summary = others.find(({ file, run }) => run.rows === undefined && !STAGE_FILE.test(nameOf(file)));
  const run: ImportedRun =
    head.run.reported.length === 0 && summary !== undefined
      ? { ...head.run, reported: summary.run.reported }
      : head.run;
  const measurement = measurementOfGroup(group);
  const { facts, problems } = await serverFactsOf(tree, head.file, run.facts);
  const label = run.label === '' ? '' : `, ${run.label}`;
  const name = `${head.file}${label}`;
  return {
    name,
    files: group.map(({ file }) => file),
    format: run.format,
    print: fingerprintOf(
      measurement.ok ? { ...measurement.value, requests: measurement.value.requests ?? 0 } : [name],
    ),
    measurement,
    facts,
    factProblems: problems,
    figures: compareFigures(run),
    findings: [...run.findings, ...qualityFindings(run)],
  };
}

/** Stages and summary as their files state them, rows where there are any. */
function measurementOfGroup(group: Group): Result<Measurement> {
  const [head] = group;
  const stages = group.filter(({ file }) => STAGE_FILE.test(nameOf(file)));
  const summary = group.find(({ file }) => nameOf(file) === SUMMARY_FILE);
  if (stages.length === 0) return measurementOf(head.run);
  const whole = summary ?? (stages.length === 1 ? stages[0] : undefined);
  if (whole === undefined) return measurementOf(head.run);
  const stated = fromAggregates(
    stages.map(({ run }) => run),
    whole.run,
  );
  if (!stated.ok || head.run.rows === undefined) return stated;
  const rows = measurementOf(head.run);
  if (!rows.ok || rows.value.requests === undefined) return stated;
  const { requests, profile } = rows.value;
  return ok({
    ...stated.value,
    requests,
    profile: {
      ...stated.value.profile,
      ...(profile.rebuilt === undefined ? {} : { rebuilt: profile.rebuilt }),
    },
    lacks: rows.value.lacks,
  });
}
