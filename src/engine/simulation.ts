// One simulation in one fresh instance of the module: lay out its memory, advance it in slices, copy the results out.

import { fail, ok, type Result } from '../base/result';
import { requestNames } from '../domain/request-names';
import type { EngineConfig } from '../domain/run-config';
import { REQUEST_STATUSES, type RunResult } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { aggregateOf, kvSummaryOf } from './aggregate';
import {
  instantiate,
  NO_LIMIT,
  readLayout,
  readSummary,
  type EngineExports,
  type RequestLayout,
} from './binding';
import { writeConfig } from './config-block';
import { faultProblem, runEnd } from './guards';
import { sortedCounts, type SortedTicks } from './order-statistics';
import { planPrefixes, writeIds, writeRequests } from './request-table';
import { readRequests } from './result-columns';
import { SessionTable } from './session-table';
import { StepLog } from './step-log';

const ROUTING_REJECTED = REQUEST_STATUSES.indexOf('routing-rejected');

/** A horizon that the user names wins over the workload's own. */
export const horizonOf = (config: EngineConfig, workload: Workload): number =>
  config.horizonUs < Infinity ? config.horizonUs : (workload.horizonUs ?? Infinity);

export interface SimulationOptions {
  /** Record every step. */
  readonly stepLog?: boolean;
  /** Debug module only: visit every member of every step and give every block its identity. */
  readonly literal?: boolean;
}

export class Simulation {
  readonly #engine: EngineExports;
  readonly #workload: Workload;
  readonly #config: EngineConfig;
  readonly #layout: RequestLayout;
  readonly #table: number;
  readonly #instance: number;
  readonly #horizonUs: number;
  readonly #sessions: SessionTable | undefined;
  readonly #log: StepLog | undefined;

  constructor(
    module: WebAssembly.Module,
    config: EngineConfig,
    workload: Workload,
    options: SimulationOptions = {},
  ) {
    const engine = instantiate(module);
    const { requests, sessions } = workload;
    this.#engine = engine;
    this.#workload = workload;
    this.#config = config;
    this.#layout = readLayout(engine);
    const prefixes = planPrefixes(requests, sessions, config.blockSizeTokens);
    this.#table = writeRequests(engine, this.#layout, config, requests, prefixes);
    if (config.scheduler !== 'fcfs') writeIds(engine, requests, sessions?.sessionId ?? []);
    if (sessions !== undefined) {
      this.#sessions = new SessionTable(engine, sessions, workload.moreRounds);
      const firstKeyOf = (stream: number): number => prefixes.firstBlock.get(stream) ?? 0;
      this.#sessions.write(requests.count, workload.followUpBudget ?? Infinity, firstKeyOf);
    }
    this.#horizonUs = horizonOf(config, workload);
    this.#instance = engine.begin(
      writeConfig(engine, config, workload, {
        horizonUs: this.#horizonUs,
        prefixBlocks: prefixes.blocks,
        log: options.stepLog === true ? 'steps' : 'none',
        literal: options.literal === true,
        hasConversations: requests.promptSegments !== undefined || sessions?.accumulates.includes(1) === true,
      }),
    );
    this.#log = options.stepLog === true ? new StepLog(engine, this.#instance) : undefined;
  }

  /** Executes up to `events` events; false when nothing is left to do. The slice length changes no result. */
  advance(events: number): boolean {
    const done = this.#engine.run(this.#instance, NO_LIMIT, events);
    const drained = this.#log?.drain() ?? false;
    const fed = this.#sessions?.refill() ?? false;
    return done === events || drained || fed;
  }

  /** Requests that have ended. */
  get ended(): number {
    return this.#engine.endedCount(this.#instance);
  }

  /** Whether any reservation has found too few free KV blocks. */
  get hasRunShort(): boolean {
    return this.#engine.hasRunShort(this.#instance) !== 0;
  }

  /** Requests known so far. */
  get known(): number {
    return this.#workload.requests.count + this.#engine.followUpCount();
  }

  /** Debug module only: how often memory was asked for so far. */
  get allocationCalls(): number {
    return this.#engine.allocationCalls();
  }

  get wasmBytes(): number {
    return this.#engine.memory.buffer.byteLength;
  }

  /** Once, when `advance` has nothing left. */
  finish(): Result<RunResult> {
    const engine = this.#engine;
    const summary = readSummary(engine, this.#instance);
    engine.settleBatch(this.#instance);
    const requests = readRequests(engine, this.#layout, this.#table, this.#workload, summary.postDecodeUs);
    const endUs = Math.min(summary.clockUs, this.#horizonUs);
    const fault = faultProblem(summary, requestNames(requests, this.#workload));
    if (fault !== undefined) return fail(fault);
    return ok({
      end: runEnd(summary, requests, this.#config, this.#workload),
      aggregate: aggregateOf(summary, endUs, requests, this.#interTokenLatencies()),
      kv: kvSummaryOf(summary),
      routingRejections: requests.status.filter((status) => status === ROUTING_REJECTED).length,
      requests,
      ...(this.#log === undefined ? {} : { steps: this.#log.columns() }),
      stepCount: summary.steps,
      wasmBytes: this.wasmBytes,
    });
  }

  #interTokenLatencies(): SortedTicks {
    const distinct = this.#engine.finishItl(this.#instance);
    const at = this.#engine.allocate(16 * distinct);
    this.#engine.writeItl(this.#instance, at);
    return sortedCounts(new Float64Array(this.#engine.memory.buffer, at, 2 * distinct));
  }
}
