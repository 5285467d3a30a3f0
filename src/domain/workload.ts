// What is served: a table of requests, and the sessions that add follow-up requests while the simulation runs.
// Token ids never appear. Two prompts share content exactly where they name the same token stream at the same offset, and
// that is all a prefix cache can see (spec: engine 1.3).

import type { Ragged, TextColumn } from '../base/columns';

/** One row a request, in injection order: row order breaks every tie that the reference breaks by file order. */
export interface RequestColumns {
  readonly count: number;
  /** The number in `request_<n>`; follows the reference (trace request_id, or position after sorting). */
  readonly requestId: Float64Array;
  /** Whole µs since the start of the run; may be negative in traces. */
  readonly arrivalUs: Float64Array;
  /** Whole prompt, shared prefix and context included. */
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  /** Absolute tick; 0 = none. */
  readonly deadlineUs: Float64Array;
  /** Leading prompt tokens that come from `prefixStream`; the rest is the request's own fresh stream. */
  readonly prefixTokens: Uint32Array;
  /** The prefix length of a replayed record where it is not `prefixTokens`, which is its group's; absent = they agree everywhere. */
  readonly statedPrefixTokens?: Uint32Array;
  /** Token stream of the shared prefix, −1 = none. Equal numbers = equal content. */
  readonly prefixStream: Int32Array;
  /** Prompts made of more than prefix + fresh tokens (accumulated conversations), where they occur. */
  readonly promptSegments?: PromptSegments;
  /** Row of `Workload.sessions` that this request belongs to, −1 = none. */
  readonly session: Int32Array;
  readonly roundIndex: Uint32Array;
  readonly sessionId: TextColumn;
  readonly clientId: TextColumn;
  readonly tenantId: TextColumn;
  readonly sloClass: TextColumn;
  readonly model: TextColumn;
  readonly prefixGroup: TextColumn;
  readonly streaming: Uint8Array;
  /** Multimodal split of the input and reasoning share, as traces carry them. */
  readonly textTokens: Uint32Array;
  readonly imageTokens: Uint32Array;
  readonly audioTokens: Uint32Array;
  readonly videoTokens: Uint32Array;
  readonly reasonRatio: Float64Array;
}

/**
 * A prompt as pieces of token streams: piece k of request r is tokens [start, start + length) of `stream`.
 * Lists run over requests; a request with no pieces falls back to prefix + fresh. Every request r owns two streams of its
 * own, its fresh input and its output; see `freshStreamOf` / `outputStreamOf`.
 */
export interface PromptSegments {
  readonly stream: Ragged<Uint32Array>;
  readonly start: Uint32Array;
  readonly length: Uint32Array;
}

/** Row-owned streams are numbered from here; shared prefixes below. */
const FIRST_OWN_STREAM = 2 ** 30;

/** Stream of the fresh input tokens of the request in row `row`. */
export const freshStreamOf = (row: number): number => FIRST_OWN_STREAM + 2 * row;

/** Stream of its output tokens. */
export const outputStreamOf = (row: number): number => FIRST_OWN_STREAM + 2 * row + 1;

/** Sessions that inject a follow-up request when their previous one ends (closed loop). */
export interface SessionColumns {
  readonly count: number;
  readonly sessionId: readonly string[];
  /** Row in the request table of round 0. */
  readonly firstRequest: Uint32Array;
  /** Infinity = unlimited. */
  readonly maxRounds: Float64Array;
  /** 1 = each prompt repeats the whole conversation so far. */
  readonly accumulates: Uint8Array;
  /** Deadline of a follow-up = its arrival + this; 0 = none. */
  readonly timeoutUs: Float64Array;
  /** Follow-ups arriving after this tick are not injected. Infinity = none. */
  readonly horizonUs: Float64Array;
  /** Shared prefix of follow-up prompts. */
  readonly prefixTokens: Uint32Array;
  readonly prefixStream: Int32Array;
  /** Fresh prompt tokens, output tokens and think time of round 1, 2, …: list s holds the rounds known so far. */
  readonly roundInputTokens: Ragged<Uint32Array>;
  readonly roundOutputTokens: Uint32Array;
  readonly roundThinkUs: Float64Array;
}

/** More rounds for sessions whose rounds cannot be listed beforehand; called by the engine between slices. */
export interface RoundSource {
  /** Draws the next `rounds` rounds of session `session`, continuing its own random stream. */
  draw(
    session: number,
    rounds: number,
  ): { inputTokens: Uint32Array; outputTokens: Uint32Array; thinkUs: Float64Array };
}

export interface Workload {
  readonly requests: RequestColumns;
  readonly sessions?: SessionColumns;
  readonly moreRounds?: RoundSource;
  /** Most follow-ups that may be injected over all sessions; absent = no limit. */
  readonly followUpBudget?: number;
  /** Horizon that the workload itself states, µs. */
  readonly horizonUs?: number;
  /** What it was generated from; absent = it was recorded. */
  readonly seed?: bigint;
}
