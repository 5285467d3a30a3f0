// The growing list of generated requests, one row each, in the order of generation. Labels are not repeated: a row names its
// client. Sorting, cutting and numbering happen later on row numbers (finish-requests.ts).

import { growingF64, growingI32, growingU32, growingU8 } from '../base/growing-column';
import type { ClientSpec } from './spec';

/** What a row carries beside its lengths and times. */
export interface RowDetail {
  /** Leading tokens from the client's prefix group. */
  readonly prefixTokens: number;
  /** Whether the prefix group's name and the streaming flag are shown on the request (not so for conversations). */
  readonly isLabelled: boolean;
  /** Session number from `addSession`, −1 = none. */
  readonly session: number;
  readonly round: number;
  readonly reasonRatio: number;
  readonly media?: {
    readonly text: number;
    readonly image: number;
    readonly audio: number;
    readonly video: number;
  };
  /** Only where ids are wanted. */
  readonly ids?: RowIds;
}

export interface RowIds {
  readonly inputHash: number;
  readonly outputHash: number;
  readonly input: Uint32Array;
  readonly output: Uint32Array;
}

/** Ids shown of the first request. */
export const FIRST_IDS = 16;

/** A conversation whose prompts repeat what came before: its rounds, kept or not. */
export interface ConversationRounds {
  /** Row of each round, −1 where the round is not in the list. */
  readonly rows: number[];
  readonly freshTokens: number[];
  readonly outputTokens: number[];
}

export class RequestRows {
  readonly arrivalUs = growingF64();
  readonly client = growingU32();
  readonly inputTokens = growingU32();
  readonly outputTokens = growingU32();
  readonly deadlineUs = growingF64();
  readonly prefixTokens = growingU32();
  readonly isLabelled = growingU8();
  readonly session = growingI32();
  readonly round = growingU32();
  readonly reasonRatio = growingF64();
  /** Rows of multimodal clients only. */
  readonly media = new Map<number, NonNullable<RowDetail['media']>>();
  readonly ids: RowIds[] = [];
  readonly sessionIds: string[] = [];
  /** By session number, where prompts accumulate. */
  readonly conversations = new Map<number, ConversationRounds>();

  constructor(readonly clients: readonly ClientSpec[]) {}

  get count(): number {
    return this.arrivalUs.length;
  }

  addSession(sessionId: string): number {
    this.sessionIds.push(sessionId);
    return this.sessionIds.length - 1;
  }

  /** Returns the row. */
  add(
    client: number,
    arrivalUs: number,
    inputTokens: number,
    outputTokens: number,
    deadlineUs: number,
    detail: RowDetail,
  ): number {
    const row = this.count;
    this.arrivalUs.push(arrivalUs);
    this.client.push(client);
    this.inputTokens.push(inputTokens);
    this.outputTokens.push(outputTokens);
    this.deadlineUs.push(deadlineUs);
    this.prefixTokens.push(detail.prefixTokens);
    this.isLabelled.push(detail.isLabelled ? 1 : 0);
    this.session.push(detail.session);
    this.round.push(detail.round);
    this.reasonRatio.push(detail.reasonRatio);
    if (detail.media !== undefined) this.media.set(row, detail.media);
    if (detail.ids !== undefined) this.ids.push(detail.ids);
    return row;
  }
}
