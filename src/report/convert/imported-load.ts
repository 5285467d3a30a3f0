// Third-party measurements and public traces in the domain's terms. What the file does not say stays absent or is counted in a
// sentence; nothing is invented.

import type { Problem } from '../../base/problem';
import type { Result } from '../../base/result';
import { fail, ok } from '../../base/result';
import { BARE_HEADER, bareRecords } from '../../domain/bare-trace';
import type { MeasuredRequests } from '../../domain/experiment';
import type { Trace } from '../../domain/trace';
import type { RequestColumns } from '../../domain/workload';
import type { ImportedRun, RequestRows, WorkloadTrace } from '../../sources/formats/run-record';
import type { ConvertedTrace } from '../../workload/workload-trace';

const US_PER_S = 1e6;
/** µs are whole numbers in doubles. */
const MAX_TIME_S = 2 ** 53 / US_PER_S;

export interface ImportedRequests {
  readonly requests: MeasuredRequests;
  /** Of the file's requests, those without a usable start time. */
  readonly leftOut: number;
}

/** `file` names it in messages. Fails where the file has no times, or a count that is none. */
export function importedRequests(
  run: ImportedRun,
  rows: RequestRows,
  file: string,
): Result<ImportedRequests> {
  const name = run.label === '' ? file : `${file} (${run.label})`;
  const kept = Array.from({ length: rows.count }, (_, row) => row).filter(
    (row) => Math.abs(rows.startS[row] ?? NaN) <= MAX_TIME_S,
  );
  if (run.facts.clock === 'none' || kept.length === 0) {
    const what = rows.count === 0 ? 'no requests' : 'no start times, so its arrivals cannot be replayed';
    return fail({ code: 'not-supported', message: `${name} has ${what}.`, file });
  }
  const wrong = wrongTokens(rows, name);
  if (wrong !== undefined) return fail({ ...wrong, file });
  const f64 = (values: Float64Array, scale = 1): Float64Array =>
    Float64Array.from(kept, (row) => (values[row] ?? NaN) * scale);
  const startS = f64(rows.startS);
  const first = startS[0] ?? 0;
  return ok({
    leftOut: rows.count - kept.length,
    requests: {
      count: kept.length,
      startS,
      arrivalUs: startS.map((start) => Math.trunc((start - first) * US_PER_S)),
      inputTokens: tokens(f64(rows.inputTokens)),
      outputTokens: tokens(f64(rows.outputTokens)),
      ttftUs: f64(rows.ttftS, US_PER_S),
      e2eUs: f64(rows.e2eS, US_PER_S),
      failed: Uint8Array.from(kept, (row) => {
        const status = rows.status[row];
        return status === 'ok' || status === 'empty' ? 0 : 1;
      }),
    },
  });
}

/** Arrivals and lengths as a trace; a trace without times cannot be replayed. */
export function publicTrace(source: WorkloadTrace, file: string): Result<ConvertedTrace> {
  if (source.count === 0) {
    return fail({ code: 'malformed', message: `${file} holds no usable requests.`, file });
  }
  if (source.arrivalS.some((arrival) => !(Math.abs(arrival) <= MAX_TIME_S))) {
    return fail({
      code: 'not-supported',
      message: `${file} holds lengths without arrival times; give the lengths to a specification as an empirical distribution.`,
      file,
    });
  }
  const first = source.arrivalS.reduce((least, value) => Math.min(least, value), Infinity);
  const arrivalUs = source.arrivalS.map((arrival) => Math.trunc((arrival - first) * US_PER_S));
  const wrong = wrongTokens(source, file);
  if (wrong !== undefined) return fail({ ...wrong, file });
  return ok({
    trace: lengthTrace(arrivalUs, tokens(source.inputTokens), tokens(source.outputTokens)),
    losses:
      source.prefixBlocks === undefined
        ? []
        : ['Which prompt blocks are shared has no place in TraceV2; prompts are new text each.'],
  });
}

/** A request table without labels. */
export const requestTrace = (requests: RequestColumns): Trace =>
  lengthTrace(requests.arrivalUs, requests.inputTokens, requests.outputTokens);

/** Columns of the engine hold 32 bits; more is a damaged file, and must not wrap round to a small number. */
const MAX_TOKENS = 2 ** 32 - 1;

/** What the file does not say counts as 0. */
const tokens = (values: Float64Array): Uint32Array =>
  Uint32Array.from(values, (value) => (value >= 0 ? Math.round(value) : 0));

function wrongTokens(
  columns: { readonly inputTokens: Float64Array; readonly outputTokens: Float64Array },
  name: string,
): Problem | undefined {
  for (const [what, values] of [
    ['input', columns.inputTokens],
    ['output', columns.outputTokens],
  ] as const) {
    const row = values.findIndex((value) => value > MAX_TOKENS || value < 0);
    if (row < 0) continue;
    return {
      code: 'bad-value',
      message: `${name}, request ${row + 1}: expected a number of ${what} tokens from 0 to ${MAX_TOKENS}, found ${values[row] ?? NaN}.`,
    };
  }
  return undefined;
}

const lengthTrace = (
  arrivalUs: Float64Array,
  inputTokens: Uint32Array,
  outputTokens: Uint32Array,
): Trace => ({
  columnSet: 27,
  header: BARE_HEADER,
  records: bareRecords(arrivalUs, inputTokens, outputTokens),
});
