// ServeGen data: a folder of chunk-<id>-trace.csv (rates over time) and chunk-<id>-dataset.json (length distributions),
// one client a chunk (spec 7.4; BLIS 87cc70ed sim/workload/servegen.go). Reading the folder is the caller's business.

import { CsvReader, textChunks } from '../base/csv';
import { FirstFew } from '../base/first-few';
import { parseJson } from '../base/json';
import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { ClientSpec, Distribution, ServegenSource } from './spec';
import { emptyClient } from './spec';

export interface NamedText {
  /** Name inside the folder. */
  readonly name: string;
  readonly text: string;
}

export interface ServegenClients {
  readonly clients: readonly ClientSpec[];
  /** Rows and chunks that were passed over. */
  readonly warnings: readonly string[];
}

interface ChunkRow {
  readonly startS: number;
  readonly rate: number;
  readonly cv: number;
  readonly pattern: string;
}

const TRACE_NAME = /^chunk-(.*)-trace\.csv$/;
const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

export function expandServegen(source: ServegenSource, files: readonly NamedText[]): Result<ServegenClients> {
  const byName = new Map(files.map((file) => [file.name, file.text]));
  const traces = files
    .filter((file) => TRACE_NAME.test(file.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (traces.length === 0) {
    return fail({
      code: 'missing-file',
      message: `${source.path} holds no chunk-<id>-trace.csv files; expected a folder of ServeGen data.`,
      file: source.path,
    });
  }
  const clients: ClientSpec[] = [];
  const warnings: string[] = [];
  for (const trace of traces) {
    const id = TRACE_NAME.exec(trace.name)?.[1] ?? '';
    const rows = readTrace(trace, warnings);
    if (!rows.ok) return rows;
    const row = busiest(rows.value, source);
    if (row === undefined) {
      warnings.push(`${trace.name}: no row with a rate > 0 in the span; the chunk is left out.`);
      continue;
    }
    const name = `chunk-${id}-dataset.json`;
    const text = byName.get(name);
    if (text === undefined) {
      return fail({
        code: 'missing-file',
        message: `${source.path} lacks ${name}, which ${trace.name} needs.`,
        file: name,
      });
    }
    const lengths = readDataset(name, text, source);
    if (!lengths.ok) return lengths;
    const process = row.pattern === 'gamma' || row.pattern === 'weibull' ? row.pattern : 'poisson';
    clients.push({
      ...emptyClient,
      id: `servegen-chunk-${id}`,
      tenantId: `chunk-${id}`,
      rateFraction: row.rate,
      arrival: process === 'poisson' ? { process } : { process, cv: row.cv },
      ...lengths.value,
    });
  }
  if (clients.length === 0) {
    return fail({
      code: 'bad-value',
      message: `${source.path}: no chunk has a rate > 0 between span_start and span_end.`,
      file: source.path,
    });
  }
  return ok({ clients, warnings });
}

const isInSpan = (startS: number, source: ServegenSource): boolean =>
  (source.spanStart <= 0 || startS >= source.spanStart) && (source.spanEnd <= 0 || startS < source.spanEnd);

/** The first row with the highest rate. */
function busiest(rows: readonly ChunkRow[], source: ServegenSource): ChunkRow | undefined {
  let best: ChunkRow | undefined;
  for (const row of rows) {
    if (isInSpan(row.startS, source) && row.rate > (best?.rate ?? 0)) best = row;
  }
  return best;
}

function readTrace(file: NamedText, warnings: string[]): Result<ChunkRow[]> {
  const rows: ChunkRow[] = [];
  const passedOver = new FirstFew(
    (count) => `${file.name}: ${count} more rows like these are passed over.`,
    3,
  );
  let width = -1;
  const reader = new CsvReader(file.name, (row): Problem | undefined => {
    if (width < 0) width = row.count;
    if (row.count !== width) {
      return {
        code: 'malformed',
        message: `${file.name}, line ${row.line}: has ${row.count} fields where the first row has ${width}.`,
        file: file.name,
        line: row.line,
      };
    }
    const numbers = [0, 1, 2].map((field) => decimal(row.text(field).trim()));
    const [startS, rate, cv] = numbers;
    if (row.count < 4 || startS === undefined || rate === undefined || cv === undefined) {
      passedOver.add(
        () => `${file.name}, line ${row.line}: not a row of start, rate, cv, pattern; passed over.`,
      );
    } else {
      rows.push({ startS, rate, cv, pattern: row.text(3).trim().toLowerCase() });
    }
    return undefined;
  });
  for (const chunk of textChunks(file.text)) {
    const problem = reader.push(chunk);
    if (problem !== undefined) return fail(problem);
  }
  const problem = reader.end();
  warnings.push(...passedOver.finish());
  return problem === undefined ? ok(rows) : fail(problem);
}

const decimal = (text: string): number | undefined => (DECIMAL.test(text) ? Number(text) : undefined);

function readDataset(
  name: string,
  text: string,
  source: ServegenSource,
): Result<{ input: Distribution; output: Distribution }> {
  const json = parseJson(text, name);
  if (!json.ok) return json;
  const parsed = json.value;
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return fail({ code: 'malformed', message: `${name}: expected an object of start times.`, file: name });
  }
  const entries = Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [key, value] of entries) {
    const startS = decimal(key);
    if (startS === undefined || !isInSpan(startS, source)) continue;
    const input = textOf(value, 'input_tokens');
    const output = textOf(value, 'output_tokens');
    if (input === '' || output === '') continue;
    const inputs = readWeights(input, name, `${key}.input_tokens`);
    if (!inputs.ok) return inputs;
    const outputs = readWeights(output, name, `${key}.output_tokens`);
    if (!outputs.ok) return outputs;
    return ok({ input: inputs.value, output: outputs.value });
  }
  return fail({
    code: 'missing-key',
    message: `${name}: no entry in the span has both input_tokens and output_tokens.`,
    file: name,
  });
}

function textOf(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return '';
  const text: unknown = (value as Readonly<Record<string, unknown>>)[key];
  return typeof text === 'string' ? text : '';
}

/** `{100: 0.5, 200.0: 2.5e-1,}`; keys are truncated to whole tokens, later duplicates win. */
function readWeights(text: string, file: string, field: string): Result<Distribution> {
  const trimmed = text.trim();
  const broken = (what: string): Result<never> =>
    fail({ code: 'malformed', message: `${file}, ${field}: ${what}.`, file, field });
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}'))
    return broken('expected a text in braces, "{tokens: weight, …}"');
  const params = new Map<string, number>();
  for (const part of trimmed.slice(1, -1).split(',')) {
    if (part.trim() === '') continue;
    const [keyText, weightText, ...more] = part.split(':').map((piece) => piece.trim());
    const key = decimal((keyText ?? '').replace(/^(['"])(.*)\1$/, '$2'));
    const weight = decimal(weightText ?? '');
    if (key === undefined || weight === undefined || more.length > 0) {
      return broken(`"${part.trim().slice(0, 40)}" is not "tokens: weight"`);
    }
    params.set(String(Math.trunc(key)), weight);
  }
  if (params.size === 0) return broken('holds no entries');
  return ok({ type: 'empirical', params, file: '' });
}
