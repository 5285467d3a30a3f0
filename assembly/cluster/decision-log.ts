// Decision trace on demand: one row a decision, of FIXED numbers and then `candidates` times CANDIDATE numbers. The host
// empties it between slices.

import { Request } from '../engine/request';
import { Cluster, Routing, u32At, wideAt } from './cluster';
import { loadOf } from './signals';

const FIXED: usize = 8;
const CANDIDATE: usize = 7;

export namespace Stage {
  export const ADMISSION: i32 = 0;
  export const ROUTING: i32 = 1;
  export const DISAGGREGATION: i32 = 2;
  export const PREFILL_ROUTING: i32 = 3;
  export const KV_TRANSFER: i32 = 4;
  export const DECODE_ROUTING: i32 = 5;
}

function rowBytes(c: Cluster): usize {
  return (FIXED + <usize>c.candidates * CANDIDATE) << 3;
}

export function traceIsFull(c: Cluster): bool {
  return c.logRows == c.logCapacity;
}

/** Appends a row and gives its address. `value`: instance, or 1 = admitted. */
export function logDecision(
  c: Cluster,
  stage: i32,
  r: Request,
  at: i64,
  value: i32,
  reason: i32,
  number: f64,
): usize {
  const row = c.log + <usize>c.logRows * rowBytes(c);
  c.logRows++;
  memory.fill(row, 0, rowBytes(c));
  store<f64>(row, stage);
  store<f64>(row, r.row, 8);
  store<f64>(row, <f64>at, 16);
  store<f64>(row, value, 24);
  store<f64>(row, reason, 32);
  store<f64>(row, number, 40);
  return row;
}

/** What the alternatives were worth: composite score for weighted routing, otherwise the negative load. */
function worth(c: Cluster, position: u32): f64 {
  if (c.policy.routing == Routing.WEIGHTED) return load<f64>(wideAt(c.total, position));
  return -(<f64>loadOf(c, load<u32>(u32At(c.shown, position))));
}

function isBetter(c: Cluster, a: u32, b: u32): bool {
  const worthA = worth(c, a);
  const worthB = worth(c, b);
  if (worthA != worthB) return worthA > worthB;
  const indexA = load<u32>(u32At(c.shown, a));
  const indexB = load<u32>(u32At(c.shown, b));
  return load<u32>(u32At(c.nameRank, indexA)) < load<u32>(u32At(c.nameRank, indexB));
}

/** Fills in regret and the best `candidates` alternatives, on the snapshots the policy saw. */
export function logAlternatives(c: Cluster, row: usize, chosen: u32): void {
  if (c.candidates == 0) return;
  const kept = c.candidates < c.shownCount ? c.candidates : c.shownCount;
  // Selection by insertion into `tied`, which the decision no longer needs.
  let count: u32 = 0;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    let at = count;
    while (at > 0 && isBetter(c, i, load<u32>(u32At(c.tied, at - 1)))) {
      if (at < kept) store<u32>(u32At(c.tied, at), load<u32>(u32At(c.tied, at - 1)));
      at--;
    }
    if (at < kept) {
      store<u32>(u32At(c.tied, at), i);
      if (count < kept) count++;
    }
  }
  store<f64>(row, worth(c, load<u32>(u32At(c.tied, 0))) - worth(c, chosen), 48);
  store<f64>(row, kept, 56);
  for (let k: u32 = 0; k < kept; k++) {
    const position = load<u32>(u32At(c.tied, k));
    const index = load<u32>(u32At(c.shown, position));
    const cell = row + ((FIXED + <usize>k * CANDIDATE) << 3);
    store<f64>(cell, index);
    store<f64>(cell, worth(c, position), 8);
    store<f64>(cell, load<u32>(u32At(c.queueDepth, index)), 16);
    store<f64>(cell, load<u32>(u32At(c.batchSize, index)), 24);
    store<f64>(cell, load<u32>(u32At(c.inFlight, index)), 32);
    store<f64>(cell, load<f64>(wideAt(c.usedShare, index)), 40);
    store<f64>(cell, load<u32>(u32At(c.freeBlocks, index)), 48);
  }
}
