// What a simulated replay says per request (the reference's results file), and per-chunk times of a measured one.

/** One row a result, file order. Times in µs. */
export interface ReplayResults {
  readonly count: number;
  readonly requestId: Float64Array;
  readonly ttftUs: Float64Array;
  readonly e2eUs: Float64Array;
  /** Whole prompt, prefix included. */
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
}

/** One row a chunk, file order. */
export interface ChunkTimes {
  readonly count: number;
  readonly requestId: Float64Array;
  readonly chunkIndex: Float64Array;
  readonly timestampUs: Float64Array;
}
