// Look-ups in the catalogue that explain a miss: what was asked for, what exists nearby, what to do.

import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { ReferenceVersion } from '../domain/latency';
import type { BlackboxRow, Catalog, CatalogGpu, CatalogModel, ModelDefaults } from './catalog';

const unknownName = (message: string, field: string): { readonly ok: false; readonly error: Problem } =>
  fail({ code: 'unknown-name', message, field });

/** Names are compared in lower case. */
export function findModel(catalog: Catalog, id: string): Result<CatalogModel> {
  const key = id.toLowerCase();
  const model = catalog.models.get(key);
  if (model !== undefined) return ok(model);
  const near = nearest(key, [...catalog.models.keys()]);
  return unknownName(
    `The catalogue has no architecture for the model "${id}"` +
      (near.length > 0 ? `; similar: ${near.join(', ')}` : '') +
      ". Add the model's config.json.",
    'model',
  );
}

/** Exact, case-sensitive, as the reference. Datasheet GPUs exist beside those that the reference knows. */
export function findGpu(
  catalog: Catalog,
  name: string,
  version: ReferenceVersion = '87cc70ed',
): Result<CatalogGpu> {
  const gpus = catalog.eras[version].gpus;
  const gpu = gpus.get(name) ?? (version === '87cc70ed' ? catalog.gpus.get(name) : undefined);
  if (gpu !== undefined) return ok(gpu);
  const known = [...gpus.keys()].sort().join(', ');
  const others = [...catalog.gpus.values()].filter((other) => other.kind !== 'calibrated');
  return unknownName(
    `GPU "${name}" is not known; available: ${known}` +
      (version === '87cc70ed' && others.length > 0
        ? `. Without calibrated utilisation: ${others.map((other) => other.name).join(', ')}`
        : '') +
      '.',
    'hardware',
  );
}

export const findDefaults = (
  catalog: Catalog,
  model: string,
  version: ReferenceVersion = '87cc70ed',
): ModelDefaults | undefined => catalog.eras[version].modelDefaults.get(model.toLowerCase());

export interface BlackboxKey {
  readonly model: string;
  readonly gpu: string;
  readonly tp: number;
  readonly vllmVersion: string;
}

/** The first row in file order that equals the key in all four parts. There is no nearest match. */
export function findBlackboxRow(
  catalog: Catalog,
  key: BlackboxKey,
  version: ReferenceVersion = '87cc70ed',
): Result<BlackboxRow> {
  const rows = catalog.eras[version].blackboxRows;
  const model = key.model.toLowerCase();
  const row = rows.find(
    (other) =>
      other.model === model &&
      other.gpu === key.gpu &&
      other.tp === key.tp &&
      other.vllmVersion === key.vllmVersion,
  );
  return row === undefined ? unknownName(explainMiss(rows, { ...key, model }), 'latency-model') : ok(row);
}

function explainMiss(rows: readonly BlackboxRow[], key: BlackboxKey): string {
  const asked = `No blackbox row for ${key.model} with TP ${key.tp} on ${key.gpu || 'no GPU'} (${key.vllmVersion || 'no vLLM version'})`;
  const advice = 'Give --alpha-coeffs and --beta-coeffs, or choose another latency model';
  const ofModel = rows.filter((row) => row.model === key.model);
  if (ofModel.length === 0) {
    return `${asked}; the table has no row for this model at all. ${advice}.`;
  }
  const onGpu = ofModel.filter((row) => row.gpu === key.gpu);
  if (onGpu.length === 0) {
    return `${asked}; rows exist for ${list(ofModel.map((row) => row.gpu))}. ${advice}.`;
  }
  const sameVersion = onGpu.filter((row) => row.vllmVersion === key.vllmVersion);
  const sameTp = onGpu.filter((row) => row.tp === key.tp);
  if (sameTp.length > 0) {
    return `${asked}; rows for TP ${key.tp} exist for ${list(sameTp.map((row) => row.vllmVersion))}. ${advice}.`;
  }
  const other = sameVersion.length > 0 ? sameVersion : onGpu;
  return `${asked}; rows exist for TP ${list(other.map((row) => String(row.tp)))}. ${advice}.`;
}

const list = (names: readonly string[]): string => [...new Set(names)].sort(byNumber).join(', ');
const byNumber = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0);

const MOST_SUGGESTIONS = 3;

/** Names that share the part behind the organisation, or begin alike. */
function nearest(key: string, names: readonly string[]): readonly string[] {
  const tail = (name: string): string => name.slice(name.indexOf('/') + 1);
  const wanted = tail(key);
  if (wanted === '') return [];
  const prefix = (name: string): number => {
    const other = tail(name);
    let shared = 0;
    while (shared < wanted.length && wanted[shared] === other[shared]) shared += 1;
    return shared;
  };
  const least = Math.max(4, wanted.length / 3);
  return names
    .map((name) => ({ name, shared: prefix(name) }))
    .filter((candidate) => candidate.shared >= least)
    .sort((a, b) => b.shared - a.shared)
    .slice(0, MOST_SUGGESTIONS)
    .map((candidate) => candidate.name);
}
