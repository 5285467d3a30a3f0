// The workers of a sweep in the real page: one fewer than the cores, ended after each sweep, since they hold the memory of their
// last simulation. A stop ends them at once for the same reason.

import { WorkerPool } from '../../../workers/pool';
import { measureStarter } from '../../../workers/simulate-client';
import { loadSetup } from '../../own-files';
import type { SweepRoom } from './sweep.svelte';

export function browserSweepRoom(host: Window): SweepRoom {
  const workerCount = Math.max(1, (host.navigator.hardwareConcurrency || 2) - 1);
  const pool = new WorkerPool(workerCount, measureStarter(loadSetup), 0);
  return {
    workerCount,
    async run(jobs, hooks, signal) {
      await pool.run(jobs, hooks, signal);
      pool.close();
    },
  };
}
