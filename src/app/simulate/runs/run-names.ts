// What a run is called on its chip: the reader's name, else what it differs in, else what the form called it.

import { calibrationOf } from '../held-servers';
import { changesBetween, shortDifference } from './difference';
import type { ListedRun } from './run-list.svelte';

/** "calibrated on …" for runs on a calibrated server, whatever they are called. */
export const runCalibration = ({ origin }: ListedRun): string | undefined =>
  origin.settings === undefined ? undefined : calibrationOf(origin.settings);

/**
 * @param all the runs on the table.
 * @param baseline the run that the others are compared with; it is named by what any of them differs in.
 */
export function runName(run: ListedRun, all: readonly ListedRun[], baseline: ListedRun | undefined): string {
  const own = run.origin.settings;
  if (run.name !== undefined) return run.name;
  if (own === undefined || baseline === undefined) return run.label;
  const others = run.id === baseline.id ? all.filter(({ id }) => id !== run.id) : [baseline];
  const changes = others.flatMap(({ origin }) =>
    origin.settings === undefined ? [] : changesBetween(origin.settings, own),
  );
  const distinct = changes.filter(
    ({ label }, index) => changes.findIndex((change) => change.label === label) === index,
  );
  const words = shortDifference(distinct, 'to');
  return words === '' ? run.label : words;
}
