// Request columns into the module's request table, and results back out of it.

import type { EngineConfig } from '../domain/run-config';
import { REQUEST_STATUSES, type RequestResultColumns } from '../domain/run-result';
import type { RequestColumns } from '../domain/workload';
import type { EngineExports, RequestLayout } from './binding';

const ROUTING_REJECTED = REQUEST_STATUSES.indexOf('routing-rejected');
const COMPLETED = REQUEST_STATUSES.indexOf('completed');
const KEY_BYTES = 4;

/** Where each token stream's blocks have their keys, and how many blocks there are in all. */
export interface PrefixPlan {
  readonly firstBlock: ReadonlyMap<number, number>;
  readonly blocks: number;
}

/** Full blocks of shared prefix by stream: requests share block i exactly where both prefixes cover it whole. */
export function planPrefixes(requests: RequestColumns, blockSize: number): PrefixPlan {
  const longest = new Map<number, number>();
  for (let row = 0; row < requests.count; row++) {
    const stream = requests.prefixStream[row] ?? -1;
    if (stream < 0) continue;
    const blocks = Math.floor((requests.prefixTokens[row] ?? 0) / blockSize);
    if (blocks > (longest.get(stream) ?? 0)) longest.set(stream, blocks);
  }
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
      const blocks = Math.floor((requests.prefixTokens[row] ?? 0) / config.blockSizeTokens);
      u32[narrow + (layout.prefixBlocks >> 2)] = blocks;
      u32[narrow + (layout.prefixKeys >> 2)] = (prefixes.firstBlock.get(stream) ?? 0) * KEY_BYTES;
    }
    const model = requests.model.index[row] ?? -1;
    if (model >= 0 && routable[model] === false) u8[record + layout.state] = ROUTING_REJECTED;
  }
  return table;
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

/** Reads the finished table. `postDecodeUs` enters E2E of requests with output tokens. */
export function readRequests(
  engine: EngineExports,
  layout: RequestLayout,
  table: number,
  requests: RequestColumns,
  postDecodeUs: number,
): RequestResultColumns {
  const { count } = requests;
  engine.finishRequests(table, count);
  const f64 = new Float64Array(engine.memory.buffer);
  const u8 = new Uint8Array(engine.memory.buffer);
  const status = new Uint8Array(count);
  const lengthCapped = new Uint8Array(count);
  const ttftUs = new Float64Array(count);
  const e2eUs = new Float64Array(count);
  const itlSumUs = new Float64Array(count);
  const itlMeanUs = new Float64Array(count).fill(NaN);
  const schedulingDelayUs = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const record = table + row * layout.bytes;
    const wide = record >> 3;
    status[row] = u8[record + layout.state] ?? 0;
    lengthCapped[row] = u8[record + layout.capped] ?? 0;
    const ttft = f64[wide + (layout.firstTokenUs >> 3)] ?? NaN;
    const itl = f64[wide + (layout.sumUs >> 3)] ?? NaN;
    const output = requests.outputTokens[row] ?? 0;
    ttftUs[row] = ttft;
    itlSumUs[row] = itl;
    e2eUs[row] = ttft + itl + (output > 0 ? postDecodeUs : 0);
    schedulingDelayUs[row] = f64[wide + (layout.schedulingDelayUs >> 3)] ?? NaN;
    if (status[row] === COMPLETED) itlMeanUs[row] = output === 0 ? 0 : itl / Math.max(output - 1, 1);
  }
  return {
    count,
    initialCount: count,
    status,
    arrivalUs: requests.arrivalUs.slice(),
    inputTokens: requests.inputTokens.slice(),
    outputTokens: requests.outputTokens.slice(),
    ttftUs,
    e2eUs,
    itlSumUs,
    itlMeanUs,
    schedulingDelayUs,
    lengthCapped,
    session: requests.session.slice(),
    roundIndex: requests.roundIndex.slice(),
    followUpNumber: new Uint32Array(count),
    tenantId: requests.tenantId,
    sloClass: requests.sloClass,
    model: requests.model,
  };
}
