// What a simulation of a fleet says, beside what each of its instances says.

import type { Aggregate, KvSummary, RequestResultColumns, RunEnd } from './run-result';

export const DECISION_STAGES = [
  'admission',
  'routing',
  'disaggregation',
  'prefill-routing',
  'kv-transfer',
  'decode-routing',
  'scale-up',
  'scale-down',
] as const;
export type DecisionStage = (typeof DECISION_STAGES)[number];

/** Why admission turned a request away; index into this list. */
export const REFUSALS = [
  'none',
  'reject-all',
  'insufficient-tokens',
  'tier-shed',
  'gaie-saturated',
  'tenant-budget-shed',
] as const;

/** The decision trace, one row a decision in order of execution. */
export interface DecisionColumns {
  readonly count: number;
  /** Index into DECISION_STAGES. */
  readonly stage: Uint8Array;
  /** Row of the request; 0 where the fleet changed, which is about none. */
  readonly request: Uint32Array;
  readonly atUs: Float64Array;
  /** Routings and changes of the fleet: instance. Admission: 1 = the policy admitted. Disaggregation: 1 = apart. Transfer: KV blocks. */
  readonly value: Int32Array;
  /** Admission: index into REFUSALS. Routing: 1 = the legacy prefix policy knew the content. */
  readonly reason: Uint8Array;
  /** Load, score, round-robin count or saturation behind the decision; µs of a transfer. */
  readonly number: Float64Array;
  /** Score of the best alternative minus score of the choice; 0 where no alternatives were recorded. */
  readonly regret: Float64Array;
  /** Best alternatives by score: `candidates` slots a row, the first `candidateCount` filled. */
  readonly candidates: number;
  readonly candidateCount: Uint8Array;
  readonly candidateInstance: Int32Array;
  readonly candidateScore: Float64Array;
  readonly candidateQueueDepth: Uint32Array;
  readonly candidateBatchSize: Uint32Array;
  readonly candidateInFlight: Uint32Array;
  readonly candidateKvUtilization: Float64Array;
  readonly candidateFreeBlocks: Uint32Array;
}

/** What a request did, by the step: index into this list. */
export const LIFE_KINDS = [
  'queued', // entered the wait queue of an instance; start = end
  'prefill', // one step computed `tokens` of its prompt
  'decode', // `tokens` consecutive steps gave it a token each
  'held', // in the batch of one step, without tokens
  'preempted', // lost its blocks and starts over; start = end
] as const;
export type LifeKind = (typeof LIFE_KINDS)[number];

export interface LifeEvent {
  readonly kind: LifeKind;
  readonly startUs: number;
  readonly endUs: number;
  readonly tokens: number;
  /** Index. */
  readonly instance: number;
}

/** The life of one request on its instances, in order. */
export interface RequestLife {
  readonly events: readonly LifeEvent[];
  /** Later events that did not find room. */
  readonly lost: number;
}

export interface InstanceResult {
  readonly name: string;
  readonly aggregate: Aggregate;
  readonly kv: KvSummary;
  readonly stepCount: number;
  /** Mean wait-queue length over its steps; 0 if it never stepped. */
  readonly meanQueueLength: number;
}

/** Prefill and decode on separate instances. */
export interface DisaggregationResult {
  readonly prefillInstances: number;
  readonly decodeInstances: number;
  /** Taken apart. */
  readonly requests: number;
  readonly transferred: number;
  readonly droppedAtDecode: number;
  /** Largest number of transfers at a time, and their mean number at the starts; with contention only. */
  readonly peakTransfers?: number;
  readonly meanTransferDepth?: number;
}

export interface ClusterResult {
  readonly end: RunEnd;
  /** Over all instances (engine spec 15.1 applied to the union). */
  readonly aggregate: Aggregate;
  /** Rates are plain means over instances, idle ones included. */
  readonly kv: KvSummary;
  readonly instances: readonly InstanceResult[];
  readonly requests: RequestResultColumns;
  readonly routingRejections: number;
  /** Requests that admission turned away, by SLO class ('' counts as `standard`). */
  readonly shedByClass: Readonly<Record<string, number>>;
  /** Admitted requests still at the gateway at the end, and those it dropped. */
  readonly gatewayDepth: number;
  readonly gatewayShed: number;
  readonly disaggregation?: DisaggregationResult;
  readonly decisions?: DecisionColumns;
  /** Of the request that was watched. */
  readonly life?: RequestLife;
  readonly stepCount: number;
  readonly wasmBytes: number;
}
