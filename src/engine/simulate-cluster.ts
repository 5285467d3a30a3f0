// A simulation of a fleet from its inputs to its result, in slices that leave room for progress and cancelling.

import { fail, type Result } from '../base/result';
import type { ClusterConfig } from '../domain/cluster-config';
import type { ClusterResult } from '../domain/cluster-result';
import type { EngineConfig } from '../domain/run-config';
import type { Workload } from '../domain/workload';
import { FleetSimulation, type FleetOptions } from './fleet-simulation';
import { refusal } from './guards';
import { withoutTraps, type SimulationHooks } from './simulate';
import { horizonOf } from './simulation';

/** Events per slice: some ms of work. */
const SLICE_EVENTS = 20_000;

export interface ClusterHooks extends SimulationHooks, FleetOptions {}

/**
 * Simulates a fleet of equal instances.
 * @param instance configuration of every instance; its front-end latencies are the cluster's.
 */
export function simulateCluster(
  module: WebAssembly.Module,
  config: ClusterConfig,
  instance: EngineConfig,
  workload: Workload,
  hooks: ClusterHooks = {},
): Promise<Result<ClusterResult>> {
  return withoutTraps(async () => {
    const refused = refusal(instance, workload, horizonOf(instance, workload));
    if (refused !== undefined) return fail(refused);
    const simulation = new FleetSimulation(module, config, instance, workload, hooks);
    while (simulation.advance(SLICE_EVENTS)) {
      hooks.onProgress?.(simulation.ended, workload.requests.count);
      if (hooks.isCancelled?.() === true) {
        return fail({ code: 'cancelled', message: 'The run was cancelled.' });
      }
      await hooks.breathe?.();
    }
    hooks.onProgress?.(simulation.ended, workload.requests.count);
    if (simulation.problem !== undefined) return fail(simulation.problem);
    return simulation.finish();
  });
}
