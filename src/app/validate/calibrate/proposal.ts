// What to fit on and what to predict, proposed from what is there: the deployment with most runs, its largest ordinary run to
// fit on, and its other runs to be predicted.

import type { Experiment } from '../../../domain/experiment';

export type Use = 'fit' | 'predict' | 'leave';

export interface Candidate {
  readonly folder: string;
  readonly experiment: Experiment;
}

export interface DeploymentGroup {
  readonly key: string;
  readonly label: string;
  readonly rows: readonly Candidate[];
}

export const deploymentKey = ({ model, tp, hardware, precision }: Experiment): string =>
  [model.toLowerCase(), hardware, `TP ${tp}`, precision].join(' · ');

const shortModel = (model: string): string => model.slice(model.lastIndexOf('/') + 1);

/** Runs by server, in order of appearance. */
export function deployments(rows: readonly Candidate[]): DeploymentGroup[] {
  const groups = new Map<string, Candidate[]>();
  for (const row of rows) {
    const key = deploymentKey(row.experiment);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups].map(([key, own]) => {
    const [first] = own;
    const e = first?.experiment;
    return {
      key,
      rows: own,
      label: e === undefined ? key : `${shortModel(e.model)} on ${e.tp} × ${e.hardware}, ${e.precision}`,
    };
  });
}

export const hasRows = ({ experiment }: Candidate): boolean => (experiment.requests?.count ?? 0) > 0;

/** Stages that are neither failed nor hopelessly queued: mean TTFT under a tenth of mean E2E. */
function isOrdinary({ experiment }: Candidate): boolean {
  return experiment.stages.every(({ ttft, e2e }) => (ttft.mean ?? 0) < 0.1 * (e2e.mean ?? Infinity));
}

/** The proposed use of every run, by folder. */
export function proposeUses(rows: readonly Candidate[]): Map<string, Use> {
  const uses = new Map<string, Use>(rows.map(({ folder }) => [folder, 'leave']));
  const [best] = deployments(rows)
    .map((group) => group.rows)
    .sort((a, b) => b.filter(hasRows).length - a.filter(hasRows).length);
  const fittable = best?.filter(hasRows) ?? [];
  if (best === undefined || fittable.length === 0) return uses;
  const ordinary = fittable.filter(isOrdinary);
  const size = ({ experiment }: Candidate): number =>
    1e6 * experiment.stages.length + (experiment.requests?.count ?? 0);
  const fitted = [...(ordinary.length > 0 ? ordinary : fittable)].sort((a, b) => size(b) - size(a))[0];
  for (const row of best) {
    // Without rows a run is predicted from generated arrivals, which says nothing about an overloaded one.
    if (row === fitted) uses.set(row.folder, 'fit');
    else if (hasRows(row) || isOrdinary(row)) uses.set(row.folder, 'predict');
  }
  return uses;
}

/** Why the choice cannot be fitted, or nothing. */
export function objection(rows: readonly Candidate[], uses: ReadonlyMap<string, Use>): string | undefined {
  const chosen = (use: Use): Candidate[] => rows.filter(({ folder }) => uses.get(folder) === use);
  const fitted = chosen('fit');
  if (fitted.length === 0 && chosen('predict').length === 0) return 'Choose at least one run to predict.';
  const withRows = fitted.filter(hasRows).length;
  if (withRows > 0 && withRows < fitted.length) {
    return 'Runs with and without per-request rows cannot be fitted together.';
  }
  return undefined;
}
