// What a quality check of a measurement says.

/** Checks in the order in which they are shown. */
export const CHECKS = [
  'source-limits',
  'failed-requests',
  'empty-requests',
  'cold-start',
  'stalls',
  'impossible-times',
  'unsaturated-rate',
  'repeated-prompts',
  're-tokenised-lengths',
  'count-mismatch',
  'mean-mismatch',
  'unsorted-rows',
] as const;
export type CheckName = (typeof CHECKS)[number];

export interface MeanEffect {
  /** `TTFT mean`, `E2E mean`. */
  readonly metric: string;
  readonly withMs: number;
  readonly withoutMs: number;
}

export interface Finding {
  readonly check: CheckName;
  /** A doubt about the numbers, or something to know. */
  readonly severity: 'warning' | 'note';
  /** Requests or stages concerned. */
  readonly count: number;
  readonly of: number;
  /** 1-based rows of the per-request file, at most three. */
  readonly firstRows: readonly number[];
  readonly sentence: string;
  /** Rows (0-based) that can be left out; absent where the finding is not about rows. */
  readonly rows?: readonly number[];
  /** What leaving them out does to the measured means. */
  readonly effects: readonly MeanEffect[];
}

export const CHECK_TITLES: Readonly<Record<CheckName, string>> = {
  'source-limits': 'What the source does not say',
  'failed-requests': 'Failed requests',
  'empty-requests': 'Empty replies',
  'cold-start': 'Cold start',
  stalls: 'Stalls',
  'impossible-times': 'Impossible times',
  'unsaturated-rate': 'Achieved against requested rate',
  'repeated-prompts': 'Repeated prompts',
  're-tokenised-lengths': 'Re-tokenised lengths',
  'count-mismatch': 'Counts that do not agree',
  'mean-mismatch': 'Means that do not agree',
  'unsorted-rows': 'Rows out of order',
};
