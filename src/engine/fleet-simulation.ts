// One simulation of a fleet: instances and control plane share one fresh instance of the module (assembly/cluster). Laid out,
// advanced in slices, read out, as one instance is in simulation.ts.

import type { ClusterConfig, DisaggregationConfig, PoolOverride } from '../domain/cluster-config';
import { DECISION_STAGES, type ClusterResult, type InstanceResult } from '../domain/cluster-result';
import type { EngineConfig } from '../domain/run-config';
import { requestNames } from '../domain/request-names';
import { REQUEST_STATUSES, type RequestResultColumns, type RunEnd } from '../domain/run-result';
import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import type { Workload } from '../domain/workload';
import { aggregateOf, kvSummaryOf } from './aggregate';
import {
  instantiate,
  readLayout,
  readSummary,
  type EngineExports,
  type InstanceSummary,
  type RequestLayout,
} from './binding';
import { writeCluster } from './cluster-block';
import { writeConfig } from './config-block';
import { DecisionLog } from './decision-log';
import { nameOf, placedNames, poolsWithin, scalerOf } from './fleet-placement';
import type { FleetScaler, SeenInstance } from './fleet-scaler';
import {
  addUp,
  concatenate,
  countWhole,
  latenciesByInstance,
  markUnknown,
  meanOf,
  poolResult,
  readItl,
  readPools,
  shedByClass,
} from './fleet-figures';
import { faultProblem, runEnd } from './guards';
import { sortedCounts } from './order-statistics';
import { contentNumbers } from './prompt-content';
import { readLife, watch } from './request-life';
import { planPrefixes, writeIds, writeRequests } from './request-table';
import { readRequests, readSubRequests } from './result-columns';
import { SessionTable } from './session-table';
import { horizonOf } from './simulation';
import { drainSpans, type SpanSink } from './step-log';

const REJECTED = REQUEST_STATUSES.indexOf('routing-rejected');
const AT_GATEWAY = REQUEST_STATUSES.indexOf('gateway-queued');
const GATEWAY_SHED = REQUEST_STATUSES.indexOf('gateway-shed');

export interface FleetOptions {
  /** Takes what every instance did, between slices. */
  readonly onSpans?: SpanSink;
  /** Row of a request whose life is kept. */
  readonly watch?: number;
}

export class FleetSimulation {
  readonly #engine: EngineExports;
  readonly #layout: RequestLayout;
  readonly #table: number;
  readonly #cluster: number;
  /** Addresses of the instances, by index. */
  readonly #instances: number[];
  readonly #names: string[];
  readonly #workload: Workload;
  /** Of every instance. */
  readonly #config: EngineConfig;
  readonly #options: FleetOptions;
  readonly #horizonUs: number;
  readonly #sessions: SessionTable | undefined;
  readonly #decisions: DecisionLog | undefined;
  readonly #scaler: FleetScaler | undefined;
  /** Address of the configuration of an added instance, and of room for what the scaler sees. */
  readonly #block: number;
  readonly #seenAt: number;
  #problem: Problem | undefined;
  /** Instances that exist from the start. */
  readonly #placed: number;
  /** Of the instances that exist. */
  readonly #pools: DisaggregationConfig | undefined;

  /** @param instance configuration of every instance; its front-end latencies are the cluster's. */
  constructor(
    module: WebAssembly.Module,
    config: ClusterConfig,
    instance: EngineConfig,
    workload: Workload,
    options: FleetOptions = {},
  ) {
    const engine = instantiate(module);
    const { requests, sessions } = workload;
    const horizonUs = horizonOf(instance, workload);
    const isScaled = config.autoscaler !== undefined;
    this.#scaler = scalerOf(module, config, instance, horizonUs);
    // Instances that found no node do not exist for anybody; the module wants one all the same.
    const placed = placedNames(config, this.#scaler);
    const names = placed.length > 0 ? placed : [nameOf(0)];
    const disaggregation = poolsWithin(config.disaggregation, placed.length);
    this.#placed = placed.length;
    this.#pools = disaggregation;
    engine.useFleetRecords();
    this.#engine = engine;
    this.#workload = workload;
    this.#config = instance;
    this.#options = options;
    this.#layout = readLayout(engine);
    const prefixes = planPrefixes(requests, sessions, instance.blockSizeTokens);
    this.#table = writeRequests(engine, this.#layout, instance, requests, prefixes);
    if (instance.scheduler !== 'fcfs' || disaggregation !== undefined)
      writeIds(engine, requests, sessions?.sessionId ?? []);
    if (sessions !== undefined) {
      this.#sessions = new SessionTable(engine, sessions, workload.moreRounds);
      const firstKeyOf = (stream: number): number => prefixes.firstBlock.get(stream) ?? 0;
      this.#sessions.write(requests.count, workload.followUpBudget ?? Infinity, firstKeyOf);
    }
    this.#horizonUs = horizonUs;
    const capacity = names.length + (isScaled && config.nodePools.length > 0 ? MAX_ADDED : 0);
    // Added ones are called `autoscale-…`, ascending: before all others in string order.
    const ranked = Array.from({ length: capacity }, (_, index) =>
      index < names.length ? (names[index] ?? '') : `autoscale-${String(index).padStart(6, '0')}`,
    );
    const hasConversations =
      requests.promptSegments !== undefined || sessions?.accumulates.includes(1) === true;
    const shown = disaggregation === undefined ? config : { ...config, disaggregation };
    const cluster = writeCluster(engine, this.#layout, this.#table, shown, instance, workload, {
      horizonUs,
      sharedBlocks: prefixes.blocks,
      names: ranked,
      hasConversations,
      ...(config.routing.policy === 'prefix-affinity'
        ? { contentOf: contentNumbers(requests, instance.blockSizeTokens) }
        : {}),
    });
    this.#cluster = cluster;
    const blockOf = (own: PoolOverride): number =>
      writeConfig(engine, { ...instance, ...own }, workload, {
        horizonUs,
        prefixBlocks: prefixes.blocks,
        log: options.onSpans === undefined ? 'none' : 'spans',
        hasConversations,
      });
    const block = blockOf({});
    const poolBlock = (pool: PoolOverride | undefined): number =>
      pool === undefined || Object.keys(pool).length === 0 ? block : blockOf(pool);
    const prefillBlock = poolBlock(disaggregation?.prefill);
    const decodeBlock = poolBlock(disaggregation?.decode);
    const prefillEnd = disaggregation?.prefillInstances ?? 0;
    const decodeEnd = prefillEnd + (disaggregation?.decodeInstances ?? 0);
    this.#names = names;
    this.#block = block;
    this.#seenAt = isScaled ? engine.allocate(capacity * SEEN_VALUES * 8) : 0;
    this.#instances = names.map((_, index) => {
      const own = index < prefillEnd ? prefillBlock : index < decodeEnd ? decodeBlock : block;
      const address = engine.configureInstance(own);
      engine.clusterAdd(cluster, address);
      return address;
    });
    if (placed.length === 0) engine.clusterRetire(cluster, 0);
    engine.clusterPauseAt(cluster, this.#scaler?.nextUs ?? Infinity);
    if (config.recordDecisions) {
      this.#decisions = new DecisionLog(engine, cluster, config.counterfactualK);
    }
    if (options.watch !== undefined) watch(engine, options.watch);
  }

  /** Executes about `events` events; false when nothing is left to do. The slice length changes no result. */
  advance(events: number): boolean {
    const { onSpans } = this.#options;
    const done = this.#engine.clusterRun(this.#cluster, events);
    const drained = this.#decisions?.drain() ?? false;
    const spans = onSpans !== undefined && drainSpans(this.#engine, this.#instances, onSpans);
    const fed = this.#sessions?.refill() ?? false;
    if (this.#scaler !== undefined && this.#engine.clusterIsPaused(this.#cluster) !== 0) {
      this.#scale(this.#scaler);
      return this.#problem === undefined;
    }
    return done >= events || drained || spans || fed;
  }

  /** Why the run ended early. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  #scale(scaler: FleetScaler): void {
    const atUs = scaler.nextUs;
    const changes = scaler.act(atUs, {
      see: (renews) => this.#see(renews),
      add: (name) => {
        this.#addInstance(name);
      },
      retire: (index) => {
        this.#engine.clusterRetire(this.#cluster, index);
      },
      isIdle: () => this.#engine.clusterIsIdle(this.#cluster) !== 0,
    });
    for (const { isUp, index } of changes) {
      this.#decisions?.append(DECISION_STAGES.indexOf(isUp ? 'scale-up' : 'scale-down'), atUs, index);
    }
    this.#engine.clusterPauseAt(this.#cluster, scaler.nextUs);
  }

  #see(renews: boolean): readonly SeenInstance[] {
    this.#engine.clusterObserve(this.#cluster, this.#seenAt, renews ? 1 : 0);
    const values = new Float64Array(
      this.#engine.memory.buffer,
      this.#seenAt,
      this.#instances.length * SEEN_VALUES,
    );
    return this.#instances.map((_, index) => {
      const [routable = 0, queueDepth = 0, usedBlocks = 0, totalBlocks = 0, emptiedUs = 0] = values.subarray(
        index * SEEN_VALUES,
      );
      return { isRoutable: routable === 1, queueDepth, usedBlocks, totalBlocks, emptiedUs };
    });
  }

  #addInstance(name: string): void {
    if (this.#instances.length - Math.max(1, this.#placed) >= MAX_ADDED) {
      this.#problem = {
        code: 'not-supported',
        message: `The autoscaler added more than ${MAX_ADDED} instances in one run; raise the cooldowns or the interval.`,
      };
      return;
    }
    const address = this.#engine.configureInstance(this.#block);
    this.#engine.clusterAdd(this.#cluster, address);
    this.#instances.push(address);
    this.#names.push(name);
  }

  /** Requests that have ended. */
  get ended(): number {
    return this.#instances.reduce((sum, address) => sum + this.#engine.endedCount(address), 0);
  }

  get wasmBytes(): number {
    return this.#engine.memory.buffer.byteLength;
  }

  /** Once, when `advance` has nothing left. */
  finish(): Result<ClusterResult> {
    const engine = this.#engine;
    const disaggregation = this.#pools;
    const summaries = this.#instances.map((address) => readSummary(engine, address));
    for (const address of this.#instances) engine.settleBatch(address);
    const columns = readRequests(
      engine,
      this.#layout,
      this.#table,
      this.#workload,
      summaries[0]?.postDecodeUs ?? 0,
    );
    markUnknown(columns);
    const pools = disaggregation === undefined ? undefined : readPools(engine, this.#cluster);
    const subs =
      pools === undefined
        ? undefined
        : readSubRequests(
            engine,
            this.#layout,
            engine.clusterSubPages(this.#cluster),
            pools.subRequests,
            summaries[disaggregation?.prefillInstances ?? 0]?.postDecodeUs ?? 0,
          );
    const itl = this.#instances.map((address) => readItl(engine, address));
    const latencies = latenciesByInstance(columns, subs, this.#instances.length);
    const instances = (this.#placed === 0 ? [] : summaries).map((summary, index): InstanceResult => {
      const endUs = Math.min(summary.clockUs, this.#horizonUs);
      const name = this.#names[index] ?? nameOf(index);
      const ticks = sortedCounts(itl[index] ?? new Float64Array());
      return {
        name,
        aggregate: { ...aggregateOf(summary, endUs, latencies[index] ?? columns, ticks), instance_id: name },
        kv: kvSummaryOf(summary),
        stepCount: summary.steps,
        meanQueueLength: summary.steps > 0 ? summary.waitingSum / summary.steps : 0,
      };
    });
    const whole = countWhole(addUp(summaries), pools);
    const countOf = (status: number): number =>
      columns.status.reduce((sum, each) => sum + (each === status ? 1 : 0), 0);
    const left = columns.status.some((status) => status < 3);
    const endUs = Math.min(whole.clockUs, this.#horizonUs);
    const requestName = requestNames(columns, this.#workload);
    for (const summary of summaries) {
      const fault = faultProblem(summary, requestName);
      if (fault !== undefined) return fail(fault);
    }
    return ok({
      end: this.#livelock(summaries, columns) ?? { kind: left ? 'horizon' : 'finished' },
      aggregate: aggregateOf(whole, endUs, columns, sortedCounts(concatenate(itl))),
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
      ...(this.#decisions === undefined ? {} : { decisions: this.#decisions.columns() }),
      ...(this.#options.watch === undefined ? {} : { life: readLife(engine, this.#instances) }),
      stepCount: whole.steps,
      wasmBytes: this.wasmBytes,
    });
  }

  /**
   * A request that can never finish, and the instance that starts it over and over. Parts of disaggregated requests are not in
   * the table, and are not named.
   */
  #livelock(summaries: readonly InstanceSummary[], columns: RequestResultColumns): RunEnd | undefined {
    if (this.#pools !== undefined) return undefined;
    for (const [index, summary] of summaries.entries()) {
      const end = runEnd(summary, columns, this.#config, this.#workload);
      if (end.kind !== 'livelock') continue;
      const name = this.#names[index] ?? nameOf(index);
      return { ...end, message: `On ${name}, ${end.message}` };
    }
    return undefined;
  }
}

/** Instances that a run may add, ended ones included. */
const MAX_ADDED = 1024;
/** Values of one instance that `clusterObserve` writes. */
const SEEN_VALUES = 5;
