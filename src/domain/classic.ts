// The founding version's run (BLIS 148be7f3): one instance, first come first served, real token ids. Reproduced, not recommended:
// after its first preemption nothing is admitted any more.

import type { StepColumns } from './run-result';

export interface ClassicConfig {
  readonly totalKvBlocks: number;
  readonly blockSizeTokens: number;
  readonly maxNumRunningReqs: number;
  readonly maxNumScheduledTokens: number;
  /** 0 = off. */
  readonly longPrefillTokenThreshold: number;
  /** Infinity = unlimited. */
  readonly horizonUs: number;
  /** Seconds: constant, per prefill token, per decode token. */
  readonly regression: readonly [number, number, number];
  /** µs: per prompt token, constant. */
  readonly queueing: readonly [number, number];
  readonly finishing: readonly [number, number];
}

/** One row a request, in order of arrival; ids of prompt then output, back to back. */
export interface ClassicRequests {
  readonly count: number;
  readonly arrivalUs: Float64Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  readonly tokens: Uint32Array;
}

export interface ClassicWarnings {
  readonly preemptions: number;
  readonly kv_shortage: number;
  readonly budget_exhausted: number;
  readonly final_token_lost: number;
}

/** Unrounded values of the printed lines; latencies absent when nothing completed. */
export interface ClassicResult {
  readonly completed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly endUs: number;
  /** Ticks of completed requests; NaN for others. */
  readonly e2eUs: Float64Array;
  readonly ttftUs: Float64Array;
  readonly activeSteps: Uint32Array;
  readonly activeStepsSum: number;
  readonly kvUsageSum: number;
  readonly kvPeakBlocks: number;
  readonly strandedRequests: number;
  readonly runningRequests: number;
  readonly warnings: ClassicWarnings;
  readonly steps?: StepColumns;
  readonly stepCount: number;
}
