// The page's side of the catalogue worker: started at first use, hands over the module and the tables, speaks Comlink.

import * as Comlink from 'comlink';
import type { Result } from '../base/result';
import type { Catalog } from '../catalog/catalog';
import type { CatalogueApi } from './catalogue-protocol';
import type { RunnerSetup } from './protocol';
import { workerStarter } from './start-worker';

export interface CatalogueWorker extends Omit<CatalogueApi, 'open'> {
  readonly catalog: Catalog;
}

/** Starts the worker and opens the tables; throws when a file of the page is missing. */
export async function startCatalogue(setUp: () => Promise<RunnerSetup>): Promise<Result<CatalogueWorker>> {
  const start = workerStarter(() => import('./catalogue.worker?worker-text'), 'plumbline catalogue');
  const [setup, worker] = await Promise.all([setUp(), start()]);
  const remote = Comlink.wrap<CatalogueApi>(worker);
  const catalog = await remote.open(setup);
  if (!catalog.ok) {
    worker.terminate();
    return catalog;
  }
  return {
    ok: true,
    value: {
      catalog: catalog.value,
      readConfig: (file, modelName) => remote.readConfig(file, modelName),
      stepTimes: (models, batches) => remote.stepTimes(models, batches),
      loads: (model, batches) => remote.loads(model, batches),
    },
  };
}
