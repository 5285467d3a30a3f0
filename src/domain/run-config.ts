// One serving instance, fully resolved. Names follow the reference's flags (`--max-num-running-reqs`, …).

import type { LatencyModel, Mode } from './latency';

export const SCHEDULERS = ['fcfs', 'priority-fcfs', 'sjf', 'reverse-priority'] as const;
export type Scheduler = (typeof SCHEDULERS)[number];

export const PRIORITY_POLICIES = ['constant', 'slo-based', 'inverted-slo'] as const;
export type PriorityPolicy = (typeof PRIORITY_POLICIES)[number];

export interface EngineConfig {
  /** Lower case, as the reference compares it. */
  readonly model: string;
  readonly latency: LatencyModel;
  readonly totalKvBlocks: number;
  readonly blockSizeTokens: number;
  readonly maxNumRunningReqs: number;
  readonly maxNumScheduledTokens: number;
  /** 0 = off. */
  readonly longPrefillTokenThreshold: number;
  /** 0 = unlimited. */
  readonly maxModelLen: number;
  /** > 0 enables the CPU tier. */
  readonly kvCpuBlocks: number;
  readonly kvTransferBandwidth: number;
  readonly kvTransferBaseLatencyUs: number;
  readonly admissionLatencyUs: number;
  readonly routingLatencyUs: number;
  readonly scheduler: Scheduler;
  readonly priorityPolicy: PriorityPolicy;
  /** Infinity = unlimited (the reference's 2^63 − 1). */
  readonly horizonUs: number;
  readonly seed: number;
  readonly mode: Mode;
  /**
   * The batch of a step is decided at the start of the previous one, as vLLM ≥ 0.14 does by default. Absent or false = the
   * reference's schedule, where a step is decided when it starts.
   */
  readonly pipelinedScheduling?: boolean;
}

/** The reference's defaults for everything that has one. */
export const ENGINE_DEFAULTS = {
  totalKvBlocks: 1_000_000,
  blockSizeTokens: 16,
  maxNumRunningReqs: 256,
  maxNumScheduledTokens: 2048,
  longPrefillTokenThreshold: 0,
  maxModelLen: 0,
  kvCpuBlocks: 0,
  kvTransferBandwidth: 100,
  kvTransferBaseLatencyUs: 0,
  admissionLatencyUs: 0,
  routingLatencyUs: 0,
  scheduler: 'fcfs',
  priorityPolicy: 'constant',
  horizonUs: Infinity,
  seed: 42,
  mode: 'reference',
} as const satisfies Omit<EngineConfig, 'model' | 'latency'>;
