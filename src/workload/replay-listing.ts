// A replayed trace request by request with token ids, in the shape of the recorded replay lists (spec 9): the order of draws
// on the one replay stream is what it shows. Simulations use replay.ts, which keeps tokens symbolic.

import { textAt } from '../base/columns';
import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import type { RandomDoor, RandomStream } from '../domain/random';
import type { Trace, TraceColumns } from '../domain/trace';
import { DEFAULT_SESSION_TIMEOUT_US } from './deadlines';
import type { LiveRequest, LiveSession } from './follow-ups';
import { FollowUps, detailLine, followUpLine, rollOutInOrder } from './follow-ups';
import type { ReplayOptions, ReplaySession } from './replay';
import { groupSessions, prefixLengths, replayWorkload } from './replay';
import { digestTokens, joinTokens } from './token-digest';

export interface ReplayListingOptions extends ReplayOptions {
  readonly seed: bigint;
}

const noIds = new Uint32Array(0);

export function replayListing(
  trace: Trace,
  door: RandomDoor,
  options: ReplayListingOptions,
): Result<Record<string, unknown>> {
  const workload = replayWorkload(trace, options);
  if (!workload.ok) return workload;
  const { records } = trace;
  const stream = door.open(options.seed);
  const prefixes = new Map<number, Uint32Array>();
  const lengths = prefixLengths(records);
  for (const group of groupsInOrder(records)) {
    const length = lengths[group] ?? 0;
    if (length > 0) prefixes.set(group, stream.tokens(length));
  }
  const record = (row: number, from: RandomStream): { line: string; request: LiveRequest } => {
    const group = records.prefixGroup.index[row] ?? -1;
    const prefix = prefixes.get(group) ?? noIds;
    const input = joinTokens(prefix, from.tokens(records.inputTokens[row] ?? 0));
    const output = from.tokens(records.outputTokens[row] ?? 0);
    return {
      line: recordLine(records, row, input, output),
      request: {
        id: `request_${records.requestId[row] ?? row}`,
        arrivalUs: records.arrivalUs[row] ?? 0,
        input,
        output,
        sessionId: options.sessionMode === 'fixed' ? '' : textAt(records.sessionId, row),
        round: records.roundIndex[row] ?? 0,
      },
    };
  };
  if (options.sessionMode === 'fixed') {
    return ok({
      seed: Number(options.seed),
      fixed: Array.from({ length: records.count }, (_, row) => record(row, stream).line),
    });
  }
  const sessions = groupSessions(records);
  if (!sessions.ok) return fail(sessions.error);
  const horizonUs = workload.value.horizonUs ?? Infinity;
  const lines: string[] = [];
  const initial: LiveRequest[] = [];
  const live: LiveSession[] = [];
  const constantThinkUs = Math.trunc((options.thinkTimeMs ?? 0) * 1000);
  for (const session of sessions.value) {
    const own = door.open(stream.int63());
    const first = session.rows[0] ?? 0;
    const start = record(first, own);
    lines.push(start.line);
    initial.push(start.request);
    live.push(liveSession(records, session, own, prefixes, constantThinkUs, horizonUs));
  }
  for (let row = 0; row < records.count; row++) {
    if ((records.sessionId.index[row] ?? -1) >= 0) continue;
    const other = record(row, stream);
    lines.push(other.line);
    initial.push(other.request);
  }
  return ok({
    seed: Number(options.seed),
    closed_loop: {
      horizon_us: horizonUs,
      initial: lines,
      follow_ups_first_in_first_out: rollOutInOrder(initial, new FollowUps(live)).map(followUpLine),
    },
  });
}

/** Groups in order of the first record that gives them a prefix. */
function groupsInOrder(records: TraceColumns): number[] {
  const seen = new Set<number>();
  for (let row = 0; row < records.count; row++) {
    const group = records.prefixGroup.index[row] ?? -1;
    if (group >= 0 && (records.prefixLength[row] ?? 0) > 0) seen.add(group);
  }
  return [...seen];
}

function liveSession(
  records: TraceColumns,
  session: ReplaySession,
  stream: RandomStream,
  prefixes: ReadonlyMap<number, Uint32Array>,
  constantThinkUs: number,
  horizonUs: number,
): LiveSession {
  const [first = 0, ...later] = session.rows;
  // The n-th call serves round n + 1.
  const inOrder = (values: Uint32Array) => {
    let next = 0;
    return () => values[later[next++] ?? -1] ?? 1;
  };
  const arrival = (round: number): number => records.arrivalUs[session.rows[round] ?? 0] ?? 0;
  return {
    sessionId: session.sessionId,
    clientId: textAt(records.clientId, first),
    tenantId: textAt(records.tenantId, first),
    sloClass: textAt(records.sloClass, first),
    model: textAt(records.model, first),
    maxRounds: session.rows.length,
    accumulates: false,
    thinkUs: (round) =>
      constantThinkUs > 0 ? constantThinkUs : Math.max(0, arrival(round) - arrival(round - 1)),
    timeoutUs: DEFAULT_SESSION_TIMEOUT_US,
    horizonUs,
    prefix: prefixes.get(records.prefixGroup.index[first] ?? -1) ?? noIds,
    stream,
    input: inOrder(records.inputTokens),
    output: inOrder(records.outputTokens),
  };
}

function recordLine(records: TraceColumns, row: number, input: Uint32Array, output: Uint32Array): string {
  return detailLine({
    id: `request_${records.requestId[row] ?? row}`,
    arrivalUs: records.arrivalUs[row] ?? 0,
    inputTokens: input.length,
    outputTokens: output.length,
    clientId: textAt(records.clientId, row),
    tenantId: textAt(records.tenantId, row),
    sloClass: textAt(records.sloClass, row),
    model: textAt(records.model, row),
    sessionId: textAt(records.sessionId, row),
    round: records.roundIndex[row] ?? 0,
    prefixGroup: textAt(records.prefixGroup, row),
    prefixTokens: records.prefixLength[row] ?? 0,
    isStreaming: records.streaming[row] === 1,
    deadlineUs: records.deadlineUs[row] ?? 0,
    reasonRatio: records.reasonRatio[row] ?? 0,
    media: [
      records.textTokens[row] ?? 0,
      records.imageTokens[row] ?? 0,
      records.audioTokens[row] ?? 0,
      records.videoTokens[row] ?? 0,
    ],
    inputHash: digestTokens(input),
    outputHash: digestTokens(output),
  });
}
