// One simulation of a fleet: instances and control plane share one fresh instance of the module (assembly/cluster). Laid out,
// advanced in slices, read out, as one instance is in simulation.ts.

import type { ClusterConfig, PoolOverride } from '../domain/cluster-config';
import type { ClusterResult, InstanceResult } from '../domain/cluster-result';
import type { EngineConfig } from '../domain/run-config';
import { REQUEST_STATUSES } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { aggregateOf, kvSummaryOf } from './aggregate';
import { instantiate, readLayout, readSummary, type EngineExports, type RequestLayout } from './binding';
import { writeCluster } from './cluster-block';
import { writeConfig } from './config-block';
import { DecisionLog } from './decision-log';
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
  readonly #instances: readonly number[];
  readonly #config: ClusterConfig;
  readonly #workload: Workload;
  readonly #options: FleetOptions;
  readonly #horizonUs: number;
  readonly #sessions: SessionTable | undefined;
  readonly #decisions: DecisionLog | undefined;

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
    const { disaggregation } = config;
    engine.useFleetRecords();
    this.#engine = engine;
    this.#config = config;
    this.#workload = workload;
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
    const horizonUs = horizonOf(instance, workload);
    this.#horizonUs = horizonUs;
    const names = Array.from({ length: config.instances }, (_, index) => nameOf(index));
    const hasConversations =
      requests.promptSegments !== undefined || sessions?.accumulates.includes(1) === true;
    const cluster = writeCluster(engine, this.#layout, this.#table, config, instance, workload, {
      horizonUs,
      sharedBlocks: prefixes.blocks,
      names,
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
    this.#instances = names.map((_, index) => {
      const own = index < prefillEnd ? prefillBlock : index < decodeEnd ? decodeBlock : block;
      const address = engine.configureInstance(own);
      engine.clusterAdd(cluster, address);
      return address;
    });
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
    return done >= events || drained || spans || fed;
  }

  /** Requests that have ended. */
  get ended(): number {
    return this.#instances.reduce((sum, address) => sum + this.#engine.endedCount(address), 0);
  }

  get wasmBytes(): number {
    return this.#engine.memory.buffer.byteLength;
  }

  /** Once, when `advance` has nothing left. */
  finish(): ClusterResult {
    const engine = this.#engine;
    const { disaggregation } = this.#config;
    const summaries = this.#instances.map((address) => readSummary(engine, address));
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
    const instances = summaries.map((summary, index): InstanceResult => {
      const endUs = Math.min(summary.clockUs, this.#horizonUs);
      const name = nameOf(index);
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
    return {
      end: { kind: left ? 'horizon' : 'finished' },
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
    };
  }
}

const nameOf = (index: number): string => `instance_${index}`;
