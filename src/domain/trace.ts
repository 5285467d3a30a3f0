// A recorded or generated load with what happened to each request: BLIS TraceV2 (87cc70ed sim/workload/tracev2.go). Replay
// turns it into a Workload; calibration compares it with simulated results; the Convert page previews it.

import type { TextColumn } from '../base/columns';

/** Header keys as the file spells them; absent = not in the file. Nothing in it changes a simulation. */
export interface TraceHeader {
  readonly traceVersion: number;
  readonly timeUnit: string;
  readonly createdAt: string;
  /** real = measured, generated, replayed. */
  readonly mode: string;
  readonly warmUpRequests: number;
  readonly workloadSeed?: bigint;
  readonly workloadSpec: string;
  readonly server: {
    readonly type: string;
    readonly model: string;
    readonly tensorParallel: number;
    readonly maxNumSeqs: number;
    readonly blockSize: number;
    readonly gpuMemoryUtilization: number;
    readonly maxModelLen: number;
  };
  readonly measuredRttMs: number;
}

/** Which column set the data file had: 27 is current, 26 lacks prefix_length, 22 is what the s2r converter writes. */
export type TraceColumnSet = 27 | 26 | 22;

/** One row a record, file order. Times in whole µs; arrivals relative, send and chunk times possibly since 1970. */
export interface TraceColumns {
  readonly count: number;
  readonly requestId: Float64Array;
  readonly clientId: TextColumn;
  readonly tenantId: TextColumn;
  readonly sloClass: TextColumn;
  readonly sessionId: TextColumn;
  readonly roundIndex: Float64Array;
  readonly prefixGroup: TextColumn;
  readonly prefixLength: Uint32Array;
  readonly streaming: Uint8Array;
  /** Prompt tokens without the shared prefix. */
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  readonly textTokens: Uint32Array;
  readonly imageTokens: Uint32Array;
  readonly audioTokens: Uint32Array;
  readonly videoTokens: Uint32Array;
  readonly reasonRatio: Float64Array;
  readonly model: TextColumn;
  /** Absolute; 0 = none. */
  readonly deadlineUs: Float64Array;
  /** prompt_tokens as the server reported them; 0 = not known. */
  readonly serverInputTokens: Uint32Array;
  readonly arrivalUs: Float64Array;
  readonly sendUs: Float64Array;
  readonly firstChunkUs: Float64Array;
  readonly lastChunkUs: Float64Array;
  readonly numChunks: Uint32Array;
  /** ok, error, timeout, incomplete. */
  readonly status: TextColumn;
  readonly errorMessage: TextColumn;
  readonly finishReason: TextColumn;
}

export interface Trace {
  readonly header: TraceHeader;
  readonly columnSet: TraceColumnSet;
  readonly records: TraceColumns;
}
