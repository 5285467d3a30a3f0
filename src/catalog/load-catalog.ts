// The four tables of public/hardware → one Catalog. A fault in a table is a problem with file and line.

import type * as z from 'zod/mini';
import type { Result } from '../base/result';
import { ok } from '../base/result';
import type { ModelArchitecture } from '../domain/latency';
import type {
  BlackboxRow,
  CapacityShape,
  Catalog,
  CatalogEra,
  CatalogGpu,
  CatalogModel,
  ModelDefaults,
} from './catalog';
import { readTable } from './read-table';
import type { BlackboxTableRow, DefaultsRow, GpuRow, ModelRow } from './table-schemas';
import { coefficientTable, gpuTable, modelTable, workloadTable } from './table-schemas';
import { dtypeBytes, weightBytesFromName } from './weight-precision';

/** Texts of the tables, by name without ending. */
export interface CatalogTexts {
  readonly gpus: string;
  readonly models: string;
  readonly coefficients: string;
  readonly workloads: string;
}

export interface CatalogTables {
  readonly gpus: z.infer<ReturnType<typeof gpuTable>>;
  readonly models: z.infer<ReturnType<typeof modelTable>>;
  readonly coefficients: z.infer<ReturnType<typeof coefficientTable>>;
  readonly workloads: z.infer<ReturnType<typeof workloadTable>>;
}

/** The tables as they stand, each checked against its shape. */
export function readTables(texts: CatalogTexts): Result<CatalogTables> {
  const gpus = readTable(texts.gpus, 'gpus.yaml', gpuTable);
  if (!gpus.ok) return gpus;
  const models = readTable(texts.models, 'models.yaml', modelTable);
  if (!models.ok) return models;
  const coefficients = readTable(texts.coefficients, 'coefficients.yaml', coefficientTable);
  if (!coefficients.ok) return coefficients;
  const workloads = readTable(texts.workloads, 'workloads.yaml', workloadTable);
  if (!workloads.ok) return workloads;
  return ok({
    gpus: gpus.value,
    models: models.value,
    coefficients: coefficients.value,
    workloads: workloads.value,
  });
}

export function loadCatalog(texts: CatalogTexts): Result<Catalog> {
  const tables = readTables(texts);
  if (!tables.ok) return tables;
  const { gpus, models, coefficients, workloads } = tables.value;
  const { blackbox, global, modelDefaults, history } = coefficients;
  const calibrated = gpusOf(gpus.gpus.filter((row) => row.kind === 'calibrated'));
  const pinned = {
    gpus: calibrated,
    blackboxRows: blackbox.rows.map(blackboxRowOf),
    crossmodel: global.crossmodel,
    trainedRoofline: global['trained-roofline'],
    trainedPhysics: global['trained-physics'],
    modelDefaults: defaultsOf(modelDefaults.rows),
  } satisfies CatalogEra;
  const { trainedPhysics: _later, ...withoutTrainedPhysics } = pinned;
  const early = history.b05154c;
  const absent = new Set(early.absentModels);
  return ok({
    models: new Map(models.models.map((row) => [row.id, modelOf(row)])),
    ...pinned,
    gpus: gpusOf(gpus.gpus),
    blackboxSource: blackbox.source,
    presets: new Map(workloads.presets.map(({ source: _, ...preset }) => [preset.name, preset])),
    eras: {
      '87cc70ed': pinned,
      '0074c8c1': { ...withoutTrainedPhysics, gpus: gpusOf(gpus.history['0074c8c1']) },
      b05154c: {
        gpus: gpusOf(gpus.history.b05154c),
        blackboxRows: earlyRows(pinned.blackboxRows, early.blackboxRows.map(blackboxRowOf), absent),
        crossmodel: global.crossmodel,
        modelDefaults: new Map([
          ...[...pinned.modelDefaults].filter(([model]) => !absent.has(model)),
          ...defaultsOf(early.modelDefaults),
        ]),
      },
      f90a1e3a: {
        gpus: calibrated,
        blackboxRows: [],
        trainedPhysics: history.f90a1e3a['trained-physics'],
        modelDefaults: defaultsOf(history.f90a1e3a.modelDefaults),
      },
    },
  });
}

const gpusOf = (rows: readonly GpuRow[]): ReadonlyMap<string, CatalogGpu> =>
  new Map(
    rows.map(({ mfuPrefill = 0, mfuDecode = 0, ...row }) => [
      row.name,
      present({ ...row, mfuPrefill, mfuDecode }),
    ]),
  );

/** The same record without keys whose value is undefined. */
function present<T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function modelOf(row: ModelRow): CatalogModel {
  const moe = row.moe;
  const architecture: ModelArchitecture = {
    layers: row.layers,
    hidden: row.hidden,
    heads: row.heads,
    kvHeads: row.kvHeads,
    vocab: row.vocab,
    ffn: row.ffn,
    dtypeBytes: dtypeBytes(row.dtype ?? ''),
    experts: moe?.experts ?? 0,
    expertsPerToken: moe?.perToken ?? 0,
    expertFfn: moe?.expertFfn ?? 0,
    sharedExpertFfn: moe?.sharedExpertFfn ?? 0,
    interleaveStep: moe?.interleaveStep ?? 0,
    denseFfn: moe?.denseFfn ?? 0,
    activation: row.activation,
    tiedEmbeddings: row.tiedEmbeddings ?? false,
    weightBytes: row.weightBytes ?? weightBytesFromName(row.id),
    ...(row.headDim === undefined ? {} : { statedHeadDim: row.headDim }),
    ...(row.mla === undefined ? {} : { mla: row.mla }),
    ...(moe?.firstDenseLayers === undefined ? {} : { firstDenseLayers: moe.firstDenseLayers }),
  };
  return {
    id: row.id,
    hfId: row.hfId,
    architecture,
    capacity: capacityShapeOf(architecture),
    modelType: row.modelType,
    maxPositionEmbeddings: row.maxPositions,
    hasQuantization: row.quantMethod !== undefined,
    source: row.source,
    ...(row.dtype === undefined ? {} : { dtype: row.dtype }),
    ...(row.quantMethod === undefined ? {} : { quantMethod: row.quantMethod }),
    ...(row.rope === undefined
      ? {}
      : {
          ropeScaling: {
            type: row.rope.type,
            factor: row.rope.factor,
            original_max_position_embeddings: row.rope.original,
          },
        }),
  };
}

function capacityShapeOf(architecture: ModelArchitecture): CapacityShape {
  const { experts, expertFfn, sharedExpertFfn, expertsPerToken } = architecture;
  if (experts > 1) return { kind: 'moe', experts, expertFfn, sharedExpertFfn };
  return { kind: expertsPerToken > 0 ? 'expert-count-missing' : 'dense' };
}

function blackboxRowOf(row: BlackboxTableRow): BlackboxRow {
  return {
    model: row.model,
    gpu: row.gpu,
    tp: row.tp,
    vllmVersion: row.vllm,
    alpha: row.alpha,
    beta: row.beta,
    isShadowed: row.isShadowed ?? false,
    ...(row.fitLoss === undefined ? {} : { fitLoss: row.fitLoss }),
    ...(row.kvBlocks === undefined ? {} : { kvBlocks: row.kvBlocks }),
  };
}

/** The pinned rows without absent models, changed rows at the place of the row they precede. */
function earlyRows(
  rows: readonly BlackboxRow[],
  changed: readonly BlackboxRow[],
  absent: ReadonlySet<string>,
): readonly BlackboxRow[] {
  return rows
    .filter((row) => !absent.has(row.model))
    .map(
      (row) =>
        changed.find((other) => other.model === row.model && other.gpu === row.gpu && other.tp === row.tp) ??
        row,
    );
}

const defaultsOf = (rows: readonly DefaultsRow[]): ReadonlyMap<string, ModelDefaults> =>
  new Map(
    rows.map((row) => [
      row.model,
      {
        gpu: row.gpu,
        tp: row.tp,
        vllmVersion: row.vllm ?? '',
        ...(row.hfId === undefined ? {} : { hfId: row.hfId }),
      },
    ]),
  );
