// Public workload traces: arrivals and lengths, never latencies. Azure LLM 2023/2024, BurstGPT, Vidur (replay and processed),
// Splitwise-sim as CSV; Mooncake and LLMServingSim workloads as JSON Lines.

import { fail, ok, type Result } from '../../base/result';
import { damageWarning, missingColumns, readCsvTable } from '../pre-run/csv-table';
import { asArray, asNumber, objectsIn, type JsonFile } from './lenient-json';
import { FORMATS, type Finding, type FormatId, type WorkloadTrace } from './run-record';

interface CsvTraceRules {
  /** Absent for traces without times. */
  readonly arrival?: { readonly column: string; readonly read: (cell: string) => number };
  readonly input: string;
  readonly output: string;
}

const seconds = (cell: string): number => (cell === '' ? NaN : Number(cell));

const CSV_TRACES: Readonly<Partial<Record<FormatId, CsvTraceRules>>> = {
  'trace-azure': {
    arrival: { column: 'TIMESTAMP', read: azureSeconds },
    input: 'ContextTokens',
    output: 'GeneratedTokens',
  },
  'trace-burstgpt': {
    arrival: { column: 'Timestamp', read: seconds },
    input: 'Request tokens',
    output: 'Response tokens',
  },
  'trace-vidur': {
    arrival: { column: 'arrived_at', read: seconds },
    input: 'num_prefill_tokens',
    output: 'num_decode_tokens',
  },
  'trace-vidur-lengths': { input: 'num_prefill_tokens', output: 'num_decode_tokens' },
  'trace-splitwise': {
    arrival: { column: 'arrival_timestamp', read: seconds },
    input: 'prompt_size',
    output: 'token_size',
  },
};

/** `YYYY-MM-DD HH:MM:SS.fffffff`, no zone or +00:00: seconds since 1970. The fraction has 100 ns steps, more than a Date keeps. */
export function azureSeconds(cell: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|\+00:00)?$/.exec(cell);
  if (match === null) return NaN;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 + Number(match[7] ?? 0);
}

export function importCsvTrace(format: FormatId, source: string, file: string): Result<WorkloadTrace> {
  const rules = CSV_TRACES[format];
  if (rules === undefined) {
    return fail({ code: 'not-supported', file, message: `${FORMATS[format]} is no CSV trace.` });
  }
  const wanted = [rules.arrival?.column, rules.input, rules.output].filter((name) => name !== undefined);
  const table = readCsvTable(source, file, wanted);
  if (!table.ok) return table;
  const missing = wanted.filter((name) => !table.value.columns.includes(name));
  if (missing.length > 0) return fail(missingColumns(file, FORMATS[format], missing, table.value.columns));
  const { cells, rowCount } = table.value;
  const read = (name: string, parse: (cell: string) => number): readonly number[] =>
    (cells(name) ?? []).map(parse);
  const arrivals = rules.arrival === undefined ? undefined : read(rules.arrival.column, rules.arrival.read);
  const inputs = read(rules.input, seconds);
  const outputs = read(rules.output, seconds);
  const kept = Array.from({ length: rowCount }, (_, row) => row).filter(
    (row) =>
      Number.isFinite(inputs[row]) &&
      Number.isFinite(outputs[row]) &&
      (arrivals === undefined || Number.isFinite(arrivals[row])),
  );
  const silent = kept.filter((row) => outputs[row] === 0).length;
  const damage = damageWarning(table.value, file);
  return ok(
    traceOf(
      format,
      kept.map((row) => arrivals?.[row] ?? NaN),
      kept.map((row) => inputs[row] ?? NaN),
      kept.map((row) => outputs[row] ?? NaN),
      [
        damage === undefined
          ? undefined
          : { message: damage, count: table.value.damagedLines.length, rows: [] },
        kept.length < rowCount
          ? {
              message: `${String(rowCount - kept.length)} rows without usable numbers left out.`,
              count: rowCount - kept.length,
              rows: [],
            }
          : undefined,
        format === 'trace-burstgpt' && silent > 0
          ? {
              message: `${String(silent)} requests without a response: calls that failed.`,
              count: silent,
              rows: [],
            }
          : undefined,
      ],
    ),
  );
}

const MOONCAKE_BLOCK_TOKENS = 512;

export function importJsonTrace(
  format: 'trace-mooncake' | 'trace-llmservingsim',
  file: JsonFile,
): WorkloadTrace {
  const isMooncake = format === 'trace-mooncake';
  const records = objectsIn(file).filter((record) => !file.isCut(record));
  const column = (key: string, scale = 1): number[] =>
    records.map((record) => (asNumber(record[key]) ?? NaN) * scale);
  const trace = isMooncake
    ? traceOf(format, column('timestamp', 1e-3), column('input_length'), column('output_length'), [])
    : traceOf(format, column('arrival_time_ns', 1e-9), column('input_toks'), column('output_toks'), []);
  if (!isMooncake) return trace;
  const ids = records.map((record) => (asArray(record['hash_ids']) ?? []).map((id) => asNumber(id) ?? NaN));
  const offsets = new Uint32Array(ids.length + 1);
  for (const [row, list] of ids.entries()) offsets[row + 1] = (offsets[row] ?? 0) + list.length;
  const values = Float64Array.from(ids.flat());
  return { ...trace, prefixBlocks: { ids: { values, offsets }, blockTokens: MOONCAKE_BLOCK_TOKENS } };
}

function traceOf(
  format: FormatId,
  arrivals: readonly number[],
  inputs: readonly number[],
  outputs: readonly number[],
  findings: readonly (Finding | undefined)[],
): WorkloadTrace {
  const first = arrivals.reduce((least, value) => (value < least ? value : least), Infinity);
  const hasTimes = Number.isFinite(first);
  return {
    format,
    count: inputs.length,
    arrivalS: Float64Array.from(arrivals, (value) => (hasTimes ? value - first : NaN)),
    inputTokens: Float64Array.from(inputs),
    outputTokens: Float64Array.from(outputs),
    findings: [
      ...(hasTimes || inputs.length === 0
        ? []
        : [
            {
              message: 'The trace has lengths only: arrivals must be generated.',
              count: inputs.length,
              rows: [],
            },
          ]),
      ...findings.filter((finding) => finding !== undefined),
    ],
  };
}
