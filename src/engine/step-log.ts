// Collects the module's step log between slices.

import type { StepColumns } from '../domain/run-result';
import type { EngineExports } from './binding';

/** Steps the module records before it waits for the host. */
export const STEP_LOG_ROWS = 4096;
/** The same of a log in spans: a fleet has one an instance. */
export const SPAN_LOG_ROWS = 512;
const COLUMNS = 10;

/**
 * Rows of an instance's log in spans, in order of time; valid during the call. SPAN_COLUMNS numbers a row: start and duration
 * in µs, prefill tokens, decode tokens, batch size, waiting, KV blocks free in the last and in the first of its steps, steps,
 * preemptions so far.
 */
export type SpanSink = (instance: number, rows: Float64Array) => void;
export const SPAN_COLUMNS = COLUMNS;

/** Hands what the instances have logged to `sink`; true if there was something. */
export function drainSpans(engine: EngineExports, instances: readonly number[], sink: SpanSink): boolean {
  let hasAny = false;
  instances.forEach((address, index) => {
    const rows = engine.drainStepLog(address);
    if (rows === 0) return;
    hasAny = true;
    sink(index, new Float64Array(engine.memory.buffer, engine.stepLogAt(address), rows * COLUMNS));
  });
  return hasAny;
}

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
