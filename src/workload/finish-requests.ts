// Generated rows to the request table: the rows of a list in its order, labels as text columns, and prompts that repeat a
// conversation as pieces of token streams.

import type { TextColumn } from '../base/columns';
import { countUp, gatherF64, gatherI32, gatherU32, gatherU8 } from '../base/gather';
import { growingU32 } from '../base/growing-column';
import type { PromptSegments, RequestColumns } from '../domain/workload';
import { freshStreamOf, outputStreamOf } from '../domain/workload';
import type { GroupPrefix } from './prefix-groups';
import type { ConversationRounds, RequestRows } from './request-rows';
import type { ClientSpec } from './spec';

/** `sessionOf` gives the session table's row of generated rows that belong to a closed loop. */
export function finishRequests(
  rows: RequestRows,
  order: Uint32Array,
  prefixes: ReadonlyMap<string, GroupPrefix>,
  sessionOf: ReadonlyMap<number, number>,
): RequestColumns {
  const count = order.length;
  const f64 = (values: Float64Array): Float64Array => gatherF64(values, order);
  const u32 = (values: Uint32Array): Uint32Array => gatherU32(values, order);
  const client = u32(rows.client.view());
  const isLabelled = gatherU8(rows.isLabelled.view(), order);
  const prefixTokens = u32(rows.prefixTokens.view());
  const label = (of: (client: ClientSpec) => string): TextColumn => {
    const { names, index } = namesOf(rows.clients, of);
    return { names, index: gatherI32(index, client) };
  };
  const streamOf = Int32Array.from(rows.clients, (sender) => prefixes.get(sender.prefixGroup)?.stream ?? -1);
  const prefixStream = gatherI32(streamOf, client);
  const streaming = gatherU8(
    Uint8Array.from(rows.clients, (sender) => (sender.streaming ? 1 : 0)),
    client,
  );
  const prefixGroup = label((sender) => sender.prefixGroup);
  const session = new Int32Array(count).fill(-1);
  for (let at = 0; at < count; at++) {
    if (prefixTokens[at] === 0) prefixStream[at] = -1;
    if (isLabelled[at] === 0) {
      streaming[at] = 0;
      prefixGroup.index[at] = -1;
    }
    if (sessionOf.size > 0) session[at] = sessionOf.get(order[at] ?? 0) ?? -1;
  }
  const media = (kind: 'text' | 'image' | 'audio' | 'video'): Uint32Array => {
    const tokens = new Uint32Array(count);
    if (rows.media.size > 0) order.forEach((row, at) => (tokens[at] = rows.media.get(row)?.[kind] ?? 0));
    return tokens;
  };
  const segments = promptSegments(rows, order, prefixes.size, streamOf);
  return {
    count,
    requestId: Float64Array.from(countUp(count)),
    arrivalUs: f64(rows.arrivalUs.view()),
    inputTokens: u32(rows.inputTokens.view()),
    outputTokens: u32(rows.outputTokens.view()),
    deadlineUs: f64(rows.deadlineUs.view()),
    prefixTokens,
    prefixStream,
    ...(segments === undefined ? {} : { promptSegments: segments }),
    session,
    roundIndex: u32(rows.round.view()),
    sessionId: sessionNames(rows, order),
    clientId: label((sender) => sender.id),
    tenantId: label((sender) => sender.tenantId),
    sloClass: label((sender) => sender.sloClass),
    model: label((sender) => sender.model),
    prefixGroup,
    streaming,
    textTokens: media('text'),
    imageTokens: media('image'),
    audioTokens: media('audio'),
    videoTokens: media('video'),
    reasonRatio: f64(rows.reasonRatio.view()),
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
  const position = new Int32Array(rows.sessionIds.length).fill(-1);
  const names: string[] = [];
  const sessions = rows.session.view();
  const index = new Int32Array(order.length).fill(-1);
  for (let at = 0; at < order.length; at++) {
    const session = sessions[order[at] ?? 0] ?? -1;
    if (session < 0) continue;
    if (position[session] === -1) position[session] = names.push(rows.sessionIds[session] ?? '') - 1;
    index[at] = position[session] ?? -1;
  }
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
  streamOf: Int32Array,
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
