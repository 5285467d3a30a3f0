// One cell of a sweep: a scenario simulated and reduced where it ran.

import { fail, ok, type Result } from '../base/result';
import type { Catalog } from '../catalog/catalog';
import type { RunFigures } from '../domain/run-figures';
import { workloadHash } from '../domain/run-hashes';
import type { SimulationHooks } from '../engine/simulate';
import { simulateCluster } from '../engine/simulate-cluster';
import { runFigures } from '../report/run-figures';
import { prepareFleet } from './prepare-fleet';
import type { MeasureJob } from './simulate-protocol';

export async function measureScenario(
  wasm: WebAssembly.Module,
  tables: Catalog,
  { scenario, targets }: MeasureJob,
  hooks: SimulationHooks,
): Promise<Result<RunFigures>> {
  if (scenario.kind === 'classic') {
    return fail({
      code: 'not-supported',
      message: 'The founding version has none of the parameters that a sweep changes. Choose another preset.',
    });
  }
  const fleet = await prepareFleet(wasm, tables, scenario);
  if (!fleet.ok) return fleet;
  const { cluster, instance, workload } = fleet.value;
  // Before the run: rounds of sessions that are drawn on demand are used up by it.
  const asked = workloadHash(workload);
  const result = await simulateCluster(wasm, cluster, instance, workload, hooks);
  if (!result.ok) return result;
  return ok(runFigures({ cluster, instance, result: result.value, workloadHash: asked }, targets));
}
