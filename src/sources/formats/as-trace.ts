// An imported run or public trace as a TraceV2 workload that can be replayed: arrivals and lengths, with the measured times where
// there are any. Arrivals are never invented: a file without times is refused.

import { fail, ok, type Result } from '../../base/result';
import type { MeasuredRequests } from '../../domain/experiment';
import type { Trace } from '../../domain/trace';
import { measuredTrace } from '../measured-traces';
import { FORMATS, type FormatId, type ImportedRun, type WorkloadTrace } from './run-record';

const US_PER_S = 1e6;

const noTimes = (format: FormatId) =>
  fail({
    code: 'not-supported' as const,
    message: `${FORMATS[format]}: the file has no arrival times, so it cannot be replayed; generate arrivals with a workload specification of these lengths.`,
  });

/** A measured run; failed and empty requests stay in with the tokens the file states. */
export function runAsTrace(run: ImportedRun): Result<Trace> {
  const { rows } = run;
  if (rows === undefined) {
    return fail({
      code: 'not-supported',
      message: `${FORMATS[run.format]}: the file holds aggregates only.`,
    });
  }
  if (rows.startS.some(Number.isNaN)) return noTimes(run.format);
  const micros = (seconds: Float64Array): Float64Array => seconds.map((value) => value * US_PER_S);
  const failed = Uint8Array.from(rows.status, (status) => (status === 'ok' || status === 'empty' ? 0 : 1));
  const measured = { ttftUs: micros(rows.ttftS), e2eUs: micros(rows.e2eS), failed };
  return ok(exactTrace(requestsOf(rows.startS, rows.inputTokens, rows.outputTokens, measured)));
}

/** A workload: nothing in it was measured. */
export function workloadAsTrace(workload: WorkloadTrace): Result<Trace> {
  const { count, arrivalS } = workload;
  if (count === 0 || arrivalS.some(Number.isNaN)) return noTimes(workload.format);
  const unknown = new Float64Array(count).fill(NaN);
  const nothing = { ttftUs: unknown, e2eUs: unknown, failed: new Uint8Array(count) };
  const trace = exactTrace(requestsOf(arrivalS, workload.inputTokens, workload.outputTokens, nothing));
  return ok({ ...trace, header: { ...trace.header, mode: 'generated' } });
}

/**
 * The measured trace with arrivals rounded to the microsecond: the pipeline's own rule truncates a difference of seconds, which
 * loses one in some seventy of the microseconds that went through a float.
 */
function exactTrace(requests: MeasuredRequests): Trace {
  const trace = measuredTrace(requests, { sortByStart: true, dropFailed: false });
  const order = Array.from({ length: requests.count }, (_, row) => row).sort(
    (a, b) => (requests.arrivalUs[a] ?? 0) - (requests.arrivalUs[b] ?? 0),
  );
  const first = requests.arrivalUs[order[0] ?? 0] ?? 0;
  const arrivalUs = Float64Array.from(order, (row) => (requests.arrivalUs[row] ?? 0) - first);
  const after = (latencyUs: Float64Array): Float64Array =>
    Float64Array.from(order, (row, position) => {
      const latency = latencyUs[row] ?? NaN;
      return Number.isNaN(latency) ? 0 : (arrivalUs[position] ?? 0) + Math.round(latency);
    });
  const [firstChunkUs, lastChunkUs] = [after(requests.ttftUs), after(requests.e2eUs)];
  return { ...trace, records: { ...trace.records, arrivalUs, sendUs: arrivalUs, firstChunkUs, lastChunkUs } };
}

function requestsOf(
  startS: Float64Array,
  inputTokens: Float64Array,
  outputTokens: Float64Array,
  measured: Pick<MeasuredRequests, 'ttftUs' | 'e2eUs' | 'failed'>,
): MeasuredRequests {
  const tokens = (column: Float64Array): Uint32Array =>
    Uint32Array.from(column, (value) => (Number.isNaN(value) ? 0 : value));
  return {
    count: startS.length,
    arrivalUs: startS.map((value) => Math.round(value * US_PER_S)),
    inputTokens: tokens(inputTokens),
    outputTokens: tokens(outputTokens),
    ...measured,
  };
}
