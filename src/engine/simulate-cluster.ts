// One simulation of a fleet: instances and control plane share one fresh instance of the module (assembly/cluster).

import { textAt } from '../base/columns';
import { fail, ok, type Result } from '../base/result';
import type { ClusterConfig, DisaggregationConfig, PoolOverride } from '../domain/cluster-config';
import type { ClusterResult, DisaggregationResult, InstanceResult } from '../domain/cluster-result';
import type { EngineConfig } from '../domain/run-config';
import { REQUEST_STATUSES, type KvSummary, type RequestResultColumns } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { aggregateOf, kvSummaryOf } from './aggregate';
import {
  POOL_SLOTS,
  instantiate,
  readLayout,
  readSummary,
  type EngineExports,
  type InstanceSummary,
  type PoolFigures,
} from './binding';
import { writeCluster } from './cluster-block';
import { writeConfig } from './config-block';
import { DecisionLog } from './decision-log';
import { sortedCounts } from './order-statistics';
import { contentNumbers } from './prompt-content';
import { planPrefixes, writeIds, writeRequests } from './request-table';
import { readRequests, readSubRequests, type SubRequestColumns } from './result-columns';
import { SessionTable } from './session-table';
import { drainSpans, type SpanSink } from './step-log';
import { readLife, watch } from './request-life';
import type { SimulationHooks } from './simulate';

/** Events per slice: some ms of work. */
const SLICE_EVENTS = 20_000;
const REJECTED = REQUEST_STATUSES.indexOf('routing-rejected');
const TURNED_AWAY = REQUEST_STATUSES.indexOf('admission-rejected');
const BEYOND_HORIZON = REQUEST_STATUSES.indexOf('beyond-horizon');
const AT_GATEWAY = REQUEST_STATUSES.indexOf('gateway-queued');
const GATEWAY_SHED = REQUEST_STATUSES.indexOf('gateway-shed');
const NOT_ARRIVED = REQUEST_STATUSES.indexOf('not-arrived');

export interface ClusterHooks extends SimulationHooks {
  /** Takes what every instance did, between slices. */
  readonly onSpans?: SpanSink;
  /** Row of a request whose life is kept. */
  readonly watch?: number;
}

/**
 * Simulates a fleet of equal instances.
 * @param instance configuration of every instance; its front-end latencies are the cluster's.
 */
export async function simulateCluster(
  module: WebAssembly.Module,
  config: ClusterConfig,
  instance: EngineConfig,
  workload: Workload,
  hooks: ClusterHooks = {},
): Promise<Result<ClusterResult>> {
  if (config.autoscaler !== undefined || config.nodePools.length > 0) {
    return fail({
      code: 'not-supported',
      message:
        'Autoscaling and node pools are not simulated; remove `autoscaler` and `node_pools` from the policy bundle.',
    });
  }
  const engine = instantiate(module);
  try {
    return await simulateIn(engine, config, instance, workload, hooks);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    return fail({
      code: 'engine-trap',
      message: `The engine stopped on an inconsistency (${error.message}). This is a defect of Plumbline; please report the configuration.`,
    });
  }
}

async function simulateIn(
  engine: EngineExports,
  config: ClusterConfig,
  instance: EngineConfig,
  workload: Workload,
  hooks: ClusterHooks,
): Promise<Result<ClusterResult>> {
  const { requests, sessions } = workload;
  engine.useFleetRecords();
  const layout = readLayout(engine);
  const prefixes = planPrefixes(requests, sessions, instance.blockSizeTokens);
  const table = writeRequests(engine, layout, instance, requests, prefixes);
  const { disaggregation } = config;
  if (instance.scheduler !== 'fcfs' || disaggregation !== undefined)
    writeIds(engine, requests, sessions?.sessionId ?? []);
  let sessionTable: SessionTable | undefined;
  if (sessions !== undefined) {
    sessionTable = new SessionTable(engine, sessions, workload.moreRounds);
    const firstKeyOf = (stream: number): number => prefixes.firstBlock.get(stream) ?? 0;
    sessionTable.write(requests.count, workload.followUpBudget ?? Infinity, firstKeyOf);
  }
  const horizonUs = instance.horizonUs < Infinity ? instance.horizonUs : (workload.horizonUs ?? Infinity);
  const names = Array.from({ length: config.instances }, (_, index) => `instance_${index}`);
  const hasConversations =
    requests.promptSegments !== undefined || sessions?.accumulates.includes(1) === true;
  const cluster = writeCluster(engine, layout, table, config, instance, workload, {
    horizonUs,
    sharedBlocks: prefixes.blocks,
    names,
    hasConversations,
    ...(config.routing.policy === 'prefix-affinity'
      ? { contentOf: contentNumbers(requests, instance.blockSizeTokens) }
      : {}),
  });
  const log = hooks.onSpans === undefined ? 'none' : 'spans';
  const block = writeConfig(engine, instance, workload, {
    horizonUs,
    prefixBlocks: prefixes.blocks,
    log,
    hasConversations,
  });
  const poolBlock = (pool: PoolOverride | undefined): number =>
    pool === undefined || Object.keys(pool).length === 0
      ? block
      : writeConfig(engine, { ...instance, ...pool }, workload, {
          horizonUs,
          prefixBlocks: prefixes.blocks,
          log,
          hasConversations,
        });
  const prefillBlock = poolBlock(disaggregation?.prefill);
  const decodeBlock = poolBlock(disaggregation?.decode);
  const prefillEnd = disaggregation?.prefillInstances ?? 0;
  const decodeEnd = prefillEnd + (disaggregation?.decodeInstances ?? 0);
  const addresses = names.map((_, index) => {
    const own = index < prefillEnd ? prefillBlock : index < decodeEnd ? decodeBlock : block;
    const address = engine.configureInstance(own);
    engine.clusterAdd(cluster, address);
    return address;
  });
  const decisions = config.recordDecisions
    ? new DecisionLog(engine, cluster, config.counterfactualK)
    : undefined;
  const ended = (): number => addresses.reduce((sum, address) => sum + engine.endedCount(address), 0);
  if (hooks.watch !== undefined) watch(engine, hooks.watch);
  for (;;) {
    const done = engine.clusterRun(cluster, SLICE_EVENTS);
    const drained = decisions?.drain() ?? false;
    const spans = hooks.onSpans !== undefined && drainSpans(engine, addresses, hooks.onSpans);
    const fed = sessionTable?.refill() ?? false;
    hooks.onProgress?.(ended(), requests.count);
    if (done < SLICE_EVENTS && !drained && !spans && !fed) break;
    if (hooks.isCancelled?.() === true) {
      return fail({ code: 'cancelled', message: 'The run was cancelled.' });
    }
    await hooks.breathe?.();
  }
  const summaries = addresses.map((address) => readSummary(engine, address));
  const columns = readRequests(engine, layout, table, workload, summaries[0]?.postDecodeUs ?? 0);
  markUnknown(columns);
  const pools = disaggregation === undefined ? undefined : readPools(engine, cluster);
  const subs =
    pools === undefined
      ? undefined
      : readSubRequests(
          engine,
          layout,
          engine.clusterSubPages(cluster),
          pools.subRequests,
          summaries[prefillEnd]?.postDecodeUs ?? 0,
        );
  const itl = addresses.map((address) => readItl(engine, address));
  const instances = summaries.map((summary, index): InstanceResult => {
    const own = rowsOf(columns, subs, index);
    const endUs = Math.min(summary.clockUs, horizonUs);
    const name = names[index] ?? '';
    return {
      name,
      aggregate: {
        ...aggregateOf(summary, endUs, own, sortedCounts(itl[index] ?? new Float64Array())),
        instance_id: name,
      },
      kv: kvSummaryOf(summary),
      stepCount: summary.steps,
      meanQueueLength: summary.steps > 0 ? summary.waitingSum / summary.steps : 0,
    };
  });
  const whole = countWhole(addUp(summaries), pools);
  const countOf = (status: number): number =>
    columns.status.reduce((sum, each) => sum + (each === status ? 1 : 0), 0);
  const left = columns.status.some((status) => status < 3);
  return ok({
    end: { kind: left ? 'horizon' : 'finished' },
    aggregate: aggregateOf(
      whole,
      Math.min(whole.clockUs, horizonUs),
      columns,
      sortedCounts(concatenate(itl)),
    ),
    kv: meanOf(instances, whole),
    instances,
    requests: columns,
    routingRejections: countOf(REJECTED),
    gatewayDepth: countOf(AT_GATEWAY),
    gatewayShed: countOf(GATEWAY_SHED),
    ...(disaggregation === undefined || pools === undefined
      ? {}
      : { disaggregation: poolResult(disaggregation, pools) }),
    shedByClass: shedByClass(columns),
    ...(decisions === undefined ? {} : { decisions: decisions.columns() }),
    ...(hooks.watch === undefined ? {} : { life: readLife(engine, addresses) }),
    stepCount: whole.steps,
    wasmBytes: engine.memory.buffer.byteLength,
  });
}

/** What never reached an instance is unknown to the metrics, unless it was turned away. */
function markUnknown(columns: RequestResultColumns): void {
  for (let row = 0; row < columns.count; row++) {
    if ((columns.handledBy[row] ?? -1) < 0 && columns.status[row] === NOT_ARRIVED)
      columns.status[row] = BEYOND_HORIZON;
  }
}

function readItl(engine: EngineExports, address: number): Float64Array {
  const values = engine.finishItl(address);
  const at = engine.allocate(16 * values);
  engine.writeItl(address, at);
  return new Float64Array(engine.memory.buffer.slice(at, at + 16 * values));
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What the instance served, sub-requests in place of the requests they are parts of. */
function rowsOf(
  columns: RequestResultColumns,
  subs: SubRequestColumns | undefined,
  index: number,
): RequestResultColumns {
  const own = (column: Float64Array, parts: Float64Array | undefined): Float64Array => {
    const whole = column.map((value, row) =>
      columns.handledBy[row] === index && columns.disaggregated[row] !== 1 ? value : NaN,
    );
    if (parts === undefined || subs === undefined) return whole;
    return concatenate([whole, parts.map((value, row) => (subs.handledBy[row] === index ? value : NaN))]);
  };
  return {
    ...columns,
    ttftUs: own(columns.ttftUs, subs?.ttftUs),
    e2eUs: own(columns.e2eUs, subs?.e2eUs),
    schedulingDelayUs: own(columns.schedulingDelayUs, subs?.schedulingDelayUs),
  };
}

function poolResult(config: DisaggregationConfig, pools: PoolFigures): DisaggregationResult {
  return {
    prefillInstances: config.prefillInstances,
    decodeInstances: config.decodeInstances,
    transferred: pools.transferred,
    droppedAtDecode: pools.dropped,
    ...(config.transferContention
      ? {
          peakTransfers: pools.peak,
          meanTransferDepth: pools.started > 0 ? pools.depthSum / pools.started : 0,
        }
      : {}),
  };
}

function readPools(engine: EngineExports, cluster: number): PoolFigures {
  const at = engine.allocate(POOL_SLOTS.length * 8);
  engine.clusterWritePools(cluster, at);
  const values = new Float64Array(engine.memory.buffer, at, POOL_SLOTS.length);
  return Object.fromEntries(POOL_SLOTS.map((slot, index) => [slot, values[index] ?? 0])) as PoolFigures;
}

/** Counted by whole requests: a prefill part that completed is not a request that completed. */
function countWhole(summary: InstanceSummary, pools: PoolFigures | undefined): InstanceSummary {
  if (pools === undefined) return summary;
  return {
    ...summary,
    completed: summary.completed - pools.prefillCompleted,
    running: summary.running + pools.inTransfer,
    dropped: summary.dropped + pools.dropped,
  };
}

function addUp(summaries: readonly InstanceSummary[]): InstanceSummary {
  const sum = (slot: keyof InstanceSummary): number =>
    summaries.reduce((total, each) => total + each[slot], 0);
  const [first] = summaries;
  if (first === undefined) throw new Error('A cluster has at least one instance.');
  const total = Object.fromEntries(
    Object.keys(first).map((slot) => [slot, sum(slot as keyof InstanceSummary)]),
  ) as Record<keyof InstanceSummary, number>;
  return { ...total, clockUs: Math.max(...summaries.map((each) => each.clockUs)) };
}

function meanOf(instances: readonly InstanceResult[], whole: InstanceSummary): KvSummary {
  const mean = (rate: (kv: KvSummary) => number): number =>
    instances.reduce((sum, each) => sum + rate(each.kv), 0) / instances.length;
  return {
    preemptionRate: whole.completed > 0 ? whole.preemptions / whole.completed : 0,
    cacheHitRate: mean((kv) => kv.cacheHitRate),
    thrashingRate: mean((kv) => kv.thrashingRate),
  };
}

function shedByClass(columns: RequestResultColumns): Record<string, number> {
  const shed: Record<string, number> = {};
  for (let row = 0; row < columns.count; row++) {
    if (columns.status[row] !== TURNED_AWAY) continue;
    const name = textAt(columns.sloClass, row) || 'standard';
    shed[name] = (shed[name] ?? 0) + 1;
  }
  return shed;
}
