// One simulation: lay out the module's memory, advance it in slices, copy the results out. The memory belongs to a fresh
// instance of the module, so nothing survives a run and a trap costs only this run.

import { fail, ok, type Result } from '../base/result';
import type { EngineConfig } from '../domain/run-config';
import type { RunEnd, RunResult } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { aggregateOf, kvSummaryOf } from './aggregate';
import { instantiate, NO_LIMIT, readLayout, readSummary, type EngineExports } from './binding';
import { writeConfig } from './config-block';
import { sortedCounts } from './order-statistics';
import { planPrefixes, readRequests, writeIds, writeRequests } from './request-table';
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

export async function simulate(
  module: WebAssembly.Module,
  config: EngineConfig,
  workload: Workload,
  hooks: SimulationHooks = {},
): Promise<Result<RunResult>> {
  if (
    workload.sessions !== undefined ||
    config.kvCpuBlocks > 0 ||
    workload.requests.promptSegments !== undefined
  ) {
    return fail({
      code: 'not-supported',
      message: 'Closed-loop sessions, conversations and the CPU tier of the KV cache are not simulated yet.',
    });
  }
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
  const { requests } = workload;
  const layout = readLayout(engine);
  const prefixes = planPrefixes(requests, config.blockSizeTokens);
  const table = writeRequests(engine, layout, config, requests, prefixes);
  if (config.scheduler !== 'fcfs') writeIds(engine, requests, workload.sessions?.sessionId ?? []);
  const horizonUs = Math.min(config.horizonUs, workload.horizonUs ?? Infinity);
  const instance = engine.begin(
    writeConfig(engine, config, requests, {
      horizonUs,
      prefixBlocks: prefixes.blocks,
      stepLog: hooks.stepLog === true,
    }),
  );
  const log = hooks.stepLog === true ? new StepLog(engine, instance) : undefined;
  for (;;) {
    const done = engine.run(instance, NO_LIMIT, SLICE_EVENTS);
    const drained = log?.drain() ?? false;
    hooks.onProgress?.(engine.endedCount(instance), requests.count);
    if (done < SLICE_EVENTS && !drained) break;
    if (hooks.isCancelled?.() === true) {
      return fail({ code: 'cancelled', message: 'The run was cancelled.' });
    }
    await hooks.breathe?.();
  }
  const summary = readSummary(engine, instance);
  const columns = readRequests(engine, layout, table, requests, summary.postDecodeUs);
  const itl = engine.allocate(16 * engine.finishItl(instance));
  engine.writeItl(instance, itl);
  const pairs = new Float64Array(engine.memory.buffer, itl, (engine.memory.buffer.byteLength - itl) >> 3);
  const endUs = Math.min(summary.clockUs, horizonUs);
  const end: RunEnd = { kind: summary.queued + summary.running > 0 ? 'horizon' : 'finished' };
  return ok({
    end,
    aggregate: aggregateOf(summary, endUs, columns, sortedCounts(pairs)),
    kv: kvSummaryOf(summary),
    routingRejections: columns.status.reduce((sum, status) => sum + (status === 6 ? 1 : 0), 0),
    requests: columns,
    ...(log === undefined ? {} : { steps: log.columns() }),
    stepCount: summary.steps,
    wasmBytes: engine.memory.buffer.byteLength,
  });
}
