// Random fleets with every control-plane feature, held to the cluster specification taken literally (tests/support/literal): each
// decision in its order with the number behind it and its regret, each request's times and end, each instance's counters.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  ADMISSION_POLICIES,
  ANALYZER_DEFAULTS,
  PD_DECIDERS,
  ROUTING_POLICIES,
  SATURATION_DETECTORS,
  SCORERS,
  type ClusterConfig,
  type DisaggregationConfig,
  type NodePool,
  type WeightedScorer,
} from '../../src/domain/cluster-config';
import { DECISION_STAGES, type ClusterResult } from '../../src/domain/cluster-result';
import type { EngineConfig } from '../../src/domain/run-config';
import { REQUEST_STATUSES } from '../../src/domain/run-result';
import type { Workload } from '../../src/domain/workload';
import { FleetSimulation } from '../../src/engine/fleet-simulation';
import { openRandomDoor } from '../../src/engine/random-door';
import { LiteralFleet, newJob, type LiteralSession } from '../support/literal/fleet';
import { sum } from '../support/literal/instance';
import { blackboxConfig, requestsOf, sessionsOf } from '../support/requests';
import { debugModule, releaseModule } from '../support/wasm';

const RUNS = Number(process.env['PLUMBLINE_PROPERTY_RUNS'] ?? 400);
const SEED = Number(process.env['PLUMBLINE_PROPERTY_SEED'] ?? 20_260_422);
const debug = debugModule();
const release = releaseModule();
const door = openRandomDoor(release);

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const seldom = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });

const scorers: fc.Arbitrary<readonly WeightedScorer[]> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...SCORERS), { minLength: 1, maxLength: 4 }),
    fc.array(int(1, 4), { minLength: 4, maxLength: 4 }),
  )
  .map(([names, weights]) => names.map((name, at) => ({ name, weight: weights[at] ?? 1 })));

const pools: fc.Arbitrary<readonly NodePool[]> = fc
  .array(
    fc.record({
      gpuType: fc.constantFrom('H100', 'L40S'),
      gpus: int(1, 3),
      nodes: int(0, 2),
      cost: int(1, 3),
    }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((drawn) =>
    drawn.map(({ gpuType, gpus, nodes, cost }, at) => ({
      name: `pool-${at}`,
      gpuType,
      gpusPerNode: gpus,
      gpuMemoryGib: 80,
      initialNodes: nodes,
      minNodes: 0,
      maxNodes: nodes,
      provisioningDelay: { meanS: 0, stddevS: 0 },
      costPerHour: cost,
    })),
  );

const autoscalers = fc.record({
  intervalUs: fc.constantFrom(500, 1250, 4000),
  scaleUpCooldownUs: fc.constantFrom(0, 2500),
  scaleDownCooldownUs: fc.constantFrom(0, 1250, 5000),
  actuationDelay: fc.record({
    meanS: fc.constantFrom(0, 0.0005, 0.003),
    stddevS: fc.constantFrom(0, 0, 0.002),
  }),
  kvCacheThreshold: fc.constantFrom(0.01, 0.05, 0.8),
  avgInputTokens: fc.constantFrom(8, 64, 512),
});

const disaggregations = fc.record({
  prefill: int(1, 2),
  decode: int(1, 2),
  decider: fc.constantFrom(...PD_DECIDERS),
  prefixThresholdTokens: int(0, 40),
  transferContention: fc.boolean(),
  kvBytesPerToken: fc.constantFrom(1000, 163_840, 700_000),
  prefillScorers: seldom(scorers),
  decodeScorers: seldom(scorers),
});

const controls = fc.record({
  instances: int(1, 5),
  policy: fc.constantFrom(...ROUTING_POLICIES, 'weighted' as const, 'prefix-affinity' as const),
  scorers,
  admission: fc.record({
    policy: fc.constantFrom(...ADMISSION_POLICIES, 'always-admit' as const, 'always-admit' as const),
    tokenBucketCapacity: int(20, 200),
    tokenBucketRefillRate: int(1000, 100_000),
    tierShedThreshold: int(0, 8),
    tierShedMinPriority: int(-3, 5),
    gaieQdThreshold: fc.constantFrom(0.5, 1, 5),
    gaieKvThreshold: fc.constantFrom(0.002, 0.01, 0.8),
  }),
  sloPriorities: fc.constantFrom({}, { batch: 2, other: -1 }),
  tenantBudgets: fc.constantFrom({}, {}, { a: 0.05 }, { a: 0, b: 0.5 }),
  snapshotRefreshIntervalUs: fc.constantFrom(0, 0, 0, 700, 5000),
  cacheSignalDelayUs: fc.constantFrom(0, 0, 900, 50_000),
  legacySignals: fc.boolean(),
  flowControl: seldom(
    fc.record({
      detector: fc.constantFrom(...SATURATION_DETECTORS),
      dispatchOrder: fc.constantFrom('fifo' as const, 'priority' as const),
      maxQueueDepth: fc.constantFrom(0, 1, 3),
      queueDepthThreshold: fc.constantFrom(0.5, 1, 5),
      kvCacheUtilThreshold: fc.constantFrom(0.002, 0.01, 0.8),
      maxConcurrency: int(1, 5),
    }),
  ),
  disaggregation: seldom(disaggregations),
  nodePools: seldom(pools),
  autoscaler: seldom(autoscalers),
});

/** Round numbers make many events fall on the same tick. */
const servers = fc.record({
  alpha: fc.constantFrom([0, 0, 0], [100.7, 2, 10.9], [0, 12.5, 0], [250, 0, 3]),
  beta: fc.constantFrom([125, 0, 0], [900.4, 3.5, 1.25], [250, 125, 125], [1000, 10, 5.5]),
  blockSizeTokens: fc.constantFrom(2, 4, 8, 16),
  maxNumRunningReqs: int(1, 6),
  maxNumScheduledTokens: fc.oneof(int(4, 30), int(30, 200)),
  maxModelLen: fc.constantFrom(0, 0, 60),
  admissionLatencyUs: fc.constantFrom(0, 0, 100, 250),
  routingLatencyUs: fc.constantFrom(0, 0, 125, 250),
  scheduler: fc.constantFrom('fcfs' as const, 'fcfs' as const, 'sjf' as const, 'priority-fcfs' as const),
  horizonUs: fc.oneof(fc.constant(Infinity), int(1000, 20_000)),
  seed: int(0, 1000),
});

/** Tokens of the shared prefixes, by stream. */
const PREFIXES = [16, 40, 9];
const prefixes = fc.oneof(fc.constant(undefined), int(0, PREFIXES.length - 1));
const loads = fc.record({
  requests: fc.array(
    fc.record({
      slot: int(0, 40),
      fresh: int(1, 40),
      output: int(1, 8),
      stream: prefixes,
      slack: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: int(1, 24) }),
      sloClass: fc.constantFrom('', 'critical', 'standard', 'batch', 'sheddable', 'background', 'other'),
      tenant: fc.constantFrom('', 'a', 'b'),
      model: fc.constantFrom('', '', '', 'test/model', 'another'),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  sessions: fc.array(
    fc.record({
      stream: prefixes,
      timeoutUs: fc.constantFrom(0, 5000),
      rounds: fc.array(fc.tuple(int(1, 30), int(1, 6), fc.constantFrom(0, 250, 1000)), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    { maxLength: 3 },
  ),
});

type Drawn<T> = T extends fc.Arbitrary<infer V> ? V : never;

const DEMO = { model: 'test/model', gpuType: 'H100', tp: 1 };

function clusterOf(drawn: Drawn<typeof controls>): ClusterConfig {
  const { policy, disaggregation: pd, instances, autoscaler, nodePools, flowControl, ...rest } = drawn;
  const isLegacyPolicy = policy === 'prefix-affinity' && drawn.legacySignals;
  const routing = isLegacyPolicy || policy !== 'prefix-affinity' ? policy : 'least-loaded';
  const apart: DisaggregationConfig | undefined =
    pd === undefined
      ? undefined
      : {
          prefillInstances: pd.prefill,
          decodeInstances: pd.decode,
          decider: pd.decider,
          prefixThresholdTokens: pd.prefixThresholdTokens,
          transferBandwidthGbs: 25,
          transferBaseLatencyMs: 0.05,
          transferContention: pd.transferContention,
          kvBytesPerToken: pd.kvBytesPerToken,
          ...(pd.prefillScorers === undefined ? {} : { prefillScorers: pd.prefillScorers }),
          ...(pd.decodeScorers === undefined ? {} : { decodeScorers: pd.decodeScorers }),
          prefill: {},
          decode: {},
        };
  return {
    ...rest,
    instances: Math.max(instances, (pd?.prefill ?? 0) + (pd?.decode ?? 0)),
    routing: { policy: routing, scorers: routing === 'weighted' ? drawn.scorers : [] },
    recordDecisions: true,
    counterfactualK: 9,
    nodePools: nodePools ?? [],
    replica: DEMO,
    ...(flowControl === undefined ? {} : { flowControl }),
    ...(apart === undefined ? {} : { disaggregation: apart }),
    ...(autoscaler === undefined ? {} : { autoscaler: { ...ANALYZER_DEFAULTS, ...autoscaler } }),
  };
}

interface Load {
  readonly workload: Workload;
  readonly sessions: readonly LiteralSession[];
  readonly jobs: () => ReturnType<typeof newJob>[];
}

function loadOf(drawn: Drawn<typeof loads>, horizonUs: number): Load {
  const prefixOf = (stream: number | undefined) =>
    stream === undefined ? undefined : ([stream, PREFIXES[stream] ?? 0] as const);
  const asked = drawn.requests.map((request, row) => {
    const arrivalUs = request.slot * 250;
    const prefix = prefixOf(request.stream);
    return {
      id: `request_${row}`,
      row,
      arrivalUs,
      input: request.fresh + (prefix?.[1] ?? 0),
      output: request.output,
      prefix,
      deadlineUs: request.slack === 0 ? 0 : arrivalUs + request.slack * 250,
      sloClass: request.sloClass,
      tenant: request.tenant,
      model: request.model,
      session: row < drawn.sessions.length ? row : -1,
      round: 0,
    };
  });
  const labels = (texts: readonly string[]) => {
    const names = [...new Set(texts)].filter((text) => text !== '');
    return { names, index: Int32Array.from(texts, (text) => names.indexOf(text)) };
  };
  const rows = asked.map(({ prefix, model, arrivalUs, input, output, deadlineUs, session }) => ({
    ...{ arrivalUs, input, output, deadlineUs, session },
    ...(prefix === undefined ? {} : { prefix }),
    ...(model === '' ? {} : { model }),
  }));
  const requests = {
    ...requestsOf(rows),
    sloClass: labels(asked.map(({ sloClass }) => sloClass)),
    tenantId: labels(asked.map(({ tenant }) => tenant)),
  };
  const sessions = drawn.sessions.slice(0, asked.length).map(({ stream, timeoutUs, rounds }) => ({
    prefix: prefixOf(stream),
    timeoutUs,
    rounds,
    maxRounds: rounds.length + 1,
  }));
  const table = sessionsOf(
    sessions.map(({ prefix, ...session }, at) => ({
      ...session,
      firstRequest: at,
      horizonUs,
      ...(prefix === undefined ? {} : { prefix }),
    })),
  );
  return {
    workload: sessions.length === 0 ? { requests } : { requests, sessions: table },
    sessions,
    jobs: () => asked.map((job) => newJob(job)),
  };
}

/** NaN as a text, so that the two ways to have no value compare. */
const shown = (values: Iterable<number>): string => [...values].map((value) => String(value)).join(' ');

/** States in which tokens have a sum of times between them. */
const WITH_ITL = new Set(['running', 'completed']);

function ofEngine(result: ClusterResult): unknown {
  const { requests, decisions: d } = result;
  if (d === undefined) throw new Error('decisions are recorded');
  return {
    decisions: Array.from({ length: d.count }, (_, at) =>
      [
        DECISION_STAGES[d.stage[at] ?? 0],
        d.request[at],
        d.atUs[at],
        d.value[at],
        d.number[at],
        d.regret[at],
      ].join(' '),
    ),
    requests: Array.from({ length: requests.count }, (_, row) => {
      const status = REQUEST_STATUSES[requests.status[row] ?? 0] ?? '';
      const times = [requests.ttftUs, requests.e2eUs, requests.schedulingDelayUs, requests.gatewayDelayUs];
      const itl = WITH_ITL.has(status) ? requests.itlSumUs[row] : 0;
      return [status, requests.handledBy[row], ...times.map((column) => column[row]), itl].join(' ');
    }),
    instances: result.instances.map(({ name, aggregate: a, meanQueueLength }) =>
      [
        ...[name, a.completed_requests, a.still_queued, a.still_running, a.dropped_unservable],
        ...[a.timed_out_requests, a.total_input_tokens, a.total_output_tokens],
        ...[Math.round(a.vllm_estimated_duration_s * 1e6), meanQueueLength],
      ].join(' '),
    ),
    counters: shown([
      result.aggregate.completed_requests,
      result.aggregate.still_queued,
      result.aggregate.still_running,
      result.aggregate.dropped_unservable,
      result.aggregate.timed_out_requests,
      result.routingRejections,
      result.gatewayDepth,
      result.gatewayShed,
    ]),
    shed: result.shedByClass,
    pools: [result.disaggregation?.requests ?? 0, result.disaggregation?.droppedAtDecode ?? 0],
    transfers: shown(requests.transferUs.filter((value) => value > 0).sort()),
    depth: result.disaggregation?.meanTransferDepth ?? 0,
  };
}

function ofSpecification(fleet: LiteralFleet): unknown {
  const { instances, jobs, horizonUs, config } = fleet;
  const of = (value: (instance: (typeof instances)[number]) => number): number => sum(instances.map(value));
  const isApart = (job: (typeof jobs)[number]): boolean => job.state === 'disaggregated';
  const e2e = (job: (typeof jobs)[number]): number => {
    if (!Number.isNaN(job.endUs)) return job.endUs;
    return job.state === 'completed' ? job.firstTokenUs + sum(job.itl) : NaN;
  };
  const depths = fleet.transferDepths;
  const hasContention = config.disaggregation?.transferContention === true;
  return {
    decisions: fleet.decisions.map(({ stage, row, atUs, value, number, regret }) =>
      [stage, row, atUs, value, number, regret].join(' '),
    ),
    requests: jobs.map((job) => {
      const state = job.state === 'underway' ? 'beyond-horizon' : job.state;
      const known = isApart(job) ? [NaN, NaN, NaN] : [job.firstTokenUs, e2e(job), job.delayUs];
      return [state, job.handledBy, ...known, job.gatewayUs, WITH_ITL.has(state) ? sum(job.itl) : 0].join(
        ' ',
      );
    }),
    instances: instances.map((each, index) =>
      [
        ...[fleet.names[index], each.completed, each.queue.length, each.batch.length, each.dropped],
        ...[each.timedOut, each.inputTokens, each.outputTokens, Math.min(each.clockUs, horizonUs)],
        each.queueLengths.length === 0 ? 0 : sum(each.queueLengths) / each.queueLengths.length,
      ].join(' '),
    ),
    counters: shown([
      of((each) => each.completed) - fleet.prefillCompleted,
      of((each) => each.queue.length),
      of((each) => each.batch.length) + fleet.transferring,
      of((each) => each.dropped) + fleet.droppedAtDecode,
      of((each) => each.timedOut),
      fleet.routingRejections,
      fleet.waiting.length,
      fleet.gatewayShed,
    ]),
    shed: fleet.shed,
    pools: [fleet.parents, fleet.droppedAtDecode],
    transfers: shown(Float64Array.from(fleet.transferUs).sort()),
    depth: hasContention && depths.length > 0 ? sum(depths) / depths.length : 0,
  };
}

function simulated(
  module: WebAssembly.Module,
  cluster: ClusterConfig,
  server: EngineConfig,
  { workload }: Load,
  slice: number,
) {
  const simulation = new FleetSimulation(module, cluster, server, workload);
  while (simulation.advance(slice));
  const result = simulation.finish();
  if (!result.ok) throw new Error(result.error.message);
  return ofEngine(result.value);
}

it('does what the specification says', { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(
      controls,
      servers,
      loads,
      int(1, 400),
      (control, { alpha, beta, ...settings }, drawn, slice) => {
        const cluster = clusterOf(control);
        const server = blackboxConfig(alpha, beta, { ...settings, totalKvBlocks: 6000 });
        // The founding era's own policy has no sessions to serve.
        const isFounding = cluster.routing.policy === 'prefix-affinity';
        const load = loadOf(isFounding ? { ...drawn, sessions: [] } : drawn, settings.horizonUs);
        const literal = new LiteralFleet(
          cluster,
          server,
          load.jobs(),
          load.sessions,
          door,
          settings.horizonUs,
        );
        literal.run();
        const expected = ofSpecification(literal);
        expect(simulated(release, cluster, server, load, 20_000)).toEqual(expected);
        expect(simulated(debug, cluster, server, load, slice)).toEqual(expected);
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
});
