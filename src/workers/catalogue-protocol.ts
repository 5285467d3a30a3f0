// Calls between the page and the catalogue worker, which reads the tables and config.json files and times batches. Types
// only. Arguments and results are plain data; expected failures cross as values.

import type { Result } from '../base/result';
import type { Catalog, ModelFacts } from '../catalog/catalog';
import type { LatencyModel } from '../domain/latency';
import type { RooflineLoads } from '../engine/roofline-loads';
import type { BatchColumns, StepTimeColumns } from '../engine/step-times';
import type { RunnerSetup } from './protocol';

export interface CatalogueApi {
  open(setup: RunnerSetup): Promise<Result<Catalog>>;
  /** Reads a config.json that the user dropped. */
  readConfig(file: File, modelName: string): Promise<Result<ModelFacts>>;
  /** Valid models only; `batches.model` indexes them. */
  stepTimes(models: readonly LatencyModel[], batches: BatchColumns): Promise<StepTimeColumns>;
  loads(model: LatencyModel, batches: BatchColumns): Promise<RooflineLoads>;
}
