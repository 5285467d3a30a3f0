// One pair: an experiment × a simulator, and what is known of it. A tagged union, so that no two flags can disagree.

import type { Eligibility } from '../../adapters/adapter';
import type { Experiment } from '../../domain/experiment';
import { pool } from '../../report/verdict/error-table';
import type { PairIdentity } from '../storage/kept-work';
import type { PairFailure, PairJob, PairOutcome } from '../../workers/protocol';

export type PairState =
  | { readonly kind: 'excluded'; readonly cause: string; readonly reason: string }
  | { readonly kind: 'ready' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly done: number; readonly total?: number }
  | { readonly kind: 'done'; readonly outcome: PairOutcome }
  /** Finished for other sources or settings than the present ones; shown dimmed until it has run again. */
  | { readonly kind: 'stale'; readonly outcome: PairOutcome }
  | { readonly kind: 'failed'; readonly failure: PairFailure };

export type PairKey = string;

/** A pair on its way through a worker. */
export interface Job extends PairJob, PairIdentity {
  readonly key: PairKey;
  /** Unit of remaining time. */
  readonly tokens: number;
}

/** Share of a running pair, 0 while its size is unknown. */
export const shareOf = (state: { readonly done: number; readonly total?: number }): number =>
  state.total === undefined || state.total === 0 ? 0 : Math.min(1, state.done / state.total);

/** What a plan makes of a pair: what is kept of it counts, what it showed before stays as stale. */
export function plannedPair(
  answer: Eligibility | undefined,
  kept: PairOutcome | undefined,
  before: PairState | undefined,
): PairState {
  if (answer === undefined) return { kind: 'excluded', cause: '?', reason: 'Not planned yet.' };
  if (!answer.canRun) return { kind: 'excluded', cause: answer.cause, reason: answer.reason };
  if (kept !== undefined) return { kind: 'done', outcome: kept };
  return before?.kind === 'done' || before?.kind === 'stale'
    ? { kind: 'stale', outcome: before.outcome }
    : { kind: 'ready' };
}

/** A line break cannot be part of a simulator's name, so the parts cannot run into each other. */
export const pairOf = (folder: string, simulator: string): PairKey => `${simulator}\n${folder}`;

/** Tokens that a simulator has to work through: the unit of remaining time. */
export function tokensOf(experiment: Experiment): number {
  const { questionLen = 512, systemPromptLen = 0, outputLen = 512, stages } = experiment.profile;
  const requests = stages.reduce((sum, stage) => sum + stage.rateRps * stage.durationS, 0);
  return Math.max(1, requests) * (questionLen + systemPromptLen + outputLen);
}

export interface PairCounts {
  /** Pairs that can run and are switched on. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly stale: number;
  readonly excluded: number;
}

export function countPairs(states: Iterable<PairState>): PairCounts {
  const counts = { total: 0, done: 0, failed: 0, running: 0, stale: 0, excluded: 0 };
  for (const state of states) {
    if (state.kind === 'excluded') {
      counts.excluded += 1;
      continue;
    }
    counts.total += 1;
    if (state.kind === 'done') counts.done += 1;
    else if (state.kind === 'failed') counts.failed += 1;
    else if (state.kind === 'running') counts.running += 1;
    else if (state.kind === 'stale') counts.stale += 1;
  }
  return counts;
}

/** To be filled. Plain: who holds it tells of its changes. */
export const mutableStates = (): Map<PairKey, PairState> => new Map();

/** A copy that does not follow later changes. */
export const snapshotPairs = <T>(pairs: Iterable<readonly [PairKey, T]>): ReadonlyMap<PairKey, T> =>
  new Map(pairs);

/** The number in a plan cell: mean E2E-mean error over the pair's stages and summary, percent. */
export function pairError(outcome: PairOutcome): number | undefined {
  return pool(
    outcome.records.filter((record) => record.metricName === 'e2e_mean').map((record) => record.mape),
    'mean',
  );
}
