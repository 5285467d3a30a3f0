// From the open-loop list to a run (spec 3.8, 5, 6; BLIS 87cc70ed sim/workload/session.go, concurrency.go): conversations of
// closed-loop clients shrink to their round 0 and a blueprint of what follows; concurrency clients bring users that send
// again after each answer. A blueprint has its own random stream, so its rounds can be drawn before or during the run.

import type { Result } from '../base/result';
import { ok } from '../base/result';
import { stableOrder } from '../base/stable-order';
import type { RandomDoor, RandomStream } from '../domain/random';
import { deadlineUs, DEFAULT_SESSION_TIMEOUT_US } from './deadlines';
import type { LengthSampler } from './distributions';
import { lengthSampler } from './distributions';
import type { OpenLoop } from './open-loop';
import type { GenerationRules } from './reference-rules';
import type { RowIds } from './request-rows';
import { FIRST_IDS } from './request-rows';
import type { ClientSpec } from './spec';
import { isClosedLoop } from './spec';
import { concurrencySeed, sessionSeed } from './streams';
import { digestTokens, joinTokens } from './token-digest';

/** What a session does after its round 0. */
export interface SessionBlueprint {
  readonly sessionId: string;
  /** Row of round 0 in `OpenLoop.rows`. */
  readonly row: number;
  readonly client: ClientSpec;
  /** Infinity = unlimited. */
  readonly maxRounds: number;
  readonly accumulates: boolean;
  readonly thinkTimeUs: number;
  /** Seed of the session's own stream. */
  readonly seed: bigint;
  readonly prefixTokens: number;
  readonly prefixStream: number;
  /** Where ids are wanted. */
  readonly prefixIds: Uint32Array;
  readonly input: LengthSampler;
  readonly output: LengthSampler;
}

export interface ClosedLoop {
  /** Rows that the run starts with. */
  readonly order: Uint32Array;
  readonly sessions: readonly SessionBlueprint[];
  /** Absent = no limit. */
  readonly followUpBudget?: number;
}

export interface LoopInput {
  readonly clients: readonly ClientSpec[];
  readonly seed: bigint;
  readonly maxRequests: number;
  readonly rules: GenerationRules;
  readonly wantsIds: boolean;
}

const noIds = new Uint32Array(0);

/** Nothing where the open-loop list is already the workload. */
export function closeLoops(
  list: OpenLoop,
  input: LoopInput,
  door: RandomDoor,
): Result<ClosedLoop | undefined> {
  const talkers = input.rules.hasSessions
    ? input.clients.filter((client) => client.reasoning?.multiTurn !== undefined && isClosedLoop(client))
    : [];
  const hasUsers = input.clients.some((client) => client.concurrency > 0);
  if (talkers.length === 0 && !hasUsers) return ok(undefined);
  const sessions = conversationSessions(talkers, list, input, door);
  if (!sessions.ok) return sessions;
  const closed = new Set(sessions.value.map((session) => list.rows.session.at(session.row)));
  const stays = (row: number): boolean =>
    !closed.has(list.rows.session.at(row)) || list.rows.round.at(row) === 0;
  let order: Uint32Array = list.order.filter(stays);
  const users = hasUsers ? addUsers(order.length, list, input, door) : ok([]);
  if (!users.ok) return users;
  if (users.value.length > 0) {
    const added = Uint32Array.from(users.value, (user) => user.row);
    order = stableOrder(joinTokens(order, added), list.rows.arrivalUs.view());
  }
  return ok({
    order,
    sessions: [...sessions.value, ...users.value],
    ...(hasUsers && input.maxRequests > 0
      ? { followUpBudget: Math.max(0, input.maxRequests - order.length) }
      : {}),
  });
}

/** Byte order of ASCII session ids. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function conversationSessions(
  talkers: readonly ClientSpec[],
  list: OpenLoop,
  input: LoopInput,
  door: RandomDoor,
): Result<SessionBlueprint[]> {
  const { rows } = list;
  const keyOf = (client: ClientSpec): string =>
    input.rules.sessionsMatchBy === 'client'
      ? client.id
      : JSON.stringify([client.tenantId, client.sloClass, client.model]);
  /** Round-0 rows of the list by the key of their client, in list order. */
  const starts = new Map<string, number[]>();
  for (const row of list.order) {
    if (rows.session.at(row) < 0 || rows.round.at(row) !== 0) continue;
    const client = rows.clients[rows.client.at(row)];
    if (client === undefined) continue;
    const key = keyOf(client);
    const known = starts.get(key);
    if (known === undefined) starts.set(key, [row]);
    else known.push(row);
  }
  const taken = new Set<string>();
  const stream = door.open(sessionSeed(input.seed));
  const sessions = new Map<string, SessionBlueprint>();
  for (const client of talkers) {
    const key = keyOf(client);
    const found = starts.get(key) ?? [];
    const turns = client.reasoning?.multiTurn;
    // Matching by labels, the first client takes all sessions.
    if (
      found.length === 0 ||
      turns === undefined ||
      (taken.has(key) && input.rules.sessionsMatchBy === 'labels')
    ) {
      continue;
    }
    taken.add(key);
    const samplers = samplersOf(client, door);
    if (!samplers.ok) return samplers;
    const [first] = found;
    const hasPrefix = client.prefixGroup !== '' && client.prefixLength > 0;
    const group = hasPrefix ? list.prefixes.get(client.prefixGroup) : undefined;
    const lead =
      hasPrefix && first !== undefined ? Math.min(client.prefixLength, rows.inputTokens.at(first)) : 0;
    const ids = first === undefined ? noIds : (rows.ids[first]?.input.subarray(0, lead) ?? noIds);
    const named = found
      .map((row) => ({ row, sessionId: rows.sessionIds[rows.session.at(row)] ?? '' }))
      .sort((a, b) => byText(a.sessionId, b.sessionId));
    for (const { row, sessionId } of named) {
      sessions.set(sessionId, {
        sessionId,
        row,
        client,
        maxRounds: turns.maxRounds,
        accumulates: turns.contextGrowth === 'accumulate',
        thinkTimeUs: turns.thinkTimeUs,
        seed: stream.int63(),
        prefixTokens: group === undefined ? 0 : lead,
        prefixStream: group?.stream ?? -1,
        prefixIds: ids,
        ...samplers.value,
      });
    }
  }
  stream.release();
  return ok([...sessions.values()]);
}

function samplersOf(
  client: ClientSpec,
  door: RandomDoor,
): Result<{ readonly input: LengthSampler; readonly output: LengthSampler }> {
  const path = `client "${client.id}"`;
  const input = lengthSampler(client.input, door.math, `${path} input_distribution`);
  if (!input.ok) return input;
  const output = lengthSampler(client.output, door.math, `${path} output_distribution`);
  if (!output.ok) return output;
  return ok({ input: input.value, output: output.value });
}

/** Appends round 0 of every virtual user to the rows. */
function addUsers(
  openCount: number,
  list: OpenLoop,
  input: LoopInput,
  door: RandomDoor,
): Result<SessionBlueprint[]> {
  const { rows, prefixes } = list;
  const stream = door.open(concurrencySeed(input.seed));
  const users: SessionBlueprint[] = [];
  for (const [index, client] of input.clients.entries()) {
    if (client.concurrency <= 0) continue;
    const samplers = samplersOf(client, door);
    if (!samplers.ok) return samplers;
    const group = prefixes.get(client.prefixGroup);
    for (let user = 0; user < client.concurrency; user++) {
      if (input.maxRequests > 0 && openCount + users.length >= input.maxRequests) break;
      const own = door.open(stream.int63());
      const fresh = samplers.value.input(own);
      const output = samplers.value.output(own);
      const ids = input.wantsIds ? idsOf(own, fresh, output, group?.ids ?? noIds) : undefined;
      own.release();
      const isSpread = client.thinkTimeUs > 0 && client.concurrency > 1;
      const arrivalUs = isSpread ? Math.floor((user * client.thinkTimeUs) / client.concurrency) : 0;
      const sessionId = `concurrency_${client.id}_user_${user}`;
      const prefixTokens = group?.tokens ?? 0;
      const row = rows.add(
        index,
        arrivalUs,
        prefixTokens + fresh,
        output,
        deadlineUs(arrivalUs, client.timeoutUs, true),
        {
          prefixTokens,
          isLabelled: true,
          session: rows.addSession(sessionId),
          round: 0,
          reasonRatio: 0,
          ...(ids === undefined ? {} : { ids }),
        },
      );
      users.push({
        sessionId,
        row,
        client,
        maxRounds: Infinity,
        accumulates: false,
        thinkTimeUs: client.thinkTimeUs,
        seed: stream.int63(),
        prefixTokens,
        prefixStream: group?.stream ?? -1,
        prefixIds: group?.ids ?? noIds,
        ...samplers.value,
      });
    }
  }
  stream.release();
  return ok(users);
}

function idsOf(stream: RandomStream, fresh: number, output: number, prefix: Uint32Array): RowIds {
  const input = joinTokens(prefix, stream.tokens(fresh));
  const outputIds = stream.tokens(output);
  return {
    inputHash: digestTokens(input),
    outputHash: digestTokens(outputIds),
    input: input.slice(0, FIRST_IDS),
    output: outputIds.slice(0, FIRST_IDS),
  };
}

/** Deadline of follow-ups after their arrival; 0 = none. */
export const followUpTimeoutUs = (client: ClientSpec): number =>
  client.timeoutUs ?? DEFAULT_SESSION_TIMEOUT_US;
