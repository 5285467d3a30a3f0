// The rows of the card of imported results, in words.

import type { ProposalEdit } from '../../../sources/pre-run/associate';
import type { Assignment } from '../../../workers/pre-run-reading';
import { modelName } from '../../../report/verdict/plumb-rows';
import type { ProjectRow } from '../project.svelte';

export interface Choice {
  /** A number of an experiment, `none`, `proposed`, or empty while there is no answer. */
  readonly value: string;
  readonly label: string;
}

export interface ImportRow {
  readonly key: string;
  readonly simulator: string;
  readonly file: string;
  readonly reason: string;
  readonly warnings: readonly string[];
  readonly chosen: string;
  /** The experiments that the rules would offer, then all others. */
  readonly likely: readonly Choice[];
  readonly others: readonly Choice[];
  readonly isEdited: boolean;
  readonly seconds: string;
}

const MAX_LIKELY = 12;

export function importRows(assignments: readonly Assignment[], rows: readonly ProjectRow[]): ImportRow[] {
  const choices = experimentChoices(rows);
  return assignments.map((assignment) => {
    const { key, simulator, expId, rule, reason, warnings, candidates, wallClockSeconds } = assignment;
    const isLikely = ({ value }: Choice): boolean =>
      candidates.length <= MAX_LIKELY && candidates.some((candidate) => String(candidate) === value);
    const isEdited = rule === 'edited';
    return {
      key,
      simulator,
      file: key.split('|', 1)[0] ?? key,
      reason,
      warnings,
      chosen: expId === undefined ? (isEdited ? 'none' : '') : String(expId),
      likely: choices.filter(isLikely),
      others: choices.filter((choice) => !isLikely(choice)),
      isEdited,
      seconds: wallClockSeconds === undefined ? '' : String(wallClockSeconds),
    };
  });
}

/** Results name experiments by number, so those without one, or with one that occurs twice, come once. */
function experimentChoices(rows: readonly ProjectRow[]): Choice[] {
  const choices = new Map<number, Choice>();
  for (const { experiment } of rows) {
    const { expId, model, workload, hardware, tp } = experiment;
    if (choices.has(expId)) continue;
    const label = `${expId}: ${modelName(model)}, ${workload}, ${hardware} TP ${tp}`;
    choices.set(expId, { value: String(expId), label });
  }
  return [...choices.values()];
}

/** What a choice of the select means; nothing = as proposed. */
export function editOf(value: string): ProposalEdit | undefined {
  if (value === 'proposed') return undefined;
  return { expId: value === 'none' ? 'none' : Number(value) };
}

/** Seconds that somebody typed; nothing when it is no time. */
export function secondsOf(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) || value < 0 ? undefined : value;
}

export function headlineOf(rows: readonly ImportRow[]): string {
  if (rows.length === 0) return 'none added';
  const counting = rows.filter(({ chosen }) => chosen !== '' && chosen !== 'none').length;
  const open = rows.filter(({ chosen }) => chosen === '').length;
  return `${counting} of ${rows.length} ${counting === 1 ? 'counts' : 'count'}${open === 0 ? '' : `, ${open} without an experiment`}`;
}
