// `validate`: the whole pipeline over a folder of measurements (sim-to-real 5b12a00 run_experiment.py, validator spec 1). Tables and
// progress lines on stdout, everything else on stderr; the two CSV files in the output folder.

import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Adapter, AdapterContext, StudyVersion } from '../../adapters/adapter';
import { rowAdapters } from '../../adapters/pre-run/row-results';
import { ADAPTERS } from '../../adapters/registry';
import { nearestName } from '../../base/nearest-name';
import { formatProblem } from '../../base/problem';
import type { Experiment } from '../../domain/experiment';
import { errorRecordsCsv, runtimeCsv } from '../../report/record-csv';
import { NO_RECORDS, errorTablesText, extraTablesText, runtimeTableText } from '../../report/text-report';
import { loadGroundTruth, readyExperiments } from '../../sources/ground-truth/load';
import { openSystemsFolder } from '../../sources/perf-tables/systems-folder';
import type { Proposal } from '../../sources/pre-run/associate';
import { loadPreRun } from '../../sources/pre-run/load-pre-run';
import { runPairs, singleReplica, type PairOutcome } from '../../validation/run-pairs';
import { openCatalog } from '../catalog';
import { UsageError, type Io } from '../io';
import { openLog, type Log } from '../log';
import { perfFiles } from '../perf-files';

interface ValidateOptions {
  readonly dataDir: string;
  readonly outputDir: string;
  readonly adapters?: readonly string[];
  readonly dpScaling: boolean;
  readonly all?: boolean;
  readonly preRun?: readonly string[];
  readonly mode: AdapterContext['options']['mode'];
  readonly multiTurn: AdapterContext['options']['multiTurn'];
  readonly systems?: string;
  readonly study: StudyVersion;
  readonly sampledRuns: 'whole' | 'matched';
  readonly cpuBlocks: 'configured' | 'kv_events.jsonl';
  readonly extraTables?: boolean;
  readonly verbose?: boolean;
}

export const validateCommand = (io: Io): Command =>
  new Command('validate')
    .description('Runs simulators over measured experiments and reports how far off they are.')
    .option(
      '--data-dir <folder>',
      'folder with experiments.json and the experiments',
      'vllm_data/ground_truth',
    )
    .option('--output-dir <folder>', 'where error_records.csv and runtime.csv go', 'results')
    .option(
      '--adapters <names...>',
      `simulators, in the order to run them: ${ADAPTERS.map(({ name }) => name).join(', ')}`,
    )
    .option('--no-dp-scaling', 'leave out experiments with data parallelism > 1')
    .option('--all', 'take experiments that are not marked safe, too')
    .option('--pre-run <folders...>', 'results of simulators that ran elsewhere')
    .addOption(
      new Option('--mode <mode>', 'warts of the reference, or corrected')
        .choices(['reference', 'corrected'])
        .default('reference'),
    )
    .addOption(
      new Option('--multi-turn <reading>', 'how enable_multi_turn_chat is read')
        .choices(['as-profile', 'off'])
        .default('as-profile'),
    )
    .option('--systems <folder>', 'operator tables for aiconfigurator-estimate')
    .addOption(
      new Option('--study <state>', 'whose adapter rules hold where the study changed them')
        .choices(['5b12a00', 'dcec3fd'])
        .default('5b12a00'),
    )
    .addOption(
      new Option(
        '--sampled-runs <reading>',
        'compare imported sampled runs with all requests, or with the same ones',
      )
        .choices(['whole', 'matched'])
        .default('whole'),
    )
    .addOption(
      new Option(
        '--cpu-blocks <source>',
        'CPU blocks as configured, or the older peak count of kv_events.jsonl',
      )
        .choices(['configured', 'kv_events.jsonl'])
        .default('configured'),
    )
    .option('--extra-tables', 'print tables by hardware and by property and simulator, too')
    .option('--verbose', 'say more on stderr')
    .action((options: ValidateOptions) => validate(io, options));

async function validate(io: Io, options: ValidateOptions): Promise<void> {
  const log = openLog(io, 'validate', options.verbose === true);
  const named = namedAdapters(options.adapters);
  const experiments = await loadExperiments(io, options, log);
  if (experiments === undefined) return;
  const preRun = await loadImports(io, options.preRun ?? [], experiments, log);
  const names = ADAPTERS.map(({ name }) => name);
  const imported = rowAdapters(
    preRun,
    names,
    ADAPTERS.filter(({ isImported }) => isImported).map(({ name }) => name),
  );
  const context: AdapterContext = {
    catalog: openCatalog(io),
    wasm: io.wasm(),
    options: {
      mode: options.mode,
      multiTurn: options.multiTurn,
      study: options.study,
      sampledRuns: options.sampledRuns,
    },
    preRun,
    ...(options.systems === undefined
      ? {}
      : { systems: await openSystemsFolder(await perfFiles(io, options.systems)) }),
  };
  log.info(`Mode ${options.mode}; enable_multi_turn_chat is read ${multiTurnWords(options.multiTurn)}.`);
  const reasons = new Map<string, number>();
  const run = await runPairs(
    experiments,
    options.adapters === undefined ? [...ADAPTERS, ...imported] : [...named, ...imported],
    context,
    () => io.nowMs() / 1000,
    ({ experiment, adapter }, event) => {
      const pair = `${adapter.name} × ${experiment.model} (${experiment.workload})`;
      if (event.kind === 'done') {
        io.stdout(`  OK: ${pair} [${(event.outcome.result.wallClockSeconds ?? 0).toFixed(2)}s]\n`);
      } else if (event.kind === 'failed') {
        log.error(`FAIL: ${pair}: ${formatProblem(event.problem)}`);
      } else {
        const reason = `${adapter.name} (${event.cause})`;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        log.info(`SKIP: ${pair}: ${event.reason}`);
      }
    },
  );
  if (run.skipped > 0) {
    const causes = [...reasons].map(([reason, count]) => `${reason}: ${count}`).join(', ');
    log.info(`Skipped ${run.skipped} pairs that cannot run: ${causes}`);
  }
  if (run.failed > 0) log.warning(`${run.failed} runs failed`);
  for (const note of new Set(run.outcomes.flatMap(({ result }) => result.notes))) log.info(note);
  await report(io, options, run.outcomes);
}

const multiTurnWords = (reading: ValidateOptions['multiTurn']): string =>
  reading === 'off' ? 'as single turns' : 'as the profile says';

/** The experiments to run, or nothing when there are none. */
async function loadExperiments(
  io: Io,
  options: ValidateOptions,
  log: Log,
): Promise<Experiment[] | undefined> {
  const tree = await io.openFolder(options.dataDir);
  const loaded = await loadGroundTruth(
    tree,
    {
      all: options.all === true,
      cpuBlocks: options.cpuBlocks,
      // Imports are checked against the measured token counts.
      requests: options.preRun === undefined ? 'skip' : 'load',
    },
    {
      onDiscovery: ({ found, warnings }) => {
        for (const warning of warnings) log.warning(warning);
        io.stdout(
          found.length === 0
            ? `No experiments found in ${options.dataDir}\n`
            : `Found ${found.length} experiments\n`,
        );
      },
      onEntry: (entry) => {
        if (entry.kind === 'left-out') {
          log.error(`SKIP (parse error): ${entry.folder} — ${formatProblem(entry.problem)}`);
        } else {
          for (const warning of entry.experiment.warnings) log.warning(`${entry.folder}: ${warning}`);
        }
      },
    },
  );
  if (!loaded.ok) throw new UsageError(formatProblem(loaded.error));
  if (loaded.value.entries.length === 0) return undefined;
  const parsed = readyExperiments(loaded.value);
  if (parsed.length === 0) log.warning('No experiment could be parsed.');
  io.stdout(`Parsed ${parsed.length} experiments successfully\n`);
  if (options.dpScaling) return parsed;
  const kept = singleReplica(parsed);
  io.stdout(
    `Filtered to ${kept.length} single-replica experiments (excluded ${parsed.length - kept.length} with DP > 1)\n`,
  );
  return kept;
}

async function loadImports(
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
      if (expId === undefined)
        log.warning(`${result.file}: belongs to no experiment and is left out (${reason})`);
    }
    proposals.push(...found);
  }
  return proposals;
}

async function report(io: Io, options: ValidateOptions, outcomes: readonly PairOutcome[]): Promise<void> {
  const records = outcomes.flatMap((outcome) => outcome.records);
  const runtimes = outcomes.flatMap(({ runtime }) => runtime ?? []);
  if (records.length === 0) {
    io.stdout(`${NO_RECORDS}\n`);
    return;
  }
  const errorPath = join(options.outputDir, 'error_records.csv');
  await io.writeText(errorPath, errorRecordsCsv(records));
  io.stdout(`\n${errorTablesText(records)}\n\nCSV saved to ${errorPath}\n`);
  if (runtimes.length > 0) {
    const runtimePath = join(options.outputDir, 'runtime.csv');
    await io.writeText(runtimePath, runtimeCsv(runtimes));
    io.stdout(`\n${runtimeTableText(runtimes)}\n\nRuntime CSV saved to ${runtimePath}\n`);
  }
  if (options.extraTables === true) io.stdout(`\n${extraTablesText(records)}\n`);
}

/** In the order given; unknown names are usage errors that list what there is. */
function namedAdapters(names: readonly string[] | undefined): readonly Adapter[] {
  return (names ?? [])
    .flatMap((list) => list.split(','))
    .flatMap((name) => {
      const adapter = ADAPTERS.find((known) => known.name === name);
      if (adapter !== undefined) return [adapter];
      const close = nearestName(
        name,
        ADAPTERS.map((known) => known.name),
      );
      throw new UsageError(
        `--adapters: unknown adapter "${name}"; did you mean "${close}"? Known: ${ADAPTERS.map((known) => known.name).join(', ')}.`,
      );
    });
}
