// The page's side of a simulator worker: starts one from its own text, hands it the compiled module, and speaks Comlink.

import * as Comlink from 'comlink';
import { fail, type Result } from '../base/result';
import type { PoolWorker } from './pool';
import type { PairJob, PairOutcome, PlannedSimulators, RunnerApi, RunnerSetup } from './protocol';
import type { AdapterOptions } from '../adapters/adapter';
import type { Experiment } from '../domain/experiment';
import type { Proposal } from '../sources/pre-run/associate';
import { workerStarter } from './start-worker';

export interface RunnerWorker extends PoolWorker<PairJob, PairOutcome> {
  plan(
    experiments: readonly Experiment[],
    options: AdapterOptions,
    preRun: readonly Proposal[],
  ): Promise<Result<PlannedSimulators>>;
}

/** A starter of simulator workers; the worker's text is fetched once. */
export function runnerStarter(setUp: () => Promise<RunnerSetup>): () => Promise<RunnerWorker> {
  const start = workerStarter(() => import('./runner.worker?worker-text'), 'plumbline simulator');
  return async () => {
    const [setup, worker] = await Promise.all([setUp(), start()]);
    const remote = Comlink.wrap<RunnerApi>(worker);
    const crashed = new Promise<string>((resolve) => {
      worker.addEventListener('error', (event) => resolve(event.message));
      worker.addEventListener('messageerror', () => resolve('a message could not be read'));
    });
    const ready = await Promise.race([remote.setUp(setup), crashed]);
    if (typeof ready === 'string') throw new Error(ready);
    if (!ready.ok) throw new Error(ready.error.message);
    return {
      crashed,
      run: (job, onProgress) => remote.run(job, Comlink.proxy(onProgress)),
      cancel: () => remote.cancel(),
      terminate: () => worker.terminate(),
      plan: async (experiments, options, preRun) => {
        const planned = await Promise.race([remote.plan(experiments, options, preRun), crashed]);
        return typeof planned === 'string' ? fail({ code: 'engine-trap', message: planned }) : planned;
      },
    };
  };
}
