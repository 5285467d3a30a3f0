// A simulation from its inputs to its result, in slices that leave room for progress and cancelling.

import type { Problem } from '../base/problem';
import { fail, ok, type Result } from '../base/result';
import type { EngineConfig } from '../domain/run-config';
import type { RunResult } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { refusal } from './guards';
import { horizonOf, Simulation, type SimulationOptions } from './simulation';

export interface SimulationHooks extends SimulationOptions {
  /** Requests that have ended, of how many; at least every 50 ms of work. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Asked between slices; true ends the run. */
  readonly isCancelled?: () => boolean;
  /** Lets other messages of the thread be handled between slices. */
  readonly breathe?: () => Promise<void>;
}

/** Events per slice: some ms of work. */
const SLICE_EVENTS = 50_000;

export function simulate(
  module: WebAssembly.Module,
  config: EngineConfig,
  workload: Workload,
  hooks: SimulationHooks = {},
): Promise<Result<RunResult>> {
  return withoutTraps(async () => {
    const refused = refusal(config, workload, horizonOf(config, workload));
    if (refused !== undefined) return fail(refused);
    const simulation = new Simulation(module, config, workload, hooks);
    const end = await advanceToEnd(simulation, hooks);
    return end === 'cancelled' ? CANCELLED : simulation.finish();
  });
}

/**
 * As `simulate`, for callers that do not read `kv`. A CPU tier of the KV cache changes nothing but the `kv` numbers as long as no
 * allocation fails (BLIS 87cc70ed sim/kv/tiered.go tries the GPU first), and following it is most of a run's work; so it is left
 * out at first, and the run is done again with it only when an allocation does fail. `makeWorkload` is called for each of the two
 * runs, since a run uses up rounds that are drawn on demand.
 */
export async function simulateLatencies(
  module: WebAssembly.Module,
  config: EngineConfig,
  makeWorkload: () => Result<Workload>,
  hooks: SimulationHooks = {},
): Promise<Result<RunResult>> {
  const workload = makeWorkload();
  if (!workload.ok) return workload;
  if (config.kvCpuBlocks === 0) return simulate(module, config, workload.value, hooks);
  const gpuOnly = await withoutTraps<RunResult | undefined>(async () => {
    const single = { ...config, kvCpuBlocks: 0 };
    const refused = refusal(single, workload.value, horizonOf(config, workload.value));
    if (refused !== undefined) return fail(refused);
    const simulation = new Simulation(module, single, workload.value, hooks);
    const end = await advanceToEnd(simulation, hooks, () => simulation.hasRunShort);
    if (end === 'cancelled') return CANCELLED;
    return end === 'given-up' ? ok(undefined) : simulation.finish();
  });
  if (!gpuOnly.ok) return gpuOnly;
  if (gpuOnly.value !== undefined) return ok(gpuOnly.value);
  const again = makeWorkload();
  return again.ok ? simulate(module, config, again.value, hooks) : again;
}

const CANCELLED = fail<Problem>({ code: 'cancelled', message: 'The run was cancelled.' });

async function advanceToEnd(
  simulation: Simulation,
  hooks: SimulationHooks,
  isUseless: () => boolean = () => false,
): Promise<'finished' | 'cancelled' | 'given-up'> {
  while (simulation.advance(SLICE_EVENTS)) {
    if (isUseless()) return 'given-up';
    hooks.onProgress?.(simulation.ended, simulation.known);
    if (hooks.isCancelled?.() === true) return 'cancelled';
    await hooks.breathe?.();
  }
  return isUseless() ? 'given-up' : 'finished';
}

/** A trap marks the instance dead; it is dropped with this call. */
export async function withoutTraps<T>(run: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    return fail({
      code: 'engine-trap',
      message:
        `The engine stopped on an inconsistency (${error.message}). ` +
        'This is a defect of Plumbline; please report it with the configuration.',
    });
  }
}
