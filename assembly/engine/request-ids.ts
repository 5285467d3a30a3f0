// Order of request ids as texts, bytewise: `request_<number>` for the request table, `session_<id>_round_<k>_<m>` for
// follow-ups, `_prefill` or `_decode` behind either for the parts of one taken apart. Only ties between otherwise equal requests ask for it.

import { allocate } from '../memory-arena';
import { Request, hasFleetRecords, inFleet } from './request';

/** Numbers in `request_<number>` by row, and session ids as (address, length) pairs of bytes; set by the host. */
let numbers: usize = 0;
let sessionIds: usize = 0;
let scratch: usize = 0;
let half: usize = 0;

export function setRequestIds(numbersAt: usize, sessionIdsAt: usize, longestSessionId: u32): void {
  numbers = numbersAt;
  sessionIds = sessionIdsAt;
  half = <usize>longestSessionId + 64;
  scratch = allocate(2 * half);
}

function writeText(to: usize, from: usize, length: usize): usize {
  memory.copy(to, from, length);
  return to + length;
}

function writeNumber(to: usize, value: i64): usize {
  let at = to;
  let left = value;
  if (left < 0) {
    store<u8>(at++, 0x2d);
    left = -left;
  }
  let digits: usize = 1;
  for (let rest = left / 10; rest > 0; rest /= 10) digits++;
  for (let i = digits; i > 0; i--) {
    store<u8>(at + i - 1, 0x30 + <u8>(left % 10));
    left /= 10;
  }
  return at + digits;
}

const REQUEST = memory.data<u8>([0x72, 0x65, 0x71, 0x75, 0x65, 0x73, 0x74, 0x5f]);
const SESSION = memory.data<u8>([0x73, 0x65, 0x73, 0x73, 0x69, 0x6f, 0x6e, 0x5f]);
const ROUND = memory.data<u8>([0x5f, 0x72, 0x6f, 0x75, 0x6e, 0x64, 0x5f]);

const PREFILL = memory.data<u8>([0x5f, 0x70, 0x72, 0x65, 0x66, 0x69, 0x6c, 0x6c]);
const DECODE = memory.data<u8>([0x5f, 0x64, 0x65, 0x63, 0x6f, 0x64, 0x65]);

function writeId(to: usize, r: Request): usize {
  const at = writeStem(to, r);
  if (!hasFleetRecords() || inFleet(r).parent == 0) return at;
  return r.decodeOnly != 0 ? writeText(at, DECODE, 7) : writeText(at, PREFILL, 8);
}

/** A part of a disaggregated request has the request's id in front of its own. */
function writeStem(to: usize, r: Request): usize {
  if (r.followUp == 0)
    return writeNumber(writeText(to, REQUEST, 8), <i64>load<f64>(numbers + ((<usize>r.row) << 3)));
  const id = sessionIds + ((<usize>r.session) << 3);
  let at = writeText(to, SESSION, 8);
  at = writeText(at, <usize>load<u32>(id), <usize>load<u32>(id, 4));
  at = writeNumber(writeText(at, ROUND, 7), r.round);
  store<u8>(at++, 0x5f);
  return writeNumber(at, r.followUp);
}

/** Negative if the id of a comes first. */
export function compareIds(a: Request, b: Request): i32 {
  const endA = writeId(scratch, a) - scratch;
  const endB = writeId(scratch + half, b) - scratch - half;
  const order = memory.compare(scratch, scratch + half, min(endA, endB));
  return order != 0 ? order : <i32>endA - <i32>endB;
}
