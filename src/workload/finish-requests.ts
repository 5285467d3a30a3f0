// Generated rows to the request table: the rows of a list in its order, labels as text columns, and prompts that repeat a
// conversation as pieces of token streams.

import type { TextColumn } from '../base/columns';
import { growingU32 } from '../base/growing-column';
import type { PromptSegments, RequestColumns } from '../domain/workload';
import { freshStreamOf, outputStreamOf } from '../domain/workload';
import type { GroupPrefix } from './prefix-groups';
import type { ConversationRounds, RequestRows } from './request-rows';
import type { ClientSpec } from './spec';

/** `sessionOf` gives the session table's row for a generated row, −1 where the request is not part of a closed loop. */
export function finishRequests(
  rows: RequestRows,
  order: Uint32Array,
  prefixes: ReadonlyMap<string, GroupPrefix>,
  sessionOf: (row: number) => number,
): RequestColumns {
  const count = order.length;
  const f64 = (of: (row: number) => number): Float64Array => Float64Array.from(order, of);
  const u32 = (of: (row: number) => number): Uint32Array => Uint32Array.from(order, of);
  const clientOf = (row: number): number => rows.client.at(row);
  const label = (of: (client: ClientSpec) => string, isShown?: (row: number) => boolean): TextColumn => {
    const { names, index } = namesOf(rows.clients, of);
    return {
      names,
      index: Int32Array.from(order, (row) => (isShown?.(row) === false ? -1 : (index[clientOf(row)] ?? -1))),
    };
  };
  const isLabelled = (row: number): boolean => rows.isLabelled.at(row) === 1;
  const streamOf = rows.clients.map((client) => prefixes.get(client.prefixGroup)?.stream ?? -1);
  const media = (kind: 'text' | 'image' | 'audio' | 'video'): Uint32Array =>
    rows.media.size === 0 ? new Uint32Array(count) : u32((row) => rows.media.get(row)?.[kind] ?? 0);
  const segments = promptSegments(rows, order, prefixes.size, streamOf);
  return {
    count,
    requestId: Float64Array.from({ length: count }, (_, position) => position),
    arrivalUs: f64((row) => rows.arrivalUs.at(row)),
    inputTokens: u32((row) => rows.inputTokens.at(row)),
    outputTokens: u32((row) => rows.outputTokens.at(row)),
    deadlineUs: f64((row) => rows.deadlineUs.at(row)),
    prefixTokens: u32((row) => rows.prefixTokens.at(row)),
    prefixStream: Int32Array.from(order, (row) =>
      rows.prefixTokens.at(row) > 0 ? (streamOf[clientOf(row)] ?? -1) : -1,
    ),
    ...(segments === undefined ? {} : { promptSegments: segments }),
    session: Int32Array.from(order, sessionOf),
    roundIndex: u32((row) => rows.round.at(row)),
    sessionId: sessionNames(rows, order),
    clientId: label((client) => client.id),
    tenantId: label((client) => client.tenantId),
    sloClass: label((client) => client.sloClass),
    model: label((client) => client.model),
    prefixGroup: label((client) => client.prefixGroup, isLabelled),
    streaming: Uint8Array.from(order, (row) =>
      isLabelled(row) && rows.clients[clientOf(row)]?.streaming === true ? 1 : 0,
    ),
    textTokens: media('text'),
    imageTokens: media('image'),
    audioTokens: media('audio'),
    videoTokens: media('video'),
    reasonRatio: f64((row) => rows.reasonRatio.at(row)),
  };
}

/** Distinct texts, and each client's index into them (−1 for the empty text). */
function namesOf(clients: readonly ClientSpec[], of: (client: ClientSpec) => string): TextColumn {
  const known = new Map<string, number>();
  const index = Int32Array.from(clients, (client) => {
    const text = of(client);
    if (text === '') return -1;
    const at = known.get(text) ?? known.size;
    known.set(text, at);
    return at;
  });
  return { names: [...known.keys()], index };
}

/** Only the sessions of the listed rows. */
function sessionNames(rows: RequestRows, order: Uint32Array): TextColumn {
  const position = new Map<number, number>();
  const names: string[] = [];
  const index = Int32Array.from(order, (row) => {
    const session = rows.session.at(row);
    if (session < 0) return -1;
    const known = position.get(session);
    if (known !== undefined) return known;
    position.set(session, names.length);
    names.push(rows.sessionIds[session] ?? '');
    return names.length - 1;
  });
  return { names, index };
}

/**
 * Pieces of the prompts of accumulating conversations, from round 1 on. Rounds that are not in the list still lent their
 * tokens to later prompts; they get streams of their own behind the shared prefixes.
 */
function promptSegments(
  rows: RequestRows,
  order: Uint32Array,
  firstSpareStream: number,
  streamOf: readonly number[],
): PromptSegments | undefined {
  if (rows.conversations.size === 0) return undefined;
  const position = new Map<number, number>();
  order.forEach((row, at) => position.set(row, at));
  const spare = new Map<ConversationRounds, Map<number, number>>();
  let nextSpare = firstSpareStream;
  const spareStream = (conversation: ConversationRounds, round: number): number => {
    let streams = spare.get(conversation);
    if (streams === undefined) spare.set(conversation, (streams = new Map<number, number>()));
    const known = streams.get(round);
    if (known !== undefined) return known;
    streams.set(round, nextSpare);
    nextSpare += 2;
    return nextSpare - 2;
  };
  const stream = growingU32();
  const start = growingU32();
  const length = growingU32();
  const offsets = new Uint32Array(order.length + 1);
  const add = (of: number, tokens: number): void => {
    if (tokens === 0) return;
    stream.push(of);
    start.push(0);
    length.push(tokens);
  };
  order.forEach((row, at) => {
    const round = rows.round.at(row);
    const conversation = rows.conversations.get(rows.session.at(row));
    if (conversation !== undefined && round > 0) {
      add(streamOf[rows.client.at(row)] ?? 0, rows.prefixTokens.at(row));
      for (let earlier = 0; earlier < round; earlier++) {
        const listed = position.get(conversation.rows[earlier] ?? -1);
        const own = listed === undefined ? spareStream(conversation, earlier) : -1;
        add(listed === undefined ? own : freshStreamOf(listed), conversation.freshTokens[earlier] ?? 0);
        add(listed === undefined ? own + 1 : outputStreamOf(listed), conversation.outputTokens[earlier] ?? 0);
      }
      add(freshStreamOf(at), conversation.freshTokens[round] ?? 0);
    }
    offsets[at + 1] = stream.length;
  });
  return { stream: { values: stream.finish(), offsets }, start: start.finish(), length: length.finish() };
}
