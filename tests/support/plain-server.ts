// A small serving loop for tests: FCFS, chunked prefill, unlimited KV cache, nothing shared. It takes the length of every
// step from outside and returns the batches it formed, so that step times can be asked elsewhere and compared.

import type { BatchMember } from '../../src/engine/step-times';

export interface PlainRequest {
  readonly arrivalUs: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

export interface PlainLimits {
  readonly maxNumRunningReqs: number;
  readonly maxNumScheduledTokens: number;
}

export interface PlainTimes {
  /** Per request. */
  readonly queueingUs: ArrayLike<number>;
  readonly outputTokenUs: number;
  readonly postDecodeUs: number;
  readonly stepUs: (step: number) => number;
}

export interface PlainRun {
  readonly batches: readonly (readonly BatchMember[])[];
  readonly startUs: readonly number[];
  readonly ttftUs: readonly number[];
  readonly e2eUs: readonly number[];
}

interface Running {
  readonly row: number;
  readonly request: PlainRequest;
  done: number;
  granted: number;
}

export function servePlainly(
  requests: readonly PlainRequest[],
  limits: PlainLimits,
  times: PlainTimes,
): PlainRun {
  const queuedAt = requests.map((request, row) => request.arrivalUs + times.queueingUs[row]!);
  const order = requests.map((_, row) => row).sort((a, b) => queuedAt[a]! - queuedAt[b]! || a - b);
  const ttftUs = requests.map(() => NaN);
  const itlUs = requests.map(() => 0);
  const e2eUs = requests.map(() => NaN);
  const batches: (readonly BatchMember[])[] = [];
  const startUs: number[] = [];
  let running: Running[] = [];
  let next = 0;
  let now = queuedAt[order[0]!]!;
  while (next < order.length || running.length > 0) {
    let budget = limits.maxNumScheduledTokens;
    for (const member of running) {
      const rest = member.request.promptTokens - member.done;
      member.granted = Math.min(rest > 0 ? rest : 1, budget);
      budget -= member.granted;
    }
    while (running.length < limits.maxNumRunningReqs && next < order.length && budget > 0) {
      const row = order[next]!;
      if (queuedAt[row]! > now) break;
      const request = requests[row]!;
      const granted = Math.min(request.promptTokens, budget);
      running.push({ row, request, done: 0, granted });
      budget -= granted;
      next += 1;
    }
    const stepUs = times.stepUs(batches.length);
    startUs.push(now);
    batches.push(
      running
        .filter((member) => member.granted > 0)
        .map(({ request, done, granted }) => ({
          promptTokens: request.promptTokens,
          outputTokens: request.outputTokens,
          computedTokens: done,
          newTokens: granted,
        })),
    );
    for (const member of running) {
      const { row, request } = member;
      if (member.done >= request.promptTokens && member.granted > 0)
        itlUs[row]! += stepUs + times.outputTokenUs;
      member.done += member.granted;
      if (member.done === request.promptTokens) {
        ttftUs[row] = now + stepUs + times.outputTokenUs - request.arrivalUs;
      }
      if (member.done >= request.promptTokens + request.outputTokens - 1) {
        e2eUs[row] = ttftUs[row]! + itlUs[row]! + times.postDecodeUs;
      }
    }
    running = running.filter(({ row }) => Number.isNaN(e2eUs[row]));
    // A step that empties the server leaves none pending: the next request to be queued starts one at once, even before
    // the emptied step's time is over.
    const isWaiting = next < order.length && queuedAt[order[next]!]! <= now;
    if (running.length > 0 || isWaiting) now += stepUs;
    else if (next < order.length) now = queuedAt[order[next]!]!;
  }
  return { batches, startUs, ttftUs, e2eUs };
}
