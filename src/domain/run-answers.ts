// Answers about single requests and decisions of a finished run: objects, since they are for what is on screen.

import type { LifeEvent } from './cluster-result';
import type { LatencyRow } from './simulated-run';

export interface CandidateRow {
  readonly instance: string;
  readonly score: number;
  readonly queueDepth: number;
  readonly batchSize: number;
  readonly inFlight: number;
  /** 0 … 1. */
  readonly kvUtilization: number;
}

export interface DecisionRow {
  /** Position in the trace. */
  readonly row: number;
  readonly atUs: number;
  readonly stage: string;
  readonly request: string;
  /** Instance, or a yes or no. */
  readonly value: string;
  readonly reason: string;
  /** Absent where no alternatives were recorded. */
  readonly regret?: number;
  /** Best first. */
  readonly candidates: readonly CandidateRow[];
}

/** Regret over time, reduced to pixel columns. */
export interface RegretColumns {
  readonly fromUs: number;
  readonly toUs: number;
  /** Greatest regret in each column, NaN without a decision. */
  readonly greatest: Float64Array;
  /** Mean of all regrets up to the end of each column, NaN before the first. */
  readonly meanSoFar: Float64Array;
}

export const REQUEST_SORTS = ['arrival', 'input', 'output', 'schedulingDelay', 'ttft', 'itl', 'e2e'] as const;
export type RequestSort = (typeof REQUEST_SORTS)[number];

/** Which requests, in which order. */
export interface RequestQuery {
  readonly sort: RequestSort;
  readonly isDescending: boolean;
  /** Absent = any. */
  readonly status?: string;
  readonly instance?: number;
  readonly sloClass?: string;
}

export interface RequestRow {
  /** Row of the request table. */
  readonly row: number;
  readonly id: string;
  readonly status: string;
  readonly instance: string;
  readonly sloClass: string;
  readonly tenant: string;
  readonly arrivalUs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** µs; NaN = none. */
  readonly schedulingDelayUs: number;
  readonly ttftUs: number;
  readonly itlMeanUs: number;
  readonly e2eUs: number;
}

export interface RequestPage {
  /** Requests that match the query. */
  readonly matching: number;
  readonly rows: readonly RequestRow[];
}

/** What one request did, step by step, from a second run that watched it. */
export interface RequestStory {
  readonly request: RequestRow;
  readonly events: readonly LifeEvent[];
  readonly lostEvents: number;
  /** Instances that served it, in order. */
  readonly instances: readonly string[];
}

export interface TargetShare {
  /** Absent = all requests. */
  readonly sloClass?: string;
  /** Requests whose latency is at most the target; those that have the latency; all. */
  readonly within: number;
  readonly measured: number;
  readonly requests: number;
}

export interface TargetQuestion {
  readonly metric: LatencyRow['metric'];
  readonly targetMs: number;
}
