// The full request list of a specification (spec 3): clients one after the other, each on its own stream, then sorted and
// cut. Clients stop at a time by which the cap on the total is filled, estimated from the rate; should it not be filled, a
// later time is tried from the start. What the reference generates beyond the cap and throws away is hardly made.

import type { Result } from '../base/result';
import { fail, ok } from '../base/result';
import { stableOrder } from '../base/stable-order';
import type { RandomDoor } from '../domain/random';
import type { Generation } from './client-run';
import { ClientRun } from './client-run';
import { Budget, type Limits } from './limits';
import type { GroupPrefix } from './prefix-groups';
import { drawPrefixes } from './prefix-groups';
import type { GenerationRules } from './reference-rules';
import { RequestRows } from './request-rows';
import type { ClientSpec } from './spec';
import { generationSeed } from './streams';

export interface OpenLoopInput {
  /** Clients and expanded cohorts, in order. */
  readonly clients: readonly ClientSpec[];
  readonly seed: bigint;
  readonly aggregateRate: number;
  /** µs; Infinity = none. */
  readonly horizonUs: number;
  /** 0 = no limit. */
  readonly maxRequests: number;
  readonly rules: GenerationRules;
  readonly wantsIds: boolean;
  readonly limits: Limits;
}

export interface OpenLoop {
  readonly rows: RequestRows;
  /** Rows of the list, sorted by arrival and cut; request n is `order[n]`. */
  readonly order: Uint32Array;
  readonly prefixes: ReadonlyMap<string, GroupPrefix>;
}

/** The reference stops a client at twice the cap. */
const CAP_FACTOR = 2;
const US_PER_SECOND = 1e6;

const BOUND_GROWTH_MIN = 1.3;
const BOUND_GROWTH_MAX = 4;

export function generateOpenLoop(input: OpenLoopInput, door: RandomDoor): Result<OpenLoop> {
  const { clients, maxRequests } = input;
  const stream = door.open(generationSeed(input.seed));
  const prefixes = drawPrefixes(clients, stream, input.wantsIds);
  const weights = clients.reduce((sum, client) => sum + client.rateFraction, 0);
  const senders: Sender[] = [];
  for (const [index, client] of clients.entries()) {
    const ratePerUs =
      weights === 0 ? 0 : (input.aggregateRate * (client.rateFraction / weights)) / US_PER_SECOND;
    if (ratePerUs > 0) senders.push({ index, client, ratePerUs, seed: stream.int63() });
  }
  stream.release();
  let untilUs = firstBoundUs(input);
  for (;;) {
    const attempt = generateUntil(untilUs, senders, prefixes, input, door);
    if (!attempt.ok) return attempt;
    const { rows, isWhole } = attempt.value;
    const arrivals = rows.arrivalUs.view();
    // Whatever is still to come arrives at the bound or later.
    const certain = isWhole ? Infinity : countBelow(arrivals, untilUs);
    if (certain >= maxRequests) {
      const sorted = stableOrder(byClient(rows, clients.length), arrivals);
      return ok({ rows, prefixes, order: maxRequests > 0 ? sorted.slice(0, maxRequests) : sorted });
    }
    const missing = certain === 0 ? BOUND_GROWTH_MAX : (maxRequests / certain) * 1.1;
    untilUs *= Math.min(BOUND_GROWTH_MAX, Math.max(BOUND_GROWTH_MIN, missing));
  }
}

interface Sender {
  readonly index: number;
  readonly client: ClientSpec;
  readonly ratePerUs: number;
  readonly seed: bigint;
}

/** The time by which the cap is almost surely reached at a steady rate (four standard deviations of a Poisson count). */
function firstBoundUs(input: OpenLoopInput): number {
  const { maxRequests, aggregateRate, clients } = input;
  // With a negative think time a round can come before its conversation's start, so nothing can be ruled out early.
  const goesBack = clients.some((client) => (client.reasoning?.multiTurn?.thinkTimeUs ?? 0) < 0);
  if (maxRequests === 0 || goesBack) return Infinity;
  const bound = ((maxRequests + 4 * Math.sqrt(maxRequests) + 20) / aggregateRate) * US_PER_SECOND;
  return bound > 0 ? Math.ceil(bound) : Infinity;
}

/** One pass over all clients, one after the other, each stopping at the bound. */
function generateUntil(
  untilUs: number,
  senders: readonly Sender[],
  prefixes: ReadonlyMap<string, GroupPrefix>,
  input: OpenLoopInput,
  door: RandomDoor,
): Result<{ rows: RequestRows; isWhole: boolean }> {
  const { maxRequests } = input;
  const rows = new RequestRows(input.clients);
  const budget = new Budget(input.limits);
  const shared: Generation = {
    rows,
    math: door.math,
    rules: input.rules,
    budget,
    horizonUs: input.horizonUs,
    perClientCap: maxRequests > 0 ? CAP_FACTOR * maxRequests : Infinity,
    wantsIds: input.wantsIds,
  };
  let isWhole = true;
  for (const { index, client, ratePerUs, seed } of senders) {
    const own = door.open(seed);
    const prefix = prefixes.get(client.prefixGroup);
    const run = ClientRun.open(shared, index, client, prefix, own, ratePerUs, door);
    if (!run.ok) return run;
    if (run.value.run(untilUs)) isWhole = false;
    own.release();
    if (budget.problem !== undefined) return fail(budget.problem);
  }
  return ok({ rows, isWhole });
}

function countBelow(values: Float64Array, limit: number): number {
  let count = 0;
  for (let at = 0; at < values.length; at++) if ((values[at] ?? limit) < limit) count++;
  return count;
}

/** Row numbers, client by client, each client's in order of generation. */
function byClient(rows: RequestRows, clientCount: number): Uint32Array {
  const clients = rows.client.view();
  const next = new Uint32Array(clientCount + 1);
  for (let row = 0; row < clients.length; row++) {
    const slot = (clients[row] ?? 0) + 1;
    next[slot] = (next[slot] ?? 0) + 1;
  }
  for (let client = 1; client <= clientCount; client++) {
    next[client] = (next[client] ?? 0) + (next[client - 1] ?? 0);
  }
  const order = new Uint32Array(clients.length);
  for (let row = 0; row < clients.length; row++) {
    const client = clients[row] ?? 0;
    const at = next[client] ?? 0;
    order[at] = row;
    next[client] = at + 1;
  }
  return order;
}
