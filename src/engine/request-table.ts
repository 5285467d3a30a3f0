// Request columns into the module's request table, and results back out of it.

import type { EngineConfig } from '../domain/run-config';
import { REQUEST_STATUSES } from '../domain/run-result';
import type { PromptSegments, RequestColumns, SessionColumns } from '../domain/workload';
import type { EngineExports, RequestLayout } from './binding';

const ROUTING_REJECTED = REQUEST_STATUSES.indexOf('routing-rejected');
/** Stream, start, length. */
const PIECE_WORDS = 3;

/** Where each shared stream's blocks have their keys, and how many blocks there are in all. */
export interface PrefixPlan {
  readonly firstBlock: ReadonlyMap<number, number>;
  readonly blocks: number;
}

/** Full blocks of shared prefix by stream: requests share block i exactly where both prefixes cover it whole. */
export function planPrefixes(
  requests: RequestColumns,
  sessions: SessionColumns | undefined,
  blockSize: number,
): PrefixPlan {
  const longest = new Map<number, number>();
  const cover = (streams: Int32Array, tokens: Uint32Array): void => {
    streams.forEach((stream, row) => {
      const blocks = Math.floor((tokens[row] ?? 0) / blockSize);
      if (stream >= 0 && blocks > (longest.get(stream) ?? 0)) longest.set(stream, blocks);
    });
  };
  cover(requests.prefixStream, requests.prefixTokens);
  if (sessions !== undefined) cover(sessions.prefixStream, sessions.prefixTokens);
  const firstBlock = new Map<number, number>();
  let blocks = 0;
  for (const [stream, count] of longest) {
    firstBlock.set(stream, blocks);
    blocks += count;
  }
  return { firstBlock, blocks };
}

/** A request whose model is another instance's reaches none. */
function isRoutable(model: string, config: EngineConfig): boolean {
  return model === '' || model === config.model;
}

export function writeRequests(
  engine: EngineExports,
  layout: RequestLayout,
  config: EngineConfig,
  requests: RequestColumns,
  prefixes: PrefixPlan,
): number {
  const { count } = requests;
  const table = engine.allocateRequests(count);
  if (requests.promptSegments !== undefined) {
    writePieces(engine, layout, table, requests.promptSegments);
  }
  const f64 = new Float64Array(engine.memory.buffer);
  const u32 = new Uint32Array(engine.memory.buffer);
  const i32 = new Int32Array(engine.memory.buffer);
  const u8 = new Uint8Array(engine.memory.buffer);
  const routable = requests.model.names.map((name) => isRoutable(name, config));
  for (let row = 0; row < count; row++) {
    const record = table + row * layout.bytes;
    const wide = record >> 3;
    const narrow = record >> 2;
    f64[wide + (layout.arrivalUs >> 3)] = requests.arrivalUs[row] ?? 0;
    f64[wide + (layout.deadlineUs >> 3)] = requests.deadlineUs[row] ?? 0;
    u32[narrow + (layout.inputTokens >> 2)] = requests.inputTokens[row] ?? 0;
    u32[narrow + (layout.outputTokens >> 2)] = requests.outputTokens[row] ?? 0;
    i32[narrow + (layout.session >> 2)] = requests.session[row] ?? -1;
    u32[narrow + (layout.round >> 2)] = requests.roundIndex[row] ?? 0;
    const stream = requests.prefixStream[row] ?? -1;
    if (stream >= 0) {
      u32[narrow + (layout.prefixTokens >> 2)] = requests.prefixTokens[row] ?? 0;
      u32[narrow + (layout.prefixStream >> 2)] = stream;
      u32[narrow + (layout.prefixKeys >> 2)] = prefixes.firstBlock.get(stream) ?? 0;
    }
    const model = requests.model.index[row] ?? -1;
    if (model >= 0 && routable[model] === false) u8[record + layout.state] = ROUTING_REJECTED;
  }
  return table;
}

function writePieces(
  engine: EngineExports,
  layout: RequestLayout,
  table: number,
  segments: PromptSegments,
): void {
  const { values: streams, offsets } = segments.stream;
  const pieces = engine.allocate(Math.max(1, streams.length) * PIECE_WORDS * 4);
  const words = new Uint32Array(engine.memory.buffer, pieces, streams.length * PIECE_WORDS);
  streams.forEach((stream, piece) => {
    words.set([stream, segments.start[piece] ?? 0, segments.length[piece] ?? 0], piece * PIECE_WORDS);
  });
  const u32 = new Uint32Array(engine.memory.buffer);
  for (let row = 0; row + 1 < offsets.length; row++) {
    const first = offsets[row] ?? 0;
    const count = (offsets[row + 1] ?? 0) - first;
    if (count === 0) continue;
    const record = (table + row * layout.bytes) >> 2;
    u32[record + (layout.pieces >> 2)] = pieces + first * PIECE_WORDS * 4;
    u32[record + (layout.pieceCount >> 2)] = count;
  }
}

/** Ids decide ties of the schedulers that sort: their numbers, and the bytes of the session ids. */
export function writeIds(
  engine: EngineExports,
  requests: RequestColumns,
  sessionIds: readonly string[],
): void {
  const texts = sessionIds.map((id) => new TextEncoder().encode(id));
  const numbers = engine.allocate(requests.count * 8);
  const index = engine.allocate(texts.length * 8);
  const bytes = engine.allocate(texts.reduce((sum, text) => sum + text.length, 0));
  new Float64Array(engine.memory.buffer, numbers, requests.count).set(requests.requestId);
  const pairs = new Uint32Array(engine.memory.buffer, index, 2 * texts.length);
  let at = bytes;
  let longest = 0;
  texts.forEach((text, row) => {
    pairs.set([at, text.length], 2 * row);
    new Uint8Array(engine.memory.buffer).set(text, at);
    at += text.length;
    longest = Math.max(longest, text.length);
  });
  engine.setRequestIds(numbers, index, longest);
}
