// What a fleet's run says beyond its key figures, small enough to cross to the page whole. Everything by the request or by the
// step stays in the worker under the run's key (workers/run-questions.ts).

import type { DecisionStage } from './cluster-result';
import type { Mode } from './latency';
import type { LatencyRow } from './simulated-run';

export interface Distribution {
  readonly metric: LatencyRow['metric'];
  /** Absent = all requests. */
  readonly sloClass?: string;
  /** Requests that have the latency. */
  readonly count: number;
  /** Ascending, ms: every value, or quantiles at equal steps from share 0 to share 1. */
  readonly valuesMs: Float64Array;
  readonly isComplete: boolean;
  /** NaN without values. */
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

/** Requests with one label. */
export interface GroupRow {
  readonly name: string;
  readonly requests: number;
  readonly completed: number;
  readonly ttftMeanMs: number;
  readonly ttftP99Ms: number;
  readonly itlMeanMs: number;
  readonly e2eMeanMs: number;
  readonly e2eP99Ms: number;
  readonly outputTokens: number;
}

export interface InstanceDetail {
  readonly name: string;
  /** Absent = serves requests whole. */
  readonly role?: 'prefill' | 'decode';
  /** Requests that it was given. */
  readonly routed: number;
  readonly completed: number;
  readonly ttftP99Ms: number;
  readonly e2eMeanMs: number;
  readonly batchPeak: number;
  readonly waitingPeak: number;
  /** 0 … 1. */
  readonly kvPeak: number;
  readonly preemptions: number;
  /** 0 … 1. */
  readonly cacheHitRate: number;
}

/** Something to explain: what was counted, and what it means. */
export interface Anomaly {
  readonly title: string;
  readonly text: string;
}

export interface Conservation {
  readonly offered: number;
  readonly parts: readonly { readonly label: string; readonly count: number }[];
  /** The parts add up to what was offered. */
  readonly holds: boolean;
}

export interface DecisionFacts {
  /** How many of each kind are told, in the order of the stages; admissions that let a request in are not. */
  readonly stages: readonly { readonly stage: DecisionStage; readonly count: number }[];
  readonly routings: number;
  /** Alternatives recorded with each routing. */
  readonly candidates: number;
  readonly meanRegret: number;
  readonly maxRegret: number;
  readonly unit: 'score' | 'requests';
}

export interface FleetDetail {
  /** Under which the worker answers questions about this run. */
  readonly key: number;
  /** Name of the simulator, for its colour: `blis-` and the latency model. */
  readonly simulator: string;
  readonly mode: Mode;
  /** End of the simulated time. */
  readonly endUs: number;
  readonly distributions: readonly Distribution[];
  readonly instances: readonly InstanceDetail[];
  /** Empty where no request carries such a label. */
  readonly bySloClass: readonly GroupRow[];
  readonly byTenant: readonly GroupRow[];
  readonly byModel: readonly GroupRow[];
  /** Of output tokens over tenants; absent without tenants. */
  readonly jainFairness?: number;
  readonly anomalies: readonly Anomaly[];
  readonly conservation: Conservation;
  /** Absent when decisions were not recorded. */
  readonly decisions?: DecisionFacts;
}
