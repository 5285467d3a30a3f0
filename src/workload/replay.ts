// A trace as a workload (BLIS 87cc70ed cmd/replay.go, sim/workload/replay.go). Fixed: every record is a request at its
// recorded arrival. Closed loop: records of a session become rounds, each sent only after the one before has ended.
// Tokens stay symbolic: a prefix group is one stream, everything else is a request's own.

import type { TextColumn } from '../base/columns';
import { countUp, gatherF64, gatherI32, gatherU32, gatherU8 } from '../base/gather';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { Trace, TraceColumns } from '../domain/trace';
import type { RequestColumns, SessionColumns, Workload } from '../domain/workload';
import { DEFAULT_SESSION_TIMEOUT_US } from './deadlines';

export type SessionMode = 'fixed' | 'closed-loop';

export interface ReplayOptions {
  readonly sessionMode: SessionMode;
  /** > 0 replaces the recorded gaps; only with closed-loop. */
  readonly thinkTimeMs?: number;
  /** µs; absent = twice the latest arrival of the initial requests. */
  readonly horizonUs?: number;
}

const NO_ARRIVALS_HORIZON_US = 600_000_000;
const HALF_INT64 = 2 ** 62;

/** The horizon of a replay that names none. `arrivalUs` are the requests injected at the start. */
export function defaultReplayHorizonUs(arrivalUs: Float64Array): number {
  let latest = 0;
  for (const arrival of arrivalUs) if (arrival > latest) latest = arrival;
  if (latest <= 0) return NO_ARRIVALS_HORIZON_US;
  return latest > HALF_INT64 ? Infinity : latest * 2;
}

/** Leading tokens of each prefix group: the first record of the group with prefix_length > 0 decides for all. */
export function prefixLengths(records: TraceColumns): Uint32Array {
  const lengths = new Uint32Array(records.prefixGroup.names.length);
  for (let row = 0; row < records.count; row++) {
    const group = records.prefixGroup.index[row] ?? -1;
    if (group >= 0 && lengths[group] === 0) lengths[group] = records.prefixLength[row] ?? 0;
  }
  return lengths;
}

export interface ReplaySession {
  readonly sessionId: string;
  /** Records in order of round_index, which is their position here. */
  readonly rows: readonly number[];
}

/** Sessions in order of first appearance. Rounds must be 0, 1, 2, …. */
export function groupSessions(records: TraceColumns): Result<readonly ReplaySession[]> {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < records.count; row++) {
    const session = records.sessionId.index[row] ?? -1;
    if (session < 0) continue;
    const rows = rowsOf.get(session);
    if (rows === undefined) rowsOf.set(session, [row]);
    else rows.push(row);
  }
  const sessions: ReplaySession[] = [];
  const round = (row: number): number => records.roundIndex[row] ?? 0;
  for (const [session, rows] of rowsOf) {
    rows.sort((a, b) => round(a) - round(b));
    const sessionId = records.sessionId.names[session] ?? '';
    const gap = rows.findIndex((row, position) => round(row) !== position);
    if (gap >= 0) {
      return fail({
        code: 'bad-value',
        message:
          `The trace's session "${sessionId}" has round_index ${round(rows[gap] ?? 0)} where ${gap} is due; ` +
          'a closed-loop replay needs rounds 0, 1, 2, … without gaps. Replay it with session mode "fixed" instead.',
        field: 'round_index',
      });
    }
    sessions.push({ sessionId, rows });
  }
  return ok(sessions);
}

export function replayWorkload(trace: Trace, options: ReplayOptions): Result<Workload> {
  const { records } = trace;
  const thinkTimeMs = options.thinkTimeMs ?? 0;
  if (!(thinkTimeMs >= 0) || (thinkTimeMs > 0 && options.sessionMode !== 'closed-loop')) {
    return fail({
      code: 'bad-value',
      message: `think-time-ms is ${thinkTimeMs}; it must be >= 0, and > 0 only with session mode "closed-loop".`,
      field: 'think-time-ms',
    });
  }
  if (records.count === 0) {
    return fail({ code: 'bad-value', message: 'The trace holds no records; a replay needs at least one.' });
  }
  const prefixes = prefixLengths(records);
  if (options.sessionMode === 'fixed') {
    const requests = requestsOf(records, undefined, prefixes, undefined);
    return ok({ requests, horizonUs: options.horizonUs ?? defaultReplayHorizonUs(requests.arrivalUs) });
  }
  const sessions = groupSessions(records);
  if (!sessions.ok) return sessions;
  const rows = closedLoopRows(records, sessions.value);
  const requests = requestsOf(records, rows, prefixes, sessions.value.length);
  const horizonUs = options.horizonUs ?? defaultReplayHorizonUs(requests.arrivalUs);
  return ok({
    requests,
    sessions: sessionsOf(records, sessions.value, requests, Math.trunc(thinkTimeMs * 1000), horizonUs),
    horizonUs,
  });
}

/** Rows injected at the start: round 0 of each session, then every record without a session. */
export function closedLoopRows(records: TraceColumns, sessions: readonly ReplaySession[]): Uint32Array {
  const rows = sessions.map((session) => session.rows[0] ?? 0);
  for (let row = 0; row < records.count; row++) if ((records.sessionId.index[row] ?? -1) < 0) rows.push(row);
  return Uint32Array.from(rows);
}

/** `rows` absent: all records in their order. `sessionCount` given: the first rows belong to sessions 0, 1, 2, …. */
function requestsOf(
  records: TraceColumns,
  rows: Uint32Array | undefined,
  prefixes: Uint32Array,
  sessionCount: number | undefined,
): RequestColumns {
  // Neither side changes a column, so that the whole trace need not be copied.
  const f64 = (values: Float64Array): Float64Array => (rows === undefined ? values : gatherF64(values, rows));
  const u32 = (values: Uint32Array): Uint32Array => (rows === undefined ? values : gatherU32(values, rows));
  const text = (column: TextColumn): TextColumn =>
    rows === undefined ? column : { names: column.names, index: gatherI32(column.index, rows) };
  const count = rows?.length ?? records.count;
  const session = new Int32Array(count).fill(-1);
  for (let at = 0; at < (sessionCount ?? 0); at++) session[at] = at;
  const prefixGroup = text(records.prefixGroup);
  const stated = u32(records.prefixLength);
  const prefixTokens = new Uint32Array(count);
  const prefixStream = new Int32Array(count).fill(-1);
  const inputTokens = u32(records.inputTokens).slice();
  for (let at = 0; at < count; at++) {
    const group = prefixGroup.index[at] ?? -1;
    const prefix = group < 0 ? 0 : (prefixes[group] ?? 0);
    if (prefix === 0) continue;
    prefixTokens[at] = prefix;
    prefixStream[at] = group;
    inputTokens[at] = prefix + (inputTokens[at] ?? 0);
  }
  return {
    count,
    requestId: f64(records.requestId),
    arrivalUs: f64(records.arrivalUs),
    inputTokens,
    outputTokens: u32(records.outputTokens),
    deadlineUs: f64(records.deadlineUs),
    prefixTokens,
    ...(stated.some((tokens, at) => tokens !== prefixTokens[at]) ? { statedPrefixTokens: stated } : {}),
    prefixStream,
    session,
    roundIndex: new Uint32Array(f64(records.roundIndex)),
    sessionId: text(records.sessionId),
    clientId: text(records.clientId),
    tenantId: text(records.tenantId),
    sloClass: text(records.sloClass),
    model: text(records.model),
    prefixGroup,
    streaming: rows === undefined ? records.streaming : gatherU8(records.streaming, rows),
    textTokens: u32(records.textTokens),
    imageTokens: u32(records.imageTokens),
    audioTokens: u32(records.audioTokens),
    videoTokens: u32(records.videoTokens),
    reasonRatio: f64(records.reasonRatio),
  };
}

function sessionsOf(
  records: TraceColumns,
  sessions: readonly ReplaySession[],
  requests: RequestColumns,
  constantThinkUs: number,
  horizonUs: number,
): SessionColumns {
  const offsets = new Uint32Array(sessions.length + 1);
  sessions.forEach((session, at) => (offsets[at + 1] = (offsets[at] ?? 0) + session.rows.length - 1));
  const rounds = offsets[sessions.length] ?? 0;
  const input = new Uint32Array(rounds);
  const output = new Uint32Array(rounds);
  const think = new Float64Array(rounds);
  sessions.forEach((session, at) => {
    let slot = offsets[at] ?? 0;
    session.rows.slice(1).forEach((row, index) => {
      const before = session.rows[index] ?? row;
      input[slot] = records.inputTokens[row] ?? 0;
      output[slot] = records.outputTokens[row] ?? 0;
      const gap = (records.arrivalUs[row] ?? 0) - (records.arrivalUs[before] ?? 0);
      think[slot] = constantThinkUs > 0 ? constantThinkUs : Math.max(0, gap);
      slot++;
    });
  });
  const count = sessions.length;
  return {
    count,
    sessionId: sessions.map((session) => session.sessionId),
    firstRequest: countUp(count),
    maxRounds: Float64Array.from(sessions, (session) => session.rows.length),
    accumulates: new Uint8Array(count),
    timeoutUs: new Float64Array(count).fill(DEFAULT_SESSION_TIMEOUT_US),
    horizonUs: new Float64Array(count).fill(horizonUs),
    prefixTokens: requests.prefixTokens.slice(0, count),
    prefixStream: requests.prefixStream.slice(0, count),
    roundInputTokens: { values: input, offsets },
    roundOutputTokens: output,
    roundThinkUs: think,
  };
}
