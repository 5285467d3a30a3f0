// From the form's scenario of a fleet to what the engine takes. Every worker call that simulates starts here, so that a run, a
// cell of a sweep and an export of the same scenario are the same simulation.

import { CLUSTER_FLAG_DEFAULTS, resolveCluster } from '../adapters/blis/cluster-options';
import { resolveBlisOptions } from '../adapters/blis/resolve-options';
import { ok, type Result } from '../base/result';
import type { Catalog } from '../catalog/catalog';
import type { ClusterConfig } from '../domain/cluster-config';
import type { EngineConfig, PriorityPolicy } from '../domain/run-config';
import type { Workload } from '../domain/workload';
import { openRandomDoor } from '../engine/random-door';
import { generateWorkload } from '../workload/generate';
import { DISTRIBUTION_DEFAULTS, distributionSpec } from '../workload/synthesise';
import type { Scenario } from './simulate-protocol';

export interface PreparedFleet {
  readonly cluster: ClusterConfig;
  readonly instance: EngineConfig;
  readonly workload: Workload;
  readonly priorityPolicy: PriorityPolicy;
  readonly warnings: readonly string[];
}

/** Generates the workload too; the first thing wrong ends it. */
export function prepareFleet(
  wasm: WebAssembly.Module,
  tables: Catalog,
  scenario: Extract<Scenario, { kind: 'fleet' }>,
): Result<PreparedFleet> {
  const { load } = scenario;
  const cluster = resolveCluster(
    {
      ...CLUSTER_FLAG_DEFAULTS,
      explicit: new Set(['routing-policy', ...(scenario.routingScorers === '' ? [] : ['routing-scorers'])]),
      numInstances: scenario.instances,
      routingPolicy: scenario.routingPolicy,
      routingScorers: scenario.routingScorers,
    },
    undefined,
  );
  if (!cluster.ok) return cluster;
  const instance = resolveBlisOptions({ ...scenario.options, seed: load.seed }, tables);
  if (!instance.ok) return instance;
  const spec = distributionSpec({
    ...DISTRIBUTION_DEFAULTS,
    rate: load.rateRps,
    numRequests: load.numRequests,
    seed: BigInt(load.seed),
    prompt: load.prompt,
    output: load.output,
    prefixTokens: load.prefixTokens,
  });
  if (!spec.ok) return spec;
  const workload = generateWorkload(spec.value, { random: openRandomDoor(wasm), seed: BigInt(load.seed) });
  if (!workload.ok) return workload;
  return ok({
    cluster: cluster.value.config,
    instance: instance.value.config,
    workload: workload.value,
    priorityPolicy: cluster.value.priorityPolicy,
    warnings: [...instance.value.warnings, ...cluster.value.warnings],
  });
}
