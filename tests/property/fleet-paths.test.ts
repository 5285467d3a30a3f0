// Random fleets: results do not depend on the slices. The debug build, which holds every step to visits of every member and the
// signals at every look to what the instances would say, gives the same; and a fleet of one is the instance alone.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  ADMISSION_DEFAULTS,
  ANALYZER_DEFAULTS,
  ROUTING_POLICIES,
  SCORERS,
  type ClusterConfig,
} from '../../src/domain/cluster-config';
import { DECISION_STAGES, type ClusterResult } from '../../src/domain/cluster-result';
import { simulate } from '../../src/engine/simulate';
import { FleetSimulation } from '../../src/engine/fleet-simulation';
import { randomRuns, type RandomRun } from '../support/random-runs';
import { debugModule, releaseModule } from '../support/wasm';

const RUNS = Number(process.env['PLUMBLINE_PROPERTY_RUNS'] ?? 300);
const SEED = Number(process.env['PLUMBLINE_PROPERTY_SEED'] ?? 20_260_101);
const SCALE_UP = DECISION_STAGES.indexOf('scale-up');
const debug = debugModule();
const release = releaseModule();

const fleets: fc.Arbitrary<ClusterConfig> = fc
  .record({
    instances: fc.integer({ min: 1, max: 5 }),
    policy: fc.constantFrom(...ROUTING_POLICIES),
    scorers: fc.uniqueArray(fc.constantFrom(...SCORERS), { minLength: 1, maxLength: 4 }),
    weights: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 }),
    admission: fc.constantFrom('always-admit' as const, 'tier-shed' as const, 'token-bucket' as const),
    threshold: fc.integer({ min: 0, max: 12 }),
    snapshotRefreshIntervalUs: fc.constantFrom(0, 0, 700, 5000),
    cacheSignalDelayUs: fc.constantFrom(0, 0, 900),
    legacySignals: fc.boolean(),
  })
  .map(({ instances, policy, scorers, weights, admission, threshold, ...signals }) => ({
    ...signals,
    instances,
    // Nobody's priority reaches this, so a busy fleet sheds whatever comes.
    admission: {
      ...ADMISSION_DEFAULTS,
      policy: admission,
      tierShedThreshold: threshold,
      tierShedMinPriority: 5,
    },
    sloPriorities: {},
    tenantBudgets: {},
    routing: {
      policy,
      scorers: policy === 'weighted' ? scorers.map((name, at) => ({ name, weight: weights[at] ?? 1 })) : [],
    },
    recordDecisions: true,
    counterfactualK: 2,
    nodePools: [],
  }));

function fleetRun(
  module: WebAssembly.Module,
  fleet: ClusterConfig,
  { config, workload }: RandomRun,
  slice: number,
): ClusterResult {
  const simulation = new FleetSimulation(module, fleet, config, workload);
  while (simulation.advance(slice));
  const outcome = simulation.finish();
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

/** All columns and numbers but the memory used, as one text. */
const fingerprint = ({ wasmBytes: _bytes, ...result }: ClusterResult): string =>
  JSON.stringify(result, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      : value,
  );

const read = (fleet: ClusterConfig, run: RandomRun, slice: number): string =>
  fingerprint(fleetRun(release, fleet, run, slice));

const textOf = (columns: readonly ArrayBufferView[]): string =>
  columns.map((column) => Buffer.from(column.buffer).toString('base64')).join(' ');

it('gives the same fleet in one go, event by event and in both builds', { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(fleets, randomRuns, (fleet, run) => {
      const whole = read(fleet, run, 20_000);
      expect(read(fleet, run, 1)).toBe(whole);
      expect(read(fleet, run, run.slice)).toBe(whole);
      expect(fingerprint(fleetRun(debug, fleet, run, 50))).toBe(whole);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

const SCALED = {
  replica: { model: 'demo', gpuType: 'H100', tp: 1 },
  nodePools: [
    {
      name: 'a',
      gpuType: 'H100',
      gpusPerNode: 3,
      gpuMemoryGib: 80,
      initialNodes: 2,
      minNodes: 1,
      maxNodes: 2,
      provisioningDelay: { meanS: 0, stddevS: 0 },
      costPerHour: 1,
    },
  ],
  autoscaler: {
    ...ANALYZER_DEFAULTS,
    avgInputTokens: 8,
    intervalUs: 5000,
    scaleUpCooldownUs: 0,
    scaleDownCooldownUs: 10_000,
    actuationDelay: { meanS: 0.003, stddevS: 0.002 },
  },
};

it('loses no request while it scales, however it is sliced', { timeout: 3_600_000 }, () => {
  let changes = 0;
  fc.assert(
    fc.property(fleets, randomRuns, (drawn, cut) => {
      const fleet = { ...drawn, ...SCALED };
      // Beyond every drawn arrival: a cut run may catch requests between two decisions.
      const run = { ...cut, config: { ...cut.config, horizonUs: 10_000_000 } };
      const whole = fleetRun(release, fleet, run, 20_000);
      expect(read(fleet, run, 1)).toBe(fingerprint(whole));
      expect(fingerprint(fleetRun(debug, fleet, run, 50))).toBe(fingerprint(whole));
      changes += whole.decisions?.stage.filter((stage) => stage >= SCALE_UP).length ?? 0;
      const sum = whole.instances.reduce((total, each) => total + each.aggregate.injected_requests, 0);
      expect(whole.aggregate.injected_requests).toBe(sum);
      if (run.workload.sessions !== undefined) return;
      const shed = Object.values(whole.shedByClass).reduce((total, count) => total + count, 0);
      expect(sum + shed + whole.routingRejections).toBe(run.workload.requests.count);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(changes).toBeGreaterThan(0);
});

it('gives a fleet of one what the instance alone gives', { timeout: 3_600_000 }, () =>
  fc.assert(
    fc.asyncProperty(fleets, randomRuns, async (drawn, run) => {
      fc.pre(run.workload.sessions === undefined);
      const config = { ...run.config, admissionLatencyUs: 0, routingLatencyUs: 0 };
      const fleet = { ...drawn, instances: 1, admission: ADMISSION_DEFAULTS };
      const alone = await simulate(release, config, run.workload);
      if (!alone.ok) throw new Error(alone.error.message);
      const { aggregate, requests, stepCount } = fleetRun(debug, fleet, { ...run, config }, run.slice);
      expect(aggregate).toEqual(alone.value.aggregate);
      expect(stepCount).toBe(alone.value.stepCount);
      const told = ({ ttftUs, e2eUs, itlSumUs, schedulingDelayUs }: typeof requests): string =>
        textOf([ttftUs, e2eUs, itlSumUs, schedulingDelayUs]);
      expect(told(requests)).toBe(told(alone.value.requests));
    }),
    { numRuns: RUNS, seed: SEED },
  ),
);
