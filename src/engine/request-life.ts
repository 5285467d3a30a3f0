// The life of one request out of a run that watches it (assembly/engine/watch.ts).

import { LIFE_KINDS, type LifeEvent, type RequestLife } from '../domain/cluster-result';
import type { EngineExports } from './binding';

/** Decoding merges into long spans, so this is some thousand prefill chunks and preemptions. */
const ROOM = 8192;
const COLUMNS = 5;

/** Call before anything runs. */
export function watch(engine: EngineExports, row: number): void {
  engine.watchRequest(row, ROOM);
}

/** @param instances addresses by index. */
export function readLife(engine: EngineExports, instances: readonly number[]): RequestLife {
  const rows = engine.watchedRows();
  const kept = Math.min(rows, ROOM);
  const values = new Float64Array(engine.memory.buffer, engine.watchedAt(), kept * COLUMNS);
  const events = Array.from({ length: kept }, (_, row): LifeEvent => {
    const [kind = 0, startUs = 0, endUs = 0, tokens = 0, address = 0] = values.subarray(
      row * COLUMNS,
      (row + 1) * COLUMNS,
    );
    return { kind: LIFE_KINDS[kind] ?? 'held', startUs, endUs, tokens, instance: instances.indexOf(address) };
  });
  return { events, lost: rows - kept };
}
