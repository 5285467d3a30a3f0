// From the instances of a fleet to its figures: each instance's own requests, sums and means over instances, pools.

import { textAt } from '../base/columns';
import type { DisaggregationConfig } from '../domain/cluster-config';
import type { DisaggregationResult, InstanceResult } from '../domain/cluster-result';
import { REQUEST_STATUSES, type KvSummary, type RequestResultColumns } from '../domain/run-result';
import type { LatencyColumns } from './aggregate';
import { POOL_SLOTS, type EngineExports, type InstanceSummary, type PoolFigures } from './binding';
import type { SubRequestColumns } from './result-columns';

const TURNED_AWAY = REQUEST_STATUSES.indexOf('admission-rejected');
const BEYOND_HORIZON = REQUEST_STATUSES.indexOf('beyond-horizon');
const NOT_ARRIVED = REQUEST_STATUSES.indexOf('not-arrived');

/**
 * Latencies of what each of `instances` served, in table order, sub-requests behind and in place of the requests they are parts
 * of. One pass over the table, whatever the number of instances.
 */
export function latenciesByInstance(
  columns: RequestResultColumns,
  subs: SubRequestColumns | undefined,
  instances: number,
): LatencyColumns[] {
  const counts = new Uint32Array(instances);
  const isOwn = (row: number): boolean =>
    (columns.handledBy[row] ?? -1) >= 0 && columns.disaggregated[row] !== 1;
  const count = (index: number): void => {
    counts[index] = (counts[index] ?? 0) + 1;
  };
  for (let row = 0; row < columns.count; row++) if (isOwn(row)) count(columns.handledBy[row] ?? 0);
  subs?.handledBy.forEach((index) => {
    if (index >= 0) count(index);
  });
  const own = Array.from(counts, (rows): LatencyColumns => ({
    ttftUs: new Float64Array(rows),
    e2eUs: new Float64Array(rows),
    schedulingDelayUs: new Float64Array(rows),
  }));
  const filled = new Uint32Array(instances);
  const put = (index: number, from: LatencyColumns, row: number): void => {
    const to = own[index];
    if (to === undefined) return;
    const at = filled[index] ?? 0;
    filled[index] = at + 1;
    to.ttftUs[at] = from.ttftUs[row] ?? NaN;
    to.e2eUs[at] = from.e2eUs[row] ?? NaN;
    to.schedulingDelayUs[at] = from.schedulingDelayUs[row] ?? NaN;
  };
  for (let row = 0; row < columns.count; row++)
    if (isOwn(row)) put(columns.handledBy[row] ?? 0, columns, row);
  subs?.handledBy.forEach((index, row) => {
    put(index, subs, row);
  });
  return own;
}

/** What never reached an instance is unknown to the metrics, unless it was turned away. */
export function markUnknown(columns: RequestResultColumns): void {
  for (let row = 0; row < columns.count; row++) {
    if ((columns.handledBy[row] ?? -1) < 0 && columns.status[row] === NOT_ARRIVED)
      columns.status[row] = BEYOND_HORIZON;
  }
}

export function readItl(engine: EngineExports, address: number): Float64Array {
  const values = engine.finishItl(address);
  const at = engine.allocate(16 * values);
  engine.writeItl(address, at);
  return new Float64Array(engine.memory.buffer.slice(at, at + 16 * values));
}

export function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function poolResult(config: DisaggregationConfig, pools: PoolFigures): DisaggregationResult {
  return {
    prefillInstances: config.prefillInstances,
    decodeInstances: config.decodeInstances,
    requests: pools.parents,
    transferred: pools.transferred,
    droppedAtDecode: pools.dropped,
    ...(config.transferContention
      ? {
          peakTransfers: pools.peak,
          meanTransferDepth: pools.started > 0 ? pools.depthSum / pools.started : 0,
        }
      : {}),
  };
}

export function readPools(engine: EngineExports, cluster: number): PoolFigures {
  const at = engine.allocate(POOL_SLOTS.length * 8);
  engine.clusterWritePools(cluster, at);
  const values = new Float64Array(engine.memory.buffer, at, POOL_SLOTS.length);
  return Object.fromEntries(POOL_SLOTS.map((slot, index) => [slot, values[index] ?? 0])) as PoolFigures;
}

/** Counted by whole requests: a prefill part that completed is not a request that completed. */
export function countWhole(summary: InstanceSummary, pools: PoolFigures | undefined): InstanceSummary {
  if (pools === undefined) return summary;
  return {
    ...summary,
    completed: summary.completed - pools.prefillCompleted,
    running: summary.running + pools.inTransfer,
    dropped: summary.dropped + pools.dropped,
  };
}

export function addUp(summaries: readonly InstanceSummary[]): InstanceSummary {
  const sum = (slot: keyof InstanceSummary): number =>
    summaries.reduce((total, each) => total + each[slot], 0);
  const [first] = summaries;
  if (first === undefined) throw new Error('A cluster has at least one instance.');
  const total = Object.fromEntries(
    Object.keys(first).map((slot) => [slot, sum(slot as keyof InstanceSummary)]),
  ) as Record<keyof InstanceSummary, number>;
  return { ...total, clockUs: Math.max(...summaries.map((each) => each.clockUs)) };
}

export function meanOf(instances: readonly InstanceResult[], whole: InstanceSummary): KvSummary {
  const mean = (rate: (kv: KvSummary) => number): number =>
    instances.reduce((sum, each) => sum + rate(each.kv), 0) / Math.max(1, instances.length);
  return {
    preemptionRate: whole.completed > 0 ? whole.preemptions / whole.completed : 0,
    cacheHitRate: mean((kv) => kv.cacheHitRate),
    thrashingRate: mean((kv) => kv.thrashingRate),
  };
}

export function shedByClass(columns: RequestResultColumns): Record<string, number> {
  const shed: Record<string, number> = {};
  for (let row = 0; row < columns.count; row++) {
    if (columns.status[row] !== TURNED_AWAY) continue;
    const name = textAt(columns.sloClass, row) || 'standard';
    shed[name] = (shed[name] ?? 0) + 1;
  }
  return shed;
}
