// Which rows of an experiment a choice of checks leaves out of its means.

import type { CheckName, Finding } from '../../../validation/quality/finding';

/** 0-based, each once; only findings whose rows are in the means count. */
export function leftOutRows(findings: readonly Finding[], checks: readonly CheckName[]): readonly number[] {
  const rows = findings.flatMap((finding) =>
    checks.includes(finding.check) && finding.effects.length > 0 ? (finding.rows ?? []) : [],
  );
  return [...new Set(rows)];
}

export const byFolder = <Value>(entries: Iterable<readonly [string, Value]>): ReadonlyMap<string, Value> =>
  new Map(entries);
