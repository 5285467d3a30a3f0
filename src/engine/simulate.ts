// One simulation: lay out the module's memory, advance it in slices, copy the results out. The memory belongs to a fresh
// instance of the module, so nothing survives a run and a trap costs only this run.

import { fail, ok, type Result } from '../base/result';
import type { EngineConfig } from '../domain/run-config';
import { REQUEST_STATUSES, type RunEnd, type RunResult } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { aggregateOf, kvSummaryOf } from './aggregate';
import { instantiate, NO_LIMIT, readLayout, readSummary, type EngineExports } from './binding';
import { writeConfig } from './config-block';
import { sortedCounts } from './order-statistics';
import { planPrefixes, writeIds, writeRequests } from './request-table';
import { readRequests } from './result-columns';
import { SessionTable } from './session-table';
import { StepLog } from './step-log';

export interface SimulationHooks {
  /** Requests that have ended, of how many; at least every 50 ms of work. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Asked between slices; true ends the run. */
  readonly isCancelled?: () => boolean;
  /** Lets other messages of the thread be handled between slices. */
  readonly breathe?: () => Promise<void>;
  /** Record every step. */
  readonly stepLog?: boolean;
}

/** Events per slice: some ms of work. */
const SLICE_EVENTS = 50_000;
const ROUTING_REJECTED = REQUEST_STATUSES.indexOf('routing-rejected');

export async function simulate(
  module: WebAssembly.Module,
  config: EngineConfig,
  workload: Workload,
  hooks: SimulationHooks = {},
): Promise<Result<RunResult>> {
  const engine = instantiate(module);
  try {
    return await simulateIn(engine, config, workload, hooks);
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
  config: EngineConfig,
  workload: Workload,
  hooks: SimulationHooks,
): Promise<Result<RunResult>> {
  const { requests, sessions } = workload;
  const layout = readLayout(engine);
  const prefixes = planPrefixes(requests, sessions, config.blockSizeTokens);
  const table = writeRequests(engine, layout, config, requests, prefixes);
  if (config.scheduler !== 'fcfs') writeIds(engine, requests, sessions?.sessionId ?? []);
  let sessionTable: SessionTable | undefined;
  if (sessions !== undefined) {
    sessionTable = new SessionTable(engine, sessions, workload.moreRounds);
    const firstKeyOf = (stream: number): number => prefixes.firstBlock.get(stream) ?? 0;
    sessionTable.write(requests.count, workload.followUpBudget ?? Infinity, firstKeyOf);
  }
  const horizonUs = config.horizonUs < Infinity ? config.horizonUs : (workload.horizonUs ?? Infinity);
  const instance = engine.begin(
    writeConfig(engine, config, workload, {
      horizonUs,
      prefixBlocks: prefixes.blocks,
      stepLog: hooks.stepLog === true,
      hasConversations: requests.promptSegments !== undefined || sessions?.accumulates.includes(1) === true,
    }),
  );
  const log = hooks.stepLog === true ? new StepLog(engine, instance) : undefined;
  for (;;) {
    const done = engine.run(instance, NO_LIMIT, SLICE_EVENTS);
    const drained = log?.drain() ?? false;
    const fed = sessionTable?.refill() ?? false;
    hooks.onProgress?.(engine.endedCount(instance), requests.count);
    if (done < SLICE_EVENTS && !drained && !fed) break;
    if (hooks.isCancelled?.() === true) {
      return fail({ code: 'cancelled', message: 'The run was cancelled.' });
    }
    await hooks.breathe?.();
  }
  const summary = readSummary(engine, instance);
  const columns = readRequests(engine, layout, table, workload, summary.postDecodeUs);
  const distinct = engine.finishItl(instance);
  const itl = engine.allocate(16 * distinct);
  engine.writeItl(instance, itl);
  const pairs = new Float64Array(engine.memory.buffer, itl, 2 * distinct);
  const endUs = Math.min(summary.clockUs, horizonUs);
  const end: RunEnd = { kind: summary.queued + summary.running > 0 ? 'horizon' : 'finished' };
  return ok({
    end,
    aggregate: aggregateOf(summary, endUs, columns, sortedCounts(pairs)),
    kv: kvSummaryOf(summary),
    routingRejections: columns.status.filter((status) => status === ROUTING_REJECTED).length,
    requests: columns,
    ...(log === undefined ? {} : { steps: log.columns() }),
    stepCount: summary.steps,
    wasmBytes: engine.memory.buffer.byteLength,
  });
}
