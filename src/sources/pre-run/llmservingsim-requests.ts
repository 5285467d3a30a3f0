// LLMServingSim's output CSV (tags v0.1.0 to v1.1.0 and later forks): one row a finished request, integer nanoseconds of simulated
// time, read by column name. The `output` column counts prompt and generated tokens in 1.0 and older, generated tokens in 1.1.

import { fail, ok, type Result } from '../../base/result';
import { damageWarning, missingColumns, readCsvTable } from './csv-table';

/** How `output` is to be read, and why. */
export interface OutputReading {
  readonly kind: 'generated' | 'prompt-and-generated';
  /** False: the file does not tell; the user should confirm. */
  readonly isCertain: boolean;
  readonly reason: string;
}

export interface LlmServingSimRequests {
  readonly count: number;
  /** The model column's first value. */
  readonly model: string;
  readonly requestId: readonly string[];
  readonly inputTokens: Float64Array;
  /** The column as written. */
  readonly outputColumn: Float64Array;
  /** Generated tokens by `outputReading`. */
  readonly generatedTokens: Float64Array;
  readonly outputReading: OutputReading;
  readonly arrivalNs: Float64Array;
  readonly latencyNs: Float64Array;
  readonly queuingNs: Float64Array;
  readonly ttftNs: Float64Array;
  readonly tpotNs: Float64Array;
  readonly warnings: readonly string[];
}

const REQUIRED = ['input', 'output', 'arrival', 'latency', 'TTFT', 'TPOT'] as const;
const OPTIONAL = ['instance id', 'request id', 'model', 'end_time', 'queuing_delay', 'ITL'] as const;

/** Times below this are suspicious: a whole request in a tenth of a millisecond. */
const SUSPICIOUS_MEDIAN_NS = 100_000;

export function readLlmServingSim(text: string, file: string): Result<LlmServingSimRequests> {
  const table = readCsvTable(text, file, [...REQUIRED, ...OPTIONAL]);
  if (!table.ok) return table;
  const { cells, columns, rowCount } = table.value;
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  if (missing.length > 0) return fail(missingColumns(file, 'an LLMServingSim output', missing, columns));
  const numbers = (name: string): readonly number[] =>
    (cells(name) ?? []).map((cell) => (cell === '' ? NaN : Number(cell)));
  const columnsOf = REQUIRED.map(numbers);
  const kept: number[] = [];
  for (let row = 0; row < rowCount; row += 1) {
    if (columnsOf.every((column) => Number.isFinite(column[row]))) kept.push(row);
  }
  if (kept.length === 0) {
    return fail({
      code: 'malformed',
      file,
      message: `${file}: no finished request; LLMServingSim writes one row for each.`,
    });
  }
  const pick = (name: string): Float64Array => {
    const column = numbers(name);
    return Float64Array.from(kept, (row) => column[row] ?? NaN);
  };
  const texts = (name: string): readonly string[] => {
    const column = cells(name);
    return kept.map((row) => column?.[row] ?? '');
  };
  const [inputTokens, outputColumn, latencyNs] = [pick('input'), pick('output'), pick('latency')];
  const [ttftNs, tpotNs] = [pick('TTFT'), pick('TPOT')];
  const outputReading = readOutput(
    columns,
    inputTokens,
    outputColumn,
    texts('ITL').map((cell) => {
      const gaps = gapCount(cell);
      return gaps === undefined ? undefined : gaps + 1;
    }),
    kept.map((_, row) => generatedFromTpot(latencyNs[row] ?? 0, ttftNs[row] ?? 0, tpotNs[row] ?? 0)),
  );
  const warnings = [damageWarning(table.value, file)];
  if (kept.length < rowCount) {
    warnings.push(`${file}: ${String(rowCount - kept.length)} rows without all numbers left out.`);
  }
  const median = [...latencyNs].sort((a, b) => a - b)[latencyNs.length >> 1] ?? 0;
  if (median < SUSPICIOUS_MEDIAN_NS) {
    warnings.push(
      `${file}: half of the requests finish within ${String(median)} ns; LLMServingSim writes nanoseconds, so the times may be in another unit.`,
    );
  }
  const isGenerated = outputReading.kind === 'generated';
  return ok({
    count: kept.length,
    model: texts('model')[0] ?? '',
    requestId: texts('request id'),
    inputTokens,
    outputColumn,
    generatedTokens: isGenerated
      ? outputColumn
      : outputColumn.map((output, row) => Math.max(0, output - (inputTokens[row] ?? 0))),
    outputReading,
    arrivalNs: pick('arrival'),
    latencyNs,
    queuingNs: pick('queuing_delay'),
    ttftNs,
    tpotNs,
    warnings: warnings.filter((warning) => warning !== undefined),
  });
}

/** Entries of a bracketed list; absent where the cell holds none. */
function gapCount(cell: string): number | undefined {
  const inner = /^\[(.*)\]$/s.exec(cell)?.[1];
  if (inner === undefined) return undefined;
  return inner.trim() === '' ? 0 : inner.split(',').length;
}

/** TPOT = floor((latency − TTFT) / (generated − 1)), so the generated tokens follow from it. */
function generatedFromTpot(latency: number, ttft: number, tpot: number): number | undefined {
  return tpot > 0 ? Math.round((latency - ttft) / tpot) + 1 : undefined;
}

/** Decides by what two columns say about generated tokens: the ITL lists where there are any, else TPOT, else the header. */
function readOutput(
  columns: readonly string[],
  input: Float64Array,
  output: Float64Array,
  byGaps: readonly (number | undefined)[],
  byTpot: readonly (number | undefined)[],
): OutputReading {
  for (const [generated, evidence] of [
    [byGaps, 'the ITL lists show'],
    [byTpot, 'latency, TTFT and TPOT show'],
  ] as const) {
    const matches = (value: (row: number) => number): number =>
      generated.filter((count, row) => count !== undefined && count === value(row)).length;
    const alone = matches((row) => output[row] ?? NaN);
    const withPrompt = matches((row) => (output[row] ?? NaN) - (input[row] ?? NaN));
    if (alone + withPrompt === 0) continue;
    return alone >= withPrompt
      ? {
          kind: 'generated',
          isCertain: true,
          reason: `${evidence} that \`output\` counts generated tokens (1.1)`,
        }
      : {
          kind: 'prompt-and-generated',
          isCertain: true,
          reason: `${evidence} that \`output\` includes the prompt (1.0 and older)`,
        };
  }
  return columns.includes('instance id')
    ? {
        kind: 'generated',
        isCertain: false,
        reason: '`output` is taken as generated tokens (1.1); in 1.0 it includes the prompt',
      }
    : {
        kind: 'prompt-and-generated',
        isCertain: false,
        reason: 'without an `instance id` column `output` is taken to include the prompt (0.1, 0.2)',
      };
}
