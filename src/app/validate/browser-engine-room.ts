// The engine room of the real page: files of our own as modules, the module compiled once, workers from blob: URLs.

import { ok } from '../../base/result';
import { WorkerPool } from '../../workers/pool';
import { loadSetup, ownText } from '../own-files';
import {
  assignPreRunInWorker,
  readBundleInWorker,
  readInWorker,
  readPreRunInWorker,
  readTablesInWorker,
  recogniseInWorker,
} from '../../workers/reader-client';
import { runnerStarter } from '../../workers/runner-client';
import type { EngineRoom } from './engine-room';

declare global {
  /** Set by the build: hash over everything that turns inputs into numbers (vite.config.ts). */
  const __MODEL_VERSION__: string;
}

export function browserEngineRoom(host: Window): EngineRoom {
  const start = runnerStarter(loadSetup);
  const workerCount = Math.max(1, (host.navigator.hardwareConcurrency || 2) - 1);
  const pool = new WorkerPool(workerCount, start);

  return {
    workerCount,
    modelVersion: __MODEL_VERSION__,
    read: readInWorker,
    recognise: recogniseInWorker,
    readBundle: readBundleInWorker,
    readTables: readTablesInWorker,
    readPreRun: readPreRunInWorker,
    assignPreRun: assignPreRunInWorker,
    async plan(experiments, options, preRun) {
      const answer = await pool.use((worker) => worker.plan(experiments, options, preRun));
      return answer.ok ? answer.value : answer;
    },
    async demo() {
      const text = await ownText('demo/measurements.json');
      return text.ok ? ok({ kind: 'demo', name: 'Demo', text: text.value }) : text;
    },
    run: (jobs, hooks, signal) => pool.run(jobs, hooks, signal),
  };
}
