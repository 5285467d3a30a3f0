// A load at a glance: arrivals over time, prompt and answer lengths, prefix groups, sessions, labels, and the first requests.
// Computed from columns once, in a worker; what the page draws is a few hundred numbers.

import type { TextColumn } from '../base/columns';
import { textAt } from '../base/columns';
import type { TraceColumns } from '../domain/trace';
import { prefixLengths } from './replay';

/** What a preview reads; a trace and a generated list both give it. */
export interface LoadColumns {
  readonly count: number;
  readonly requestId: Float64Array;
  readonly arrivalUs: Float64Array;
  /** Whole prompt. */
  readonly promptTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  readonly prefixTokens: Uint32Array;
  readonly prefixGroup: TextColumn;
  readonly sessionId: TextColumn;
  readonly clientId: TextColumn;
  readonly sloClass: TextColumn;
}

/** Bucket i counts values in [from + i·width, from + (i + 1)·width); the last bucket takes its upper edge and all above. */
export interface Histogram {
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

export interface LengthSummary {
  readonly total: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly histogram: Histogram;
}

export interface NamedCount {
  readonly name: string;
  readonly requests: number;
}

export interface PreviewRow {
  readonly requestId: number;
  readonly arrivalUs: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly prefixGroup: string;
  readonly sessionId: string;
  readonly clientId: string;
  readonly sloClass: string;
}

export interface LoadPreview {
  readonly count: number;
  /** First to last arrival. */
  readonly spanUs: number;
  /** Requests per second over the span; 0 for a single instant. */
  readonly rateRps: number;
  /** Over time since the first arrival, µs. */
  readonly arrivals: Histogram;
  readonly prompt: LengthSummary;
  readonly output: LengthSummary;
  /** Most requests first. */
  readonly groups: readonly (NamedCount & { readonly prefixTokens: number })[];
  readonly groupCount: number;
  readonly sessionCount: number;
  /** Requests of the longest session. */
  readonly longestSession: number;
  readonly clients: readonly NamedCount[];
  readonly clientCount: number;
  readonly sloClasses: readonly NamedCount[];
  readonly rows: readonly PreviewRow[];
}

const TIME_BUCKETS = 60;
const LENGTH_BUCKETS = 40;
const SHOWN_NAMES = 8;
const SHOWN_ROWS = 20;

export function previewOf(load: LoadColumns): LoadPreview {
  const { count, arrivalUs } = load;
  let [first, last] = [Infinity, -Infinity];
  for (const us of arrivalUs) {
    if (us < first) first = us;
    if (us > last) last = us;
  }
  const spanUs = count === 0 ? 0 : last - first;
  const groups = countNames(load.prefixGroup);
  const clients = countNames(load.clientId);
  const sessions = countNames(load.sessionId);
  const prefixOf = new Map<string, number>();
  for (let row = 0; row < count; row++) {
    const name = textAt(load.prefixGroup, row);
    const tokens = load.prefixTokens[row] ?? 0;
    if (name !== '' && tokens > (prefixOf.get(name) ?? 0)) prefixOf.set(name, tokens);
  }
  return {
    count,
    spanUs,
    rateRps: spanUs > 0 ? (count / spanUs) * 1e6 : 0,
    arrivals: histogram(arrivalUs, first, Math.max(1, spanUs / TIME_BUCKETS), TIME_BUCKETS),
    prompt: lengths(load.promptTokens),
    output: lengths(load.outputTokens),
    groups: groups
      .slice(0, SHOWN_NAMES)
      .map((group) => ({ ...group, prefixTokens: prefixOf.get(group.name) ?? 0 })),
    groupCount: groups.length,
    sessionCount: sessions.length,
    longestSession: sessions[0]?.requests ?? 0,
    clients: clients.slice(0, SHOWN_NAMES),
    clientCount: clients.length,
    sloClasses: countNames(load.sloClass),
    rows: Array.from({ length: Math.min(count, SHOWN_ROWS) }, (_, row) => ({
      requestId: load.requestId[row] ?? row,
      arrivalUs: arrivalUs[row] ?? 0,
      promptTokens: load.promptTokens[row] ?? 0,
      outputTokens: load.outputTokens[row] ?? 0,
      prefixGroup: textAt(load.prefixGroup, row),
      sessionId: textAt(load.sessionId, row),
      clientId: textAt(load.clientId, row),
      sloClass: textAt(load.sloClass, row),
    })),
  };
}

/** A trace's records; their prompt is the group's prefix and the record's own tokens. */
export function traceLoad(records: TraceColumns): LoadColumns {
  const lengthOf = prefixLengths(records);
  const promptTokens = new Uint32Array(records.count);
  const prefixTokens = new Uint32Array(records.count);
  for (let row = 0; row < records.count; row++) {
    const group = records.prefixGroup.index[row] ?? -1;
    const prefix = group < 0 ? 0 : (lengthOf[group] ?? 0);
    prefixTokens[row] = prefix;
    promptTokens[row] = prefix + (records.inputTokens[row] ?? 0);
  }
  const { count, requestId, arrivalUs, outputTokens, prefixGroup, sessionId, clientId, sloClass } = records;
  return {
    count,
    requestId,
    arrivalUs,
    promptTokens,
    outputTokens,
    prefixTokens,
    prefixGroup,
    sessionId,
    clientId,
    sloClass,
  };
}

/** Rows without a name are not counted. */
function countNames(column: TextColumn): NamedCount[] {
  const counts = new Float64Array(column.names.length);
  for (const index of column.index) if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
  const merged = new Map<string, number>();
  column.names.forEach((name, index) => {
    const requests = counts[index] ?? 0;
    if (requests > 0) merged.set(name, (merged.get(name) ?? 0) + requests);
  });
  return [...merged]
    .map(([name, requests]) => ({ name, requests }))
    .sort((a, b) => b.requests - a.requests || (a.name < b.name ? -1 : 1));
}

function lengths(values: Uint32Array): LengthSummary {
  const sorted = values.slice().sort();
  const count = sorted.length;
  const at = (share: number): number => {
    const rank = share * (count - 1);
    const low = Math.floor(rank);
    const below = sorted[low] ?? 0;
    return below + (rank - low) * ((sorted[Math.min(low + 1, count - 1)] ?? below) - below);
  };
  let total = 0;
  for (const value of values) total += value;
  // The longest hundredth shares the last bucket, or it would squeeze the rest into one.
  const from = sorted[0] ?? 0;
  const width = Math.max(1, Math.ceil((at(0.99) - from + 1) / LENGTH_BUCKETS));
  return {
    total,
    mean: count === 0 ? 0 : total / count,
    p50: count === 0 ? 0 : at(0.5),
    p90: count === 0 ? 0 : at(0.9),
    p99: count === 0 ? 0 : at(0.99),
    max: sorted[count - 1] ?? 0,
    histogram: histogram(values, from, width, LENGTH_BUCKETS),
  };
}

function histogram(values: ArrayLike<number>, from: number, width: number, buckets: number): Histogram {
  const counts = new Array<number>(buckets).fill(0);
  for (let row = 0; row < values.length; row++) {
    const bucket = Math.min(buckets - 1, Math.floor(((values[row] ?? 0) - from) / width));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { from: Number.isFinite(from) ? from : 0, width, counts };
}
