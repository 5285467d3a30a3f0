// Findings of the quality checks over the open project, and the switch that leaves their rows out of the measured means. Checks
// and recomputation run in a worker, one experiment at a time.

import { withoutRequests, type Experiment } from '../../../domain/experiment';
import { CHECKS, type CheckName, type Finding } from '../../../validation/quality/finding';
import type { StatisticsApi } from '../../../workers/statistics-protocol';
import type { Keep } from '../../state/keep';
import type { ProjectRow, ValidateProject } from '../project.svelte';
import { byFolder, leftOutRows } from './left-out-rows';

export interface ExperimentFindings {
  readonly row: ProjectRow;
  readonly findings: readonly Finding[];
}

export interface CheckSummary {
  readonly check: CheckName;
  readonly experiments: readonly { readonly row: ProjectRow; readonly finding: Finding }[];
  /** The finding is about rows that can be left out of the means. */
  readonly canLeaveOut: boolean;
}

/** Experiments whose findings appear at once. */
const SHOWN_TOGETHER = 25;

export class QualityBoard {
  readonly statistics: StatisticsApi;
  #checked = $state.raw<readonly ExperimentFindings[]>([]);
  #isWorking = $state(false);
  /** Counts requests, so that a late answer of an earlier one is told apart. */
  #generation = 0;

  constructor(statistics: StatisticsApi) {
    this.statistics = statistics;
  }

  get checked(): readonly ExperimentFindings[] {
    return this.#checked;
  }
  get isWorking(): boolean {
    return this.#isWorking;
  }

  /** Checks that found something, in their order. */
  get summaries(): readonly CheckSummary[] {
    return CHECKS.flatMap((check): CheckSummary[] => {
      const experiments = this.#checked.flatMap(({ row, findings }) =>
        findings.filter((finding) => finding.check === check).map((finding) => ({ row, finding })),
      );
      if (experiments.length === 0) return [];
      const canLeaveOut = experiments.some(({ finding }) => finding.effects.length > 0);
      return [{ check, experiments, canLeaveOut }];
    });
  }

  /** Finds what is new among the rows; what was checked before is kept. */
  async check(rows: readonly ProjectRow[], signal: AbortSignal): Promise<void> {
    const known = this.#checked;
    const next: ExperimentFindings[] = [];
    for (const row of rows) {
      const before = known.find((entry) => entry.row.experiment === row.experiment);
      const findings = before?.findings ?? (await this.statistics.findings(row.experiment));
      if (signal.aborted) return;
      next.push({ row, findings });
      // Of many experiments a handful at a time: what is shown of them is made anew each time.
      if (next.length % SHOWN_TOGETHER === 0 || next.length < SHOWN_TOGETHER) this.#checked = [...next];
    }
    this.#checked = next;
  }

  /** Leaves a check's rows out of the means, or takes them in again, and judges the project anew. */
  async switch(project: ValidateProject, check: CheckName, isLeftOut: boolean): Promise<void> {
    const others = project.leftOut.checks.filter((name) => name !== check);
    const checks = isLeftOut ? [...others, check] : others;
    const generation = ++this.#generation;
    this.#isWorking = true;
    const problems: string[] = [];
    const measured: [string, Experiment][] = [];
    for (const { row, findings } of this.#checked) {
      const rows = leftOutRows(findings, checks);
      if (rows.length === 0) continue;
      if (findings.some((finding) => finding.check === 'mean-mismatch')) {
        problems.push(
          `${row.folder}: its summary and its per-request file disagree, so every row still counts there.`,
        );
        continue;
      }
      const rest = await this.statistics.withoutRows(row.experiment, rows);
      if (generation !== this.#generation) return;
      if (rest === undefined)
        problems.push(`${row.folder}: a stage would keep no request, so every row still counts.`);
      else measured.push([row.folder, { ...withoutRequests(row.experiment), ...rest }]);
    }
    project.leaveOut({ checks, measured: byFolder(measured), problems });
    this.#isWorking = false;
  }
}

/** The one board of the page. */
export function boardOf(kept: Keep, statistics: () => StatisticsApi): QualityBoard {
  return kept.get(
    'quality',
    () => new QualityBoard(statistics()),
    (value) => value instanceof QualityBoard,
  );
}
