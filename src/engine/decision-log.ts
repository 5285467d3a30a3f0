// Collects the module's decision log between slices.

import type { DecisionColumns } from '../domain/cluster-result';
import type { EngineExports } from './binding';

/** Decisions the module records before it waits for the host. */
export const DECISION_LOG_ROWS = 4096;
const FIXED = 8;
const CANDIDATE = 7;

export class DecisionLog {
  readonly #engine: EngineExports;
  readonly #cluster: number;
  readonly #candidates: number;
  readonly #chunks: Float64Array[] = [];
  #count = 0;

  constructor(engine: EngineExports, cluster: number, candidates: number) {
    this.#engine = engine;
    this.#cluster = cluster;
    this.#candidates = candidates;
  }

  get #width(): number {
    return FIXED + this.#candidates * CANDIDATE;
  }

  /** True if there was something to collect. */
  drain(): boolean {
    const rows = this.#engine.clusterDrainLog(this.#cluster);
    if (rows === 0) return false;
    const at = this.#engine.clusterLogAt(this.#cluster);
    const bytes = this.#engine.memory.buffer.slice(at, at + rows * this.#width * 8);
    this.#chunks.push(new Float64Array(bytes));
    this.#count += rows;
    return true;
  }

  /** A change of the fleet, made by the host after what has been drained; it is about no request. */
  append(stage: number, atUs: number, instance: number): void {
    const row = new Float64Array(this.#width);
    row.set([stage, 0, atUs, instance]);
    this.#chunks.push(row);
    this.#count++;
  }

  columns(): DecisionColumns {
    const count = this.#count;
    const width = this.#width;
    const kept = this.#candidates;
    const fixed = (field: number): Float64Array => {
      const values = new Float64Array(count);
      let row = 0;
      for (const chunk of this.#chunks) {
        for (let at = field; at < chunk.length; at += width) values[row++] = chunk[at] ?? 0;
      }
      return values;
    };
    const candidate = (field: number): Float64Array => {
      const values = new Float64Array(count * kept);
      let row = 0;
      for (const chunk of this.#chunks) {
        for (let at = FIXED; at < chunk.length; at += width, row += kept) {
          for (let k = 0; k < kept; k++) values[row + k] = chunk[at + k * CANDIDATE + field] ?? 0;
        }
      }
      return values;
    };
    return {
      count,
      stage: Uint8Array.from(fixed(0)),
      request: Uint32Array.from(fixed(1)),
      atUs: fixed(2),
      value: Int32Array.from(fixed(3)),
      reason: Uint8Array.from(fixed(4)),
      number: fixed(5),
      regret: fixed(6),
      candidates: kept,
      candidateCount: Uint8Array.from(fixed(7)),
      candidateInstance: Int32Array.from(candidate(0)),
      candidateScore: candidate(1),
      candidateQueueDepth: Uint32Array.from(candidate(2)),
      candidateBatchSize: Uint32Array.from(candidate(3)),
      candidateInFlight: Uint32Array.from(candidate(4)),
      candidateKvUtilization: candidate(5),
      candidateFreeBlocks: Uint32Array.from(candidate(6)),
    };
  }
}
