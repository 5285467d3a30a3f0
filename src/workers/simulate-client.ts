// The page's side of the simulate worker.

import * as Comlink from 'comlink';
import type { Result } from '../base/result';
import type { RunnerSetup } from './protocol';
import type { SimulatedRun } from '../domain/simulated-run';
import type { Scenario, SimulateApi } from './simulate-protocol';
import { workerStarter } from './start-worker';

export interface SimulateWorker {
  readonly models: readonly string[];
  readonly gpus: readonly string[];
  run(
    scenario: Scenario,
    onProgress: (done: number, total: number | undefined) => void,
  ): Promise<Result<SimulatedRun>>;
  cancel(): Promise<void>;
}

/** Starts the worker and opens the tables; throws when a file of the page is missing. */
export async function startSimulate(setUp: () => Promise<RunnerSetup>): Promise<Result<SimulateWorker>> {
  const start = workerStarter(() => import('./simulate.worker?worker-text'), 'plumbline simulate');
  const [setup, worker] = await Promise.all([setUp(), start()]);
  const remote = Comlink.wrap<SimulateApi>(worker);
  const opened = await remote.open(setup);
  if (!opened.ok) {
    worker.terminate();
    return opened;
  }
  return {
    ok: true,
    value: {
      ...opened.value,
      run: (scenario, onProgress) => remote.run(scenario, Comlink.proxy(onProgress)),
      cancel: () => remote.cancel(),
    },
  };
}
