// One measured run as the fit sees it: requests in arrival order with the output lengths that were really generated and the
// prompt tokens that were really cached, split into stages, with what was found out on the way.

import type { PhysicsSystem } from '../engine/physics-model';
import type { ReplayServer } from '../engine/pipelined-replay';
import type { PromptReuse } from '../workload/prompt-reuse';

/** How output lengths were decided. */
export type OutputRule =
  | { readonly kind: 'fixed'; readonly tokens: number; readonly reportedMean: number }
  | { readonly kind: 'reported' };

/** Requests [from, to) of the arrival order, and how loaded the server was. */
export interface PreparedStage {
  readonly stageIndex: number;
  readonly rateRps: number;
  readonly from: number;
  readonly to: number;
  /** Warm p90 TTFT over 6 mean ITLs: arrivals queue in bursts. */
  readonly isBurst: boolean;
  /** Warm p90 TTFT over 100 mean ITLs: the queue grows. */
  readonly isSaturated: boolean;
  /** Warm successful requests. */
  readonly warmCount: number;
}

/** Server facts that decide whether two runs belong to one deployment, and how a run is simulated. */
export interface Deployment {
  /** Equal keys = same model, GPU, TP and precision. */
  readonly key: string;
  readonly label: string;
  /** HuggingFace id. */
  readonly model: string;
  readonly precision: string;
  readonly system: PhysicsSystem;
  readonly server: ReplayServer;
  readonly blockSizeTokens: number;
  readonly kvTokens: number;
}

/** Which content the prompts share; decides what is cached where KV blocks run short. */
export interface PreparedPrompts {
  /** Prompt number by request; −1 = a prompt of its own. */
  readonly identity: Int32Array;
  /** Number of distinct system prompts, ≥ 1; prompt n starts with number n modulo that. */
  readonly systemPrompts: number;
  readonly systemPromptTokens: number;
  readonly prefixCaching: boolean;
}

/** Equal where two runs can be runs of one server. */
export const deploymentKey = (model: string, gpu: string, tp: number, precision: string): string =>
  [model.toLowerCase(), gpu, `tp${tp}`, precision].join(' · ');

export interface PreparedRun {
  readonly expId: number;
  readonly folder: string;
  /** Identity of the measurements. */
  readonly identity: string;
  readonly deployment: Deployment;
  readonly count: number;
  /** µs since the first arrival. */
  readonly arrivalUs: Float64Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  /** Leading prompt tokens that the prefix cache serves while KV blocks are plentiful. */
  readonly cachedTokens: Uint32Array;
  readonly prompts: PreparedPrompts;
  /** NaN where the request failed. */
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  readonly succeeded: Uint8Array;
  /** Index of the first request of the warm set. */
  readonly warmFrom: number;
  readonly stages: readonly PreparedStage[];
  readonly reuse: PromptReuse;
  readonly outputRule: OutputRule;
  readonly isOverloaded: boolean;
  /** Share of prompt tokens of the warm set that came from the prefix cache. */
  readonly cachedShare: number;
  /** Most tokens that all batch slots can hold at once, over the KV tokens: above 1, blocks may run short. */
  readonly kvPressure: number;
  /** Sentences for the reader. */
  readonly notes: readonly string[];
}

/** Rows of the cold set, which shows real prefill: after the very first requests, before prompts repeat. */
export const COLD_FROM = 25;
export const COLD_TO = 100;
