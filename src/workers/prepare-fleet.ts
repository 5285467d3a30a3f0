// From the form's scenario of a fleet to what the engine takes. Every worker call that simulates starts here, so that a run, a
// cell of a sweep and an export of the same scenario are the same simulation.

import { parsePolicyBundle } from '../adapters/blis/policy-bundle';
import { resolveRun, type ResolvedRun } from '../adapters/blis/resolve-run';
import { ok, type Result } from '../base/result';
import type { Catalog } from '../catalog/catalog';
import { serverNotes } from '../domain/calibrated-server';
import type { ClusterConfig } from '../domain/cluster-config';
import type { EngineConfig } from '../domain/run-config';
import type { RequestColumns, Workload } from '../domain/workload';
import { loadWorkload } from './load-workload';
import type { FleetScenario } from './simulate-protocol';

export interface PreparedFleet {
  readonly cluster: ClusterConfig;
  readonly instance: EngineConfig;
  readonly workload: Workload;
  /** Both the trace level and the summary were asked for. */
  readonly summarizesTrace: boolean;
  /** The reference's `replay`, whose text lacks what only `run` prints. */
  readonly isReplay: boolean;
  /** What calibrated step times rest on, and where the load leaves it. */
  readonly basis?: readonly string[];
  readonly warnings: readonly string[];
}

/** The flags and the bundle of a scenario against the tables; no workload is made. */
export function resolveScenario(tables: Catalog, scenario: FleetScenario): Result<ResolvedRun> {
  const bundle = scenario.bundle === '' ? undefined : parsePolicyBundle(scenario.bundle, 'the policy bundle');
  if (bundle?.ok === false) return bundle;
  return resolveRun(scenario.values, bundle?.value, tables, scenario.modelFacts);
}

/** Makes the workload too; the first thing wrong ends it. */
export async function prepareFleet(
  wasm: WebAssembly.Module,
  tables: Catalog,
  scenario: FleetScenario,
): Promise<Result<PreparedFleet>> {
  const run = resolveScenario(tables, scenario);
  if (!run.ok) return run;
  const load = await loadWorkload(wasm, tables, scenario);
  if (!load.ok) return load;
  const { cluster, instance, summarizesTrace, warnings } = run.value;
  return ok({
    cluster,
    instance,
    workload: load.value.workload,
    summarizesTrace,
    isReplay: load.value.isReplay,
    ...(scenario.server === undefined
      ? {}
      : { basis: serverNotes(scenario.server, meanContextTokens(load.value.workload.requests)) }),
    warnings: [...warnings, ...load.value.warnings],
  });
}

/** Mean context length of decoding requests, tokens: each counts for as long as it decodes. */
function meanContextTokens({ inputTokens, outputTokens }: RequestColumns): number {
  let weighted = 0;
  let decoded = 0;
  inputTokens.forEach((prompt, row) => {
    const output = outputTokens[row] ?? 0;
    weighted += output * (prompt + output / 2);
    decoded += output;
  });
  return weighted / decoded;
}
