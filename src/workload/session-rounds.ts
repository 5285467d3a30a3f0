// Blueprints as the session table that the engine plays (spec 5). A session's rounds come from its own stream in a fixed
// order of draws, so they can be listed beforehand; where their number is unlimited or large they are drawn on demand.

import type { RandomDoor, RandomStream } from '../domain/random';
import type { RoundSource, SessionColumns } from '../domain/workload';
import type { SessionBlueprint } from './sessions';
import { followUpTimeoutUs } from './sessions';

/** Rounds listed beforehand over all sessions; above it every round is drawn on demand. */
const MAX_LISTED_ROUNDS = 2_000_000;

export interface SessionTable {
  readonly sessions: SessionColumns;
  readonly moreRounds?: RoundSource;
}

/** `firstRequest` gives the request's position for a blueprint's row. */
export function sessionTable(
  blueprints: readonly SessionBlueprint[],
  firstRequest: (row: number) => number,
  horizonUs: number,
  door: RandomDoor,
): SessionTable {
  const wanted = blueprints.reduce((sum, session) => sum + session.maxRounds - 1, 0);
  const isListed = wanted <= MAX_LISTED_ROUNDS;
  const count = blueprints.length;
  const offsets = new Uint32Array(count + 1);
  blueprints.forEach((session, at) => {
    offsets[at + 1] = (offsets[at] ?? 0) + (isListed ? session.maxRounds - 1 : 0);
  });
  const total = offsets[count] ?? 0;
  const input = new Uint32Array(total);
  const output = new Uint32Array(total);
  const think = new Float64Array(total);
  if (isListed) {
    blueprints.forEach((session, at) => {
      const stream = door.open(session.seed);
      for (let slot = offsets[at] ?? 0; slot < (offsets[at + 1] ?? 0); slot++) {
        input[slot] = session.input(stream);
        output[slot] = session.output(stream);
        stream.skipTokens((input[slot] ?? 0) + (output[slot] ?? 0));
        think[slot] = session.thinkTimeUs;
      }
      stream.release();
    });
  }
  const sessions: SessionColumns = {
    count,
    sessionId: blueprints.map((session) => session.sessionId),
    firstRequest: Uint32Array.from(blueprints, (session) => firstRequest(session.row)),
    maxRounds: Float64Array.from(blueprints, (session) => session.maxRounds),
    accumulates: Uint8Array.from(blueprints, (session) => (session.accumulates ? 1 : 0)),
    timeoutUs: Float64Array.from(blueprints, (session) => followUpTimeoutUs(session.client)),
    horizonUs: new Float64Array(count).fill(horizonUs),
    prefixTokens: Uint32Array.from(blueprints, (session) => session.prefixTokens),
    prefixStream: Int32Array.from(blueprints, (session) => session.prefixStream),
    roundInputTokens: { values: input, offsets },
    roundOutputTokens: output,
    roundThinkUs: think,
  };
  return isListed ? { sessions } : { sessions, moreRounds: roundSource(blueprints, door) };
}

/** Draws rounds 1, 2, … of each session, continuing its stream. */
function roundSource(blueprints: readonly SessionBlueprint[], door: RandomDoor): RoundSource {
  const streams = new Map<number, RandomStream>();
  return {
    draw: (at, rounds) => {
      const session = blueprints[at];
      if (session === undefined) throw new Error(`no session ${at}`);
      let stream = streams.get(at);
      if (stream === undefined) streams.set(at, (stream = door.open(session.seed)));
      const inputTokens = new Uint32Array(rounds);
      const outputTokens = new Uint32Array(rounds);
      for (let round = 0; round < rounds; round++) {
        const input = session.input(stream);
        const output = session.output(stream);
        stream.skipTokens(input + output);
        inputTokens[round] = input;
        outputTokens[round] = output;
      }
      return { inputTokens, outputTokens, thinkUs: new Float64Array(rounds).fill(session.thinkTimeUs) };
    },
  };
}
