// Measured requests as a workload: every request at its recorded arrival with its recorded lengths. What the measurement does not
// say is taken from the profile: with `ignore_eos` the server generated exactly `output_len` tokens (clients re-tokenise replies and
// miscount), and requests that failed were served, too, until the client gave up. All prompts start with a system prompt, whose
// groups repeat in the order in which the load generator hands them out.

import type { TextColumn } from '../../base/columns';
import { fail, ok, type Result } from '../../base/result';
import type { Experiment, MeasuredRequests } from '../../domain/experiment';
import type { RequestColumns, Workload } from '../../domain/workload';

/** Requests that have run longer than this are given up by the client, µs. */
const CLIENT_TIMEOUT_US = 300_000_000;

const noText = (count: number): TextColumn => ({ names: [], index: new Int32Array(count).fill(-1) });

export function measuredWorkload(experiment: Experiment): Result<Workload> {
  const { requests, profile, folder } = experiment;
  if (requests === undefined || requests.count === 0) {
    return fail({
      code: 'missing-file',
      message: `${folder} has no per-request data; without it there are no recorded arrivals to replay.`,
    });
  }
  const order = byArrival(requests);
  const { count } = requests;
  const first = requests.arrivalUs[order[0] ?? 0] ?? 0;
  const take = (column: Uint32Array): Uint32Array => Uint32Array.from(order, (row) => column[row] ?? 0);
  const arrivalUs = Float64Array.from(order, (row) => Math.trunc((requests.arrivalUs[row] ?? 0) - first));
  const inputTokens = take(requests.inputTokens);
  const hasFixedLength = profile.ignoreEos === true && profile.outputLen !== undefined;
  const outputTokens = hasFixedLength
    ? new Uint32Array(count).fill(profile.outputLen ?? 0)
    : take(requests.outputTokens);
  const groups = Math.max(1, profile.numUniqueSystemPrompts ?? 1);
  const system = profile.systemPromptLen ?? 0;
  const table: RequestColumns = {
    count,
    requestId: Float64Array.from(order.keys()),
    arrivalUs,
    inputTokens,
    outputTokens,
    deadlineUs: arrivalUs.map((arrival) => arrival + CLIENT_TIMEOUT_US),
    prefixTokens: inputTokens.map((tokens) => Math.min(system, tokens)),
    prefixStream: Int32Array.from(order.keys(), (position) => (system > 0 ? position % groups : -1)),
    session: new Int32Array(count).fill(-1),
    roundIndex: new Uint32Array(count),
    sessionId: noText(count),
    clientId: noText(count),
    tenantId: noText(count),
    sloClass: noText(count),
    model: noText(count),
    prefixGroup: noText(count),
    streaming: new Uint8Array(count).fill(1),
    textTokens: inputTokens,
    imageTokens: new Uint32Array(count),
    audioTokens: new Uint32Array(count),
    videoTokens: new Uint32Array(count),
    reasonRatio: new Float64Array(count),
  };
  return ok({ requests: table });
}

/** Rows by arrival; the file's order breaks ties. */
function byArrival({ count, arrivalUs }: MeasuredRequests): number[] {
  const order = Array.from({ length: count }, (_, row) => row);
  return order.sort((a, b) => (arrivalUs[a] ?? 0) - (arrivalUs[b] ?? 0) || a - b);
}
