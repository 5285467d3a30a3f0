// `validate`: the whole pipeline over a folder of measurements (sim-to-real 5b12a00 run_experiment.py, validator spec 1). Tables and
// progress lines on stdout, everything else on stderr; the two CSV files in the output folder.

import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Adapter, AdapterContext } from '../../adapters/adapter';
import { rowAdapters } from '../../adapters/pre-run/row-results';
import { ADAPTERS, adapterNamed, withArrivals } from '../../adapters/registry';
import { simulatorInfo } from '../../adapters/simulator-info';
import { nearestName } from '../../base/nearest-name';
import { formatProblem } from '../../base/problem';
import { bundledImport } from '../../report/bundle/bundled-project';
import type { MissingPair } from '../../report/bundle/report-run';
import { openSystemsFolder } from '../../sources/perf-tables/systems-folder';
import type { Proposal } from '../../sources/pre-run/associate';
import { runPairs } from '../../validation/run-pairs';
import { openCatalog } from '../catalog';
import { UsageError, type Io } from '../io';
import { openLog } from '../log';
import { perfFiles } from '../perf-files';
import { loadExperiments, loadImports } from '../validate/load-inputs';
import { NAMES, validateFlags, type ValidateOptions } from '../validate/options';
import { writeResults } from '../validate/write-results';
import { VERSION } from '../version';

export const validateCommand = (io: Io): Command =>
  validateFlags().action((options: ValidateOptions) => validate(io, options));

async function validate(io: Io, options: ValidateOptions): Promise<void> {
  const log = openLog(io, 'validate', options.verbose === true);
  const named = namedAdapters(options.adapters);
  const loaded = await loadExperiments(io, options, log);
  if (loaded === undefined) return;
  const { experiments, leftOut } = loaded;
  const preRun = await loadImports(io, options.preRun ?? [], experiments, log);
  const adapters = [...withArrivals(named, options.arrivals), ...importedAdapters(preRun)];
  const context: AdapterContext = {
    catalog: openCatalog(io),
    wasm: io.wasm(),
    options: {
      mode: options.mode,
      multiTurn: options.multiTurn,
      arrivals: options.arrivals,
      study: options.study,
      tableGaps: options.tableGaps,
      ...(options.borrowVersions === true ? { borrowVersions: true } : {}),
      sampledRuns: options.sampledRuns,
    },
    preRun,
    ...(options.systems === undefined
      ? {}
      : { systems: await openSystemsFolder(await perfFiles(io, options.systems)) }),
  };
  log.info(`Mode ${options.mode}; enable_multi_turn_chat is read ${multiTurnWords(options.multiTurn)}.`);
  const missing: MissingPair[] = [];
  const causes = new Map<string, number>();
  const run = await runPairs(
    experiments,
    adapters,
    context,
    () => io.nowMs() / 1000,
    ({ experiment, adapter }, event) => {
      const pair = `${adapter.name} × ${experiment.model} (${experiment.workload})`;
      const about = { folder: experiment.folder, simulator: adapter.name };
      if (event.kind === 'done') {
        io.stdout(`  OK: ${pair} [${(event.outcome.result.wallClockSeconds ?? 0).toFixed(2)}s]\n`);
      } else if (event.kind === 'failed') {
        const reason = formatProblem(event.problem);
        missing.push({ ...about, kind: 'failed', reason });
        log.error(`FAIL: ${pair}: ${reason}`);
      } else {
        const cause = `${adapter.name} (${event.cause})`;
        causes.set(cause, (causes.get(cause) ?? 0) + 1);
        missing.push({ ...about, kind: 'excluded', cause: event.cause, reason: event.reason });
        log.info(`SKIP: ${pair}: ${event.reason}`);
      }
    },
  );
  if (run.skipped > 0) {
    const counts = [...causes].map(([cause, count]) => `${cause}: ${count}`).join(', ');
    log.info(`Skipped ${run.skipped} pairs that cannot run: ${counts}`);
  }
  if (run.failed > 0) log.warning(`${run.failed} runs failed`);
  for (const note of new Set(run.outcomes.flatMap(({ result }) => result.notes))) log.info(note);
  const report = {
    name: basename(options.dataDir),
    version: VERSION,
    options: context.options,
    experiments,
    simulators: adapters.map(simulatorInfo),
    outcomes: run.outcomes,
    missing,
    leftOut,
    imports: preRun.map(bundledImport),
  };
  await writeResults(io, options, report, log);
}

const multiTurnWords = (reading: ValidateOptions['multiTurn']): string =>
  reading === 'off' ? 'as single turns' : 'as the profile says';

/** Simulators that occur in imported rows and are none of ours. */
const importedAdapters = (preRun: readonly Proposal[]): readonly Adapter[] =>
  rowAdapters(
    preRun,
    NAMES,
    ADAPTERS.filter(({ isImported }) => isImported).map(({ name }) => name),
  );

/** In the order given, all when none is; unknown names are usage errors that list what there is. */
function namedAdapters(names: readonly string[] | undefined): readonly Adapter[] {
  if (names === undefined) return ADAPTERS;
  return names
    .flatMap((list) => list.split(','))
    .map((name) => {
      const adapter = adapterNamed(name);
      if (adapter !== undefined) return adapter;
      throw new UsageError(
        `--adapters: unknown adapter "${name}"; did you mean "${nearestName(name, NAMES)}"? Known: ${NAMES.join(', ')}.`,
      );
    });
}
