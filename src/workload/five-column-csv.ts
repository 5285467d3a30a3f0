// The five-column trace of older commits (spec 10): arrival_time (s), request_id, model, and the token ids of prompt and
// answer as JSON lists. Read faithfully, as 3d79c654 did: request i keeps its arrival and exactly these ids, of which only
// equality is kept (token-tree.ts). request_id and model are ignored, as there.

import type { CsvRow } from '../base/csv';
import { CsvReader, textChunks } from '../base/csv';
import { countUp } from '../base/gather';
import { growingF64, growingU32 } from '../base/growing-column';
import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import { constantTextColumn } from '../base/text-column-builder';
import type { Workload } from '../domain/workload';
import { freshStreamOf } from '../domain/workload';
import { DEFAULT_LIMITS } from './limits';
import { TokenTree } from './token-tree';

const COLUMNS = ['arrival_time', 'request_id', 'model', 'prefill_tokens', 'decode_tokens'] as const;
const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
const US_PER_S = 1e6;

/** What one row says; `index` counts from 0, as the reference names rows. */
export interface FiveColumnRow {
  readonly index: number;
  readonly arrivalUs: number;
  readonly prompt: Uint32Array;
  readonly answer: Uint32Array;
}

/** Reading stops at the first arrival past the horizon (µs; Infinity = none). */
export function parseFiveColumnCsv(text: string, file: string, horizonUs = Infinity): Result<Workload> {
  const tree = new TokenTree();
  const arrivalUs = growingF64();
  const inputTokens = growingU32();
  const outputTokens = growingU32();
  const stream = growingU32();
  const start = growingU32();
  const length = growingU32();
  const offsets = growingU32();
  offsets.push(0);
  let repeats = false;
  const problem = readFiveColumnRows(text, file, horizonUs, (row) => {
    const pieces = tree.add(row.prompt, row.answer);
    arrivalUs.push(row.arrivalUs);
    inputTokens.push(row.prompt.length);
    outputTokens.push(row.answer.length);
    const isOwn =
      pieces.length === 0 || (pieces.length === 1 && pieces[0]?.stream === freshStreamOf(row.index));
    if (!isOwn) {
      repeats = true;
      for (const piece of pieces) {
        stream.push(piece.stream);
        start.push(piece.start);
        length.push(piece.length);
      }
    }
    offsets.push(stream.length);
  });
  if (problem !== undefined) return fail(problem);
  const count = arrivalUs.length;
  const none = constantTextColumn('', count);
  const zeros = (): Uint32Array => new Uint32Array(count);
  return ok({
    requests: {
      count,
      requestId: Float64Array.from(countUp(count)),
      arrivalUs: arrivalUs.finish(),
      inputTokens: inputTokens.finish(),
      outputTokens: outputTokens.finish(),
      deadlineUs: new Float64Array(count),
      prefixTokens: zeros(),
      prefixStream: new Int32Array(count).fill(-1),
      ...(repeats
        ? {
            promptSegments: {
              stream: { values: stream.finish(), offsets: offsets.finish() },
              start: start.finish(),
              length: length.finish(),
            },
          }
        : {}),
      session: new Int32Array(count).fill(-1),
      roundIndex: zeros(),
      sessionId: none,
      clientId: none,
      tenantId: none,
      sloClass: none,
      model: none,
      prefixGroup: none,
      streaming: new Uint8Array(count),
      textTokens: zeros(),
      imageTokens: zeros(),
      audioTokens: zeros(),
      videoTokens: zeros(),
      reasonRatio: new Float64Array(count),
    },
    ...(horizonUs === Infinity ? {} : { horizonUs }),
  });
}

/** Hands out the rows up to the horizon. */
export function readFiveColumnRows(
  text: string,
  file: string,
  horizonUs: number,
  take: (row: FiveColumnRow) => void,
): Problem | undefined {
  let index = -1;
  let isPast = false;
  const reader = new CsvReader(file, (row) => {
    if (index++ < 0 || isPast) return undefined;
    const parsed = readRow(row, file, index - 1);
    if (!parsed.ok) return parsed.error;
    isPast = parsed.value.arrivalUs > horizonUs;
    if (!isPast) take(parsed.value);
    if (index <= DEFAULT_LIMITS.requests) return undefined;
    return rowProblem(
      file,
      row,
      index - 1,
      undefined,
      `exceeds the limit of ${DEFAULT_LIMITS.requests} requests`,
    );
  });
  for (const chunk of textChunks(text)) {
    const problem = reader.push(chunk);
    if (problem !== undefined) return problem;
    if (isPast) return undefined;
  }
  const problem = reader.end();
  if (problem !== undefined || index >= 0) return problem;
  return {
    code: 'malformed',
    message: `${file} is empty; expected a header row and the columns ${COLUMNS.join(', ')}.`,
    file,
  };
}

function readRow(row: CsvRow, file: string, index: number): Result<FiveColumnRow> {
  if (row.count < COLUMNS.length) {
    return fail(
      rowProblem(file, row, index, undefined, `has ${row.count} columns, expected ${COLUMNS.length}`),
    );
  }
  const arrival = row.text(0);
  if (!DECIMAL.test(arrival)) {
    return fail(rowProblem(file, row, index, 'arrival_time', `"${arrival}" is not a number of seconds`));
  }
  const prompt = tokenList(row.text(3));
  if (prompt === undefined) {
    return fail(rowProblem(file, row, index, 'prefill_tokens', 'is not a JSON list of whole numbers'));
  }
  const answer = tokenList(row.text(4));
  if (answer === undefined) {
    return fail(rowProblem(file, row, index, 'decode_tokens', 'is not a JSON list of whole numbers'));
  }
  return ok({ index, arrivalUs: Math.trunc(Number(arrival) * US_PER_S), prompt, answer });
}

/** Ids as unsigned words; equality is all that is used of them. */
function tokenList(text: string): Uint32Array | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (parsed === null) return new Uint32Array(0);
  if (!Array.isArray(parsed) || !parsed.every((token) => Number.isInteger(token))) return undefined;
  return Uint32Array.from(parsed as readonly number[]);
}

const rowProblem = (
  file: string,
  row: CsvRow,
  index: number,
  field: string | undefined,
  what: string,
): Problem => ({
  code: 'bad-value',
  message: `${file}, row ${index} (line ${row.line}): ${field === undefined ? '' : `${field} `}${what}.`,
  file,
  line: row.line,
  ...(field === undefined ? {} : { field }),
});
