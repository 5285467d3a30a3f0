// The page's side of the statistics worker: started at first use, one for the life of the page.

import * as Comlink from 'comlink';
import { workerStarter } from './start-worker';
import type { StatisticsApi } from './statistics-protocol';

const start = workerStarter(() => import('./statistics.worker?worker-text'), 'plumbline statistics');

export function statisticsWorker(): StatisticsApi {
  let remote: Promise<Comlink.Remote<StatisticsApi>> | undefined;
  const open = (): Promise<Comlink.Remote<StatisticsApi>> =>
    (remote ??= start().then((worker) => Comlink.wrap<StatisticsApi>(worker)));
  return {
    findings: async (experiment) => (await open()).findings(experiment),
    withoutRows: async (experiment, rows) => (await open()).withoutRows(experiment, rows),
    sureTable: async (rows, metrics, isCommon) => (await open()).sureTable(rows, metrics, isCommon),
    pairLines: async (rows, metrics, first, second) => (await open()).pairLines(rows, metrics, first, second),
  };
}
