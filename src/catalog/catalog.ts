// The reviewed facts behind every BLIS latency mode, as loaded from public/hardware.

import type { Coefficients, GpuFacts, ModelArchitecture } from '../domain/latency';

/** A model the catalogue knows. `id` is the lower-case HuggingFace id. */
export interface CatalogModel {
  readonly id: string;
  readonly hfId: string;
  readonly architecture: ModelArchitecture;
  readonly modelType: string;
  readonly maxPositionEmbeddings: number;
  readonly ropeScaling?: Readonly<Record<string, unknown>>;
  readonly source: string;
}

export interface BlackboxRow extends Coefficients {
  readonly model: string;
  readonly gpu: string;
  readonly tp: number;
  readonly vllmVersion: string;
}

export interface ModelDefaults {
  readonly gpu: string;
  readonly tp: number;
  readonly vllmVersion: string;
}

export interface Catalog {
  readonly models: ReadonlyMap<string, CatalogModel>;
  readonly gpus: ReadonlyMap<string, GpuFacts>;
  /** In file order: the first of equal keys wins. */
  readonly blackboxRows: readonly BlackboxRow[];
  readonly crossmodel: Coefficients;
  readonly trainedRoofline: Coefficients;
  readonly trainedPhysics: Coefficients;
  readonly modelDefaults: ReadonlyMap<string, ModelDefaults>;
}
