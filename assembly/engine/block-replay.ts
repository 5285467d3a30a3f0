// The replay of pipelined-replay.ts with KV blocks, for runs whose batch slots together can ask for more than the cache holds:
// same schedule, same step-time model, but what is cached is found out block by block, and a request that gets no block sends
// the youngest member back to the front of the queue. As in vLLM, and unlike the reference's engine, a request sent back keeps
// the tokens it has produced: prompt and output are computed again, where their blocks are lost, and decoding goes on behind
// them. Left out: the CPU tier of the cache.
//
// A block remembers what it holds by the cell that points at it: cells of shared streams (system prompts, then prompts; free
// blocks can be found through them until they are taken again) or the cell of the one request that can find its own content.
// Members are visited in every step; under pressure they are few.

import { physicsGemm, physicsPrefill, physicsQueueing, physicsRest, physicsStream } from '../latency/physics';
import { allocate } from '../memory-arena';

const NONE: i32 = -1;
/** Keys below this are cells of a request's own list. */
const OWN_CONTENT: i32 = -2;

@unmanaged
class BlockReplay {
  // Set up once.
  count: i32;
  slots: i32;
  budget: i32;
  blockSize: i32;
  blocks: i32;
  /** Shared streams are that many cells apart. */
  streamCells: i32;
  sharedCells: i32;
  ownCells: i32;
  systemTokens: i32;
  isCaching: bool;
  // f64 columns, sorted by arrival.
  arrival: usize;
  ttft: usize;
  e2e: usize;
  // i32 columns.
  prompt: usize;
  output: usize;
  systemStream: usize;
  promptStream: usize;
  /** First cell of a request's block list, how many of its blocks it owns, and where its tokens stand. */
  firstCell: usize;
  owned: usize;
  computed: usize;
  produced: usize;
  /** Next in the line of requests sent back. */
  next: usize;
  // i32 cells.
  shared: usize;
  lists: usize;
  // Blocks; the last entry of the links is both ends of the free list, oldest first.
  before: usize;
  after: usize;
  references: usize;
  key: usize;
  /** Parameters (latency/physics.ts), and µs of weights and matrix products by tokens in the step. */
  block: usize;
  gemm: usize;
  /** Batch in order of admission, and requests whose slots and blocks a decision one step ahead still sees taken. */
  members: usize;
  held: usize;
  // One run.
  pipelined: bool;
  scale: f64;
  now: f64;
  lastStart: f64;
  steps: i32;
  memberCount: i32;
  heldCount: i32;
  arrived: i32;
  sentBack: i32;
  free: i32;
  /** Requests before this row must end; the replay stops when they have. */
  wanted: i32;
  wantedLeft: i32;
  preemptions: i32;
  blockedDecisions: i32;
  /** Prompt tokens that first admissions did not find in the cache. */
  promptTokensComputed: f64;
  // The step being formed.
  tokens: i32;
  prefill: f64;
  decodes: i32;
  context: f64;
}

function at(column: usize, row: i32): usize {
  return column + ((<usize>row) << 2);
}
function get(column: usize, row: i32): i32 {
  return load<i32>(at(column, row));
}
function put(column: usize, row: i32, value: i32): void {
  store<i32>(at(column, row), value);
}
function wide(column: usize, row: i32): usize {
  return column + ((<usize>row) << 3);
}
function words(count: i32): usize {
  return allocate((<usize>count) << 2);
}

/** Memory for runs of `count` requests; `cells` = blocks of all their prompts and outputs, each rounded up. */
export function blockReplayCreate(
  count: i32,
  slots: i32,
  budget: i32,
  blocks: i32,
  blockSize: i32,
  streams: i32,
  streamCells: i32,
  cells: i32,
  systemTokens: i32,
  isCaching: bool,
): usize {
  const r = changetype<BlockReplay>(allocate(offsetof<BlockReplay>()));
  r.count = count;
  r.slots = slots;
  r.budget = budget;
  r.blocks = blocks;
  r.blockSize = blockSize;
  r.streamCells = streamCells;
  r.sharedCells = streams * streamCells;
  r.ownCells = cells;
  r.systemTokens = systemTokens;
  r.isCaching = isCaching;
  r.arrival = allocate((<usize>count) << 3);
  r.ttft = allocate((<usize>count) << 3);
  r.e2e = allocate((<usize>count) << 3);
  r.prompt = words(count);
  r.output = words(count);
  r.systemStream = words(count);
  r.promptStream = words(count);
  r.firstCell = words(count);
  r.owned = words(count);
  r.computed = words(count);
  r.produced = words(count);
  r.next = words(count);
  r.shared = words(r.sharedCells);
  r.lists = words(cells);
  r.before = words(blocks + 1);
  r.after = words(blocks + 1);
  r.references = words(blocks);
  r.key = words(blocks);
  r.block = allocate(256);
  r.gemm = allocate((<usize>(slots + budget + 1)) << 3);
  r.members = words(slots);
  r.held = words(slots);
  return changetype<usize>(r);
}

export function blockReplayArrival(r: usize): usize {
  return changetype<BlockReplay>(r).arrival;
}
export function blockReplayPrompt(r: usize): usize {
  return changetype<BlockReplay>(r).prompt;
}
export function blockReplayOutput(r: usize): usize {
  return changetype<BlockReplay>(r).output;
}
export function blockReplaySystemStream(r: usize): usize {
  return changetype<BlockReplay>(r).systemStream;
}
export function blockReplayPromptStream(r: usize): usize {
  return changetype<BlockReplay>(r).promptStream;
}
export function blockReplayBlock(r: usize): usize {
  return changetype<BlockReplay>(r).block;
}
export function blockReplayTtft(r: usize): usize {
  return changetype<BlockReplay>(r).ttft;
}
export function blockReplayE2e(r: usize): usize {
  return changetype<BlockReplay>(r).e2e;
}
export function blockReplaySteps(r: usize): i32 {
  return changetype<BlockReplay>(r).steps;
}
export function blockReplayPreemptions(r: usize): i32 {
  return changetype<BlockReplay>(r).preemptions;
}
/** Decisions that left a request waiting for blocks though it had a slot. */
export function blockReplayBlockedDecisions(r: usize): i32 {
  return changetype<BlockReplay>(r).blockedDecisions;
}
export function blockReplayPromptTokensComputed(r: usize): f64 {
  return changetype<BlockReplay>(r).promptTokensComputed;
}

/**
 * Begins a run with the parameters in the block. Every step time is multiplied by `scale`. It ends when the first `wanted`
 * requests have their last tokens; times of the others may be missing (NaN).
 */
export function blockReplayStart(pointer: usize, pipelined: bool, scale: f64, wanted: i32): void {
  const r = changetype<BlockReplay>(pointer);
  const tokens = r.slots + r.budget;
  for (let x = 0; x <= tokens; x++) store<f64>(wide(r.gemm, x), physicsGemm(r.block, x));
  memory.fill(r.shared, 0xff, (<usize>r.sharedCells) << 2);
  memory.fill(r.lists, 0xff, (<usize>r.ownCells) << 2);
  memory.fill(r.owned, 0, (<usize>r.count) << 2);
  memory.fill(r.computed, 0, (<usize>r.count) << 2);
  memory.fill(r.produced, 0, (<usize>r.count) << 2);
  memory.fill(r.references, 0, (<usize>r.blocks) << 2);
  memory.fill(r.key, 0xff, (<usize>r.blocks) << 2);
  let cell = 0;
  for (let i = 0; i < r.count; i++) {
    store<f64>(wide(r.ttft, i), NaN);
    store<f64>(wide(r.e2e, i), NaN);
    put(r.firstCell, i, cell);
    cell += (get(r.prompt, i) + get(r.output, i) + r.blockSize - 1) / r.blockSize;
  }
  for (let b = 0; b <= r.blocks; b++) {
    put(r.before, b, b == 0 ? r.blocks : b - 1);
    put(r.after, b, b == r.blocks ? 0 : b + 1);
  }
  r.pipelined = pipelined;
  r.scale = scale;
  r.now = -Infinity;
  r.lastStart = -Infinity;
  r.steps = 0;
  r.memberCount = 0;
  r.heldCount = 0;
  r.arrived = 0;
  r.sentBack = NONE;
  r.free = r.blocks;
  r.wanted = wanted;
  r.wantedLeft = wanted;
  r.preemptions = 0;
  r.blockedDecisions = 0;
  r.promptTokensComputed = 0;
}

// Blocks.

function unlink(r: BlockReplay, b: i32): void {
  const before = get(r.before, b);
  const after = get(r.after, b);
  put(r.after, before, after);
  put(r.before, after, before);
  r.free -= 1;
}

function give(r: BlockReplay, b: i32): void {
  const left = get(r.references, b) - 1;
  put(r.references, b, left);
  if (left > 0) return;
  const end = r.blocks;
  const last = get(r.before, end);
  put(r.after, last, b);
  put(r.before, b, last);
  put(r.after, b, end);
  put(r.before, end, b);
  r.free += 1;
}

/** The block that has been free for longest; what it held can no longer be found. */
function take(r: BlockReplay): i32 {
  const b = get(r.after, r.blocks);
  unlink(r, b);
  const key = get(r.key, b);
  if (key >= 0) put(r.shared, key, NONE);
  put(r.key, b, NONE);
  put(r.references, b, 1);
  return b;
}

/** Where block `index` of a request is shared with others; NONE = it holds what only this request has. */
function sharedCell(r: BlockReplay, row: i32, index: i32): i32 {
  const end = (index + 1) * r.blockSize;
  if (end > get(r.prompt, row)) return NONE;
  const stream = end <= r.systemTokens ? get(r.systemStream, row) : get(r.promptStream, row);
  return stream < 0 ? NONE : stream * r.streamCells + index;
}

/** The block that holds this content, NONE = it must be computed. */
function find(r: BlockReplay, row: i32, index: i32): i32 {
  if (!r.isCaching) return NONE;
  const cell = sharedCell(r, row, index);
  if (cell >= 0) return get(r.shared, cell);
  const own = get(r.firstCell, row) + index;
  const b = get(r.lists, own);
  return b >= 0 && get(r.key, b) == OWN_CONTENT - own ? b : NONE;
}

/** Blocks that tokens [from, to) have filled can be found from now on; a second copy of the same content cannot. */
function name(r: BlockReplay, row: i32, from: i32, to: i32): void {
  if (!r.isCaching) return;
  for (let index = from / r.blockSize; index < to / r.blockSize; index++) {
    const own = get(r.firstCell, row) + index;
    const b = get(r.lists, own);
    const cell = sharedCell(r, row, index);
    if (cell < 0) put(r.key, b, OWN_CONTENT - own);
    else if (get(r.shared, cell) < 0) {
      put(r.shared, cell, b);
      put(r.key, b, cell);
    }
  }
}

/** Makes room for the tokens before `to`; false = too few free blocks, and nothing was taken. */
function reserve(r: BlockReplay, row: i32, to: i32): bool {
  const owned = get(r.owned, row);
  const missing = (to + r.blockSize - 1) / r.blockSize - owned;
  if (missing > r.free) return false;
  if (missing <= 0) return true;
  const first = get(r.firstCell, row) + owned;
  for (let k = 0; k < missing; k++) put(r.lists, first + k, take(r));
  put(r.owned, row, owned + missing);
  return true;
}

/** Last block first: the tail of a prompt is of least use to others. */
function release(r: BlockReplay, row: i32): void {
  const first = get(r.firstCell, row);
  for (let k = get(r.owned, row) - 1; k >= 0; k--) give(r, get(r.lists, first + k));
  put(r.owned, row, 0);
}

// Schedule.

function tokensOf(r: BlockReplay, row: i32): i32 {
  return get(r.prompt, row) + get(r.produced, row);
}

/** Members keep their order of admission; whoever gets no block sends the last one back, itself in the end. */
function serveMembers(r: BlockReplay): bool {
  let preempted = false;
  for (let k = 0; k < r.memberCount && r.tokens + r.decodes < r.budget; k++) {
    const row = get(r.members, k);
    const from = get(r.computed, row);
    const rest = tokensOf(r, row) - from;
    const room = r.budget - r.tokens - r.decodes;
    const chunk = rest < room ? rest : room;
    let served = true;
    while (!reserve(r, row, from + chunk)) {
      preempted = true;
      const victim = get(r.members, --r.memberCount);
      r.preemptions += 1;
      release(r, victim);
      put(r.computed, victim, 0);
      put(r.next, victim, r.sentBack);
      r.sentBack = victim;
      if (victim == row) {
        served = false;
        break;
      }
    }
    if (!served) break;
    if (rest == 1 && get(r.produced, row) > 0) {
      r.decodes += 1;
      r.context += <f64>from;
    } else {
      r.tokens += chunk;
      r.prefill += physicsPrefill(r.block, <f64>from, <f64>chunk);
    }
  }
  return preempted;
}

/** Admits the head of the queue; false = it gets no blocks. */
function admit(r: BlockReplay, row: i32): bool {
  const total = tokensOf(r, row);
  let hits = 0;
  let unowned = 0;
  // The last token is always computed: its logits are needed.
  while ((hits + 1) * r.blockSize < total) {
    const b = find(r, row, hits);
    if (b < 0) break;
    if (get(r.references, b) == 0) unowned += 1;
    hits += 1;
  }
  const from = hits * r.blockSize;
  const room = r.budget - r.tokens - r.decodes;
  const chunk = total - from < room ? total - from : room;
  const missing = (from + chunk + r.blockSize - 1) / r.blockSize - hits;
  if (missing + unowned > r.free) {
    r.blockedDecisions += 1;
    return false;
  }
  const first = get(r.firstCell, row);
  for (let k = 0; k < hits; k++) {
    const b = find(r, row, k);
    const references = get(r.references, b);
    if (references == 0) unlink(r, b);
    put(r.references, b, references + 1);
    put(r.lists, first + k, b);
  }
  put(r.owned, row, hits);
  reserve(r, row, from + chunk);
  put(r.computed, row, from);
  if (get(r.produced, row) == 0) r.promptTokensComputed += <f64>(total - from);
  put(r.members, r.memberCount++, row);
  r.tokens += chunk;
  r.prefill += physicsPrefill(r.block, <f64>from, <f64>chunk);
  return true;
}

/** Requests sent back first, then arrivals in order; a prompt that does not fit into the step whole ends it. */
function admitWaiting(r: BlockReplay, decided: f64, delay: f64): void {
  // What just ended is held only one step ahead; otherwise the list is empty.
  while (r.memberCount + r.heldCount < r.slots && r.tokens + r.decodes < r.budget) {
    const back = r.sentBack;
    const row = back >= 0 ? back : r.arrived;
    if (back < 0 && (row >= r.count || load<f64>(wide(r.arrival, row)) + delay > decided)) return;
    if (!admit(r, row)) return;
    if (back >= 0) r.sentBack = get(r.next, back);
    else r.arrived += 1;
  }
}

function releaseHeld(r: BlockReplay): void {
  for (let k = 0; k < r.heldCount; k++) release(r, get(r.held, k));
  r.heldCount = 0;
}

/** Moves every member by what the step gave it, and takes those out that are done. */
function moveMembers(r: BlockReplay, end: f64, stream: f64): void {
  const decodes = r.decodes;
  let left = r.budget;
  let finished = 0;
  // First pass: who ends, since a last token's time depends on how many streams stay open.
  for (let k = 0; k < r.memberCount && left > 0; k++) {
    const row = get(r.members, k);
    const rest = tokensOf(r, row) - get(r.computed, row);
    const chunk = rest < left ? rest : left;
    left -= chunk;
    const isDecode = rest == 1 && get(r.produced, row) > 0;
    if (isDecode && get(r.produced, row) + 1 == get(r.output, row)) finished += 1;
  }
  const open = decodes - finished;
  left = r.budget;
  let kept = 0;
  for (let k = 0; k < r.memberCount; k++) {
    const row = get(r.members, k);
    const from = get(r.computed, row);
    const total = tokensOf(r, row);
    const chunk = total - from < left ? total - from : left;
    left -= chunk;
    put(r.computed, row, from + chunk);
    name(r, row, from, from + chunk);
    let isDone = false;
    if (chunk > 0 && from + chunk == total) {
      const produced = get(r.produced, row) + 1;
      put(r.produced, row, produced);
      const since = end - load<f64>(wide(r.arrival, row));
      if (produced == 1) store<f64>(wide(r.ttft, row), since + stream * <f64>decodes);
      isDone = produced >= get(r.output, row);
      if (isDone) store<f64>(wide(r.e2e, row), since + stream * <f64>open);
    }
    if (!isDone) put(r.members, kept++, row);
    else {
      if (row < r.wanted) r.wantedLeft -= 1;
      if (r.pipelined) put(r.held, r.heldCount++, row);
      else release(r, row);
    }
  }
  r.memberCount = kept;
}

/**
 * Runs at most `maxSteps` further steps. 0 = goes on, 1 = done, 2 = stuck: a request asks for more blocks than there are,
 * which the host rules out beforehand.
 */
export function blockReplayAdvance(pointer: usize, maxSteps: i32): i32 {
  const r = changetype<BlockReplay>(pointer);
  const delay = physicsQueueing(r.block);
  const stream = physicsStream(r.block);
  const limit = r.steps + maxSteps;
  while (r.steps < limit) {
    if (r.wantedLeft <= 0) return 1;
    if (r.memberCount == 0 && r.sentBack < 0) {
      // A decision at the start of the previous step may still fill this one; if it finds nobody, the engine is idle.
      const ready = r.arrived < r.count ? load<f64>(wide(r.arrival, r.arrived)) + delay : Infinity;
      if (!r.pipelined || ready > r.lastStart || r.heldCount >= r.slots) {
        if (r.arrived >= r.count) return 1;
        if (ready > r.now) r.now = ready;
        r.lastStart = r.now;
        releaseHeld(r);
      }
    }
    r.tokens = 0;
    r.prefill = 0;
    r.decodes = 0;
    r.context = 0;
    const held = r.heldCount;
    const preempted = serveMembers(r);
    if (!preempted) admitWaiting(r, r.pipelined ? r.lastStart : r.now, delay);
    // A decision one step ahead has been taken; whoever ended before it is gone now.
    releaseHeld(r);
    if (r.tokens + r.decodes == 0) {
      // Nothing could run: wait for the blocks just freed, or for whom this decision could not see yet.
      if (held == 0 && r.lastStart >= r.now && !preempted) return 2;
      r.lastStart = r.now;
      continue;
    }
    const duration =
      r.scale *
      (load<f64>(wide(r.gemm, r.decodes + r.tokens)) +
        physicsRest(r.block, <f64>r.decodes, r.context, <f64>r.tokens, r.prefill));
    const end = r.now + duration;
    moveMembers(r, end, stream);
    r.lastStart = r.now;
    r.now = end;
    r.steps += 1;
  }
  return 0;
}
