// The input of `estimate`: a document with `models`, `rows` and `sweeps`. Fields are read leniently, since each kind of entry
// has its own; what a kind needs and does not find is that entry's error.

import { fail, ok, type Result } from '../../base/result';
import { UsageError } from '../io';

export type Json = Readonly<Record<string, unknown>>;

export interface EstimateEntry {
  readonly kind?: string;
  readonly input: Json;
  readonly output?: Json;
}

export interface EstimateDocument {
  readonly models: Readonly<Record<string, Json>>;
  readonly rows: readonly EstimateEntry[];
  readonly sweeps: readonly Json[];
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function parseDocument(text: string, file: string): EstimateDocument {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${file}: not valid JSON (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  if (!isJson(document)) throw new UsageError(`${file}: expected an object with models, rows and sweeps`);
  const { models, rows, sweeps } = document;
  const known = isJson(models) ? models : {};
  return {
    models: Object.fromEntries(
      Object.entries(known).flatMap(([name, config]) => (isJson(config) ? [[name, config]] : [])),
    ),
    rows: (Array.isArray(rows) ? (rows as readonly unknown[]) : []).map(entryOf),
    sweeps: (Array.isArray(sweeps) ? (sweeps as readonly unknown[]) : []).map((item) =>
      isJson(item) ? item : {},
    ),
  };
}

/** An entry without an `input` object carries its fields itself. */
function entryOf(item: unknown): EstimateEntry {
  if (!isJson(item)) return { input: {} };
  const { kind, input, output } = item;
  return {
    ...(typeof kind === 'string' ? { kind } : {}),
    input: isJson(input) ? input : item,
    ...(isJson(output) ? { output } : {}),
  };
}

/** Reads the fields of one entry, remembering the first one that is absent or of the wrong type. */
export class Fields {
  private readonly entry: Json;
  private firstProblem: string | undefined;

  constructor(entry: Json) {
    this.entry = entry;
  }

  number(name: string, otherwise?: number): number {
    const value = this.entry[name];
    if (typeof value === 'number') return value;
    if (value === undefined || value === null) {
      if (otherwise !== undefined) return otherwise;
      this.firstProblem ??= `needs ${name}`;
    } else this.firstProblem ??= `${name} must be a number; found ${JSON.stringify(value)}`;
    return NaN;
  }

  text(name: string, otherwise?: string): string {
    const value = this.entry[name];
    if (typeof value === 'string') return value;
    if (value === undefined || value === null) {
      if (otherwise !== undefined) return otherwise;
      this.firstProblem ??= `needs ${name}`;
    } else this.firstProblem ??= `${name} must be a text; found ${JSON.stringify(value)}`;
    return '';
  }

  has(name: string): boolean {
    return this.entry[name] !== undefined && this.entry[name] !== null;
  }

  /** `value` if every field so far was there. */
  finish<T>(value: T): Result<T> {
    if (this.firstProblem === undefined) return ok(value);
    return fail({ code: 'missing-key', message: `The entry ${this.firstProblem}.` });
  }
}

/** The config.json of the model that an entry names. */
export function modelConfig(document: EstimateDocument, name: string): Result<Json> {
  const config = Object.hasOwn(document.models, name) ? document.models[name] : undefined;
  if (config !== undefined) return ok(config);
  return fail({
    code: 'unknown-name',
    field: 'model',
    message: `The document has no model "${name}"; it has ${Object.keys(document.models).join(', ')}.`,
  });
}
