// One measured run of a real server: what was served, with which load, and what was measured (validator spec 6).

import { stableOrder } from '../base/stable-order';

/** ms; absent = the source does not define it. */
export interface LatencyDistribution {
  readonly mean?: number;
  readonly p90?: number;
  readonly p99?: number;
}

export interface ThroughputMetrics {
  readonly inputTokensPerSec: number;
  readonly outputTokensPerSec: number;
  readonly requestsPerSec: number;
}

/** −1 marks the summary over all stages. */
export const SUMMARY_STAGE = -1;

export interface StageMetrics {
  readonly stageIndex: number;
  readonly rateRps: number;
  readonly durationS: number;
  readonly numRequests: number;
  readonly e2e: LatencyDistribution;
  readonly ttft: LatencyDistribution;
  readonly itl: LatencyDistribution;
  readonly throughput: ThroughputMetrics;
}

/**
 * Where the requests of a measurement without a load profile come from. `measured`: recorded arrivals. `at-once`: the tool sent all
 * of them at the start. `drawn`: gamma gaps of this shape (1 = Poisson) at the stage's rate, as the tool draws them. `even`: spread
 * over the run, since nothing is known.
 */
export type RebuiltArrivals =
  | { readonly kind: 'measured' }
  | { readonly kind: 'at-once' }
  | { readonly kind: 'drawn'; readonly burstiness: number }
  | { readonly kind: 'even' };

/** The load generator's profile, reduced to what is used. Keys absent from the file stay absent. */
export interface LoadProfile {
  readonly stages: readonly { readonly rateRps: number; readonly durationS: number }[];
  readonly dataType?: string;
  /** True when the lengths came from a nested `data.shared_prefix`, which the estimators require. */
  readonly hasSharedPrefixObject: boolean;
  readonly questionLen?: number;
  readonly systemPromptLen?: number;
  readonly outputLen?: number;
  readonly numUniqueSystemPrompts?: number;
  readonly numUsersPerSystemPrompt?: number;
  readonly enableMultiTurnChat?: boolean;
  /** `server.ignore_eos`: every request generates exactly `outputLen` tokens. */
  readonly ignoreEos?: boolean;
  /** Set where the profile was made from measured rows: full simulators then serve those rows instead of the profile's lengths. */
  readonly rebuilt?: RebuiltArrivals;
}

/** Where a measurement came from that is no experiment folder. */
export interface MeasurementSource {
  /** The tool and its kind of file, in words. */
  readonly format: string;
  readonly file: string;
  /** vLLM's version, where it is known. */
  readonly serverVersion?: string;
  /** Sentences on what the file does not say, and what is done instead. */
  readonly lacks: readonly string[];
}

/** Where the KV-cache size came from; shown beside it. */
export type KvSource =
  'vllm.log' | 'exp-config.yaml' | 'manifest' | 'kv_events.jsonl' | 'server.yaml' | 'the file' | 'user';

/** Measured requests in file order, where per-request data exists. Times in µs relative to the first row. */
export interface MeasuredRequests {
  readonly count: number;
  /** The client's clock when the request was sent, s, as recorded; only differences mean something. */
  readonly startS?: Float64Array;
  readonly arrivalUs: Float64Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  /** NaN where the request failed. */
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  /** One of OUTCOMES. */
  readonly failed: Uint8Array;
}

/** What became of a request: answered, failed, or ended without a single token though the client counts it as a success. */
export const OUTCOMES = { answered: 0, failed: 1, empty: 2 } as const;

/** Rows by arrival; rows that arrive together keep the file's order. NaN arrivals are not allowed. */
export function rowsByArrival({
  count,
  arrivalUs,
}: Pick<MeasuredRequests, 'count' | 'arrivalUs'>): Uint32Array {
  return stableOrder(
    Uint32Array.from({ length: count }, (_, row) => row),
    arrivalUs,
  );
}

export interface Experiment {
  readonly expId: number;
  /** Folder name as the user knows it; never an absolute path. */
  readonly folder: string;
  /** HuggingFace id. */
  readonly model: string;
  readonly tp: number;
  readonly workload: string;
  /** Tokens; 0 = not stated. */
  readonly maxModelLen: number;
  readonly maxNumBatchedTokens: number;
  readonly maxNumSeqs: number;
  readonly totalKvBlocks: number;
  readonly cpuKvBlocks: number;
  readonly kvSource: KvSource;
  readonly hardware: string;
  /** Absent = not set. */
  readonly dp?: number;
  readonly cpuOffload: boolean;
  readonly gpuMemUtil: number;
  readonly precision: string;
  readonly safe: string;
  readonly profile: LoadProfile;
  readonly stages: readonly StageMetrics[];
  readonly summary: StageMetrics;
  readonly requests?: MeasuredRequests;
  /** Absent for experiment folders. */
  readonly source?: MeasurementSource;
  /** Sentences about the data that a reader should see (count mismatches, re-tokenised lengths, …). */
  readonly warnings: readonly string[];
}

/** The experiment without its per-request rows: most readers need only the stages, and copying columns costs. */
export function withoutRequests({ requests: _requests, ...rest }: Experiment): Experiment {
  return rest;
}

/** The experiment with the first of its per-request rows, where it has any: enough to say that they exist. */
export function withOneRequest(experiment: Experiment): Experiment {
  const { requests } = experiment;
  if (requests === undefined) return experiment;
  return {
    ...experiment,
    requests: {
      count: Math.min(1, requests.count),
      arrivalUs: requests.arrivalUs.slice(0, 1),
      inputTokens: requests.inputTokens.slice(0, 1),
      outputTokens: requests.outputTokens.slice(0, 1),
      ttftUs: requests.ttftUs.slice(0, 1),
      e2eUs: requests.e2eUs.slice(0, 1),
      failed: requests.failed.slice(0, 1),
    },
  };
}
