// Closed-loop sessions into the module, and more rounds for those whose number is not known beforehand.

import type { RoundSource, SessionColumns } from '../domain/workload';
import type { EngineExports } from './binding';

/** (input u32, output u32, think f64). */
const ROUND_BYTES = 16;
/** Rounds drawn at a time for sessions with more rounds than are listed. */
const DRAWN_ROUNDS = 32;
const UNLIMITED = 0xffff_ffff;

interface Rounds {
  readonly inputTokens: ArrayLike<number>;
  readonly outputTokens: ArrayLike<number>;
  readonly thinkUs: ArrayLike<number>;
}

export class SessionTable {
  readonly #engine: EngineExports;
  readonly #sessions: SessionColumns;
  readonly #source: RoundSource | undefined;
  /** Where drawn rounds of a session go; reused at each draw. */
  readonly #buffers = new Map<number, number>();
  /** Rounds that the module has been given, without round 0. */
  readonly #given: Float64Array;

  constructor(engine: EngineExports, sessions: SessionColumns, source: RoundSource | undefined) {
    this.#engine = engine;
    this.#sessions = sessions;
    this.#source = source;
    this.#given = new Float64Array(sessions.count);
  }

  /** `firstKeyOf`: number of the first key of a prefix stream. */
  write(requestCount: number, followUpBudget: number, firstKeyOf: (stream: number) => number): void {
    const engine = this.#engine;
    const sessions = this.#sessions;
    const { offsets, values } = sessions.roundInputTokens;
    const table = engine.allocateSessions(sessions.count, requestCount, followUpBudget);
    const bytes = engine.sessionBytes();
    const rounds = engine.allocate(Math.max(1, values.length) * ROUND_BYTES);
    this.#writeRounds(rounds, {
      inputTokens: values,
      outputTokens: sessions.roundOutputTokens,
      thinkUs: sessions.roundThinkUs,
    });
    const f64 = new Float64Array(engine.memory.buffer);
    const u32 = new Uint32Array(engine.memory.buffer);
    for (let row = 0; row < sessions.count; row++) {
      const record = table + row * bytes;
      f64[record >> 3] = sessions.timeoutUs[row] ?? 0;
      f64[(record >> 3) + 1] = sessions.horizonUs[row] ?? Infinity;
      const first = offsets[row] ?? 0;
      const known = (offsets[row + 1] ?? 0) - first;
      const stream = sessions.prefixStream[row] ?? -1;
      u32.set(
        [
          stream < 0 ? 0 : (sessions.prefixTokens[row] ?? 0),
          Math.max(0, stream),
          stream < 0 ? 0 : firstKeyOf(stream),
          Math.min(sessions.maxRounds[row] ?? UNLIMITED, UNLIMITED),
          sessions.accumulates[row] ?? 0,
          rounds + first * ROUND_BYTES,
          known,
        ],
        (record >> 2) + 4,
      );
      this.#given[row] = known;
    }
    engine.prepareSessions(sessions.count);
    for (let row = 0; row < sessions.count; row++) if (this.#given[row] === 0) this.#draw(row);
  }

  /** Serves sessions that ran out of rounds; true if there were any. */
  refill(): boolean {
    const count = this.#engine.hungrySessionCount();
    if (count === 0) return false;
    const rows = new Uint32Array(this.#engine.memory.buffer, this.#engine.hungrySessions(), count).slice();
    this.#engine.clearHungry();
    for (const row of rows) this.#draw(row);
    return true;
  }

  #draw(row: number): void {
    const given = this.#given[row] ?? 0;
    const missing = (this.#sessions.maxRounds[row] ?? 0) - 1 - given;
    if (this.#source === undefined || missing <= 0) return;
    const rounds = Math.min(DRAWN_ROUNDS, missing);
    const drawn = this.#source.draw(row, rounds);
    let buffer = this.#buffers.get(row);
    if (buffer === undefined) {
      buffer = this.#engine.allocate(DRAWN_ROUNDS * ROUND_BYTES);
      this.#buffers.set(row, buffer);
    }
    this.#writeRounds(buffer, drawn);
    this.#given[row] = given + rounds;
    this.#engine.feedSession(row, buffer, rounds);
  }

  #writeRounds(at: number, rounds: Rounds): void {
    const count = rounds.inputTokens.length;
    const f64 = new Float64Array(this.#engine.memory.buffer, at, count * 2);
    const u32 = new Uint32Array(this.#engine.memory.buffer, at, count * 4);
    for (let index = 0; index < count; index++) {
      u32[4 * index] = rounds.inputTokens[index] ?? 0;
      u32[4 * index + 1] = rounds.outputTokens[index] ?? 0;
      f64[2 * index + 1] = rounds.thinkUs[index] ?? 0;
    }
  }
}
