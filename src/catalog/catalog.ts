// The reviewed facts behind every BLIS latency mode, as loaded from public/hardware. The plain fields are those of the
// pinned reference (87cc70ed); `eras` holds what its other versions had.

import type { Coefficients, GpuFacts, ModelArchitecture, ReferenceVersion } from '../domain/latency';
import type { WorkloadPreset } from '../domain/workload-preset';

/** How the KV-capacity rule sees the experts of a model (it resolves them apart from the step-time models). */
export type CapacityShape =
  | { readonly kind: 'dense' }
  | {
      readonly kind: 'moe';
      readonly experts: number;
      /** 0 = same as `ffn`. */
      readonly expertFfn: number;
      readonly sharedExpertFfn: number;
    }
  | { readonly kind: 'expert-count-missing' };

/** What a config.json says, whether it came with the catalogue or was dropped by the user. */
export interface ModelFacts {
  readonly architecture: ModelArchitecture;
  readonly capacity: CapacityShape;
  readonly modelType: string;
  /** 0 = not stated. */
  readonly maxPositionEmbeddings: number;
  /** Absent when not an object. */
  readonly ropeScaling?: Readonly<Record<string, unknown>>;
  /** A quantisation block exists, readable or not. */
  readonly hasQuantization: boolean;
  /** `quant_method` of that block. */
  readonly quantMethod?: string;
}

/** A model the catalogue knows. `id` is the lower-case HuggingFace id. */
export interface CatalogModel extends ModelFacts {
  readonly id: string;
  readonly hfId: string;
  /** Compute type as stated; absent where config.json is silent. */
  readonly dtype?: string;
  readonly source: string;
}

export interface CatalogGpu extends GpuFacts {
  /** Known to the reference; vendor figures only; entered by the user. MFU values are 0 unless calibrated or entered. */
  readonly kind: 'calibrated' | 'datasheet' | 'custom';
  readonly powerW?: number;
  readonly source: string;
}

export interface BlackboxRow extends Coefficients {
  readonly model: string;
  readonly gpu: string;
  readonly tp: number;
  readonly vllmVersion: string;
  /** Calibration residual published with the row. */
  readonly fitLoss?: number;
  /** KV blocks of 16 tokens stored with the row (b05154c and 0074c8c1). */
  readonly kvBlocks?: number;
  /** An earlier row has the same key, so no look-up finds this one. */
  readonly isShadowed: boolean;
}

export interface ModelDefaults {
  readonly gpu: string;
  readonly tp: number;
  /** '' where the version has no such default (f90a1e3a). */
  readonly vllmVersion: string;
  /** Repository whose config.json the reference fetches; absent = none published. */
  readonly hfId?: string;
}

/** A global coefficient vector and where it was published. */
export interface GlobalVector extends Coefficients {
  readonly source: string;
}

/** The tables of one version of the reference. */
export interface CatalogEra {
  /** Calibrated GPUs only. */
  readonly gpus: ReadonlyMap<string, CatalogGpu>;
  /** In file order: the first of equal keys wins. Empty where the version has no blackbox. */
  readonly blackboxRows: readonly BlackboxRow[];
  readonly crossmodel?: GlobalVector;
  readonly trainedRoofline?: GlobalVector;
  readonly trainedPhysics?: GlobalVector;
  readonly modelDefaults: ReadonlyMap<string, ModelDefaults>;
}

export interface Catalog {
  readonly models: ReadonlyMap<string, CatalogModel>;
  /** Calibrated GPUs, then datasheet GPUs. */
  readonly gpus: ReadonlyMap<string, CatalogGpu>;
  readonly blackboxRows: readonly BlackboxRow[];
  readonly blackboxSource: string;
  readonly crossmodel: GlobalVector;
  readonly trainedRoofline: GlobalVector;
  readonly trainedPhysics: GlobalVector;
  readonly modelDefaults: ReadonlyMap<string, ModelDefaults>;
  readonly presets: ReadonlyMap<string, WorkloadPreset>;
  readonly eras: Readonly<Record<ReferenceVersion, CatalogEra>>;
}
