// What a simulation of one instance says. Ticks (whole µs) inside columns; ms and s only in `Aggregate`, whose keys are the
// reference's JSON keys (engine spec 15.1).

import type { TextColumn } from '../base/columns';

export const REQUEST_STATUSES = [
  'not-arrived', // still before its Queued event at the end
  'queued',
  'running',
  'completed',
  'timed-out',
  'dropped',
  'routing-rejected',
  'beyond-horizon', // its routing decision lies beyond the horizon: the reference never hears of it
  'admission-rejected',
  'gateway-queued', // still at the gateway at the end
  'gateway-shed',
  'disaggregated', // prefill or decode not completed
] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** One row a request: the request table in its order, then follow-ups in order of injection. NaN = no value. */
export interface RequestResultColumns {
  readonly count: number;
  /** Rows before this are the request table; later ones are follow-ups. */
  readonly initialCount: number;
  /** Index into REQUEST_STATUSES. */
  readonly status: Uint8Array;
  readonly arrivalUs: Float64Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  /** Of requests that have not ended: so far, since their last preemption. */
  readonly itlSumUs: Float64Array;
  /** Mean ITL as the engine defines it (a double, not a tick). */
  readonly itlMeanUs: Float64Array;
  readonly schedulingDelayUs: Float64Array;
  readonly lengthCapped: Uint8Array;
  /** Waited at the gateway, 0 = did not. */
  readonly gatewayDelayUs: Float64Array;
  /** KV transfer between its prefill and its decode, 0 = none. */
  readonly transferUs: Float64Array;
  /** 1 = prefill and decode on separate instances. */
  readonly disaggregated: Uint8Array;
  /** Instance that serves it; −1 = none. */
  readonly handledBy: Int32Array;
  /** Row of the session table, −1 = none. */
  readonly session: Int32Array;
  readonly roundIndex: Uint32Array;
  /** Follow-ups only: m in `session_<sid>_round_<k>_<m>`; 0 for initial requests. */
  readonly followUpNumber: Uint32Array;
  readonly tenantId: TextColumn;
  readonly sloClass: TextColumn;
  readonly model: TextColumn;
}

/** Step log, one row a step (golden `steps.csv`). */
export interface StepColumns {
  readonly count: number;
  readonly startUs: Float64Array;
  readonly durationUs: Float64Array;
  readonly prefillTokens: Uint32Array;
  readonly decodeTokens: Uint32Array;
  readonly batchSize: Uint32Array;
  readonly waiting: Uint32Array;
  readonly freeBlocks: Uint32Array;
  readonly cacheHits: Float64Array;
  readonly cacheMisses: Float64Array;
  readonly preemptions: Uint32Array;
}

/** The reference's aggregate JSON, same keys, same order. */
export interface Aggregate {
  instance_id: string;
  completed_requests: number;
  still_queued: number;
  still_running: number;
  injected_requests: number;
  total_input_tokens: number;
  total_output_tokens: number;
  vllm_estimated_duration_s: number;
  responses_per_sec: number;
  tokens_per_sec: number;
  e2e_mean_ms: number;
  e2e_p90_ms: number;
  e2e_p95_ms: number;
  e2e_p99_ms: number;
  ttft_mean_ms: number;
  ttft_p90_ms: number;
  ttft_p95_ms: number;
  ttft_p99_ms: number;
  itl_mean_ms: number;
  itl_p90_ms: number;
  itl_p95_ms: number;
  itl_p99_ms: number;
  scheduling_delay_p99_ms: number;
  kv_allocation_failures?: number;
  preemption_count: number;
  dropped_unservable: number;
  length_capped_requests: number;
  timed_out_requests: number;
}

export interface KvSummary {
  readonly preemptionRate: number;
  readonly cacheHitRate: number;
  readonly thrashingRate: number;
}

/** Why a run ended. Everything but `finished` and `horizon` is a state to explain to the user. */
export type RunEnd =
  | { readonly kind: 'finished' }
  | { readonly kind: 'horizon' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'livelock'; readonly request: string; readonly message: string };

export interface RunResult {
  readonly end: RunEnd;
  readonly aggregate: Aggregate;
  readonly kv: KvSummary;
  readonly routingRejections: number;
  readonly requests: RequestResultColumns;
  readonly steps?: StepColumns;
  readonly stepCount: number;
  /** Peak size of the module's memory. */
  readonly wasmBytes: number;
}
