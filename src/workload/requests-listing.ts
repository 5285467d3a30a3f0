// A generated workload request by request, token ids included as digests, in the shape of the recorded request lists (spec
// 13), so that files compare field by field: what a run starts with, the open-loop list where it differs, the sessions, and
// what they send while a toy server answers.

import type { RandomDoor } from '../domain/random';
import type { FiveColumnRow } from './five-column-csv';
import type { LiveRequest, LiveSession } from './follow-ups';
import { DETAIL_COLUMNS, FollowUps, detailLine, followUpLine, rollOutByCompletion } from './follow-ups';
import type { GeneratedLists } from './generate';
import type { OpenLoop } from './open-loop';
import { FIRST_IDS } from './request-rows';
import type { SessionBlueprint } from './sessions';
import { followUpTimeoutUs } from './sessions';
import type { ClientSpec } from './spec';
import { emptyClient } from './spec';
import { digestTokens } from './token-digest';

/** A hash over text, as the host provides it. */
export interface TextHash {
  update(text: string): void;
  /** Lower-case hexadecimal. */
  digest(): string;
}

const SHOWN = 100;
const SESSIONS_SHOWN = 400;
const MOST_FOLLOW_UPS = 1500;
const NO_HORIZON = '9223372036854775807';
const RULE =
  'toy server: a request completes at arrival_us + 5000 + 10*input_len + 1000*output_len with all its output tokens; ' +
  'completions are handled in order of (completion time, order of insertion; pre-generated requests first, in list order); ' +
  `at most ${MOST_FOLLOW_UPS} follow-ups`;

interface ListedPart {
  readonly count: number;
  readonly rows: readonly (readonly [number, number, number])[];
  readonly detail_first: readonly string[];
  readonly first_input_tokens: readonly number[];
  readonly first_output_tokens: readonly number[];
  readonly sha256: string;
}

/** `lists` must be generated with ids. */
export function requestsListing(
  lists: GeneratedLists,
  door: RandomDoor,
  sha256: () => TextHash,
): Record<string, unknown> {
  const { openLoop, closedLoop, horizonUs } = lists;
  const order = closedLoop?.order ?? openLoop.order;
  const head = {
    columns: COLUMNS,
    detail_columns: DETAIL_COLUMNS,
    horizon_us: horizonText(horizonUs),
    max_requests: lists.maxRequests,
    workload: listPart(openLoop, order, sha256),
  };
  if (closedLoop === undefined) return head;
  const { sessions, followUpBudget } = closedLoop;
  const live = sessions.map((session) => liveSession(session, horizonUs, door));
  const followUps = rollOutByCompletion(
    [...order].map((row, position) => liveRequest(openLoop, row, position)),
    new FollowUps(live, followUpBudget),
    MOST_FOLLOW_UPS,
  );
  for (const session of live) session.stream.release();
  const isSame =
    order.length === openLoop.order.length && order.every((row, at) => row === openLoop.order[at]);
  return {
    ...head,
    ...(isSame ? {} : { open_loop: listPart(openLoop, openLoop.order, sha256) }),
    sessions: sessions.slice(0, SESSIONS_SHOWN).map(sessionLine),
    session_count: sessions.length,
    follow_up_budget: followUpBudget ?? -1,
    closed_loop_rollout: {
      rule: RULE,
      ...partOf(
        followUps.map(followUpLine),
        followUps.map(({ arrivalUs, input, output }) => [arrivalUs, input.length, output.length] as const),
        followUps[0]?.input ?? new Uint32Array(0),
        followUps[0]?.output ?? new Uint32Array(0),
        sha256,
      ),
    },
  };
}

/** A trace with explicit token ids (five-column CSV), in the same shape. */
export function explicitListing(
  requests: readonly FiveColumnRow[],
  horizonUs: number,
  sha256: () => TextHash,
): Record<string, unknown> {
  const lines = requests.map((row) =>
    detailLine({
      id: `request_${row.index}`,
      arrivalUs: row.arrivalUs,
      inputTokens: row.prompt.length,
      outputTokens: row.answer.length,
      clientId: '',
      tenantId: '',
      sloClass: '',
      model: '',
      sessionId: '',
      round: 0,
      prefixGroup: '',
      prefixTokens: 0,
      isStreaming: false,
      deadlineUs: 0,
      reasonRatio: 0,
      media: [0, 0, 0, 0],
      inputHash: digestTokens(row.prompt),
      outputHash: digestTokens(row.answer),
    }),
  );
  const none = new Uint32Array(0);
  return {
    columns: COLUMNS,
    detail_columns: DETAIL_COLUMNS,
    horizon_us: horizonText(horizonUs),
    max_requests: 0,
    workload: partOf(
      lines,
      requests.map((row) => [row.arrivalUs, row.prompt.length, row.answer.length] as const),
      requests[0]?.prompt ?? none,
      requests[0]?.answer ?? none,
      sha256,
    ),
  };
}

const COLUMNS = ['arrival_us', 'input_tokens', 'output_tokens'] as const;
const horizonText = (horizonUs: number): string => (horizonUs === Infinity ? NO_HORIZON : String(horizonUs));

function listPart(list: OpenLoop, order: Uint32Array, sha256: () => TextHash): ListedPart {
  const { rows } = list;
  const lines = Array.from(order, (row, position) => rowLine(list, row, position));
  const first = order.length === 0 ? undefined : rows.ids[order[0] ?? 0];
  return partOf(
    lines,
    Array.from(
      order,
      (row) => [rows.arrivalUs.at(row), rows.inputTokens.at(row), rows.outputTokens.at(row)] as const,
    ),
    first?.input ?? new Uint32Array(0),
    first?.output ?? new Uint32Array(0),
    sha256,
  );
}

function partOf(
  lines: readonly string[],
  rows: ListedPart['rows'],
  firstInput: Uint32Array,
  firstOutput: Uint32Array,
  sha256: () => TextHash,
): ListedPart {
  const hash = sha256();
  for (const line of lines) hash.update(`${line}\n`);
  return {
    count: lines.length,
    rows,
    detail_first: lines.slice(0, SHOWN),
    first_input_tokens: [...firstInput.subarray(0, FIRST_IDS)],
    first_output_tokens: [...firstOutput.subarray(0, FIRST_IDS)],
    sha256: hash.digest(),
  };
}

const clientAt = (list: OpenLoop, row: number): ClientSpec =>
  list.rows.clients[list.rows.client.at(row)] ?? emptyClient;

const sessionIdAt = (list: OpenLoop, row: number): string =>
  list.rows.sessionIds[list.rows.session.at(row)] ?? '';

function rowLine(list: OpenLoop, row: number, position: number): string {
  const { rows } = list;
  const client = clientAt(list, row);
  const isLabelled = rows.isLabelled.at(row) === 1;
  const media = rows.media.get(row);
  const ids = rows.ids[row];
  return detailLine({
    id: `request_${position}`,
    arrivalUs: rows.arrivalUs.at(row),
    inputTokens: rows.inputTokens.at(row),
    outputTokens: rows.outputTokens.at(row),
    clientId: client.id,
    tenantId: client.tenantId,
    sloClass: client.sloClass,
    model: client.model,
    sessionId: sessionIdAt(list, row),
    round: rows.round.at(row),
    prefixGroup: isLabelled ? client.prefixGroup : '',
    prefixTokens: rows.prefixTokens.at(row),
    isStreaming: isLabelled && client.streaming,
    deadlineUs: rows.deadlineUs.at(row),
    reasonRatio: rows.reasonRatio.at(row),
    media: [media?.text ?? 0, media?.image ?? 0, media?.audio ?? 0, media?.video ?? 0],
    inputHash: ids?.inputHash ?? 0,
    outputHash: ids?.outputHash ?? 0,
  });
}

/** The ids of whole prompts are only kept where a conversation repeats them. */
function liveRequest(list: OpenLoop, row: number, position: number): LiveRequest {
  const ids = list.rows.ids[row];
  return {
    id: `request_${position}`,
    arrivalUs: list.rows.arrivalUs.at(row),
    input: wholeOf(ids?.input, list.rows.inputTokens.at(row)),
    output: wholeOf(ids?.output, list.rows.outputTokens.at(row)),
    sessionId: sessionIdAt(list, row),
    round: list.rows.round.at(row),
  };
}

function wholeOf(ids: Uint32Array | undefined, count: number): Uint32Array {
  return ids?.length === count ? ids : new Uint32Array(count);
}

function liveSession(session: SessionBlueprint, horizonUs: number, door: RandomDoor): LiveSession {
  const { client } = session;
  return {
    sessionId: session.sessionId,
    clientId: client.id,
    tenantId: client.tenantId,
    sloClass: client.sloClass,
    model: client.model,
    maxRounds: session.maxRounds,
    accumulates: session.accumulates,
    thinkUs: () => session.thinkTimeUs,
    timeoutUs: followUpTimeoutUs(client),
    horizonUs,
    prefix: session.prefixIds,
    stream: door.open(session.seed),
    input: session.input,
    output: session.output,
  };
}

function sessionLine(session: SessionBlueprint): Record<string, unknown> {
  const { client } = session;
  const isUnlimited = session.maxRounds === Infinity;
  return {
    client_id: client.id,
    context_growth: session.accumulates ? 'accumulate' : '',
    max_rounds: isUnlimited ? 0 : session.maxRounds,
    prefix_len: session.prefixIds.length,
    session_id: session.sessionId,
    slo_class: client.sloClass,
    tenant_id: client.tenantId,
    think_time_us: session.thinkTimeUs,
    unlimited: isUnlimited,
  };
}
