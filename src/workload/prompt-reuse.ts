// Do the prompts of a run repeat? Load generators often cycle through a few distinct prompts, and then almost every prompt
// token comes from the prefix cache: the largest single effect on a prediction. Prompt texts are not in the measurements, but
// token counts are: a cycle of length p shows as equal counts at distance p and unequal ones elsewhere.
//
// A workload of constant length has equal counts at every distance and proves nothing; then the answer must come from the
// user or from prompt hashes.

import { rowsByArrival, type MeasuredRequests } from '../domain/experiment';

const LONGEST_PERIOD = 2000;
/** Least share of pairs at distance p with equal counts. */
const LEAST_SHARE = 0.95;
/** Most that the median share at other distances may be; above it lengths repeat by themselves. */
const MOST_ELSEWHERE = 0.5;
/** Fewest comparable pairs that a share may rest on. */
const FEWEST_PAIRS = 20;

export type PromptReuse =
  /** Request i carries prompt i mod `period`. */
  | {
      readonly kind: 'periodic';
      readonly period: number;
      readonly share: number;
      readonly medianElsewhere: number;
      readonly source: 'detected' | 'stated';
    }
  /** Prompts are taken to be distinct, apart from a shared system prompt. */
  | { readonly kind: 'distinct'; readonly source: 'detected' | 'stated' }
  /** Counts are so even that neither reuse nor its absence can be shown. */
  | { readonly kind: 'unprovable'; readonly share: number; readonly medianElsewhere: number };

/** Share of comparable pairs (i − p, i) with equal counts for p = 1 … longest; NaN where too few pairs compare. */
function equalShares(inputTokens: Uint32Array, usable: Uint8Array, longest: number): Float64Array {
  const n = inputTokens.length;
  // A failed request never equals its partner, and is not counted: two copies with different marks do both in one compare.
  const counts = Int32Array.from(inputTokens);
  for (let i = 0; i < n; i++) if (usable[i] === 0) counts[i] = -1;
  const allUsable = usable.every((flag) => flag !== 0);
  const shares = new Float64Array(longest + 1).fill(NaN);
  for (let p = 1; p <= longest; p++) {
    let equal = 0;
    let pairs = n - p;
    if (allUsable) {
      for (let i = p; i < n; i++) if (counts[i] === counts[i - p]) equal++;
    } else {
      pairs = 0;
      for (let i = p; i < n; i++) {
        const a = counts[i] as number;
        const b = counts[i - p] as number;
        if (a < 0 || b < 0) continue;
        pairs++;
        if (a === b) equal++;
      }
    }
    if (pairs >= FEWEST_PAIRS) shares[p] = equal / pairs;
  }
  return shares;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  const upper = values[middle];
  if (upper === undefined) return NaN;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? upper) + upper) / 2;
}

/** Longest cycle that `count` requests can show. */
export const longestCycle = (count: number): number => Math.min(LONGEST_PERIOD, Math.floor(count / 3));

/** Looks for a cycle of prompts. Rows in arrival order; `usable` = 1 where the request succeeded. */
export function detectPromptReuse(inputTokens: Uint32Array, usable: Uint8Array): PromptReuse {
  const longest = longestCycle(inputTokens.length);
  const shares = equalShares(inputTokens, usable, longest);
  for (let p = 1; p <= longest; p++) {
    const share = shares[p] ?? NaN;
    if (!(share >= LEAST_SHARE)) continue;
    const others: number[] = [];
    for (let other = 1; other <= longest; other++) {
      const value = shares[other] ?? NaN;
      if (other % p !== 0 && !Number.isNaN(value)) others.push(value);
    }
    // p = 1: every distance is a multiple, nothing is left to compare with.
    const medianElsewhere = others.length === 0 ? 1 : median(others);
    if (medianElsewhere <= MOST_ELSEWHERE) {
      return { kind: 'periodic', period: p, share, medianElsewhere, source: 'detected' };
    }
    return { kind: 'unprovable', share, medianElsewhere };
  }
  return { kind: 'distinct', source: 'detected' };
}

/** Prompt number of each request; −1 = a prompt of its own. */
export function promptIdentities(count: number, reuse: PromptReuse): Int32Array {
  const identity = new Int32Array(count).fill(-1);
  if (reuse.kind === 'periodic') for (let i = 0; i < count; i++) identity[i] = i % reuse.period;
  return identity;
}

/**
 * Prompt lengths with those of failed requests filled in, which clients report as 0: a repeated prompt is as long as its other
 * copies, any other as long as the mean. Stated lengths stay.
 */
export function knownPromptLengths(
  inputTokens: Uint32Array,
  usable: Uint8Array,
  identity: Int32Array,
): Uint32Array {
  if (inputTokens.every((tokens) => tokens > 0)) return inputTokens;
  const byPrompt = new Map<number, number>();
  let sum = 0;
  let known = 0;
  inputTokens.forEach((tokens, i) => {
    if (tokens === 0 || usable[i] === 0) return;
    sum += tokens;
    known++;
    const prompt = identity[i] ?? -1;
    if (prompt >= 0 && !byPrompt.has(prompt)) byPrompt.set(prompt, tokens);
  });
  const mean = known > 0 ? Math.round(sum / known) : 0;
  return inputTokens.map((tokens, i) =>
    tokens > 0 || usable[i] !== 0 ? tokens : (byPrompt.get(identity[i] ?? -1) ?? mean),
  );
}

/** Requests that already found the system prompt cached before this many had arrived are rare; until then it counts as cold. */
const COLD_SYSTEM_PROMPTS = 10;

/**
 * Leading prompt tokens that the prefix cache serves, in whole blocks and never the last token. Enough while KV blocks are
 * plentiful; under pressure the engine's own cache must decide.
 */
export function cachedPromptTokens(
  inputTokens: Uint32Array,
  identity: Int32Array,
  blockSizeTokens: number,
  systemPromptLen: number,
): Uint32Array {
  const seen = new Set<number>();
  const wholeBlocks = (tokens: number): number =>
    blockSizeTokens * Math.floor(Math.max(tokens, 0) / blockSizeTokens);
  return inputTokens.map((tokens, i) => {
    const prompt = identity[i] ?? -1;
    const most = wholeBlocks(tokens - 1);
    if (prompt >= 0 && seen.has(prompt)) return most;
    if (prompt >= 0) seen.add(prompt);
    return i >= COLD_SYSTEM_PROMPTS ? Math.min(wholeBlocks(systemPromptLen), most) : 0;
  });
}

/** Prompts of measured requests as the server met them, in arrival order. */
export interface MeasuredPrompts {
  readonly reuse: PromptReuse;
  readonly inputTokens: Uint32Array;
  /** Leading tokens that a prefix cache with plenty of blocks serves. */
  readonly cachedTokens: Uint32Array;
}

/** Finds the cycle of prompts in measured requests, and what it left to compute. */
export function measuredPrompts(
  requests: MeasuredRequests,
  blockSizeTokens: number,
  systemPromptLen: number,
): MeasuredPrompts {
  const order = rowsByArrival(requests);
  const inputTokens = order.map((row) => requests.inputTokens[row] ?? 0);
  const succeeded = Uint8Array.from(order, (row) => (requests.failed[row] === 0 ? 1 : 0));
  const reuse = detectPromptReuse(inputTokens, succeeded);
  const identity = promptIdentities(requests.count, reuse);
  const cachedTokens = cachedPromptTokens(inputTokens, identity, blockSizeTokens, systemPromptLen);
  return { reuse, inputTokens, cachedTokens };
}
