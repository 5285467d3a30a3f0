// The page's side of the simulate worker.

import * as Comlink from 'comlink';
import { fail, type Result } from '../base/result';
import type { RunFigures } from '../domain/run-figures';
import type { PoolWorker } from './pool';
import type { FilesInput, RunnerSetup } from './protocol';
import type { SimulatedRun } from '../domain/simulated-run';
import type { RunQuestions } from './run-questions';
import type {
  FleetFacts,
  MeasureJob,
  ReadLoadAnswer,
  Scenario,
  SimulateApi,
  SimulateNames,
  WriteJob,
} from './simulate-protocol';
import { workerStarter } from './start-worker';

export interface SimulateWorker extends SimulateNames {
  check(scenario: Scenario): Promise<Result<FleetFacts | undefined>>;
  readLoad(input: FilesInput): Promise<Result<ReadLoadAnswer>>;
  run(
    scenario: Scenario,
    onProgress: (done: number, total: number | undefined) => void,
  ): Promise<Result<SimulatedRun>>;
  cancel(): Promise<void>;
  /** What may be asked about finished runs. */
  readonly questions: RunQuestions;
}

/** Workers of a sweep. */
export type MeasureWorker = PoolWorker<MeasureJob, RunFigures>;

interface OpenedWorker {
  readonly remote: Comlink.Remote<SimulateApi>;
  readonly worker: Worker;
  /** Settles (with a message) if the worker dies outside a call. */
  readonly crashed: Promise<string>;
}

/** Throws when a file of the page is missing or the tables cannot be read. */
async function openWorker(setUp: () => Promise<RunnerSetup>, name: string): Promise<OpenedWorker> {
  const start = workerStarter(() => import('./simulate.worker?worker-text'), name);
  const [setup, worker] = await Promise.all([setUp(), start()]);
  const remote = Comlink.wrap<SimulateApi>(worker);
  const crashed = new Promise<string>((resolve) => {
    worker.addEventListener('error', (event) => resolve(event.message));
    worker.addEventListener('messageerror', () => resolve('a message could not be read'));
  });
  const opened = await Promise.race([remote.open(setup), crashed]);
  if (typeof opened === 'string') throw new Error(opened);
  if (!opened.ok) throw new Error(opened.error.message);
  return { remote, worker, crashed };
}

/** A starter of workers for a pool. */
export function measureStarter(setUp: () => Promise<RunnerSetup>): () => Promise<MeasureWorker> {
  return async () => {
    const { remote, worker, crashed } = await openWorker(setUp, 'plumbline sweep');
    return {
      crashed,
      run: (job, onProgress) => remote.measure(job, Comlink.proxy(onProgress)),
      cancel: () => remote.cancel(),
      terminate: () => worker.terminate(),
    };
  };
}

/** Writes one file of a run in a worker of its own, which ends with it; an abort ends it at once. */
export async function writeRunFile(
  setUp: () => Promise<RunnerSetup>,
  job: WriteJob,
  onProgress: (done: number, total: number | undefined) => void,
  signal: AbortSignal,
): Promise<Result<Blob>> {
  const { remote, worker, crashed } = await openWorker(setUp, 'plumbline export');
  const stopped = new Promise<Result<Blob>>((resolve) => {
    const stop = (): void =>
      resolve(fail({ code: 'cancelled', message: 'Stopped before the file was written.' }));
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
  const died = crashed.then((message): Result<Blob> =>
    fail({ code: 'engine-trap', message: `The worker that wrote the file stopped (${message}).` }),
  );
  try {
    return await Promise.race([remote.write(job, Comlink.proxy(onProgress)), stopped, died]);
  } finally {
    worker.terminate();
  }
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
      check: (scenario) => remote.check(scenario),
      readLoad: (input) => remote.readLoad(input),
      run: (scenario, onProgress) => remote.run(scenario, Comlink.proxy(onProgress)),
      cancel: () => remote.cancel(),
      questions: {
        lanes: (key, instance, window) => remote.lanes(key, instance, window),
        strips: (key, window, most) => remote.strips(key, window, most),
        decisions: (key, aroundUs, rows) => remote.decisions(key, aroundUs, rows),
        regrets: (key, window) => remote.regrets(key, window),
        requests: (key, query, from, count) => remote.requests(key, query, from, count),
        story: (key, row) => remote.story(key, row),
        targetShares: (key, question) => remote.targetShares(key, question),
        keepOnly: (keys) => remote.keepOnly(keys),
      },
    },
  };
}
