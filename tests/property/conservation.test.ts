// Where every request of a fleet went, told from the request table, agrees with the instances' own counters: whatever the horizon,
// the deadlines and the admission policy.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLUSTER_FLAG_DEFAULTS, resolveCluster } from '../../src/adapters/blis/cluster-options';
import { ADMISSION_POLICIES } from '../../src/domain/cluster-config';
import { simulateCluster } from '../../src/engine/simulate-cluster';
import { conservationOf } from '../../src/report/run-detail/anomalies';
import { randomRuns } from '../support/random-runs';
import { releaseModule } from '../support/wasm';

const RUNS = Number(process.env['PLUMBLINE_PROPERTY_RUNS'] ?? 300);
const SEED = Number(process.env['PLUMBLINE_PROPERTY_SEED'] ?? 20_260_101);
const module = releaseModule();

it('adds up', async () => {
  await fc.assert(
    fc.asyncProperty(randomRuns, fc.constantFrom(...ADMISSION_POLICIES), async (run, admissionPolicy) => {
      const resolved = resolveCluster(
        {
          ...CLUSTER_FLAG_DEFAULTS,
          explicit: new Set(['routing-policy', 'admission-policy']),
          numInstances: 3,
          routingPolicy: 'least-loaded',
          admissionPolicy,
        },
        undefined,
      );
      if (!resolved.ok) throw new Error(resolved.error.message);
      const outcome = await simulateCluster(module, resolved.value.config, run.config, run.workload);
      if (!outcome.ok) throw new Error(outcome.error.message);
      const { offered, parts, holds } = conservationOf(outcome.value);
      expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(offered);
      expect(holds).toBe(true);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
