// The project's results as the files that the export menu offers whole: the bundle and the HTML page.

import { prepareFigureData } from '../../figures/data/prepare';
import { measuredRealSeconds, selectRuntimeTable } from '../../figures/data/runtime-table';
import { simulatorStyle } from '../../figures/data/simulators';
import { reportFigures } from '../../figures/report-figures';
import { bundledImport } from '../../report/bundle/bundled-project';
import { resultBundle } from '../../report/bundle/bundle';
import { htmlReport } from '../../report/bundle/html-report';
import {
  provenanceOf,
  recordsOf,
  runtimesOf,
  type MissingPair,
  type ReportRun,
} from '../../report/bundle/report-run';
import type { RuntimeLine } from '../../report/latex';
import { errorRecordsCsv, runtimeCsv } from '../../report/record-csv';
import { saveBytes } from '../ui/save-file';
import type { PairState } from './pairs';
import type { ValidateProject } from './project.svelte';
import type { VerdictView } from './verdict-view';

type Project = Pick<
  ValidateProject,
  | 'entries'
  | 'rows'
  | 'simulators'
  | 'options'
  | 'modelVersion'
  | 'pair'
  | 'isOn'
  | 'isFolderOn'
  | 'isSimulatorOn'
  | 'judged'
  | 'measured'
  | 'leftOutSentence'
  | 'name'
  | 'bundle'
  | 'leftOut'
> & { readonly preRun: Pick<ValidateProject['preRun'], 'rows'> };

type Shown = Pick<VerdictView, 'scope' | 'records'>;
const EVERYTHING: Shown = { scope: undefined, records: [] };

/** Experiments on screen and simulators that are switched on, with what became of each pair. */
export function reportRunOf(project: Project, { scope, records }: Shown = EVERYTHING): ReportRun {
  const shown = new Set(records.map(({ experimentFolder }) => experimentFolder));
  const rows = project.rows.filter(
    ({ folder }) => project.isFolderOn(folder) && (scope === undefined || shown.has(folder)),
  );
  const simulators = project.simulators.filter(({ name }) => project.isSimulatorOn(name));
  const pairs = rows.flatMap(({ folder }) =>
    simulators.map(({ name }) => ({ folder, simulator: name, state: project.pair(folder, name) })),
  );
  const { bundle, leftOut } = project;
  return {
    name: project.name,
    version: project.modelVersion,
    options: project.options,
    experiments: rows.map((row) => project.measured(row)),
    remarks: [
      ...(bundle === undefined
        ? []
        : [
            `Opened from a bundle of Plumbline ${bundle.version}; what has not run again since is its numbers.`,
            ...bundle.remarks,
          ]),
      ...(scope === undefined ? [] : [`Only ${scope}`]),
      ...(project.leftOutSentence === undefined ? [] : [project.leftOutSentence]),
    ],
    ...(leftOut.checks.length === 0
      ? {}
      : {
          leaveOut: {
            checks: leftOut.checks,
            reported: rows.map(({ experiment }) => experiment),
            problems: leftOut.problems,
          },
        }),
    simulators,
    outcomes: pairs.flatMap(({ folder, state }) =>
      hasOutcome(state)
        ? [
            {
              ...state.outcome,
              records: project.judged(folder, state.outcome.records),
              reportedRecords: state.outcome.records,
              isStale: state.kind === 'stale',
            },
          ]
        : [],
    ),
    missing: pairs.flatMap(({ folder, simulator, state }): MissingPair[] => {
      if (state.kind === 'excluded')
        return [{ folder, simulator, kind: state.kind, cause: state.cause, reason: state.reason }];
      if (state.kind === 'failed') {
        return [{ folder, simulator, kind: state.kind, reason: state.failure.problem.message }];
      }
      return [];
    }),
    imports: [...(bundle?.imports ?? []), ...project.preRun.rows.map(bundledImport)],
    leftOut: project.entries.flatMap((entry) =>
      entry.kind === 'left-out' ? [{ folder: entry.folder, reason: entry.problem.message }] : [],
    ),
  };
}

const hasOutcome = (state: PairState): state is Extract<PairState, { readonly outcome: unknown }> =>
  state.kind === 'done' || state.kind === 'stale';

/** Lines of Table 1: the runtimes on screen against the measured runs. */
export function runtimeLines(
  project: Pick<Project, 'rows' | 'measured'>,
  { runtimes }: Pick<VerdictView, 'runtimes'>,
): RuntimeLine[] {
  const shown = new Set(runtimes.map(({ experimentFolder }) => experimentFolder));
  const summaries = project.rows
    .filter(({ folder }) => shown.has(folder))
    .map((row) => project.measured(row).summary);
  return selectRuntimeTable(prepareFigureData([], runtimes), measuredRealSeconds(summaries)).map((row) => ({
    ...row,
    name: simulatorStyle(row.simulator).name,
  }));
}

/** `pause` gives the page a turn between figures. */
export async function bundleBytes(run: ReportRun, pause: () => Promise<void>): Promise<Uint8Array> {
  return resultBundle(run, await picturesOf(run, pause));
}

export async function htmlText(run: ReportRun, pause: () => Promise<void>): Promise<string> {
  return htmlReport(run, (await picturesOf(run, pause)).figures);
}

export async function saveBundle(
  host: Window,
  project: Project,
  shown = EVERYTHING,
  name = 'plumbline-results.zip',
): Promise<void> {
  const pause = (): Promise<void> => new Promise((resolve) => host.setTimeout(resolve));
  saveBytes(host, name, await bundleBytes(reportRunOf(project, shown), pause), 'application/zip');
}

const picturesOf = (run: ReportRun, pause: () => Promise<void>) =>
  reportFigures(
    errorRecordsCsv(recordsOf(run)),
    runtimeCsv(runtimesOf(run)),
    provenanceOf(run),
    measuredRealSeconds(run.experiments.map(({ summary }) => summary)),
    pause,
  );
