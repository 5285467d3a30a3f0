// Collects the module's step log between slices.

import type { StepColumns } from '../domain/run-result';
import type { EngineExports } from './binding';

/** Steps the module records before it waits for the host. */
export const STEP_LOG_ROWS = 4096;
const COLUMNS = 10;

export class StepLog {
  readonly #engine: EngineExports;
  readonly #instance: number;
  readonly #chunks: Float64Array[] = [];
  #count = 0;

  constructor(engine: EngineExports, instance: number) {
    this.#engine = engine;
    this.#instance = instance;
  }

  /** True if there was something to collect. */
  drain(): boolean {
    const rows = this.#engine.drainStepLog(this.#instance);
    if (rows === 0) return false;
    const at = this.#engine.stepLogAt(this.#instance);
    this.#chunks.push(new Float64Array(this.#engine.memory.buffer.slice(at, at + rows * COLUMNS * 8)));
    this.#count += rows;
    return true;
  }

  columns(): StepColumns {
    const column = (number: number): Float64Array => {
      const values = new Float64Array(this.#count);
      let row = 0;
      for (const chunk of this.#chunks) {
        for (let at = number; at < chunk.length; at += COLUMNS) values[row++] = chunk[at] ?? 0;
      }
      return values;
    };
    const counts = (number: number): Uint32Array => Uint32Array.from(column(number));
    return {
      count: this.#count,
      startUs: column(0),
      durationUs: column(1),
      prefillTokens: counts(2),
      decodeTokens: counts(3),
      batchSize: counts(4),
      waiting: counts(5),
      freeBlocks: counts(6),
      cacheHits: column(7),
      cacheMisses: column(8),
      preemptions: counts(9),
    };
  }
}
