// What a sweep keeps of one simulation: figures of the whole fleet, no request.

/** The reference's aggregate of one latency, ms. TTFT counts every request that has one, ITL every token gap, E2E completed requests. */
export interface LatencyFigures {
  readonly meanMs: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Latencies that one request may have at most, ms. */
export interface RequestTargets {
  readonly ttftMs?: number;
  /** Mean over the request's tokens. */
  readonly itlMs?: number;
  readonly e2eMs?: number;
}

export interface RunFigures {
  /** Requests that were sent, follow-ups included. */
  readonly requests: number;
  readonly completed: number;
  /** Absent when nothing completed. */
  readonly ttft?: LatencyFigures;
  readonly itl?: LatencyFigures;
  readonly e2e?: LatencyFigures;
  readonly outputTokensPerSec: number;
  readonly requestsPerSec: number;
  readonly preemptions: number;
  /** Simulated time. */
  readonly durationS: number;
  readonly instances: number;
  /** Instances times tensor parallelism, pools with their own. */
  readonly gpus: number;
  /** Share of all requests that completed within every target, 0 … 1; a request that did not complete has missed. Absent without targets. */
  readonly withinTargets?: number;
  /** Equal for runs that served the same requests, and for runs with the same outcome for each of them. */
  readonly workloadHash: string;
  readonly resultHash: string;
}
