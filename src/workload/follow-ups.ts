// What sessions send next, with real token ids (spec 5.2): a manager that is told of completions. The engine plays sessions
// itself, symbolically; this one serves the recorded roll-outs, in which a toy server answers.

import type { RandomStream } from '../domain/random';
import type { LengthSampler } from './distributions';
import { digestTokens, joinTokens } from './token-digest';

/** A request as the roll-out sees it. */
export interface LiveRequest {
  readonly id: string;
  readonly arrivalUs: number;
  readonly input: Uint32Array;
  readonly output: Uint32Array;
  readonly sessionId: string;
  readonly round: number;
}

export interface LiveSession {
  readonly sessionId: string;
  readonly clientId: string;
  readonly tenantId: string;
  readonly sloClass: string;
  readonly model: string;
  /** Infinity = unlimited. */
  readonly maxRounds: number;
  readonly accumulates: boolean;
  /** Think time before round `round`. */
  readonly thinkUs: (round: number) => number;
  /** 0 = follow-ups have no deadline. */
  readonly timeoutUs: number;
  readonly horizonUs: number;
  readonly prefix: Uint32Array;
  readonly stream: RandomStream;
  readonly input: LengthSampler;
  readonly output: LengthSampler;
}

export interface FollowUp extends LiveRequest {
  readonly session: LiveSession;
}

export class FollowUps {
  private readonly open: Map<string, { session: LiveSession; round: number; context: Uint32Array }>;
  private number = 0;

  constructor(
    sessions: readonly LiveSession[],
    private budget = Infinity,
  ) {
    this.open = new Map(
      sessions.map((session) => [session.sessionId, { session, round: 0, context: new Uint32Array(0) }]),
    );
  }

  /** The follow-up that a completed request brings about, if any. */
  complete(request: LiveRequest, nowUs: number): FollowUp | undefined {
    const state = this.open.get(request.sessionId);
    if (state === undefined) return undefined;
    const { session } = state;
    const round = state.round + 1;
    const arrivalUs = nowUs + session.thinkUs(round);
    if (round >= session.maxRounds || this.budget <= 0 || arrivalUs > session.horizonUs) {
      this.open.delete(request.sessionId);
      return undefined;
    }
    const fresh = session.input(session.stream);
    const answer = session.output(session.stream);
    const freshIds = session.stream.tokens(fresh);
    const output = session.stream.tokens(answer);
    if (session.accumulates) state.context = joinTokens(state.context, request.input, request.output);
    state.round = round;
    this.budget--;
    this.number++;
    return {
      id: `session_${session.sessionId}_round_${round}_${this.number}`,
      arrivalUs,
      input: joinTokens(session.prefix, state.context, freshIds),
      output,
      sessionId: session.sessionId,
      round,
      session,
    };
  }
}

/** The toy server of the recorded roll-outs. */
export const toyCompletionUs = (request: LiveRequest): number =>
  request.arrivalUs + 5000 + 10 * request.input.length + 1000 * request.output.length;

/** Completions in order of time, then of insertion; at most `most` follow-ups. */
export function rollOutByCompletion(
  initial: readonly LiveRequest[],
  manager: FollowUps,
  most: number,
): FollowUp[] {
  const made: FollowUp[] = [];
  let order = 0;
  const entryOf = (request: LiveRequest) => ({ request, at: toyCompletionUs(request), order: order++ });
  const pending = initial.map(entryOf).sort((a, b) => b.at - a.at || b.order - a.order);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (made.length >= most) break;
    const followUp = manager.complete(next.request, next.at);
    if (followUp === undefined) continue;
    made.push(followUp);
    const entry = entryOf(followUp);
    // The list is in descending order; a later insertion goes before (is taken after) equal times.
    let low = 0;
    let high = pending.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((pending[middle]?.at ?? 0) > entry.at) low = middle + 1;
      else high = middle;
    }
    pending.splice(low, 0, entry);
  }
  return made;
}

/** First in, first out: the initial list, then follow-ups as they appear. */
export function rollOutInOrder(initial: readonly LiveRequest[], manager: FollowUps): FollowUp[] {
  const made: FollowUp[] = [];
  const queue: LiveRequest[] = [...initial];
  for (let at = 0; at < queue.length; at++) {
    const request = queue[at];
    const followUp = request && manager.complete(request, toyCompletionUs(request));
    if (followUp === undefined) continue;
    made.push(followUp);
    queue.push(followUp);
  }
  return made;
}

/** Follow-ups carry no prefix group, prefix length, streaming flag or reasoning share. */
export function followUpLine(followUp: FollowUp): string {
  const { session } = followUp;
  const deadlineUs = session.timeoutUs > 0 ? followUp.arrivalUs + session.timeoutUs : 0;
  return detailLine({
    id: followUp.id,
    arrivalUs: followUp.arrivalUs,
    inputTokens: followUp.input.length,
    outputTokens: followUp.output.length,
    clientId: session.clientId,
    tenantId: session.tenantId,
    sloClass: session.sloClass,
    model: session.model,
    sessionId: followUp.sessionId,
    round: followUp.round,
    prefixGroup: '',
    prefixTokens: 0,
    isStreaming: false,
    deadlineUs,
    reasonRatio: 0,
    media: [0, 0, 0, 0],
    inputHash: digestTokens(followUp.input),
    outputHash: digestTokens(followUp.output),
  });
}

export interface RequestDetail {
  readonly id: string;
  readonly arrivalUs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly clientId: string;
  readonly tenantId: string;
  readonly sloClass: string;
  readonly model: string;
  readonly sessionId: string;
  readonly round: number;
  readonly prefixGroup: string;
  readonly prefixTokens: number;
  readonly isStreaming: boolean;
  readonly deadlineUs: number;
  readonly reasonRatio: number;
  /** Text, image, audio, video. */
  readonly media: readonly [number, number, number, number];
  readonly inputHash: number;
  readonly outputHash: number;
}

export const DETAIL_COLUMNS =
  'id|arrival_us|input_len|output_len|max_output_len|client_id|tenant_id|slo_class|model|session_id|round|prefix_group|' +
  'prefix_len|streaming|deadline_us|reason_ratio|text|image|audio|video|fnv1a32(input ids, 4 bytes LE each)|fnv1a32(output ids)';

/** One request in the form of DETAIL_COLUMNS. */
export function detailLine(request: RequestDetail): string {
  const hex = (hash: number): string => hash.toString(16).padStart(8, '0');
  return [
    request.id,
    request.arrivalUs,
    request.inputTokens,
    request.outputTokens,
    request.outputTokens,
    request.clientId,
    request.tenantId,
    request.sloClass,
    request.model,
    request.sessionId,
    request.round,
    request.prefixGroup,
    request.prefixTokens,
    request.isStreaming,
    request.deadlineUs,
    request.reasonRatio,
    ...request.media,
    hex(request.inputHash),
    hex(request.outputHash),
  ].join('|');
}
