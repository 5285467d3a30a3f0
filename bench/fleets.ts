// Fleets of the bench: 64 instances under the policies of the recorded native runs, with nothing stale.

import {
  ADMISSION_DEFAULTS,
  SCORER_PROFILES,
  type ClusterConfig,
  type RoutingPolicyName,
  type WeightedScorer,
} from '../src/domain/cluster-config';

const INSTANCES = 64;

/** @param scorers of `weighted`; the reference's default unless given. */
export function fleetOf(
  policy: RoutingPolicyName,
  scorers: readonly WeightedScorer[] = SCORER_PROFILES.default,
): ClusterConfig {
  return {
    instances: INSTANCES,
    admission: ADMISSION_DEFAULTS,
    sloPriorities: {},
    tenantBudgets: {},
    routing: { policy, scorers: policy === 'weighted' ? scorers : [] },
    snapshotRefreshIntervalUs: 0,
    cacheSignalDelayUs: 0,
    recordDecisions: false,
    counterfactualK: 0,
    nodePools: [],
    legacySignals: false,
  };
}
