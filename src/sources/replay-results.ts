// The results file of a replay (BLIS 87cc70ed cmd/replay.go): a JSON array with one object a request; and the file of
// per-chunk times that observation writes (cmd/observe.go): CSV of request_id, chunk_index, timestamp_us.

import { z } from 'zod';
import { CsvReader, textChunks } from '../base/csv';
import { growingF64 } from '../base/growing-column';
import { parseJson } from '../base/json';
import { checkJson } from '../base/json-schema';
import type { Problem } from '../base/problem';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { ChunkTimes, ReplayResults } from '../domain/replay-results';

const whole = z.number().int().nullish();
const resultsSchema = z.array(
  z.object({
    request_id: whole,
    ttft_us: z.number().nullish(),
    e2e_us: z.number().nullish(),
    input_tokens: whole,
    output_tokens: whole,
  }),
);

/** Absent values read as 0, as in the reference. */
export function parseReplayResults(text: string, file: string): Result<ReplayResults> {
  const json = parseJson(text, file);
  if (!json.ok) return json;
  const checked = checkJson(resultsSchema, { file, text, value: json.value });
  if (!checked.ok) return checked;
  const rows = checked.value;
  const column = (key: keyof (typeof rows)[number]): Float64Array =>
    Float64Array.from(rows, (row) => row[key] ?? 0);
  return ok({
    count: rows.length,
    requestId: column('request_id'),
    ttftUs: column('ttft_us'),
    e2eUs: column('e2e_us'),
    inputTokens: column('input_tokens'),
    outputTokens: column('output_tokens'),
  });
}

const CHUNK_COLUMNS = ['request_id', 'chunk_index', 'timestamp_us'] as const;

/** Header row skipped without a look, as in traces. */
export function parseChunkTimes(text: string, file: string): Result<ChunkTimes> {
  const columns = CHUNK_COLUMNS.map(() => growingF64());
  let isHeader = true;
  const reader = new CsvReader(file, (row): Problem | undefined => {
    if (isHeader) {
      isHeader = false;
      return undefined;
    }
    const refuse = (what: string, field?: string): Problem => ({
      code: 'bad-value',
      message: `${file}, line ${row.line}: ${what}.`,
      file,
      line: row.line,
      ...(field === undefined ? {} : { field }),
    });
    if (row.count < CHUNK_COLUMNS.length) {
      return refuse(
        `has ${row.count} fields, expected ${CHUNK_COLUMNS.length} (${CHUNK_COLUMNS.join(', ')})`,
      );
    }
    for (const [field, name] of CHUNK_COLUMNS.entries()) {
      const value = row.integer(field);
      if (!(value >= 0)) {
        return refuse(`column ${name} found "${row.text(field)}", expected a whole number >= 0`, name);
      }
      columns[field]?.push(value);
    }
    return undefined;
  });
  for (const chunk of textChunks(text)) {
    const problem = reader.push(chunk);
    if (problem !== undefined) return fail(problem);
  }
  const problem = reader.end();
  if (problem !== undefined) return fail(problem);
  const [requestId, chunkIndex, timestampUs] = columns.map((column) => column.finish());
  const none = new Float64Array(0);
  return ok({
    count: requestId?.length ?? 0,
    requestId: requestId ?? none,
    chunkIndex: chunkIndex ?? none,
    timestampUs: timestampUs ?? none,
  });
}
