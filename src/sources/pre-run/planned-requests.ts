// How many requests a load profile sends, and the smaller profile that a capped run stands for (validator spec 10.2).

import { roundHalfEven } from '../../base/round-half-even';

export interface PlannedStage {
  readonly rateRps: number;
  readonly durationS: number;
}

/** Requests of one stage. */
export const plannedRequests = (stage: PlannedStage): number =>
  roundHalfEven(stage.rateRps * stage.durationS);

export const plannedTotal = (stages: readonly PlannedStage[]): number =>
  stages.reduce((sum, stage) => sum + plannedRequests(stage), 0);

/**
 * The stages of a run capped at `cap` requests: each but the last gets its share, the last the rest, and durations shrink with
 * the counts. A cap of 0, or one that is not below the plan, changes nothing.
 */
export function sampledStages<S extends PlannedStage>(stages: readonly S[], cap: number): readonly S[] {
  const total = plannedTotal(stages);
  if (cap <= 0 || total <= cap) return stages;
  let left = cap;
  return stages.map((stage, index) => {
    const isLast = index === stages.length - 1;
    const count = isLast ? left : roundHalfEven((cap * plannedRequests(stage)) / total);
    left -= count;
    return { ...stage, durationS: count / stage.rateRps };
  });
}
