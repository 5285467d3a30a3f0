// The project's results as the files that the export menu offers whole: the bundle and the HTML page.

import { reportFigures } from '../../figures/report-figures';
import { resultBundle } from '../../report/bundle/bundle';
import { htmlReport } from '../../report/bundle/html-report';
import {
  provenanceOf,
  recordsOf,
  runtimesOf,
  type MissingPair,
  type ReportRun,
} from '../../report/bundle/report-run';
import { errorRecordsCsv, runtimeCsv } from '../../report/record-csv';
import { saveBytes } from '../ui/save-file';
import type { PairState } from './pairs';
import type { ValidateProject } from './project.svelte';

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
>;

/** Experiments and simulators that are switched on, with what became of each pair. */
export function reportRunOf(project: Project): ReportRun {
  const rows = project.rows.filter(({ folder }) => project.isFolderOn(folder));
  const simulators = project.simulators.filter(({ name }) => project.isSimulatorOn(name));
  const pairs = rows.flatMap(({ folder }) =>
    simulators.map(({ name }) => ({ folder, simulator: name, state: project.pair(folder, name) })),
  );
  return {
    version: project.modelVersion,
    options: project.options,
    experiments: rows.map(({ experiment }) => experiment),
    simulators: simulators.map(({ name, label }) => ({ name, label })),
    outcomes: pairs.flatMap(({ state }) => (hasOutcome(state) ? [state.outcome] : [])),
    missing: pairs.flatMap(({ folder, simulator, state }): MissingPair[] => {
      if (state.kind === 'excluded') return [{ folder, simulator, kind: state.kind, reason: state.reason }];
      if (state.kind === 'failed') {
        return [{ folder, simulator, kind: state.kind, reason: state.failure.problem.message }];
      }
      return [];
    }),
    leftOut: project.entries.flatMap((entry) =>
      entry.kind === 'left-out' ? [{ folder: entry.folder, reason: entry.problem.message }] : [],
    ),
  };
}

const hasOutcome = (state: PairState): state is Extract<PairState, { readonly outcome: unknown }> =>
  state.kind === 'done' || state.kind === 'stale';

/** `pause` gives the page a turn between figures. */
export async function bundleBytes(run: ReportRun, pause: () => Promise<void>): Promise<Uint8Array> {
  return resultBundle(run, await picturesOf(run, pause));
}

export async function htmlText(run: ReportRun, pause: () => Promise<void>): Promise<string> {
  return htmlReport(run, (await picturesOf(run, pause)).figures);
}

export async function saveBundle(host: Window, project: Project): Promise<void> {
  const pause = (): Promise<void> => new Promise((resolve) => host.setTimeout(resolve));
  saveBytes(host, 'plumbline-results.zip', await bundleBytes(reportRunOf(project), pause), 'application/zip');
}

const picturesOf = (run: ReportRun, pause: () => Promise<void>) =>
  reportFigures(errorRecordsCsv(recordsOf(run)), runtimeCsv(runtimesOf(run)), provenanceOf(run), pause);
