// Who may enter (BLIS 87cc70ed sim/admission.go, sim/cluster/tenant.go). The router state has been built for the request.

import { Request, inFleet } from '../engine/request';
import { Admission, Cluster, u32At, wideAt } from './cluster';
import { loadOf } from './signals';

/** Why the last request was turned away. */
export namespace Refusal {
  export const NONE: i32 = 0;
  export const REJECT_ALL: i32 = 1;
  export const TOKENS: i32 = 2;
  export const TIER: i32 = 3;
  export const SATURATED: i32 = 4;
  export const TENANT_BUDGET: i32 = 5;
}

export let refusal: i32 = 0;
/** Load or saturation behind the refusal. */
export let refusalValue: f64 = 0.0;

function refuse(reason: i32, value: f64): bool {
  refusal = reason;
  refusalValue = value;
  return false;
}

function takeTokens(c: Cluster, r: Request, at: i64): bool {
  if (at > c.bucketAt) {
    const filled = c.bucketTokens + (<f64>(at - c.bucketAt) * c.bucketRate) / 1e6;
    c.bucketTokens = filled < c.bucketCapacity ? filled : c.bucketCapacity;
    c.bucketAt = at;
  }
  const cost = <f64>r.inputTokens;
  if (c.bucketTokens < cost) return refuse(Refusal.TOKENS, 0.0);
  c.bucketTokens -= cost;
  return true;
}

function shedByTier(c: Cluster, r: Request): bool {
  let most: u32 = 0;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const value = loadOf(c, load<u32>(u32At(c.shown, i)));
    if (value > most) most = value;
  }
  if (<i64>most <= c.shedThreshold || inFleet(r).sloPriority >= c.shedMinPriority) return true;
  return refuse(Refusal.TIER, <f64>most);
}

function shedBySaturation(c: Cluster, r: Request): bool {
  if (inFleet(r).sloPriority >= 0) return true;
  const saturation = meanPressure(c, c.gaieQueueDepth, c.gaieKvUse);
  return saturation >= 1.0 ? refuse(Refusal.SATURATED, saturation) : true;
}

/** Mean over the router state of the larger of queue and KV pressure; 1 when it is empty. */
export function meanPressure(c: Cluster, queueThreshold: f64, kvThreshold: f64): f64 {
  if (c.shownCount == 0) return 1.0;
  let sum: f64 = 0.0;
  for (let i: u32 = 0; i < c.shownCount; i++) {
    const index = load<u32>(u32At(c.shown, i));
    const queue = <f64>load<u32>(u32At(c.queueDepth, index)) / queueThreshold;
    const kv = load<f64>(wideAt(c.usedShare, index)) / kvThreshold;
    sum += queue > kv ? queue : kv;
  }
  return sum / <f64>c.shownCount;
}

/** The policy's verdict. */
export function admits(c: Cluster, r: Request, at: i64): bool {
  refusal = Refusal.NONE;
  refusalValue = 0.0;
  if (c.admission == Admission.ALWAYS) return true;
  if (c.admission == Admission.REJECT_ALL) return refuse(Refusal.REJECT_ALL, 0.0);
  if (c.admission == Admission.TOKEN_BUCKET) return takeTokens(c, r, at);
  if (c.admission == Admission.TIER_SHED) return shedByTier(c, r);
  return shedBySaturation(c, r);
}

/** After the policy admitted: a tenant over its share loses its sheddable requests. */
export function withinBudget(c: Cluster, r: Request): bool {
  if (!c.hasBudgets || inFleet(r).sloPriority >= 0) return true;
  const tenant = inFleet(r).tenant;
  if (tenant < 0) return true;
  const share = load<f64>(wideAt(c.tenantShare, tenant));
  // NaN: no budget.
  if (!(<f64>load<i32>(u32At(c.tenantInFlight, tenant)) > share * c.slots)) return true;
  return refuse(Refusal.TENANT_BUDGET, 0.0);
}
