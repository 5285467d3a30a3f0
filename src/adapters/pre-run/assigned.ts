// Imported results as adapters see them: the proposals that the user let stand.

import type { Experiment } from '../../domain/experiment';
import type { Proposal } from '../../sources/pre-run/associate';
import type { AdapterContext, Eligibility } from '../adapter';
import { decide, type Rule } from '../eligibility';

/** The result assigned to this experiment for one simulator. */
export const assignedTo = (
  context: Pick<AdapterContext, 'preRun'>,
  simulator: string,
  experiment: Experiment,
): Proposal | undefined =>
  context.preRun?.find((proposal) => proposal.simulator === simulator && proposal.expId === experiment.expId);

/** An imported result always counts; without one the simulator's own limits are the reason, else that nothing was imported. */
export function importEligibility(
  rules: readonly Rule[],
  simulator: string,
  label: string,
  experiment: Experiment,
  context: Pick<AdapterContext, 'preRun'>,
): Eligibility {
  if (assignedTo(context, simulator, experiment) !== undefined) return { canRun: true };
  const verdict = decide(rules, experiment);
  if (!verdict.canRun) return verdict;
  return {
    canRun: false,
    cause: 'import',
    reason: `${label} runs outside the browser and no result of it is assigned to this experiment: export its input, run it, and import what it writes.`,
  };
}

/** Said beside a result that the study would not have run. */
export function outsideLimits(rules: readonly Rule[], experiment: Experiment): readonly string[] {
  const verdict = decide(rules, experiment);
  return verdict.canRun ? [] : [`Outside the study's limits: ${verdict.reason}`];
}
