// `experiments.json`: a JSON array with one object an experiment (sim-to-real 5b12a00, validator spec 2.1 and 6).

import { describe } from '../../base/describe';
import { jsonProblem, type JsonDocument } from '../../base/json-schema';
import { FirstFew } from '../../base/first-few';
import { JsonPlaces, parseJson } from '../../base/json';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { readText, type SourceFile } from '../file-tree';

const MAX_MANIFEST_BYTES = 16e6;
/** Twenty times the largest study we know; entries beyond would only name folders over and over. */
const MAX_ENTRIES = 10_000;

/** An entry as it stands in the file; which keys are needed is checked when its folder is read. */
export interface ManifestEntry {
  readonly id: number;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Position in the array. */
  readonly index: number;
  readonly document: JsonDocument;
}

/** What the manifest says about an experiment; the values of `LEGACY_METADATA` where there is no manifest. */
export interface Metadata {
  readonly expId: number;
  readonly hardware: string;
  readonly dp?: number;
  readonly cpuOffload: boolean;
  readonly gpuMemUtil: number;
  readonly precision: string;
  readonly safe: string;
  readonly workload: string;
  readonly totalKvBlocks?: number;
  readonly cpuKvBlocks?: number;
}

export const LEGACY_METADATA: Omit<Metadata, 'workload'> = {
  expId: 0,
  hardware: 'H100',
  cpuOffload: false,
  gpuMemUtil: 0.9,
  precision: 'FP16',
  safe: 'safe',
};

export interface ManifestFile {
  /** All entries of the array, usable or not. */
  readonly listedCount: number;
  /** Objects with a whole `id`, in file order. */
  readonly entries: readonly ManifestEntry[];
  /** Entries left out by the safe filter. */
  readonly unsafeCount: number;
  readonly warnings: readonly string[];
}

export interface EntryFilter {
  /** Take entries that are not marked safe, too. */
  readonly all?: boolean;
  /** Leave out entries without `done: true`. */
  readonly needsDone?: boolean;
}

export async function readManifest(file: SourceFile, filter: EntryFilter): Promise<Result<ManifestFile>> {
  const text = await readText(file, MAX_MANIFEST_BYTES);
  if (!text.ok) return text;
  const parsed = parseJson(text.value, file.path);
  if (!parsed.ok) {
    return fail({ ...parsed.error, message: `Malformed JSON in ${parsed.error.message}` });
  }
  const document: JsonDocument = {
    file: file.path,
    text: text.value,
    value: parsed.value,
    places: new JsonPlaces(text.value),
  };
  if (!Array.isArray(parsed.value)) {
    const what = `expected a list with one object an experiment, found ${describe(parsed.value)}`;
    return fail(jsonProblem(document, [], 'malformed', what));
  }
  const entries: ManifestEntry[] = [];
  const warnings = new FirstFew(
    (count) => `${file.path}: ${count} more of its entries are wrong in one of these ways.`,
  );
  const warn = (path: readonly PropertyKey[], what: string): void =>
    warnings.add(() => jsonProblem(document, path, 'bad-value', what).message);
  let unsafeCount = 0;
  let beyondCount = 0;
  const seen = new Set<number>();
  for (const [index, fields] of (parsed.value as unknown[]).entries()) {
    if (!isObject(fields)) {
      const what = `entry ${index + 1} is ${describe(fields)} instead of an object and is skipped`;
      warn([index], what);
      continue;
    }
    if (filter.all !== true && fields['safe'] !== 'safe') {
      unsafeCount++;
      continue;
    }
    if (filter.needsDone === true && fields['done'] !== true) continue;
    const id = fields['id'];
    if (typeof id !== 'number' || !Number.isInteger(id)) {
      const name = typeof fields['model'] === 'string' ? `, model ${JSON.stringify(fields['model'])}` : '';
      const what = `entry ${index + 1}${name} has no whole number as id (found ${describe(id)}) and is skipped`;
      warn([index, 'id'], what);
      continue;
    }
    if (entries.length === MAX_ENTRIES) {
      beyondCount++;
      continue;
    }
    if (seen.has(id)) {
      const what = `the id ${id} appears twice; entry ${index + 1} reads the same folder again`;
      warn([index, 'id'], what);
    }
    seen.add(id);
    entries.push({ id, fields, index, document });
  }
  const cut =
    beyondCount === 0
      ? []
      : [
          `${file.path} lists ${MAX_ENTRIES + beyondCount} experiments; the first ${MAX_ENTRIES} are read. ` +
            'Split the list to read the others.',
        ];
  return ok({
    listedCount: parsed.value.length,
    entries,
    unsafeCount,
    warnings: [...warnings.finish(), ...cut],
  });
}

const REQUIRED = ['cpu_offload', 'dp', 'gpu_mem', 'hw', 'id', 'precision', 'safe', 'workload'];

/** The typed entry; missing keys are named together, sorted, before any file of `folder` is read. */
export function metadataOf(entry: ManifestEntry, folder: string): Result<Metadata> {
  const { fields } = entry;
  const missing = REQUIRED.filter((key) => !(key in fields));
  if (missing.length > 0) {
    const keys = missing.length === 1 ? `the key ${missing.join('')}` : `the keys ${missing.join(', ')}`;
    const what = `the entry of ${folder} lacks ${keys}`;
    return fail({
      ...jsonProblem(entry.document, [entry.index], 'missing-key', what),
      field: missing.join(', '),
    });
  }
  const wrong = (key: string, wanted: string): { ok: false; error: Problem } => {
    const what = `${key} of ${folder}: expected ${wanted}, found ${describe(fields[key])}`;
    return fail(jsonProblem(entry.document, [entry.index, key], 'bad-value', what));
  };
  const { hw, precision, safe, workload, dp, cpu_offload: cpuOffload, gpu_mem: gpuMem } = fields;
  if (!isName(hw)) return wrong('hw', 'a GPU type such as "H100"');
  if (!isName(precision)) return wrong('precision', '"FP16" or "FP8"');
  if (typeof safe !== 'string') return wrong('safe', '"safe", "unsafe" or "uncalibrated"');
  if (!isName(workload)) return wrong('workload', 'a text such as "general"');
  if (dp !== null && !isCount(dp, 0)) return wrong('dp', 'a whole number of at least 0, or null');
  if (typeof cpuOffload !== 'boolean') return wrong('cpu_offload', 'true or false');
  if (typeof gpuMem !== 'number' || !(gpuMem > 0 && gpuMem <= 1))
    return wrong('gpu_mem', 'a share above 0, up to 1');
  const { total_kv_blocks: total, cpu_kv_blocks: cpu } = fields;
  const hasTotal = total !== undefined && total !== null;
  const hasCpu = cpu !== undefined && cpu !== null;
  if (hasTotal && !isCount(total, 1)) return wrong('total_kv_blocks', 'a whole number of at least 1');
  if (hasCpu && !isCount(cpu, 0)) return wrong('cpu_kv_blocks', 'a whole number of at least 0');
  return ok({
    expId: entry.id,
    hardware: hw,
    ...(dp === null ? {} : { dp }),
    cpuOffload,
    gpuMemUtil: gpuMem,
    precision,
    safe,
    workload,
    ...(hasTotal ? { totalKvBlocks: total } : {}),
    ...(hasCpu ? { cpuKvBlocks: cpu } : {}),
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isName = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isCount = (value: unknown, min: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= min;
