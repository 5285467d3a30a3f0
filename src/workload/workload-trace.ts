// A generated list as a trace, so that what a specification describes can be looked at, kept and replayed elsewhere. It holds
// the full open-loop list: conversation rounds stand at their think time, since when an answer comes only a run can tell.

import { BARE_HEADER, bareRecords } from '../domain/bare-trace';
import type { Trace } from '../domain/trace';
import type { RequestColumns } from '../domain/workload';
import { finishRequests } from './finish-requests';
import type { GeneratedLists } from './generate';
import type { LoadColumns } from './load-preview';

/** Every request that the specification lists beforehand; virtual users, who are in the closed list only, included. */
export function openLoopRequests({ openLoop, closedLoop, spec }: GeneratedLists): RequestColumns {
  const hasUsers = spec.clients.some((client) => client.concurrency > 0);
  const order = hasUsers && closedLoop !== undefined ? closedLoop.order : openLoop.order;
  return finishRequests(openLoop.rows, order, openLoop.prefixes, new Map());
}

export const requestLoad = (requests: RequestColumns): LoadColumns => ({
  count: requests.count,
  requestId: requests.requestId,
  arrivalUs: requests.arrivalUs,
  promptTokens: requests.inputTokens,
  outputTokens: requests.outputTokens,
  prefixTokens: requests.prefixTokens,
  prefixGroup: requests.prefixGroup,
  sessionId: requests.sessionId,
  clientId: requests.clientId,
  sloClass: requests.sloClass,
});

export interface ConvertedTrace {
  readonly trace: Trace;
  /** What has no place in the target, a sentence each. */
  readonly losses: readonly string[];
}

export function workloadTrace(lists: GeneratedLists, seed: bigint): ConvertedTrace {
  const requests = openLoopRequests(lists);
  const losses: string[] = [];
  if (lists.openLoop.rows.sessionIds.length > 0 && lists.closedLoop !== undefined) {
    losses.push(
      'Rounds of conversations stand at their think time after the round before; in a run they wait for its answer.',
    );
  }
  if (requests.promptSegments !== undefined) {
    losses.push(
      'What a prompt repeats of its conversation is kept as a length only; a replay treats it as new text.',
    );
  }
  if (lists.spec.clients.some((client) => client.concurrency > 0)) {
    losses.push('Virtual users send without end; only their first requests are in the trace.');
  }
  return {
    losses,
    trace: {
      columnSet: 27,
      header: { ...BARE_HEADER, timeUnit: 'microseconds', workloadSeed: seed },
      records: {
        ...bareRecords(
          requests.arrivalUs,
          requests.inputTokens.map((tokens, row) => tokens - (requests.prefixTokens[row] ?? 0)),
          requests.outputTokens,
        ),
        requestId: requests.requestId,
        clientId: requests.clientId,
        tenantId: requests.tenantId,
        sloClass: requests.sloClass,
        sessionId: requests.sessionId,
        roundIndex: Float64Array.from(requests.roundIndex),
        // The group of conversation rounds is named, too: a replay could not put their prefix back otherwise.
        prefixGroup: prefixNames(requests, lists),
        prefixLength: requests.prefixTokens,
        streaming: requests.streaming,
        textTokens: requests.textTokens,
        imageTokens: requests.imageTokens,
        audioTokens: requests.audioTokens,
        videoTokens: requests.videoTokens,
        reasonRatio: requests.reasonRatio,
        model: requests.model,
        deadlineUs: requests.deadlineUs,
      },
    },
  };
}

function prefixNames(requests: RequestColumns, lists: GeneratedLists): RequestColumns['prefixGroup'] {
  const names = [...lists.openLoop.prefixes.keys()];
  return { names, index: requests.prefixStream.slice() };
}
