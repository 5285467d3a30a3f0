// A workload specification, version 2 (BLIS 87cc70ed sim/workload/spec.go): who sends requests, when, and of what length.
// Defaults of absent keys are already filled in; `undefined` stays where absence means something else than a default.

/** How many tokens. `params` keep the file's names; the sampler says which it needs (distributions.ts). */
export interface Distribution {
  readonly type: string;
  readonly params: ReadonlyMap<string, number>;
  /** Accepted in files, never read by the reference. */
  readonly file: string;
}

export interface ArrivalSpec {
  readonly process: string;
  /** Coefficient of variation of inter-arrival times. */
  readonly cv?: number;
  /** Exactly `count` arrivals spread over `durationUs` (inference_perf, one stage); cannot be written in a file. */
  readonly exact?: { readonly count: number; readonly durationUs: number };
}

/** Half-open [startUs, endUs). */
export interface ActivityWindow {
  readonly startUs: number;
  readonly endUs: number;
}

export interface NetworkSpec {
  readonly rttMs: number;
  readonly bandwidthMbps: number;
}

export interface MultimodalSpec {
  readonly text?: Distribution;
  readonly image?: Distribution;
  readonly imageCount?: Distribution;
  readonly audio?: Distribution;
  readonly audioCount?: Distribution;
  readonly video?: Distribution;
  readonly videoCount?: Distribution;
}

export interface MultiTurnSpec {
  readonly maxRounds: number;
  readonly thinkTimeUs: number;
  /** '' or 'accumulate'. */
  readonly contextGrowth: string;
  readonly singleSession: boolean;
}

export interface ReasoningSpec {
  readonly reasonRatio?: Distribution;
  readonly multiTurn?: MultiTurnSpec;
}

/** What clients and cohorts have in common. */
interface SenderSpec {
  readonly id: string;
  readonly tenantId: string;
  readonly sloClass: string;
  readonly model: string;
  /** Weight; shared out over all clients. */
  readonly rateFraction: number;
  readonly arrival: ArrivalSpec;
  readonly input: Distribution;
  readonly output: Distribution;
  readonly prefixGroup: string;
  /** 0 = the default of 50 where there is a group. */
  readonly prefixLength: number;
  readonly streaming: boolean;
  readonly network?: NetworkSpec;
  readonly multimodal?: MultimodalSpec;
  readonly reasoning?: ReasoningSpec;
  /** µs; absent = the default (deadlines.ts), 0 = none. */
  readonly timeoutUs?: number;
  /** Absent = true for conversations, else false. */
  readonly closedLoop?: boolean;
}

export interface ClientSpec extends SenderSpec {
  /** > 0: that many virtual users in a closed loop, instead of a rate. */
  readonly concurrency: number;
  readonly thinkTimeUs: number;
  /** Absent = always active; an empty list too. */
  readonly windows?: readonly ActivityWindow[];
}

export interface CohortSpec extends SenderSpec {
  readonly population: number;
  readonly diurnal?: { readonly peakHour: number; readonly peakToTroughRatio: number };
  readonly spike?: { readonly startUs: number; readonly durationUs: number };
  readonly drain?: { readonly startUs: number; readonly rampUs: number };
}

export interface ServegenSource {
  readonly path: string;
  /** Seconds; 0 = no bound. */
  readonly spanStart: number;
  readonly spanEnd: number;
}

export interface InferencePerfSpec {
  readonly stages: readonly { readonly rate: number; readonly duration: number }[];
  readonly sharedPrefix?: {
    readonly numUniqueSystemPrompts: number;
    readonly numUsersPerSystemPrompt: number;
    readonly systemPromptLen: number;
    readonly questionLen: number;
    readonly outputLen: number;
    readonly enableMultiTurnChat: boolean;
  };
}

export interface WorkloadSpec {
  readonly version: string;
  readonly seed: bigint;
  readonly category: string;
  readonly clients: readonly ClientSpec[];
  readonly cohorts: readonly CohortSpec[];
  /** Requests per second over all clients. */
  readonly aggregateRate: number;
  /** µs, 0 = none. */
  readonly horizonUs: number;
  /** 0 = no limit. */
  readonly numRequests: number;
  readonly servegenData?: ServegenSource;
  readonly inferencePerf?: InferencePerfSpec;
}

export const CATEGORIES = ['', 'language', 'multimodal', 'reasoning'] as const;
export const SLO_CLASSES = ['', 'critical', 'standard', 'sheddable', 'batch', 'background'] as const;
export const ARRIVAL_PROCESSES = ['poisson', 'gamma', 'weibull', 'constant'] as const;
export const DISTRIBUTION_TYPES = [
  'gaussian',
  'exponential',
  'pareto_lognormal',
  'empirical',
  'constant',
] as const;

/** Leading tokens of a prefix group whose first client states none. */
export const DEFAULT_PREFIX_TOKENS = 50;

export const noDistribution: Distribution = { type: '', params: new Map(), file: '' };

export const constantTokens = (value: number): Distribution => ({
  type: 'constant',
  params: new Map([['value', value]]),
  file: '',
});

export const gaussianTokens = (mean: number, stdDev: number, min: number, max: number): Distribution => ({
  type: 'gaussian',
  params: new Map([
    ['mean', mean],
    ['std_dev', stdDev],
    ['min', min],
    ['max', max],
  ]),
  file: '',
});

/** A client that says nothing; start here and override. */
export const emptyClient: ClientSpec = {
  id: '',
  tenantId: '',
  sloClass: '',
  model: '',
  rateFraction: 0,
  concurrency: 0,
  thinkTimeUs: 0,
  arrival: { process: '' },
  input: noDistribution,
  output: noDistribution,
  prefixGroup: '',
  prefixLength: 0,
  streaming: false,
};

export const emptySpec: WorkloadSpec = {
  version: '2',
  seed: 0n,
  category: '',
  clients: [],
  cohorts: [],
  aggregateRate: 0,
  horizonUs: 0,
  numRequests: 0,
};

/** Whether follow-up rounds wait for the round before (spec 2.2). */
export const isClosedLoop = (client: ClientSpec): boolean =>
  client.closedLoop ?? client.reasoning?.multiTurn !== undefined;
