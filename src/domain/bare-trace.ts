// The starting point of every trace that is made rather than read: a header and records that say nothing but arrivals and
// lengths. Makers override what they know.

import type { TextColumn } from '../base/columns';
import type { TraceColumns, TraceHeader } from './trace';

export const BARE_HEADER: TraceHeader = {
  traceVersion: 2,
  timeUnit: 'us',
  createdAt: '',
  mode: 'generated',
  warmUpRequests: 0,
  workloadSpec: '',
  server: {
    type: '',
    model: '',
    tensorParallel: 0,
    maxNumSeqs: 0,
    blockSize: 0,
    gpuMemoryUtilization: 0,
    maxModelLen: 0,
  },
  measuredRttMs: 0,
};

/** Records 0, 1, 2, … that were sent as they arrived and have no outcome. */
export function bareRecords(
  arrivalUs: Float64Array,
  inputTokens: Uint32Array,
  outputTokens: Uint32Array,
): TraceColumns {
  const count = arrivalUs.length;
  const none: TextColumn = { names: [], index: new Int32Array(count).fill(-1) };
  const zeros = new Uint32Array(count);
  const noTimes = new Float64Array(count);
  return {
    count,
    requestId: Float64Array.from({ length: count }, (_, row) => row),
    clientId: none,
    tenantId: none,
    sloClass: none,
    sessionId: none,
    roundIndex: noTimes,
    prefixGroup: none,
    prefixLength: zeros,
    streaming: new Uint8Array(count).fill(1),
    inputTokens,
    outputTokens,
    textTokens: zeros,
    imageTokens: zeros,
    audioTokens: zeros,
    videoTokens: zeros,
    reasonRatio: noTimes,
    model: none,
    deadlineUs: noTimes,
    serverInputTokens: zeros,
    arrivalUs,
    sendUs: arrivalUs,
    firstChunkUs: noTimes,
    lastChunkUs: noTimes,
    numChunks: zeros,
    status: { names: ['incomplete'], index: new Int32Array(count) },
    errorMessage: none,
    finishReason: none,
  };
}
