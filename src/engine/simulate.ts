// A simulation from its inputs to its result, in slices that leave room for progress and cancelling.

import { fail, ok, type Result } from '../base/result';
import type { EngineConfig } from '../domain/run-config';
import type { RunResult } from '../domain/run-result';
import type { Workload } from '../domain/workload';
import { Simulation } from './simulation';

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
  try {
    const simulation = new Simulation(module, config, workload, hooks.stepLog === true);
    while (simulation.advance(SLICE_EVENTS)) {
      hooks.onProgress?.(simulation.ended, simulation.known);
      if (hooks.isCancelled?.() === true) {
        return fail({ code: 'cancelled', message: 'The run was cancelled.' });
      }
      await hooks.breathe?.();
    }
    return ok(simulation.finish());
  } catch (error) {
    // A trap marks the instance dead; it is dropped with this call.
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    return fail({
      code: 'engine-trap',
      message:
        `The engine stopped on an inconsistency (${error.message}). ` +
        'This is a defect of Plumbline; please report it with the configuration.',
    });
  }
}
