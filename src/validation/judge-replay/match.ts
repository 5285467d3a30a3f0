// Pairs measured records with simulated results by request_id (spec 11; BLIS 87cc70ed sim/workload/calibrate.go). Times in
// µs. The simulator speaks of the server side, the trace of the client side: round trip and transfer are added to the former.

import type { ChunkTimes, ReplayResults } from '../../domain/replay-results';
import type { TraceColumns } from '../../domain/trace';

export interface MatchOptions {
  /** Records with a smaller request_id are left out. */
  readonly warmUpRequests: number;
  readonly networkRttUs: number;
  /** Mbit/s; <= 0 = transfer takes no time. */
  readonly bandwidthMbps: number;
}

/** Two lists of equal length, one entry a request. */
export interface MetricPairs {
  readonly requestId: readonly number[];
  readonly real: readonly number[];
  readonly simulated: readonly number[];
}

export interface ReplayMatch {
  readonly warmUpExcluded: number;
  readonly matched: number;
  /** Records without a result, or with negative measured latencies (these count as matched too). */
  readonly unmatchedReal: number;
  readonly tokenMismatches: number;
  /** Requests whose chunk times do not yield an inter-token latency. */
  readonly itlDropped: number;
  readonly ttft: MetricPairs;
  readonly e2e: MetricPairs;
  /** Empty without chunk times. */
  readonly itl: MetricPairs;
}

interface GrowingPairs {
  readonly requestId: number[];
  readonly real: number[];
  readonly simulated: number[];
}

const BITS_PER_TOKEN = 32;

/** µs to move tokens of four bytes each. */
function transferUs(tokens: number, bandwidthMbps: number): number {
  return bandwidthMbps <= 0 ? 0 : ((BITS_PER_TOKEN * tokens) / (bandwidthMbps * 1e6)) * 1e6;
}

export function matchReplay(
  records: TraceColumns,
  results: ReplayResults,
  chunks: ChunkTimes | undefined,
  options: MatchOptions,
): ReplayMatch {
  const pairs = (): GrowingPairs => ({ requestId: [], real: [], simulated: [] });
  const [ttft, e2e, itl] = [pairs(), pairs(), pairs()];
  const add = (to: GrowingPairs, id: number, real: number, simulated: number): void => {
    to.requestId.push(id);
    to.real.push(real);
    to.simulated.push(simulated);
  };
  // The last result of an id wins.
  const resultOf = new Map<number, number>();
  for (let at = 0; at < results.count; at++) resultOf.set(results.requestId[at] ?? 0, at);
  const chunkMeans = chunks === undefined ? undefined : chunkIntervals(chunks);
  let [warmUpExcluded, matched, unmatchedReal, tokenMismatches, itlDropped] = [0, 0, 0, 0, 0];
  for (let row = 0; row < records.count; row++) {
    const id = records.requestId[row] ?? 0;
    if (id < options.warmUpRequests) {
      warmUpExcluded++;
      continue;
    }
    const at = resultOf.get(id);
    if (at === undefined) {
      unmatchedReal++;
      continue;
    }
    matched++;
    const inputTokens = results.inputTokens[at] ?? 0;
    const outputTokens = results.outputTokens[at] ?? 0;
    if (inputTokens !== records.inputTokens[row] || outputTokens !== records.outputTokens[row])
      tokenMismatches++;
    const ttftUs = results.ttftUs[at] ?? 0;
    const e2eUs = results.e2eUs[at] ?? 0;
    const sendUs = records.sendUs[row] ?? 0;
    const realTtft = (records.firstChunkUs[row] ?? 0) - sendUs;
    const realE2e = (records.lastChunkUs[row] ?? 0) - sendUs;
    if (realTtft < 0 || realE2e < 0) {
      unmatchedReal++;
    } else {
      const up = transferUs(inputTokens, options.bandwidthMbps);
      const down = transferUs(outputTokens, options.bandwidthMbps);
      add(ttft, id, realTtft, ttftUs + options.networkRttUs + up);
      add(e2e, id, realE2e, e2eUs + options.networkRttUs + up + down);
    }
    const interval = chunkMeans?.get(id);
    if (interval === undefined) continue;
    if (Number.isNaN(interval)) itlDropped++;
    else add(itl, id, interval, outputTokens > 1 ? (e2eUs - ttftUs) / (outputTokens - 1) : 0);
  }
  return { warmUpExcluded, matched, unmatchedReal, tokenMismatches, itlDropped, ttft, e2e, itl };
}

/** Mean interval of each request with at least two chunks; NaN where no interval is non-negative. */
function chunkIntervals(chunks: ChunkTimes): Map<number, number> {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < chunks.count; row++) {
    const id = chunks.requestId[row] ?? 0;
    const rows = rowsOf.get(id);
    if (rows === undefined) rowsOf.set(id, [row]);
    else rows.push(row);
  }
  const means = new Map<number, number>();
  for (const [id, rows] of rowsOf) {
    if (rows.length < 2) continue;
    rows.sort((a, b) => (chunks.chunkIndex[a] ?? 0) - (chunks.chunkIndex[b] ?? 0));
    let sum = 0;
    let count = 0;
    for (let at = 1; at < rows.length; at++) {
      const gap = (chunks.timestampUs[rows[at] ?? 0] ?? 0) - (chunks.timestampUs[rows[at - 1] ?? 0] ?? 0);
      if (gap < 0) continue;
      sum += gap;
      count++;
    }
    means.set(id, count === 0 ? NaN : sum / count);
  }
  return means;
}
