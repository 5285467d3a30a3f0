// `estimate`: the analytical estimators over a document of queries, runs and sweeps, in the document's order.

import { Command, Option } from 'commander';
import { formatProblem } from '../../base/problem';
import type { Result } from '../../base/result';
import { PerfTables } from '../../adapters/estimators/aiconfigurator/perf-tables';
import { SYSTEMS } from '../../adapters/estimators/aiconfigurator/systems';
import { loadTables } from '../../sources/perf-tables/load-tables';
import { openSystemsFolder } from '../../sources/perf-tables/systems-folder';
import { aicEntry, aicSweep, type EntryAnswer, type TableChoice } from '../estimate/aiconfigurator-entries';
import { parseDocument, type EstimateDocument, type Json } from '../estimate/entries';
import { optimizerEntry } from '../estimate/llm-optimizer-entries';
import { UsageError, type Io } from '../io';
import { perfFiles } from '../perf-files';

interface EstimateOptions {
  readonly estimator: 'llm-optimizer' | 'aiconfigurator';
  readonly input: string;
  readonly systems?: string;
  readonly borrowVersions?: boolean;
  readonly output?: string;
}

export const estimateCommand = (io: Io): Command =>
  new Command('estimate')
    .description('Answers a document of estimator queries, runs and sweeps.')
    .addOption(
      new Option('--estimator <name>', 'which estimator')
        .choices(['llm-optimizer', 'aiconfigurator'])
        .makeOptionMandatory(),
    )
    .requiredOption('--input <file>', 'JSON document with models, rows and sweeps')
    .option('--systems <path>', 'systems folder or zip with measured tables, or a folder of loose tables')
    .option('--borrow-versions', 'fill shapes that a version lacks from other versions of the same backend')
    .option('--output <file>', 'write there instead of stdout')
    .action(async (options: EstimateOptions) => {
      const document = parseDocument(await io.readText(options.input), options.input);
      const answer =
        options.estimator === 'llm-optimizer'
          ? optimizerAnswers(document)
          : aicAnswers(document, await openTables(io, document, options));
      const text = `${JSON.stringify(answer, null, 1)}\n`;
      if (options.output === undefined) io.stdout(text);
      else await io.writeText(options.output, text);
    });

const errorOf = (result: Exclude<Result<unknown>, { ok: true }>): Json => ({
  error: formatProblem(result.error),
});

function optimizerAnswers(document: EstimateDocument): Json {
  const rows = document.rows.map((row) => {
    const answer = optimizerEntry(document, row);
    return answer.ok ? answer.value : errorOf(answer);
  });
  return {
    rows,
    sweeps: document.sweeps.map(() => ({ error: 'llm-optimizer has no sweeps of this kind.' })),
  };
}

/** `provenance` lists beside the figures what each rests on, operator by operator. */
function aicAnswers(document: EstimateDocument, tables: TableChoice): Json {
  const rows = document.rows.map((row) => aicEntry(document, row, tables));
  const sweeps = document.sweeps.map((entry) => aicSweep(document, entry, tables));
  const output = (answer: Result<EntryAnswer>) => (answer.ok ? answer.value.output : errorOf(answer));
  const provenance = (answer: Result<EntryAnswer>) => (answer.ok ? answer.value.provenance : {});
  return {
    rows: rows.map(output),
    sweeps: sweeps.map(output),
    provenance: { rows: rows.map(provenance), sweeps: sweeps.map(provenance) },
  };
}

/** The table version that documents mean by plain `full`. */
const FULL_VERSION = '0.14.0';

/** Loads what the document asks for, and hands it out entry by entry. */
async function openTables(
  io: Io,
  document: EstimateDocument,
  options: EstimateOptions,
): Promise<TableChoice> {
  if (options.systems === undefined) return () => undefined;
  const folder = await openSystemsFolder(await perfFiles(io, options.systems));
  if (folder.tables.length === 0) {
    throw new UsageError(
      `${options.systems}: holds no operator tables (gemm_perf, context_attention_perf, …)`,
    );
  }
  const loaded = new Map<string, PerfTables>();
  const tried = new Set<string>();
  const problems = new Set<string>();
  for (const input of [...document.rows.map((row) => row.input), ...document.sweeps]) {
    const key = choiceOf(input);
    const system = SYSTEMS.find((known) => known.name === key.system);
    if (system === undefined || tried.has(key.text) || key.tables === 'none') continue;
    tried.add(key.text);
    const set = await loadTables(folder, {
      system: system.name,
      backend: key.backend,
      ...(key.version === undefined ? {} : { version: key.version }),
      ncclVersion: system.ncclVersion,
      borrowsVersions: options.borrowVersions === true,
    });
    for (const problem of set.problems) problems.add(formatProblem(problem));
    // A slice answers only what it was cut for; the complete tables would answer differently elsewhere.
    const isAsked = key.tables === undefined || key.tables === 'sample' || !set.isSlice;
    if (isAsked && Object.keys(set.tables).length > 0) {
      loaded.set(key.text, new PerfTables(system, { label: set.label, ...set.tables }));
    }
  }
  for (const problem of problems) io.stderr(`${problem}\n`);
  return (system, backend, tables) =>
    loaded.get(choiceOf({ system, backend, ...(tables === undefined ? {} : { tables }) }).text);
}

function choiceOf(input: Json) {
  const text = (name: string): string | undefined => {
    const value = input[name];
    return typeof value === 'string' ? value : undefined;
  };
  const system = text('system') ?? 'h100_sxm';
  const backend = text('backend') ?? 'vllm';
  const tables = text('tables');
  const stated = /^full-(.+)$/.exec(tables ?? '')?.[1];
  // The slice was cut from the same version, and answers as the complete tables do.
  const isFull = tables === 'full' || tables === 'sample';
  const version = stated ?? (isFull ? FULL_VERSION : undefined);
  return { system, backend, tables, version, text: [system, backend, tables ?? ''].join('|') };
}
