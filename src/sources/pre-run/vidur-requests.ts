// Vidur's request_metrics.csv (vidur 7d47513): one row a request in arrival order, times in seconds. Requests unfinished at a time
// limit have empty cells; rows whose three times are not all numbers are dropped, as the study drops them.

import { fail, ok, type Result } from '../../base/result';
import { damageWarning, missingColumns, readCsvTable } from './csv-table';

export interface VidurRequests {
  readonly count: number;
  readonly e2eS: Float64Array;
  /** `prefill_e2e_time`: the first token appears when prefill completes. */
  readonly ttftS: Float64Array;
  /** `decode_time_execution_plus_preemption_normalized`: per output token, the first included. */
  readonly itlS: Float64Array;
  /** 0 where the file has no such column. */
  readonly prefillTokens: Float64Array;
  readonly decodeTokens: Float64Array;
  readonly restarts: number;
  readonly droppedRows: number;
  readonly warnings: readonly string[];
}

const E2E = 'request_e2e_time';
const TTFT = 'prefill_e2e_time';
const ITL = 'decode_time_execution_plus_preemption_normalized';
const PREFILL = 'request_num_prefill_tokens';
const DECODE = 'request_num_decode_tokens';
const RESTARTS = 'request_num_restarts';

/** A simulated request that takes longer than this was most likely not written in seconds. */
const SUSPICIOUS_MEDIAN_S = 5_000;

export function readVidurRequests(text: string, file: string): Result<VidurRequests> {
  const table = readCsvTable(text, file, [E2E, TTFT, ITL, PREFILL, DECODE, RESTARTS]);
  if (!table.ok) return table;
  const { cells, columns, rowCount } = table.value;
  const [e2e, ttft, itl] = [cells(E2E), cells(TTFT), cells(ITL)];
  if (e2e === undefined || ttft === undefined || itl === undefined) {
    const missing = [E2E, TTFT, ITL].filter((name) => !columns.includes(name));
    return fail(missingColumns(file, 'a Vidur request table', missing, columns));
  }
  const kept: number[] = [];
  for (let row = 0; row < rowCount; row += 1) {
    if ([e2e, ttft, itl].every((column) => Number.isFinite(numberIn(column, row)))) kept.push(row);
  }
  if (kept.length === 0) {
    return fail({
      code: 'malformed',
      file,
      message: `${file}: none of ${String(rowCount)} rows has all three times; the run may have ended before any request finished.`,
    });
  }
  const column = (values: readonly string[]): Float64Array =>
    Float64Array.from(kept, (row) => numberIn(values, row));
  const counts = (values: readonly string[] | undefined): Float64Array =>
    Float64Array.from(kept, (row) => Math.trunc(values === undefined ? 0 : numberIn(values, row)) || 0);
  const warnings = [damageWarning(table.value, file)];
  const droppedRows = rowCount - kept.length;
  if (droppedRows > 0) {
    warnings.push(
      `${file}: ${String(droppedRows)} unfinished requests left out; later requests move up in the stages.`,
    );
  }
  const [prefill, decode] = [cells(PREFILL), cells(DECODE)];
  if (prefill === undefined || decode === undefined) {
    warnings.push(`${file}: no token counts, so token throughputs are 0.`);
  }
  const e2eS = column(e2e);
  const median = [...e2eS].sort((a, b) => a - b)[e2eS.length >> 1] ?? 0;
  if (median > SUSPICIOUS_MEDIAN_S) {
    warnings.push(
      `${file}: half of the requests take over ${String(Math.round(median))} s; Vidur writes seconds, so the times may be in another unit.`,
    );
  }
  return ok({
    count: kept.length,
    e2eS,
    ttftS: column(ttft),
    itlS: column(itl),
    prefillTokens: counts(prefill),
    decodeTokens: counts(decode),
    restarts: counts(cells(RESTARTS)).reduce((sum, value) => sum + value, 0),
    droppedRows,
    warnings: warnings.filter((warning) => warning !== undefined),
  });
}

function numberIn(column: readonly string[], row: number): number {
  const cell = column[row] ?? '';
  return cell === '' ? NaN : Number(cell);
}
