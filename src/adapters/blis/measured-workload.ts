// Measured requests as a workload: every request at its recorded arrival with its recorded lengths. What the measurement does not
// say is taken from the profile: with `ignore_eos` the server generated exactly `output_len` tokens (clients re-tokenise replies and
// miscount), and requests that failed were served, too, until the client gave up; the length of their prompts, which
// clients report as 0, is that of the other copies of the prompt. All prompts start with a system prompt, whose
// groups repeat in the order in which the load generator hands them out. Prompt texts are not recorded, but where the lengths show
// that a cycle of prompts repeats, requests of one place in the cycle carry the same prompt.

import type { TextColumn } from '../../base/columns';
import { fail, ok, type Result } from '../../base/result';
import { rowsByArrival, type Experiment, type MeasuredRequests } from '../../domain/experiment';
import type { RandomDoor } from '../../domain/random';
import type { PromptSegments, RequestColumns, Workload } from '../../domain/workload';
import { arrivalSampler } from '../../workload/arrivals';
import {
  detectPromptReuse,
  knownPromptLengths,
  promptIdentities,
  type PromptReuse,
} from '../../workload/prompt-reuse';

/** Requests that have run longer than this are given up by the client, µs. */
const CLIENT_TIMEOUT_US = 300_000_000;

const US_PER_S = 1_000_000;
const ARRIVAL_SEED = 42n;

const noText = (count: number): TextColumn => ({ names: [], index: new Int32Array(count).fill(-1) });

/** The sentence when an experiment has nothing to replay. */
export function noRequestsReason({ requests, folder, profile }: Experiment): string | undefined {
  if ((requests?.count ?? 0) === 0)
    return `${folder} has no per-request data; without it there are no recorded arrivals to replay.`;
  const kind = profile.rebuilt?.kind ?? 'measured';
  return kind === 'measured' || kind === 'at-once'
    ? undefined
    : `${folder} has no recorded arrivals to replay.`;
}

export interface MeasuredWorkload {
  readonly workload: Workload;
  /** How the prompts of the requests hang together. */
  readonly prompts: PromptReuse;
}

/** Arrivals that are not on record are drawn with `random`, as the benchmark tool draws them. */
export function measuredWorkload(experiment: Experiment, random: RandomDoor): Result<MeasuredWorkload> {
  const { requests, profile } = experiment;
  if (requests === undefined || requests.count === 0) {
    return fail({ code: 'missing-file', message: noRequestsReason(experiment) ?? '' });
  }
  const order = rowsByArrival(requests);
  const { count } = requests;
  const take = (column: Uint32Array): Uint32Array => Uint32Array.from(order, (row) => column[row] ?? 0);
  const arrivalUs =
    profile.rebuilt?.kind === 'drawn'
      ? drawnArrivals(count, profile.stages[0]?.rateRps ?? NaN, profile.rebuilt.burstiness, random)
      : recordedArrivals(requests, order);
  const reported = take(requests.inputTokens);
  const hasFixedLength = profile.ignoreEos === true && profile.outputLen !== undefined;
  const outputTokens = hasFixedLength
    ? new Uint32Array(count).fill(profile.outputLen ?? 0)
    : take(requests.outputTokens);
  const succeeded = Uint8Array.from(order, (row) => (requests.failed[row] === 0 ? 1 : 0));
  const prompts = detectPromptReuse(reported, succeeded);
  const inputTokens = knownPromptLengths(reported, succeeded, promptIdentities(count, prompts));
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
    ...(prompts.kind === 'periodic'
      ? { promptSegments: repeatedPrompts(inputTokens, promptIdentities(count, prompts), system, groups) }
      : {}),
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
  return ok({ workload: { requests: table }, prompts });
}

function recordedArrivals(requests: MeasuredRequests, order: Uint32Array): Float64Array {
  const first = requests.arrivalUs[order[0] ?? 0] ?? 0;
  return Float64Array.from(order, (row) => Math.trunc((requests.arrivalUs[row] ?? 0) - first));
}

/**
 * vLLM's own schedule (vllm 009e6d4a, benchmarks/serve.py): gamma gaps, cumulated, and stretched so that the last request arrives
 * at count / rate seconds. Whole µs.
 */
function drawnArrivals(count: number, rateRps: number, burstiness: number, random: RandomDoor): Float64Array {
  const stream = random.open(ARRIVAL_SEED);
  const gap = arrivalSampler(
    { process: 'gamma', cv: 1 / Math.sqrt(burstiness) },
    rateRps / US_PER_S,
    random.math,
  );
  let at = 0;
  const times = Float64Array.from({ length: count }, () => (at += gap(stream)));
  stream.release();
  const stretch = ((count / rateRps) * US_PER_S) / at;
  return times.map((time) => Math.round(time * stretch));
}

/** Every prompt as its system prompt and the text of its place in the cycle. Streams below `groups` are system prompts. */
function repeatedPrompts(
  inputTokens: Uint32Array,
  identity: Int32Array,
  systemTokens: number,
  groups: number,
): PromptSegments {
  const count = inputTokens.length;
  const stream = new Uint32Array(2 * count);
  const start = new Uint32Array(2 * count);
  const length = new Uint32Array(2 * count);
  const offsets = Uint32Array.from({ length: count + 1 }, (_, row) => 2 * row);
  inputTokens.forEach((tokens, row) => {
    const prompt = identity[row] ?? 0;
    const shared = Math.min(systemTokens, tokens);
    stream[2 * row] = prompt % groups;
    length[2 * row] = shared;
    stream[2 * row + 1] = groups + prompt;
    length[2 * row + 1] = tokens - shared;
  });
  return { stream: { values: stream, offsets }, start, length };
}
