// Per-request measurements (validator spec 5.1): inference-perf's JSON list, or the compact CSV that the published kit uses for
// the same facts. Rows stay in file order; nothing is sorted or dropped here.

import { z } from 'zod';
import { CsvReader, type CsvRow } from '../../base/csv';
import { growingF64, growingU32, growingU8 } from '../../base/growing-column';
import { describe } from '../../base/describe';
import { jsonCount, jsonNumber } from '../../base/json-schema';
import { dotted } from '../../base/go-yaml-schema';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';
import { OUTCOMES, type MeasuredRequests } from '../../domain/experiment';
import { joinPath, readChunks, type FileTree, type SourceFile } from '../file-tree';
import { JsonRecordReader, type JsonRecord } from '../json-records';

const JSON_NAME = 'per_request_lifecycle_metrics.json';
const CSV_NAME = 'per_request.csv';
const US_PER_S = 1e6;
/** Columns hold 32 bits; a larger count is a damaged file, and must not wrap round to a small one. */
const MAX_TOKENS = 2 ** 32 - 1;

/** Both forms, the original first; undefined when the folder has neither. */
export async function readMeasuredRequests(
  tree: FileTree,
  perfFolder: string,
): Promise<Result<MeasuredRequests | undefined>> {
  const json = tree.file(joinPath(perfFolder, JSON_NAME));
  if (json !== undefined) return readPerRequestJson(json);
  const csv = tree.file(joinPath(perfFolder, CSV_NAME));
  return csv === undefined ? ok(undefined) : readPerRequestCsv(csv);
}

class Columns {
  private readonly startS = growingF64();
  private readonly arrivalUs = growingF64();
  private readonly inputTokens = growingU32();
  private readonly outputTokens = growingU32();
  private readonly ttftUs = growingF64();
  private readonly e2eUs = growingF64();
  private readonly failed = growingU8();

  get count(): number {
    return this.arrivalUs.length;
  }

  push(row: {
    readonly startS: number;
    readonly arrivalUs: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly ttftUs: number;
    readonly e2eUs: number;
    /** One of OUTCOMES. */
    readonly outcome: number;
  }): void {
    const hasFailed = row.outcome !== OUTCOMES.answered;
    this.startS.push(row.startS);
    this.arrivalUs.push(row.arrivalUs);
    this.inputTokens.push(row.inputTokens);
    this.outputTokens.push(row.outputTokens);
    this.ttftUs.push(hasFailed ? NaN : row.ttftUs);
    this.e2eUs.push(hasFailed ? NaN : row.e2eUs);
    this.failed.push(row.outcome);
  }

  finish(): MeasuredRequests {
    return {
      count: this.count,
      startS: this.startS.finish(),
      arrivalUs: this.arrivalUs.finish(),
      inputTokens: this.inputTokens.finish(),
      outputTokens: this.outputTokens.finish(),
      ttftUs: this.ttftUs.finish(),
      e2eUs: this.e2eUs.finish(),
      failed: this.failed.finish(),
    };
  }
}

const RECORD = z.object({
  start_time: jsonNumber(),
  end_time: jsonNumber(),
  info: z.object({
    input_tokens: jsonCount(MAX_TOKENS),
    output_tokens: jsonCount(MAX_TOKENS),
    output_token_times: z.array(z.number()),
  }),
  error: z.unknown(),
});

export async function readPerRequestJson(file: SourceFile): Promise<Result<MeasuredRequests>> {
  const columns = new Columns();
  let firstStart: number | undefined;
  const reader = new JsonRecordReader(file.path, (record) => {
    const value = inOldLayout(record.value);
    const checked = RECORD.safeParse(value);
    if (!checked.success) return recordProblem(record, value, checked.error);
    const { start_time: start, end_time: end, info, error } = checked.data;
    firstStart ??= start;
    const firstToken = info.output_token_times[0];
    const hasFailed = (error !== null && error !== undefined) || firstToken === undefined;
    columns.push({
      startS: start,
      arrivalUs: Math.trunc((start - firstStart) * US_PER_S),
      inputTokens: info.input_tokens,
      outputTokens: info.output_tokens,
      ttftUs: ((firstToken ?? NaN) - start) * US_PER_S,
      e2eUs: (end - start) * US_PER_S,
      outcome: hasFailed ? OUTCOMES.failed : OUTCOMES.answered,
    });
    return undefined;
  });
  const read = await readChunks(file, (chunk) => reader.push(chunk));
  if (!read.ok) return read;
  const problem = reader.end();
  return problem === undefined ? ok(columns.finish()) : fail(problem);
}

type Loose = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null;

/**
 * Counts and times directly under `info`, as in files of 2025; later ones have them under `request_metrics` and
 * `response_metrics`, and leave out what a failed request did not produce.
 */
function inOldLayout(record: unknown): unknown {
  if (!isObject(record) || !isObject(record['info'])) return record;
  const { info, error } = record;
  const response = info['response_metrics'];
  if (!isObject(response)) return record;
  const request = info['request_metrics'];
  const text = isObject(request) && isObject(request['text']) ? request['text'] : info;
  const nothing =
    error === null || error === undefined ? undefined : { output_tokens: 0, output_token_times: [] };
  const { output_tokens: tokens, output_token_times: times } = response;
  return {
    ...record,
    info: {
      input_tokens: text['input_tokens'],
      output_tokens: tokens ?? nothing?.output_tokens,
      output_token_times: times ?? nothing?.output_token_times,
    },
  };
}

function recordProblem(record: JsonRecord, value: unknown, error: z.ZodError): Problem {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const field = dotted(path);
  const what =
    issue?.code === 'invalid_type'
      ? `expected ${issue.expected}, found ${found(value, path)}`
      : issue?.message;
  return { ...record.problem(path, 'bad-value', `${field}: ${what ?? 'is not as expected'}`), field };
}

function found(value: unknown, path: readonly PropertyKey[]): string {
  let at = value;
  for (const step of path) {
    at =
      typeof at === 'object' && at !== null
        ? (at as Readonly<Record<PropertyKey, unknown>>)[step]
        : undefined;
  }
  return describe(at);
}

const CSV_COLUMNS = ['arrival_us', 'input_tokens', 'output_tokens', 'ttft_us', 'e2e_us', 'error'] as const;

export async function readPerRequestCsv(file: SourceFile): Promise<Result<MeasuredRequests>> {
  const columns = new Columns();
  let places: readonly number[] | undefined;
  let firstArrival: number | undefined;
  const reader = new CsvReader(file.path, (row) => {
    if (places === undefined) {
      const header = Array.from({ length: row.count }, (_, field) => row.text(field).trim());
      places = CSV_COLUMNS.map((name) => header.indexOf(name));
      const missing = CSV_COLUMNS.filter((name) => !header.includes(name));
      if (missing.length === 0) return undefined;
      return {
        code: 'missing-key',
        message: `${file.path}, line ${row.line}: the header lacks ${missing.join(', ')}.`,
        file: file.path,
        line: row.line,
      };
    }
    const cells = places.map((place, index) => csvNumber(row, place, CSV_COLUMNS[index] === 'ttft_us'));
    const wrong = cells.findIndex(
      (cell, index) =>
        cell === undefined || (CSV_COLUMNS[index]?.endsWith('_tokens') === true && cell > MAX_TOKENS),
    );
    if (wrong >= 0) return csvProblem(file.path, row, places[wrong] ?? 0, CSV_COLUMNS[wrong] ?? '');
    const [arrivalUs = NaN, inputTokens = NaN, outputTokens = NaN, ttftUs = NaN, e2eUs = NaN, error = NaN] =
      cells;
    firstArrival ??= arrivalUs;
    columns.push({
      startS: arrivalUs / US_PER_S,
      arrivalUs: arrivalUs - firstArrival,
      inputTokens,
      outputTokens,
      ttftUs,
      e2eUs,
      outcome:
        error === OUTCOMES.empty
          ? error
          : error !== 0 || Number.isNaN(ttftUs)
            ? OUTCOMES.failed
            : OUTCOMES.answered,
    });
    return undefined;
  });
  const read = await readChunks(file, (chunk) => reader.push(chunk));
  if (!read.ok) return read;
  const problem = reader.end();
  if (problem !== undefined) return fail(problem);
  if (places !== undefined) return ok(columns.finish());
  return fail({
    code: 'malformed',
    message: `${file.path} is empty; expected a header with ${CSV_COLUMNS.join(', ')}.`,
    file: file.path,
  });
}

/** A whole number of at least 0; NaN for an empty cell where that is allowed. */
function csvNumber(row: CsvRow, field: number, mayBeEmpty: boolean): number | undefined {
  if (mayBeEmpty && row.start(field) === row.end(field)) return NaN;
  const value = row.integer(field);
  return value >= 0 ? value : undefined;
}

const csvProblem = (path: string, row: CsvRow, field: number, name: string): Problem => ({
  code: 'bad-value',
  message:
    `${path}, line ${row.line}, field ${field + 1}: ${name} should be a whole number ` +
    `${name.endsWith('_tokens') ? `from 0 to ${MAX_TOKENS}` : 'of at least 0'}, ` +
    `found ${JSON.stringify(row.text(field).slice(0, 60))}.`,
  file: path,
  line: row.line,
  field: name,
});
