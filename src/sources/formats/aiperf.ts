// AIPerf profile_export.jsonl (aiperf db4f6397): one object a request, times since 1970 in whole nanoseconds beyond 2^53, subtracted
// exactly before they become seconds. Every metric carries its unit.

import { asArray, asNumber, asObject, asText, at, type Json, type JsonFile } from './lenient-json';
import { optional } from './present';
import { buildRows, okOrEmpty, type ImportedRun, type RequestInput } from './run-record';

/** Seconds in one of a unit; `undefined` for a unit that is no time. */
export function secondsPer(unit: string | undefined): number | undefined {
  const scales: Readonly<Record<string, number>> = {
    s: 1,
    sec: 1,
    seconds: 1,
    ms: 1e-3,
    us: 1e-6,
    µs: 1e-6,
    ns: 1e-9,
  };
  return unit === undefined || !Object.hasOwn(scales, unit) ? undefined : scales[unit];
}

export function importAiperf(file: JsonFile): readonly ImportedRun[] {
  const records = file.values.filter((record) => {
    const phase = asText(at(record, 'metadata', 'benchmark_phase'));
    return (
      !file.isCut(record) && asObject(record) !== undefined && (phase === undefined || phase === 'profiling')
    );
  });
  const skipped = file.values.length - records.length;
  const first = smallest(records.map((record) => wholeNs(at(record, 'metadata', 'request_start_ns'))));
  const requests = records.map((record) => requestOf(record, first));
  return [
    {
      format: 'aiperf',
      label: '',
      facts: { tool: 'AIPerf', clock: 'epoch', tokenCounts: 'client', gaps: 'chunks' },
      rows: buildRows(requests),
      reported: [],
      findings:
        skipped > 0
          ? [
              {
                message: `${String(skipped)} records of other phases or cut off are left out.`,
                count: skipped,
                rows: [],
              },
            ]
          : [],
    },
  ];
}

export function wholeNs(value: Json | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}

export const smallest = (values: readonly (bigint | undefined)[]): bigint =>
  values.reduce<bigint>(
    (least, value) => (value !== undefined && (least < 0n || value < least) ? value : least),
    -1n,
  );

/** Seconds between two whole nanosecond stamps. */
export const nsBetween = (from: bigint, to: bigint): number => Number(to - from) / 1e9;

function requestOf(record: Json, first: bigint): RequestInput {
  const metric = (name: string): Json | undefined => at(record, 'metrics', name);
  const count = (name: string): number | undefined => asNumber(at(metric(name), 'value'));
  const seconds = (name: string): number | undefined => {
    const value = count(name);
    const scale = secondsPer(asText(at(metric(name), 'unit')));
    return value === undefined || scale === undefined ? undefined : value * scale;
  };
  const gapScale = secondsPer(asText(at(metric('inter_chunk_latency'), 'unit'))) ?? NaN;
  const gaps = asArray(at(metric('inter_chunk_latency'), 'value'))?.map(
    (gap) => (asNumber(gap) ?? NaN) * gapScale,
  );
  const error = at(record, 'error');
  const isCancelled = at(record, 'metadata', 'was_cancelled') === true || asNumber(at(error, 'code')) === 499;
  const isFailed = error !== null && error !== undefined;
  const outputTokens =
    count('output_sequence_length') ?? count('output_token_count') ?? (isFailed ? 0 : undefined);
  const start = wholeNs(at(record, 'metadata', 'request_start_ns'));
  return {
    status: isCancelled ? 'cancelled' : isFailed ? 'error' : okOrEmpty(outputTokens),
    ...optional('startS', start === undefined ? undefined : nsBetween(first, start)),
    ...optional('inputTokens', count('input_sequence_length') ?? count('error_isl')),
    ...optional('outputTokens', outputTokens),
    ...optional('ttftS', seconds('time_to_first_token')),
    ...optional('e2eS', seconds('request_latency')),
    ...(gaps === undefined ? {} : { gapsS: gaps }),
    ...optional('meanGapS', seconds('inter_token_latency')),
  };
}
