// Rows of a step-time or kv-capacity document: a JSON array of objects that name a model, a GPU and a TP degree.
// Every reading fault names the row's id (or its place) and the field.

import type { Catalog, CatalogModel } from '../../catalog/catalog';
import { findGpu, findModel } from '../../catalog/look-ups';
import type { GpuFacts, ModelArchitecture, ReferenceVersion } from '../../domain/latency';
import { UsageError } from '../io';

export type Row = Readonly<Record<string, unknown>>;

export function parseRows(text: string, file: string): readonly Row[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${file}: not valid JSON (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  if (!Array.isArray(parsed)) throw new UsageError(`${file}: found no JSON array, expected an array of rows`);
  return parsed.map((row: unknown, index) => {
    if (isObject(row)) return row;
    throw new UsageError(`${file}: row ${index + 1} is not an object`);
  });
}

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the fields of one row. */
export class RowReader {
  constructor(
    private readonly row: Row,
    private readonly file: string,
    private readonly index: number,
  ) {}

  get id(): unknown {
    return this.row['id'];
  }

  has(field: string): boolean {
    return this.row[field] !== undefined && this.row[field] !== null;
  }

  fault(field: string, expected: string): UsageError {
    const name = typeof this.id === 'string' ? this.id : `row ${this.index + 1}`;
    const found = JSON.stringify(this.row[field]) ?? 'nothing';
    return new UsageError(`${this.file}: ${name}: ${field}: found ${found}, expected ${expected}`);
  }

  text(field: string, fallback?: string): string {
    const value = this.row[field];
    if (typeof value === 'string') return value;
    if (!this.has(field) && fallback !== undefined) return fallback;
    throw this.fault(field, 'a text');
  }

  number(field: string, fallback?: number): number {
    const value = this.row[field];
    if (typeof value === 'number') return value;
    if (!this.has(field) && fallback !== undefined) return fallback;
    throw this.fault(field, 'a number');
  }

  numbers(field: string): readonly number[] {
    const value = this.row[field];
    if (!this.has(field)) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value as number[];
    throw this.fault(field, 'a list of numbers');
  }

  objects(field: string): readonly Row[] | undefined {
    const value = this.row[field];
    if (!this.has(field)) return undefined;
    if (Array.isArray(value) && value.every(isObject)) return value;
    throw this.fault(field, 'a list of objects');
  }

  object(field: string): Row {
    const value = this.row[field];
    if (!this.has(field)) return {};
    if (isObject(value)) return value;
    throw this.fault(field, 'an object');
  }

  version(): ReferenceVersion {
    const version = this.text('version', '87cc70ed');
    if (isVersion(version)) return version;
    throw this.fault('version', `one of ${VERSIONS.join(', ')}`);
  }
}

const VERSIONS: readonly ReferenceVersion[] = ['87cc70ed', 'b05154c', '0074c8c1', 'f90a1e3a'];
const isVersion = (name: string): name is ReferenceVersion => (VERSIONS as readonly string[]).includes(name);

/** Field names of override objects, and the fact each sets. */
const MODEL_FIELDS: Readonly<Record<string, keyof ModelArchitecture>> = {
  layers: 'layers',
  hidden: 'hidden',
  heads: 'heads',
  kv_heads: 'kvHeads',
  head_dim_stated: 'statedHeadDim',
  ffn: 'ffn',
  vocab: 'vocab',
  activation: 'activation',
  dtype_bytes: 'dtypeBytes',
  weight_bytes: 'weightBytes',
  experts: 'experts',
  experts_per_token: 'expertsPerToken',
  expert_ffn: 'expertFfn',
  shared_expert_ffn: 'sharedExpertFfn',
  moe_interleave_step: 'interleaveStep',
  dense_ffn: 'denseFfn',
  first_dense_layers: 'firstDenseLayers',
  tied_embeddings: 'tiedEmbeddings',
};
const GPU_FIELDS: Readonly<Record<string, keyof GpuFacts>> = {
  peak_tflops: 'peakTflops',
  peak_tflops_fp8: 'peakTflopsFp8',
  mem_bw_tbs: 'memoryBandwidthTbs',
  mfu_prefill: 'mfuPrefill',
  mfu_decode: 'mfuDecode',
  memory_gib: 'memoryGib',
};

/** The row's model, with `model_overrides` applied to its architecture; the message when the catalogue has none. */
export function modelOfRow(catalog: Catalog, reader: RowReader): CatalogModel | string {
  const found = findModel(catalog, reader.text('model'));
  if (!found.ok) return found.error.message;
  const architecture = overridden(found.value.architecture, reader, 'model_overrides', MODEL_FIELDS);
  return { ...found.value, architecture };
}

export function gpuOfRow(catalog: Catalog, reader: RowReader): GpuFacts | string {
  const found = findGpu(catalog, reader.text('hw'), reader.version());
  return found.ok ? overridden(found.value, reader, 'hw_overrides', GPU_FIELDS) : found.error.message;
}

function overridden<T extends object>(
  facts: T,
  reader: RowReader,
  field: string,
  names: Readonly<Record<string, keyof T>>,
): T {
  const changed: Partial<Record<keyof T, unknown>> = {};
  for (const [key, value] of Object.entries(reader.object(field))) {
    const name = Object.hasOwn(names, key) ? names[key] : undefined;
    if (name === undefined) throw reader.fault(field, `keys among ${Object.keys(names).join(', ')}`);
    const expected = typeof facts[name] === 'undefined' ? 'number' : typeof facts[name];
    if (value === null) changed[name] = 0;
    else if (typeof value === expected) changed[name] = value;
    else throw reader.fault(field, `a ${expected} for ${key}`);
  }
  return { ...facts, ...changed };
}
