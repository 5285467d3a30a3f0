// Step times of many batches in one call: the door for tables, plots and tests. Every batch names its model by a block
// number; members lie in columns (doubles, whole numbers), batch b owning rows [offsets[b], offsets[b + 1]).

import {
  isPerMember,
  memberBytes,
  memberSeconds,
  needsAttentionTerm,
  outputTokenTicks,
  postDecodeTicks,
  prefillAttention,
  queueingTicks,
  rooflineTicks,
  stepTicks,
} from './model';
import { BLOCK_SLOTS, KIND_BLACKBOX, KIND_CROSSMODEL, KIND_ROOFLINE, kindOf } from './params';
import { rooflineStep } from './roofline';

let prompt: usize = 0;
let output: usize = 0;
let computed: usize = 0;
let granted: usize = 0;

function at(column: usize, row: i32): i64 {
  return <i64>load<f64>(column + ((<usize>row) << 3));
}

function isPrefill(row: i32): bool {
  return at(computed, row) < at(prompt, row);
}

function isDecode(row: i32): bool {
  return !isPrefill(row) && at(output, row) > 0;
}

/** Roofline: all prefills in batch order, then all decodes. */
function perMemberTicks(p: usize, first: i32, end: i32): i64 {
  let seconds = 0.0;
  let bytes = 0.0;
  let tokens: i64 = 0;
  let members = 0;
  for (let row = first; row < end; row++) {
    if (!isPrefill(row)) continue;
    seconds += memberSeconds(p, true, at(computed, row), at(granted, row));
    bytes += memberBytes(p, at(computed, row), at(granted, row));
    tokens += at(granted, row);
    members++;
  }
  for (let row = first; row < end; row++) {
    if (!isDecode(row)) continue;
    seconds += memberSeconds(p, false, at(computed, row), 1);
    bytes += memberBytes(p, at(computed, row), 1);
    tokens++;
    members++;
  }
  // A prefill member without tokens never comes from the scheduler; alone it still reads the weights.
  if (members > 0 && kindOf(p) === KIND_ROOFLINE) return rooflineStep(p, seconds, bytes, tokens);
  return rooflineTicks(p, seconds, bytes, tokens);
}

function summedTicks(p: usize, first: i32, end: i32): i64 {
  const kind = kindOf(p);
  // The two regressions count a decode member's tokens, the others count members.
  const countsTokens = kind === KIND_BLACKBOX || kind === KIND_CROSSMODEL;
  const hasAttention = needsAttentionTerm(p);
  let prefillTokens: i64 = 0;
  let decodeMembers: i64 = 0;
  let decodeContext: i64 = 0;
  let attention = 0.0;
  for (let row = first; row < end; row++) {
    if (isPrefill(row)) {
      prefillTokens += at(granted, row);
      if (hasAttention) {
        attention += prefillAttention(p, at(prompt, row), at(computed, row), at(granted, row));
      }
    } else if (isDecode(row)) {
      decodeMembers += countsTokens ? at(granted, row) : 1;
      decodeContext += at(computed, row);
    }
  }
  return stepTicks(p, prefillTokens, decodeMembers, decodeContext, attention, <i64>(end - first));
}

/** Writes one step time, output-token time and post-decode time per batch, one queueing time per member. */
export function evaluateBatches(
  blocks: usize,
  batches: i32,
  blockOfBatch: usize,
  offsets: usize,
  promptTokens: usize,
  outputTokens: usize,
  computedTokens: usize,
  newTokens: usize,
  stepUs: usize,
  queueingUs: usize,
  outputTokenUs: usize,
  postDecodeUs: usize,
): void {
  prompt = promptTokens;
  output = outputTokens;
  computed = computedTokens;
  granted = newTokens;
  for (let batch = 0; batch < batches; batch++) {
    const p = blocks + <usize>(load<u32>(blockOfBatch + ((<usize>batch) << 2)) * BLOCK_SLOTS) * 8;
    const first = load<u32>(offsets + ((<usize>batch) << 2));
    const end = load<u32>(offsets + ((<usize>(batch + 1)) << 2));
    const ticks = isPerMember(p) ? perMemberTicks(p, first, end) : summedTicks(p, first, end);
    const place = (<usize>batch) << 3;
    store<f64>(stepUs + place, <f64>ticks);
    store<f64>(outputTokenUs + place, <f64>outputTokenTicks(p));
    store<f64>(postDecodeUs + place, <f64>postDecodeTicks(p));
    for (let row = <i32>first; row < <i32>end; row++) {
      store<f64>(queueingUs + ((<usize>row) << 3), <f64>queueingTicks(p, at(prompt, row)));
    }
  }
}
