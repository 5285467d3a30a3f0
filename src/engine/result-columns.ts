// The finished request table, and the follow-ups behind it, as result columns.

import type { TextColumn } from '../base/columns';
import { REQUEST_STATUSES, type RequestResultColumns } from '../domain/run-result';
import type { RequestColumns, SessionColumns, Workload } from '../domain/workload';
import type { EngineExports, RequestLayout } from './binding';

const COMPLETED = REQUEST_STATUSES.indexOf('completed');
const DISAGGREGATED = REQUEST_STATUSES.indexOf('disaggregated');
/** Follow-ups lie in pages: a word with the address of the next page, rows from byte 16 on. */
const PAGE_ROWS = 512;
const PAGE_HEADER = 16;

interface Rows {
  readonly address: number;
  readonly count: number;
}

function pagedRows(engine: EngineExports, firstPage: number, total: number): Rows[] {
  const words = new Uint32Array(engine.memory.buffer);
  const rows: Rows[] = [];
  let left = total;
  for (let page = firstPage; left > 0; page = words[page >> 2] ?? 0) {
    const count = Math.min(left, PAGE_ROWS);
    rows.push({ address: page + PAGE_HEADER, count });
    left -= count;
  }
  return rows;
}

/** Labels of the initial requests, then of each follow-up's round 0. */
function withFollowUps(
  column: TextColumn,
  initial: number,
  session: Int32Array,
  sessions: SessionColumns | undefined,
): TextColumn {
  if (session.length === initial) return column;
  const index = new Int32Array(session.length);
  index.set(column.index.subarray(0, initial));
  for (let row = initial; row < session.length; row++) {
    const first = sessions?.firstRequest[session[row] ?? 0] ?? 0;
    index[row] = column.index[first] ?? -1;
  }
  return { names: column.names, index };
}

/** `postDecodeUs` enters E2E of requests with output tokens. Call once: it turns the module's ticks into numbers. */
export function readRequests(
  engine: EngineExports,
  layout: RequestLayout,
  table: number,
  workload: Workload,
  postDecodeUs: number,
): RequestResultColumns {
  const requests: RequestColumns = workload.requests;
  const followUps = pagedRows(engine, engine.followUpPages(), engine.followUpCount());
  const segments: Rows[] = [{ address: table, count: requests.count }, ...followUps];
  const count = segments.reduce((sum, rows) => sum + rows.count, 0);
  for (const rows of segments) engine.finishRequests(rows.address, rows.count);
  const f64 = new Float64Array(engine.memory.buffer);
  const u32 = new Uint32Array(engine.memory.buffer);
  const i32 = new Int32Array(engine.memory.buffer);
  const u8 = new Uint8Array(engine.memory.buffer);
  const status = new Uint8Array(count);
  const lengthCapped = new Uint8Array(count);
  const handledBy = new Int32Array(count);
  const gatewayDelayUs = new Float64Array(count);
  const transferUs = new Float64Array(count);
  const disaggregated = new Uint8Array(count);
  const arrivalUs = new Float64Array(count);
  const inputTokens = new Uint32Array(count);
  const outputTokens = new Uint32Array(count);
  const ttftUs = new Float64Array(count);
  const e2eUs = new Float64Array(count);
  const itlSumUs = new Float64Array(count);
  const itlMeanUs = new Float64Array(count).fill(NaN);
  const schedulingDelayUs = new Float64Array(count);
  const session = new Int32Array(count);
  const roundIndex = new Uint32Array(count);
  const followUpNumber = new Uint32Array(count);
  let row = 0;
  for (const rows of segments) {
    for (let at = 0; at < rows.count; at++, row++) {
      const record = rows.address + at * layout.bytes;
      const wide = record >> 3;
      const narrow = record >> 2;
      const state = u8[record + layout.state] ?? 0;
      const capped = u8[record + layout.capped] ?? 0;
      const output = u32[narrow + (layout.outputTokens >> 2)] ?? 0;
      const itl = f64[wide + (layout.sumUs >> 3)] ?? NaN;
      const ttft = f64[wide + (layout.firstTokenUs >> 3)] ?? NaN;
      status[row] = state;
      arrivalUs[row] = f64[wide + (layout.arrivalUs >> 3)] ?? NaN;
      inputTokens[row] = u32[narrow + (layout.inputTokens >> 2)] ?? 0;
      outputTokens[row] = output;
      ttftUs[row] = ttft;
      itlSumUs[row] = itl;
      schedulingDelayUs[row] = f64[wide + (layout.schedulingDelayUs >> 3)] ?? NaN;
      session[row] = i32[narrow + (layout.session >> 2)] ?? -1;
      roundIndex[row] = u32[narrow + (layout.round >> 2)] ?? 0;
      followUpNumber[row] = u32[narrow + (layout.followUp >> 2)] ?? 0;
      e2eUs[row] = state === COMPLETED ? ttft + itl + (output > 0 ? postDecodeUs : 0) : NaN;
      let pdEndUs = 0;
      if (layout.handledBy > 0) {
        handledBy[row] = i32[narrow + (layout.handledBy >> 2)] ?? 0;
        gatewayDelayUs[row] = f64[wide + (layout.gatewayDelayUs >> 3)] ?? 0;
        transferUs[row] = f64[wide + (layout.transferUs >> 3)] ?? 0;
        pdEndUs = f64[wide + (layout.pdEndUs >> 3)] ?? 0;
      }
      if (state === DISAGGREGATED || pdEndUs > 0) disaggregated[row] = 1;
      if (pdEndUs > 0) e2eUs[row] = pdEndUs - (arrivalUs[row] ?? 0);
      else if (state === DISAGGREGATED) ttftUs[row] = schedulingDelayUs[row] = NaN;
      if (state !== COMPLETED) continue;
      if (capped === 1) {
        lengthCapped[row] = 1;
        const produced = u32[narrow + (layout.target >> 2)] ?? 0;
        itlMeanUs[row] = itl / Math.max(produced - (inputTokens[row] ?? 0) - 1, 1);
      } else {
        itlMeanUs[row] = output === 0 ? 0 : itl / Math.max(output - 1, 1);
      }
    }
  }
  const labels = (column: TextColumn): TextColumn =>
    withFollowUps(column, requests.count, session, workload.sessions);
  return {
    count,
    initialCount: requests.count,
    status,
    arrivalUs,
    inputTokens,
    outputTokens,
    ttftUs,
    e2eUs,
    itlSumUs,
    itlMeanUs,
    schedulingDelayUs,
    lengthCapped,
    handledBy,
    gatewayDelayUs,
    transferUs,
    disaggregated,
    session,
    roundIndex,
    followUpNumber,
    tenantId: labels(requests.tenantId),
    sloClass: labels(requests.sloClass),
    model: labels(requests.model),
  };
}

/** Latencies of the sub-requests of disaggregated requests, by the instance that served them; NaN = no value. */
export interface SubRequestColumns {
  readonly handledBy: Int32Array;
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  readonly schedulingDelayUs: Float64Array;
}

/** A prefill part has its TTFT as E2E, a decode part its inter-token latencies. Call once. */
export function readSubRequests(
  engine: EngineExports,
  layout: RequestLayout,
  firstPage: number,
  count: number,
  postDecodeUs: number,
): SubRequestColumns {
  const handledBy = new Int32Array(count);
  const ttftUs = new Float64Array(count);
  const e2eUs = new Float64Array(count);
  const schedulingDelayUs = new Float64Array(count);
  let row = 0;
  for (const rows of pagedRows(engine, firstPage, count)) {
    engine.finishRequests(rows.address, rows.count);
    const f64 = new Float64Array(engine.memory.buffer);
    const i32 = new Int32Array(engine.memory.buffer);
    const u8 = new Uint8Array(engine.memory.buffer);
    for (let at = 0; at < rows.count; at++, row++) {
      const record = rows.address + at * layout.bytes;
      const read = (offset: number): number => f64[(record + offset) >> 3] ?? NaN;
      const isDecode = u8[record + layout.decodeOnly] === 1;
      const ttft = read(layout.firstTokenUs);
      handledBy[row] = i32[(record + layout.handledBy) >> 2] ?? -1;
      ttftUs[row] = ttft;
      if (u8[record + layout.state] !== COMPLETED) e2eUs[row] = NaN;
      else if (isDecode) e2eUs[row] = read(layout.sumUs) + (Number.isNaN(ttft) ? 0 : ttft) + postDecodeUs;
      else e2eUs[row] = ttft + read(layout.sumUs);
      schedulingDelayUs[row] = read(layout.schedulingDelayUs);
    }
  }
  return { handledBy, ttftUs, e2eUs, schedulingDelayUs };
}
